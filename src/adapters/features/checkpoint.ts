/**
 * Features on disk, so that a start need not read the whole log: a fuzzy checkpoint, as in ARIES (Mohan et al., 1992). It
 * is written in slices while payments go on, so its histories are of different moments, none earlier than its beginning.
 * That does no harm: a history says which event it knows last, so replaying the log from the checkpoint's beginning makes
 * all of them exact. It holds keyed fingerprints, device ids and addresses, never a card number.
 *
 * It is a shortcut and never the truth: a file that is missing, torn, of another log, ahead of this one or of another
 * version of this program is as good as none.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname } from 'node:path';
import type { LogPosition } from '../../engine/ports.ts';
import {
  endFrame,
  type Frame,
  FRAME_HEAD_BYTES,
  frameIn,
  headerFrame,
  partFrame,
  type RecordSum,
} from './checkpoint-frames.ts';
import { bytesAt, lastSequenceAt } from './history-record.ts';
import type { FeaturePart, MemoryFeatures } from './memory.ts';

/** Written at a time: enough to be worth the way to the disk. One that is so large already is a slice of its own. */
const SLICE_BYTES = 256 * 1024;

/**
 * Writes what the cache knows aside, then moves it into place. `position`: an event up to which the cache knows all when
 * this is called. One call per path at a time. Rejects when it cannot be written, and leaves what was there before.
 */
export async function writeCheckpoint(
  path: string,
  position: LogPosition,
  cache: Pick<MemoryFeatures, 'parts'>,
): Promise<void> {
  const aside = `${path}.new`;
  try {
    const file = await open(aside, 'w', 0o600);
    try {
      // One that a crash left has the mode that it was made with.
      await file.chmod(0o600);
      await writeFrames(file, position, cache);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(aside, { force: true });
    throw new Error(`the features could not be written to ${path}`, { cause: error });
  }
}

async function writeFrames(
  file: FileHandle,
  position: LogPosition,
  cache: Pick<MemoryFeatures, 'parts'>,
): Promise<void> {
  let slice = [...headerFrame(position)];
  let sliceBytes = 0;
  let sum: RecordSum = { count: 0, lastSequence: 0 };
  for (const part of cache.parts()) {
    if (part.records.length === 0) continue;
    sum = sumOf(part, sum);
    slice.push(...partFrame(part));
    sliceBytes += part.records.length;
    if (sliceBytes < SLICE_BYTES) continue;
    await writeAll(file, slice);
    [slice, sliceBytes] = [[], 0];
  }
  await writeAll(file, [...slice, ...endFrame(sum)]);
}

/** The system may take less than it is given. */
async function writeAll(file: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  const { bytesWritten } = await file.writev(pieces);
  if (bytesWritten < bytes) await file.appendFile(Buffer.concat(pieces).subarray(bytesWritten));
}

function sumOf({ records }: FeaturePart, before: RecordSum): RecordSum {
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  let { count, lastSequence } = before;
  for (let at = 0; at < records.length; at += bytesAt(view, at)) {
    count += 1;
    lastSequence = Math.max(lastSequence, lastSequenceAt(view, at));
  }
  return { count, lastSequence };
}

/** A name is on disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  // Windows neither opens folders nor needs it.
  if (platform() === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Puts the checkpoint at `path` into an empty cache, if it is whole, of this log and not ahead of its head. Returns the
 * sequence after which the log is to be replayed; null when there is no such checkpoint, and then the cache stays empty.
 */
export function loadCheckpoint(
  path: string,
  head: LogPosition,
  cache: Pick<MemoryFeatures, 'restore'>,
): number | null {
  const position = check(path, head);
  if (position === null) return null;
  for (const frame of framesIn(path)) if (frame?.type === 'part') cache.restore(frame.part);
  return position.sequence;
}

/** Reads all of it before any of it is believed; returns where it began, or null. */
function check(path: string, head: LogPosition): LogPosition | null {
  let position: LogPosition | null = null;
  let sum: RecordSum = { count: 0, lastSequence: 0 };
  let end: RecordSum | null = null;
  for (const frame of framesIn(path)) {
    if (frame === null) return null;
    if (frame.type === 'header') position = frame.position;
    if (frame.type === 'part') sum = sumOf(frame.part, sum);
    if (frame.type === 'end') end = frame.sum;
  }
  if (position === null || end === null || end.count !== sum.count) return null;
  const isOurs = position.writer === head.writer && position.sequence <= head.sequence;
  return isOurs && sum.lastSequence <= head.sequence ? position : null;
}

/**
 * Null in the place of a frame that is not whole, which is then the last; nothing when there is no file to be opened. A
 * frame is overwritten by the next.
 */
function* framesIn(path: string): Generator<Frame | null> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return;
  }
  try {
    const { size } = fstatSync(file);
    const head = Buffer.alloc(FRAME_HEAD_BYTES);
    let body = Buffer.alloc(0);
    for (let at = 0; at < size; at += head.length + head.readUInt32LE(0)) {
      const isHead = isRead(file, head, at);
      // A torn length must not ask for all memory.
      const length = Math.min(head.readUInt32LE(0), size);
      if (length > body.length) body = Buffer.allocUnsafe(length * 2);
      const whole = body.subarray(0, length);
      const isWhole = isHead && isRead(file, whole, at + head.length);
      const frame = isWhole ? frameIn(whole, head.readUInt32LE(4)) : null;
      yield frame;
      if (frame === null) return;
    }
  } finally {
    closeSync(file);
  }
}

/** Fills the buffer from that place in the file; false when the file ends before, or the disk does not give it. */
function isRead(file: number, into: Buffer, at: number): boolean {
  try {
    return readSync(file, into, 0, into.length, at) === into.length;
  } catch {
    return false;
  }
}
