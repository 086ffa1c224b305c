import fc from 'fast-check';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { entityKey, subjectKeys } from '../../core/entity.ts';
import type { Observation } from '../../core/history.ts';
import { FeatureOverlay } from '../../engine/features.ts';
import type { FeatureReader } from '../../engine/features.ts';
import { loadCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { memoryFeatures, type MemoryFeatures } from './memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-features-'));
const path = join(folder, 'test.db.features');
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => rmSync(path, { force: true }));

const NOW_MS = Date.UTC(2026, 0, 1);
const HEAD = { writer: 'writer', sequence: 100 };

interface Payment {
  readonly card: string;
  readonly deviceId: string | null;
  readonly ip: string | null;
  readonly atMs: number;
  readonly isApproved: boolean;
}

function payment(index: number): Payment {
  const [card, deviceId] = [`card-${index % 7}`, index % 3 === 0 ? null : `żółw ${index % 5}`];
  const ip = `81.2.69.${index % 11}`;
  return { card, deviceId, ip, atMs: NOW_MS + index * 20_000, isApproved: index % 4 !== 0 };
}

/** Observes the payments, whose events are in the log from `first` on, each as a batch. */
function observeAll(cache: MemoryFeatures, payments: readonly Payment[], first: number): void {
  for (const [index, { card, deviceId, ip, atMs, isApproved }] of payments.entries()) {
    const overlay = new FeatureOverlay(cache);
    const observation: Observation = {
      atMs,
      sequence: first + index,
      currency: 'GBP',
      amountMinor: 100n,
      isApproved,
      card,
    };
    overlay.observe(subjectKeys({ card, deviceId, ip }), observation);
    cache.write(overlay.changes);
  }
}

/** All that is known of those who pay here. */
function readAll(cache: FeatureReader, payments: readonly Payment[]): unknown[] {
  return payments.flatMap(({ card, deviceId, ip }) => {
    const keys = subjectKeys({ card, deviceId, ip });
    return Object.values(new FeatureOverlay(cache).histories(keys)) as unknown[];
  });
}

const payments = Array.from({ length: 60 }, (_, index) => payment(index));

async function written(): Promise<MemoryFeatures> {
  const cache = memoryFeatures();
  observeAll(cache, payments, 1);
  await writeCheckpoint(path, { writer: 'writer', sequence: 60 }, cache);
  return cache;
}

describe('a checkpoint', () => {
  test('makes an empty cache know what was known when it was written', async () => {
    const [before, after] = [await written(), memoryFeatures()];
    expect(loadCheckpoint(path, HEAD, after)).toBe(60);
    expect(after.size).toBe(before.size);
    expect(readAll(after, payments)).toEqual(readAll(before, payments));
  });

  test('of a cache that knows nothing is a checkpoint', async () => {
    await writeCheckpoint(path, { writer: 'writer', sequence: 0 }, memoryFeatures());
    expect(loadCheckpoint(path, { writer: 'writer', sequence: 0 }, memoryFeatures())).toBe(0);
  });

  test('is for its owner alone, also where a crash left another one behind', async () => {
    writeFileSync(`${path}.new`, 'left behind', { mode: 0o644 });
    chmodSync(`${path}.new`, 0o644);
    await written();
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  test('takes the place of the one before', async () => {
    await written();
    await writeCheckpoint(path, { writer: 'writer', sequence: 7 }, memoryFeatures());
    expect(loadCheckpoint(path, HEAD, memoryFeatures())).toBe(7);
  });

  test('that cannot be written says so, and leaves the one before', async () => {
    await written();
    const bytes = readFileSync(path);
    const failing = {
      *parts() {
        yield* [];
        throw new Error('no memory');
      },
    };
    await expect(writeCheckpoint(path, HEAD, failing)).rejects.toThrow('could not be written');
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(existsSync(`${path}.new`)).toBe(false);
    await expect(
      writeCheckpoint(join(folder, 'no', 'folder'), HEAD, memoryFeatures()),
    ).rejects.toThrow('could not be written');
  });

  test('is written in many slices when it is large', async () => {
    const [cache, after] = [memoryFeatures(), memoryFeatures()];
    const many = Array.from({ length: 20_000 }, (_, index) => ({
      ...payment(index),
      card: `${index}`,
    }));
    observeAll(cache, many, 1);
    await writeCheckpoint(path, { writer: 'writer', sequence: 20_000 }, cache);
    expect(statSync(path).size).toBeGreaterThan(4 * 256 * 1024);
    expect(loadCheckpoint(path, { writer: 'writer', sequence: 20_000 }, after)).toBe(20_000);
    expect(after.size).toBe(cache.size);
  });
});

describe('as good as none, and leaves the cache empty,', () => {
  function expectNone(head = HEAD): void {
    const cache = memoryFeatures();
    expect(loadCheckpoint(path, head, cache)).toBeNull();
    expect(cache.size).toBe(0);
  }

  test('is a file that is missing, or empty, or a folder, or something else', () => {
    expectNone();
    writeFileSync(path, '');
    expectNone();
    writeFileSync(path, 'SQLite format 3\0 and much more of what is no checkpoint at all');
    expectNone();
    writeFileSync(path, Buffer.alloc(5_000));
    expectNone();
    expect(loadCheckpoint(folder, HEAD, memoryFeatures())).toBeNull();
  });

  test('is one of another log', async () => {
    await written();
    expectNone({ writer: 'another', sequence: 100 });
  });

  test('is one that knows more than the log', async () => {
    await written();
    expectNone({ writer: 'writer', sequence: 59 });
    const cache = memoryFeatures();
    observeAll(cache, payments, 1);
    await writeCheckpoint(path, { writer: 'writer', sequence: 30 }, cache);
    expectNone({ writer: 'writer', sequence: 59 });
    expect(loadCheckpoint(path, { writer: 'writer', sequence: 60 }, memoryFeatures())).toBe(30);
    await writeCheckpoint(path, { writer: 'writer', sequence: 7 }, memoryFeatures());
    expectNone({ writer: 'writer', sequence: 6 });
  });

  test('is one of another version', async () => {
    await written();
    const bytes = readFileSync(path);
    const [header = expect.fail('there is one')] = framesOf(bytes);
    header.writeUInt32LE(header.readUInt32LE(9) + 1, 9);
    header.writeUInt32LE(crc32(header.subarray(8)), 4);
    writeFileSync(path, bytes);
    expectNone();
  });

  test('is one in which a part is missing, or stands twice', async () => {
    await written();
    const frames = framesOf(readFileSync(path));
    expect(frames.length).toBeGreaterThan(10);
    writeFileSync(path, Buffer.concat(frames));
    expect(loadCheckpoint(path, HEAD, memoryFeatures())).toBe(60);
    writeFileSync(path, Buffer.concat(frames.toSpliced(5, 1)));
    expectNone();
    writeFileSync(path, Buffer.concat(frames.toSpliced(5, 0, ...frames.slice(5, 6))));
    expectNone();
    writeFileSync(path, Buffer.concat(frames.slice(1)));
    expectNone();
  });

  test('is one that was cut off anywhere', async () => {
    await written();
    const bytes = readFileSync(path);
    for (let length = bytes.length - 1; length >= 0; length -= length > 300 ? 37 : 1) {
      writeFileSync(path, bytes.subarray(0, length));
      expectNone();
    }
  });

  test('is one in which a bit has changed', async () => {
    await written();
    const bytes = readFileSync(path);
    for (let at = 0; at < bytes.length; at += at < 100 ? 1 : 41) {
      const broken = Buffer.from(bytes);
      broken.writeUInt8(broken.readUInt8(at) ^ (1 << (at % 8)), at);
      writeFileSync(path, broken);
      expectNone();
    }
  });

  test('is one that goes on behind its end', async () => {
    await written();
    appendFileSync(path, readFileSync(path));
    expectNone();
  });
});

/** Views of the bytes. */
function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 8 + bytes.readUInt32LE(at);
    frames.push(bytes.subarray(at, end));
    at = end;
  }
  return frames;
}

test('a checkpoint that was written while payments went on, and the log from its beginning, give what was known', async () => {
  const some = fc.array(
    fc.record({
      card: fc.integer({ min: 0, max: 12 }).map(String),
      deviceId: fc.option(fc.integer({ min: 0, max: 9 }).map(String), { nil: null }),
      ip: fc.option(fc.ipV4(), { nil: null }),
      stepMs: fc.integer({ min: 0, max: 400_000 }),
      isApproved: fc.boolean(),
    }),
    { minLength: 1, maxLength: 80 },
  );
  await fc.assert(
    fc.asyncProperty(some, fc.nat(), fc.nat(), fc.nat(), async (steps, begin, perPart, crash) => {
      let atMs = NOW_MS;
      const log = steps.map(({ stepMs, ...rest }) => ({ ...rest, atMs: (atMs += stepMs) }));
      const live = memoryFeatures({ shards: 4 });
      let done = begin % (log.length + 1);
      observeAll(live, log.slice(0, done), 1);
      const position = { writer: 'writer', sequence: done };
      const goOn = (count: number) => {
        observeAll(live, log.slice(done, done + count), done + 1);
        done = Math.min(log.length, done + count);
      };

      await writeCheckpoint(path, position, {
        *parts() {
          for (const part of live.parts()) {
            yield part;
            goOn(perPart % 5);
          }
        },
      });
      goOn(crash % 10);

      const after = memoryFeatures({ shards: 8 });
      const head = { writer: 'writer', sequence: done };
      const from = loadCheckpoint(path, head, after) ?? expect.fail('there is one');
      expect(from).toBe(position.sequence);
      observeAll(after, log.slice(from, done), from + 1);
      expect(readAll(after, log)).toEqual(readAll(live, log));
      expect(after.size).toBe(live.size);

      observeAll(after, log.slice(0, done), 1);
      expect(readAll(after, log)).toEqual(readAll(live, log));
    }),
    { numRuns: 150 },
  );
});

test('a checkpoint has keys of entities in it, and no more of a payment', async () => {
  await written();
  const text = readFileSync(path, 'latin1');
  expect(text).toContain(entityKey('card', 'card-1'));
  expect(text).toContain('81.2.69.1');
  expect(text).not.toContain('GBP');
});
