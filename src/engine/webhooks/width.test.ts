import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WEBHOOKS_IN_FLIGHT_MAX } from '../../core/limits.ts';
import { Width } from './width.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function narrowed(onWider = () => {}): Width {
  const width = new Width(onWider);
  for (let times = 0; times < 2 * WEBHOOKS_IN_FLIGHT_MAX; times += 1) width.isAmple();
  return width;
}

test('a lane begins wide and gets narrower each time it had room to spare, down to one', () => {
  const width = new Width(() => {});
  expect(width.value).toBe(WEBHOOKS_IN_FLIGHT_MAX);
  width.isAmple();
  expect(width.value).toBe(WEBHOOKS_IN_FLIGHT_MAX - 1);
  expect(narrowed().value).toBe(1);
});

test('it gets a place more each time something has waited, says so, and never has more than the most', () => {
  const said: number[] = [];
  const width: Width = narrowed(() => {
    said.push(width.value);
    width.waits();
  });
  width.waits();
  width.waits();
  expect(width.value).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(said).toEqual(Array.from({ length: WEBHOOKS_IN_FLIGHT_MAX - 1 }, (_, index) => index + 2));
  expect(vi.getTimerCount()).toBe(0);
});

test('what waited and found a place does not widen it, and at rest it leaves no timer', () => {
  const width = narrowed();
  width.waits();
  width.rest();
  vi.advanceTimersByTime(1_000);
  expect(width.value).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});
