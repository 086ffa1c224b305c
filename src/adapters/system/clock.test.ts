import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from './clock.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('the clock shows the wall clock at its start', () => {
  const before = Date.now();
  const now = systemClock(0).nowMs();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now() + 1);
  expect(Number.isInteger(now)).toBe(true);
});

test('the clock is never before the last time that was stored', () => {
  const stored = Date.now() + 365 * 24 * 60 * 60 * 1000;
  const clock = systemClock(stored);
  expect(clock.nowMs()).toBeGreaterThanOrEqual(stored);
  expect(clock.nowMs()).toBeLessThan(stored + 1_000);
});

test('a wall clock that jumps moves it neither back nor forth', () => {
  const clock = systemClock(0);
  const before = clock.nowMs();
  vi.spyOn(Date, 'now').mockReturnValue(0);
  expect(clock.nowMs()).toBeGreaterThanOrEqual(before);
  vi.spyOn(Date, 'now').mockReturnValue(before * 2);
  expect(clock.nowMs()).toBeLessThan(before + 1_000);
});

test('the clock goes on with time, in whole milliseconds, never backwards', async () => {
  const clock = systemClock(0);
  const start = clock.nowMs();
  let last = start;
  while (last < start + 30) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const now = clock.nowMs();
    expect(now).toBeGreaterThanOrEqual(last);
    expect(Number.isInteger(now)).toBe(true);
    last = now;
  }
});
