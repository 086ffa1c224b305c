import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { entityKey } from '../../core/entity.ts';
import { type History, observe } from '../../core/history.ts';
import { entitiesFor, ENTITIES_MAX, memoryFeatures } from './memory.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

function seen(count: number, everyMs = 0): History {
  let history: History | null = null;
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const atMs = NOW_MS + sequence * everyMs;
    const payment = { currency: 'GBP', amountMinor: 100n, isApproved: true, card: 'card' };
    history = observe(history, { atMs, sequence, ...payment }, 'card');
  }
  return history ?? expect.fail('there is one');
}

const card = (index: number) => entityKey('card', `${index}`);
const device = (index: number) => entityKey('device', `${index}`);

/** Room for 100 cards, 30 devices and 30 addresses in each generation. */
const small = () => memoryFeatures({ entitiesMax: 320, shards: 1 });

describe('the cache', () => {
  test('knows what was written last, and nothing else', () => {
    const cache = memoryFeatures();
    cache.write(new Map([[card(1), seen(1)]]));
    cache.write([
      [card(1), seen(2)],
      [device(1), seen(3)],
    ]);
    expect(cache.read(card(1))).toEqual(seen(2));
    expect(cache.read(device(1))).toEqual(seen(3));
    expect(cache.read(entityKey('ip', '1'))).toBeNull();
    expect(cache.size).toBe(2);
  });

  test('knows nothing once it is cleared', () => {
    const cache = small();
    for (let index = 0; index < 150; index += 1) cache.write([[card(index), seen(1)]]);
    cache.clear();
    expect(cache.size).toBe(0);
    expect(cache.read(card(1))).toBeNull();
    expect(cache.read(card(149))).toBeNull();
  });
});

describe('the bound', () => {
  test('holds, and the last generation is always known', () => {
    const cache = small();
    for (let index = 0; index < 5_000; index += 1) {
      cache.write([[card(index), seen(1)]]);
      expect(cache.size).toBeLessThanOrEqual(200);
      expect(cache.read(card(Math.max(0, index - 99)))).not.toBeNull();
    }
    expect(cache.read(card(0))).toBeNull();
  });

  test('forgets nobody who keeps coming back', () => {
    const cache = small();
    for (let index = 1; index < 5_000; index += 1) {
      cache.write([[card(index), seen(1)]]);
      if (index % 90 === 1) cache.write([[card(0), seen(index)]]);
    }
    expect(cache.read(card(0))).toEqual(seen(4_951));
  });

  test('counts an entity once, and knows the last of it, when it comes back', () => {
    const [cache, copy] = [small(), small()];
    for (let index = 0; index < 150; index += 1) cache.write([[card(index), seen(1)]]);
    for (let index = 0; index < 40; index += 1) cache.write([[card(index), seen(2)]]);
    expect(cache.size).toBe(150);
    expect(cache.read(card(0))).toEqual(seen(2));
    for (const part of cache.parts()) copy.restore(part);
    expect(copy.size).toBe(150);
    expect(copy.read(card(0))).toEqual(seen(2));
  });

  test('is of its own for each kind: a flood of devices drives no card out', () => {
    const cache = small();
    cache.write([[card(1), seen(1)]]);
    for (let index = 0; index < 5_000; index += 1) cache.write([[device(index), seen(1)]]);
    expect(cache.read(card(1))).toEqual(seen(1));
    expect(cache.size).toBeLessThanOrEqual(61);
  });

  test('is one of bytes too: of large histories fewer are known', () => {
    const cache = small();
    const large = seen(200, 20 * 60_000);
    expect(large.length * 8).toBeGreaterThan(600);
    for (let index = 0; index < 950; index += 1) cache.write([[card(index), large]]);
    expect(cache.size).toBeLessThan(80);
    expect(cache.read(card(949))).toEqual(large);
  });

  test('leaves room for a million cards', () => {
    // Their fingerprints fall on the shards by chance: a shard may get a seventh more than its share.
    expect((ENTITIES_MAX * 5) / 8 / 2).toBeGreaterThan(1_000_000 * (1 + 1 / 7));
  });

  test('fits the machine', () => {
    const gibibyte = 2 ** 30;
    expect(entitiesFor(64 * gibibyte)).toBe(ENTITIES_MAX);
    expect(entitiesFor(gibibyte / 2)).toBe(262_144);
  });
});

test('an entity that paid once takes less than 250 bytes, and nothing of the heap', () => {
  const count = 100_000;
  const cache = memoryFeatures();
  const history = seen(1);
  collectGarbage();
  const before = process.memoryUsage();
  for (let index = 0; index < count; index += 1) {
    cache.write([[card(index).padEnd(34, '.'), history]]);
  }
  collectGarbage();
  const after = process.memoryUsage();
  expect(cache.size).toBe(count);
  expect((after.arrayBuffers - before.arrayBuffers) / count).toBeLessThan(250);
  expect((after.heapUsed - before.heapUsed) / count).toBeLessThan(50);
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}

describe('parts', () => {
  test('put into an empty cache make it know the same', () => {
    const [from, to] = [memoryFeatures({ shards: 8 }), memoryFeatures({ shards: 2 })];
    for (let index = 0; index < 500; index += 1) {
      from.write([
        [card(index), seen(1 + (index % 5), 60_000)],
        [device(index), seen(1)],
      ]);
    }
    for (const part of from.parts()) to.restore(part);
    expect(to.size).toBe(1_000);
    for (let index = 0; index < 500; index += 1) {
      expect(to.read(card(index))).toEqual(from.read(card(index)));
      expect(to.read(device(index))).toEqual(seen(1));
    }
  });

  test('keep the order in which entities are forgotten', () => {
    const [from, to] = [small(), small()];
    for (let index = 0; index < 150; index += 1) from.write([[card(index), seen(1)]]);
    for (const part of from.parts()) to.restore(part);
    for (let index = 150; index < 200; index += 1) to.write([[card(index), seen(1)]]);
    expect(to.read(card(99))).toBeNull();
    expect(to.read(card(100))).not.toBeNull();
  });

  test('are of the moment in which they are asked for, whatever comes between them', () => {
    const from = memoryFeatures({ entitiesMax: 4_000, shards: 4 });
    for (let index = 0; index < 400; index += 1) from.write([[card(index), seen(1)]]);
    const to = memoryFeatures();
    const parts = [];
    for (const part of from.parts()) {
      parts.push(part);
      for (let index = 0; index < 400; index += 2) from.write([[card(index), seen(2)]]);
    }
    for (const part of parts) to.restore(part);
    expect(to.size).toBe(400);
    for (let index = 0; index < 400; index += 1) {
      expect([1, 2]).toContain(to.read(card(index))?.[2]);
    }
  });
});
