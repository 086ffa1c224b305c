import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { courtesy, threadCourtesy } from './courtesy.ts';

/** A thread whose clocks stand until it works, rests or pauses; it has been paid for unless a test says otherwise. */
function thread() {
  let nowMs = 1_000;
  let restedMs = 0;
  const pauses: number[] = [];
  const manners = courtesy({
    ticksMs: () => nowMs,
    restedMs: () => restedMs,
    pause(ms) {
      pauses.push(ms);
      nowMs += ms;
    },
  });
  // It has just begun to run.
  manners.giveWay();
  manners.paid();
  return {
    ...manners,
    pauses,
    rest: (ms: number) => {
      nowMs += ms;
      restedMs += ms;
    },
    /** In steps of a fiftieth of a millisecond; each delivery has been due for so long. */
    work: (ms: number, dueForMs?: number) => {
      for (let step = 0; step < Math.round(ms * 50); step += 1) {
        nowMs += 0.02;
        manners.giveWay(dueForMs);
      }
    },
  };
}

test('the thread pauses for a moment after each stretch of work, while somebody pays', () => {
  const { work, pauses } = thread();
  work(0.08);
  expect(pauses).toEqual([]);
  work(20);
  expect(pauses.length).toBeGreaterThanOrEqual(40);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(0.1);
});

test('one that rests by itself between stretches need not pause', () => {
  const { work, rest, giveWay, pauses } = thread();
  for (let turn = 0; turn < 30; turn += 1) {
    work(0.08);
    rest(0.01);
    giveWay();
  }
  expect(pauses).toEqual([]);
  work(1);
  expect(pauses.length).toBeGreaterThan(1);
});

test('it goes on without a pause when nobody has paid for a while, until somebody does', () => {
  const { work, rest, paid, pauses } = thread();
  rest(1_000);
  work(5);
  expect(pauses).toEqual([]);
  paid();
  work(5);
  expect(pauses.length).toBeGreaterThan(5);
});

test('it goes on without a pause while deliveries are late, and for a while after', () => {
  const { work, rest, paid, pauses } = thread();
  work(5, 900);
  expect(pauses).toEqual([]);
  work(5, 10);
  expect(pauses).toEqual([]);
  rest(2_000);
  paid();
  work(5, 10);
  expect(pauses.length).toBeGreaterThan(5);
});

test('a real thread pauses while it works on without a rest, and not when it has just rested', async () => {
  const pauses = vi.spyOn(Atomics, 'wait');
  const { paid, giveWay } = threadCourtesy();
  for (let turn = 0; turn < 5; turn += 1) {
    await sleep(2);
    giveWay();
  }
  expect(pauses).not.toHaveBeenCalled();
  paid();
  const endsAt = performance.now() + 5;
  while (performance.now() < endsAt) giveWay();
  expect(pauses.mock.calls.length).toBeGreaterThan(1);
  pauses.mockRestore();
});
