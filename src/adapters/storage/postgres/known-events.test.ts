import { expect, test } from 'vitest';
import { KnownEvents } from './known-events.ts';

function knowing(...writers: readonly [number, number][]): KnownEvents {
  const known = new KnownEvents();
  for (const [writerNo, to] of writers) known.begin(writerNo, to);
  return known;
}

test('what is behind is all of each writer that is not known', () => {
  const known = knowing([1, 5], [2, 7]);
  const writers = [
    { writerNo: 1, to: 5 },
    { writerNo: 2, to: 9 },
    { writerNo: 3, to: 2 },
  ];
  expect(known.behind(writers)).toEqual([
    { writerNo: 2, after: 7, to: 9 },
    { writerNo: 3, after: 0, to: 2 },
  ]);
});

test('an event is learned once, and not before those in front of it', () => {
  const known = knowing([1, 5]);
  expect(known.learn(1, 7)).toBe(false);
  expect(known.learn(1, 6)).toBe(true);
  expect(known.learn(1, 6)).toBe(false);
  expect(known.learn(1, 7)).toBe(true);
  expect(known.behind([{ writerNo: 1, to: 7 }])).toEqual([]);
});

test('what we committed is known', () => {
  const known = knowing([1, 5]);
  known.commit({ writerNo: 1, after: 5, to: 8 });
  expect(known.behind([{ writerNo: 1, to: 8 }])).toEqual([]);
  expect(known.learn(1, 8)).toBe(false);
});

test('what somebody else wrote as our writer, before it was ours again, is still to be read, once', () => {
  const known = knowing([1, 5]);
  known.commit({ writerNo: 1, after: 7, to: 9 });
  expect(known.behind([{ writerNo: 1, to: 9 }])).toEqual([{ writerNo: 1, after: 5, to: 7 }]);
  expect([9, 6, 6, 7, 7, 8].map((sequence) => known.learn(1, sequence))).toEqual([
    false,
    true,
    false,
    true,
    false,
    false,
  ]);
  expect(known.behind([{ writerNo: 1, to: 9 }])).toEqual([]);
});

test('of a new log nothing is known', () => {
  const known = knowing([1, 5]);
  known.commit({ writerNo: 1, after: 7, to: 9 });
  known.clear();
  expect(known.behind([{ writerNo: 1, to: 1 }])).toEqual([{ writerNo: 1, after: 0, to: 1 }]);
});
