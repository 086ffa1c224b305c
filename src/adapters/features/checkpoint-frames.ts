/**
 * The bytes of a checkpoint: a row of frames, each the length of its body, the CRC-32 of its body, and the body, whose
 * first byte says what it is. All numbers are little-endian.
 *
 *     H  version u32, sequence at the beginning f64, the log's writer
 *     P  kind of entity u8, records (history-record.ts)
 *     E  how many records there were f64, the last event that any of them knows f64
 */
import { crc32 } from 'node:zlib';
import { ENTITY_KINDS } from '../../core/entity.ts';
import type { LogPosition } from '../../engine/ports.ts';
import type { FeaturePart } from './memory.ts';

/** Changes with these bytes, with the numbers of a history, with the hash and with the making of keys. */
const VERSION = 1;

export const FRAME_HEAD_BYTES = 8;

const HEADER = 'H'.charCodeAt(0);
const PART = 'P'.charCodeAt(0);
const END = 'E'.charCodeAt(0);

/** What the records of all parts come to. */
export interface RecordSum {
  readonly count: number;
  readonly lastSequence: number;
}

export type Frame =
  | { readonly type: 'header'; readonly position: LogPosition }
  | { readonly type: 'part'; readonly part: FeaturePart }
  | { readonly type: 'end'; readonly sum: RecordSum };

/** A frame in the pieces that are to be written one after the other. */
export type Pieces = readonly Uint8Array[];

export function headerFrame({ writer, sequence }: LogPosition): Pieces {
  const content = Buffer.alloc(12 + Buffer.byteLength(writer));
  content.writeUInt32LE(VERSION, 0);
  content.writeDoubleLE(sequence, 4);
  content.write(writer, 12);
  return frameOf(HEADER, [content]);
}

export function partFrame({ kind, records }: FeaturePart): Pieces {
  return frameOf(PART, [Buffer.of(ENTITY_KINDS.indexOf(kind)), records]);
}

export function endFrame({ count, lastSequence }: RecordSum): Pieces {
  const content = Buffer.alloc(16);
  content.writeDoubleLE(count, 0);
  content.writeDoubleLE(lastSequence, 8);
  return frameOf(END, [content]);
}

/** The content is not copied: it may be a megabyte, and everybody waits. */
function frameOf(type: number, content: Pieces): Pieces {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  const body = [Buffer.of(type), ...content];
  head.writeUInt32LE(
    body.reduce((sum, { length }) => sum + length, 0),
    0,
  );
  head.writeUInt32LE(
    body.reduce((crc, piece) => crc32(piece, crc), 0),
    4,
  );
  return [head, ...body];
}

/** What a body says, in whose bytes a part's records are; null when it is not as it was written by this version. */
export function frameIn(body: Buffer, crc: number): Frame | null {
  if (crc32(body) !== crc) return null;
  const content = body.subarray(1);
  const type = body[0];
  switch (type) {
    case HEADER: {
      if (content.readUInt32LE(0) !== VERSION) return null;
      const position = { sequence: content.readDoubleLE(4), writer: content.toString('utf8', 12) };
      return { type: 'header', position };
    }
    case PART: {
      const kind = ENTITY_KINDS[content.readUInt8(0)];
      if (kind === undefined) return null;
      return { type: 'part', part: { kind, records: content.subarray(1) } };
    }
    case END: {
      const sum = { count: content.readDoubleLE(0), lastSequence: content.readDoubleLE(8) };
      return { type: 'end', sum };
    }
    case undefined:
    default:
      return null;
  }
}
