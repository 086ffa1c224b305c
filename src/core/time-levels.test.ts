import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DAY_MS,
  HOUR_MS,
  levelStart,
  MINUTE_MS,
  minutesFrom,
  minutesKeptFrom,
  type Span,
  spansOf,
  TIME_LEVELS,
} from './time-levels.ts';

const NOW = Date.UTC(2026, 1, 26, 10, 30, 20);
const at = (text: string) => Date.parse(text);

test.each([
  ['minute', '2026-02-26T10:30:00Z'],
  ['five_minutes', '2026-02-26T10:30:00Z'],
  ['hour', '2026-02-26T10:00:00Z'],
  ['day', '2026-02-26T00:00:00Z'],
  ['ever', '1970-01-01T00:00:00Z'],
] as const)('the %s of now begins at %s', (level, start) => {
  expect(levelStart(level, NOW)).toBe(at(start));
  expect(levelStart(level, at(start))).toBe(at(start));
});

test('minutes are promised for two days, from a whole hour on, and kept an hour longer', () => {
  expect(minutesFrom(NOW)).toBe(at('2026-02-24T10:00:00Z'));
  expect(minutesKeptFrom(NOW)).toBe(at('2026-02-24T09:00:00Z'));
});

describe('a range is made up of', () => {
  const spans = (from: string, before: string) =>
    spansOf(at(from), at(before), NOW).map(({ level, fromMs, beforeMs }) =>
      [level, new Date(fromMs).toISOString(), new Date(beforeMs).toISOString()]
        .join(' ')
        .replaceAll(':00.000Z', ''),
    );

  test.each([
    [
      'minutes alone within an hour',
      '2026-02-26T10:05:59.999Z',
      '2026-02-26T10:07:00.001Z',
      ['minute 2026-02-26T10:05 2026-02-26T10:08'],
    ],
    [
      'all levels, when it is long',
      '2026-02-24T22:58:00Z',
      '2026-02-26T01:01:00Z',
      [
        'minute 2026-02-24T22:58 2026-02-24T23:00',
        'hour 2026-02-24T23:00 2026-02-25T00:00',
        'day 2026-02-25T00:00 2026-02-26T00:00',
        'hour 2026-02-26T00:00 2026-02-26T01:00',
        'minute 2026-02-26T01:00 2026-02-26T01:01',
      ],
    ],
    [
      'whole days alone',
      '2026-01-01T00:00:00Z',
      '2026-02-01T00:00:00Z',
      ['day 2026-01-01T00:00 2026-02-01T00:00'],
    ],
    [
      'whole hours, where there are no minutes any more',
      '2026-01-01T10:10:00Z',
      '2026-01-01T10:20:00Z',
      ['hour 2026-01-01T10:00 2026-01-01T11:00'],
    ],
    [
      'hours at the old end and minutes at the new',
      '2026-02-24T08:59:00Z',
      '2026-02-24T10:01:00Z',
      ['hour 2026-02-24T08:00 2026-02-24T10:00', 'minute 2026-02-24T10:00 2026-02-24T10:01'],
    ],
  ])('%s', (_, from, before, expected) => {
    expect(spans(from, before)).toEqual(expected);
  });

  test('few rows, which follow on each other and cover it, whatever it is', () => {
    const width: Record<Span['level'], number> = {
      minute: MINUTE_MS,
      five_minutes: 5 * MINUTE_MS,
      hour: HOUR_MS,
      day: DAY_MS,
      ever: Infinity,
    };
    const moments = fc.integer({ min: NOW - 400 * DAY_MS, max: NOW + DAY_MS });
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 400 * DAY_MS }), (fromMs, lengthMs) => {
        const beforeMs = fromMs + lengthMs;
        const made = spansOf(fromMs, beforeMs, NOW);
        expect(made[0]?.fromMs).toBeLessThanOrEqual(fromMs);
        expect(made[0]?.fromMs).toBeGreaterThan(fromMs - HOUR_MS);
        expect(made.at(-1)?.beforeMs).toBeGreaterThanOrEqual(beforeMs);
        expect(made.at(-1)?.beforeMs).toBeLessThan(beforeMs + HOUR_MS);
        for (const [index, span] of made.entries()) {
          expect(span.fromMs).toBeLessThan(span.beforeMs);
          if (index > 0) expect(span.fromMs).toBe(made[index - 1]?.beforeMs);
          expect(span.fromMs % width[span.level]).toBe(0);
          expect(span.beforeMs % width[span.level]).toBe(0);
          if (span.level === 'minute') {
            expect(span.fromMs).toBeGreaterThanOrEqual(minutesFrom(NOW));
          }
        }
        const rows = made.map((span) => (span.beforeMs - span.fromMs) / width[span.level]);
        const days = Math.ceil(lengthMs / DAY_MS);
        expect(rows.reduce((sum, count) => sum + count, 0)).toBeLessThan(2 * (59 + 23) + days + 1);
      }),
    );
  });
});

test('levels are named from the finest on', () => {
  expect(TIME_LEVELS).toEqual(['minute', 'five_minutes', 'hour', 'day', 'ever']);
});
