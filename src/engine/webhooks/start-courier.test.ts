import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type RunningCourier, startCourier } from './start-courier.ts';

/** What the courier was asked, with the time. */
let asked: string[];
let dueAtMs: number | null;
let failures: number;
let errors: unknown[];
let running: RunningCourier;
let rest: () => void;

beforeEach(async () => {
  vi.useFakeTimers({ now: 0 });
  asked = [];
  errors = [];
  dueAtMs = null;
  failures = 0;
  const note = (what: string) => void asked.push(`${what} ${Date.now()}`);
  const courier = {
    onRest: () => {},
    async look() {
      note('look');
      if (failures-- > 0) throw new Error('no disk');
    },
    reconsider: async () => note('reconsider'),
    nextDueAtMs: async () => dueAtMs,
    stop: async () => note('stop'),
  };
  running = startCourier(courier, Date.now, (error) => errors.push(error));
  rest = () => courier.onRest();
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(async () => {
  await running.stop();
  vi.useRealTimers();
});

test('looks at once, when it is told to, and once a second all the same', async () => {
  await vi.advanceTimersByTimeAsync(1_500);
  running.look();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual(['look 0', 'look 1000', 'look 1500', 'look 2500']);
});

test('looks when something is due, and soon after a lane has come to rest', async () => {
  dueAtMs = 1_300;
  await vi.advanceTimersByTimeAsync(1_000);
  dueAtMs = null;
  await vi.advanceTimersByTimeAsync(0);
  asked.length = 0;
  await vi.advanceTimersByTimeAsync(100);
  rest();
  await vi.advanceTimersByTimeAsync(10);
  expect(asked).toEqual(['look 1110']);
});

test('sleeps until what is due next', async () => {
  dueAtMs = 1_400;
  await vi.advanceTimersByTimeAsync(1_000);
  asked.length = 0;
  await vi.advanceTimersByTimeAsync(400);
  expect(asked).toEqual(['look 1400']);
});

test('what is overdue, because its lane has its hands full, does not keep it looking', async () => {
  dueAtMs = 0;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked.length).toBeLessThanOrEqual(8);
});

test('looks at the endpoints first when they were changed', async () => {
  running.changed();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(['look 0', 'reconsider 0', 'look 0']);
});

test('after failures it waits longer each time, whatever it is told meanwhile', async () => {
  failures = 3;
  running.look();
  for (let ms = 0; ms < 8_000; ms += 100) {
    await vi.advanceTimersByTimeAsync(100);
    running.look();
  }
  const looks = asked.map((text) => Number(text.split(' ')[1]));
  expect(looks.slice(0, 5)).toEqual([0, 0, 1_000, 3_000, 7_000]);
  expect(errors).toHaveLength(3);
});

test('after a stop it looks no more', async () => {
  await running.stop();
  running.look();
  running.changed();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toEqual(['look 0', 'stop 0']);
});
