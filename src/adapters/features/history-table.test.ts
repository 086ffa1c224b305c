import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type History, historyFrom } from '../../core/history.ts';
import { bytesAt } from './history-record.ts';
import { HistoryTable } from './history-table.ts';
import { KeyBytes } from './key-bytes.ts';

/** A history of so many cells, all of whose numbers tell it from others. */
function history(cells: number, mark: number): History {
  return historyFrom(Array.from({ length: 5 + cells * 3 }, (_, index) => mark * 1_000 + index));
}

describe('a table', () => {
  test('does what a Map does, whatever is written, outgrown and deleted', () => {
    const names = fc.oneof(
      fc.integer({ min: 0, max: 60 }).map((number) => `c:${number}`),
      fc.string({ maxLength: 5, unit: 'grapheme' }),
      fc.constantFrom('', '\0', '\0\0', 'c:é', 'c:żółw', 'c:żółć', '\u0100\u0001', '\u0001\u0001'),
    );
    const step = fc.record({
      name: names,
      isDelete: fc.integer({ min: 0, max: 4 }).map((number) => number === 0),
      cells: fc.constantFrom(1, 1, 1, 2, 3, 40),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.boolean(), (steps, isPoor) => {
        // With a poor hash all keys meet in one slot.
        const key = (name: string) => keyOf(name, isPoor ? 7 : null);
        const table = new HistoryTable();
        const map = new Map<string, History>();
        for (const [index, { name, isDelete, cells }] of steps.entries()) {
          if (isDelete) {
            table.delete(key(name));
            map.delete(name);
          } else {
            const value = history(cells, index);
            table.set(key(name), value);
            map.set(name, value);
          }
          expect(table.count).toBe(map.size);
        }
        const copy = copyOf(table);
        for (const { name } of steps) {
          expect(table.get(key(name))).toEqual(map.get(name) ?? null);
          expect(copy.get(key(name))).toEqual(map.get(name) ?? null);
        }
        expect(copy.count).toBe(map.size);
        expect(copy.bytes).toBe(table.bytes);
      }),
      { numRuns: 300 },
    );
  });

  test('grows to thousands and knows them all', () => {
    const table = new HistoryTable();
    for (let round = 0; round < 3; round += 1) {
      for (let index = 0; index < 5_000; index += 1) {
        table.set(keyOf(`c:${index}`), history(1 + ((index + round) % 4), index + round));
      }
    }
    expect(table.count).toBe(5_000);
    for (let index = 0; index < 5_000; index += 1) {
      expect(table.get(keyOf(`c:${index}`))).toEqual(history(1 + ((index + 2) % 4), index + 2));
    }
    expect(table.get(keyOf('c:5000'))).toBeNull();
  });

  test('hands out values that later changes leave alone', () => {
    const table = new HistoryTable();
    table.set(keyOf('c:1'), history(2, 1));
    const before = table.get(keyOf('c:1'));
    table.set(keyOf('c:1'), history(2, 2));
    expect(before).toEqual(history(2, 1));
    expect(table.get(keyOf('c:1'))).toEqual(history(2, 2));
  });
});

describe('a key', () => {
  test('may be as long as any that a request can carry, and no longer', () => {
    const table = new HistoryTable();
    const long = '\uffff'.repeat(1_300);
    table.set(keyOf(long), history(1, 1));
    expect(table.get(keyOf(long))).toEqual(history(1, 1));
    expect(table.get(keyOf(`${long}!`))).toBeNull();
    expect(() => keyOf('x'.repeat(2_000))).toThrow('a key is short');
  });

  test('has a hash that is the same today and tomorrow: it is on disk', () => {
    const hashes = ['', 'c:1', 'c:12', 'c:123', 'żółw'].map((name) => keyOf(name).hash);
    expect(hashes).toEqual([0, 3_872_869_167, 179_334_077, 3_329_023_486, 3_122_981_496]);
  });

  test('has a hash that is spread over all 32 bits, however alike keys are', () => {
    const key = new KeyBytes();
    const hashes = Array.from({ length: 64_000 }, (_, index) => key.set(`d:device-${index}`).hash);
    expect(new Set(hashes).size).toBeGreaterThan(63_990);
    for (const bits of [(hash: number) => hash % 64, (hash: number) => hash >>> 26]) {
      const cells = Array.from({ length: 64 }, () => 0);
      for (const hash of hashes) cells[bits(hash)] = (cells[bits(hash)] ?? 0) + 1;
      expect(Math.min(...cells)).toBeGreaterThan(800);
      expect(Math.max(...cells)).toBeLessThan(1_200);
    }
  });
});

/** Each in bytes of its own; `hash` takes the place of the right one. */
function keyOf(name: string, hash: number | null = null): KeyBytes {
  const key = new KeyBytes().set(name);
  if (hash !== null) key.hash = hash;
  return key;
}

function copyOf(table: HistoryTable): HistoryTable {
  const copy = new HistoryTable();
  const target = new Uint8Array(table.bytes + 4);
  table.copyTo(target, 4);
  const view = new DataView(target.buffer);
  for (let at = 4; at < target.length; at += bytesAt(view, at)) copy.add(view, at);
  return copy;
}
