import { expect, test } from 'vitest';
import { courtesy } from './courtesy.ts';

/** A thread whose clocks stand until it works, rests or pauses; it has been paid for unless a test says otherwise. */
function thread() {
  let nowMs = 1_000;
  let usedMs = 0;
  const pauses: number[] = [];
  const manners = courtesy({
    ticksMs: () => nowMs,
    usedMs: () => usedMs,
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
    rest: (ms: number) => (nowMs += ms),
    /** In steps of a tenth of a millisecond; each delivery has been due for so long. */
    work: (ms: number, dueForMs?: number) => {
      for (let step = 0; step < Math.round(ms * 10); step += 1) {
        nowMs += 0.1;
        usedMs += 0.1;
        manners.giveWay(dueForMs);
      }
    },
  };
}

test('the thread pauses for a moment after each stretch of work, while somebody pays', () => {
  const { work, pauses } = thread();
  work(0.3);
  expect(pauses).toEqual([]);
  work(20);
  expect(pauses.length).toBeGreaterThanOrEqual(40);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(0.1);
});

test('time in which it rested by itself is no work', () => {
  const { work, rest, giveWay, pauses } = thread();
  for (let turn = 0; turn < 3; turn += 1) {
    work(0.1);
    rest(5);
    giveWay();
  }
  expect(pauses).toEqual([]);
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
