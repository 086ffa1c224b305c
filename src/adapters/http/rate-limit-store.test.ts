import { afterEach, expect, test, vi } from 'vitest';
import { RateLimitStore, sharedRateLimitStore } from './rate-limit-store.ts';

const MINUTE_MS = 60_000;

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the store says to one more request of the caller. */
function count(store: RateLimitStore, caller: string): { current: number; ttl: number } {
  const said: { current: number; ttl: number }[] = [];
  store.incr(
    caller,
    (error, result) => {
      if (error !== null || result === undefined) throw new Error('it always counts');
      said.push(result);
    },
    MINUTE_MS,
  );
  const [first] = said;
  if (first === undefined) throw new Error('it answers at once');
  return first;
}

function setTime(ms: number): void {
  vi.spyOn(performance, 'now').mockReturnValue(ms);
}

test('each request of a burst keeps the count it was given', () => {
  const store = new RateLimitStore();
  const counts = [1, 2, 3].map(() => count(store, 'alice'));
  expect(counts.map(({ current }) => current)).toEqual([1, 2, 3]);
});

test('callers are counted each for itself', () => {
  const store = new RateLimitStore();
  count(store, 'alice');
  expect(count(store, 'bob').current).toBe(1);
  expect(count(store, 'alice').current).toBe(2);
});

test('a window ends after its length, counted from its first request', () => {
  const store = new RateLimitStore();
  setTime(1_000);
  expect(count(store, 'alice')).toEqual({ current: 1, ttl: MINUTE_MS });
  setTime(1_000 + MINUTE_MS - 1);
  expect(count(store, 'alice')).toEqual({ current: 2, ttl: 1 });
  setTime(1_000 + MINUTE_MS);
  expect(count(store, 'alice')).toEqual({ current: 1, ttl: MINUTE_MS });
});

test('of too many callers the one whose window began first is forgotten', () => {
  const store = new RateLimitStore();
  setTime(0);
  for (let caller = 0; caller < 5_000; caller += 1) count(store, `caller-${caller}`);
  expect(count(store, 'caller-0').current).toBe(2);
  count(store, 'one more');
  expect(count(store, 'caller-1').current).toBe(2);
  expect(count(store, 'caller-0').current).toBe(1);
});

test('the store of a route counts for itself', () => {
  const store = new RateLimitStore();
  count(store, 'alice');
  expect(count(store.child(), 'alice').current).toBe(1);
});

test('a store for several processes says what was counted for all, and its own count when nobody can say', async () => {
  const counts = [{ current: 7, ttl: 3 }, null, { current: 9, ttl: 1 }];
  const Shared = sharedRateLimitStore(async () => counts.shift() ?? null);
  const store = new Shared();
  const said: unknown[] = [];
  for (let asked = 0; asked < 3; asked += 1) {
    await new Promise<void>((resolve) => {
      store.incr(
        'alice',
        (_error, result) => {
          said.push(result?.current);
          resolve();
        },
        MINUTE_MS,
      );
    });
  }
  expect(said).toEqual([7, 2, 9]);
});
