import { describe, expect, test } from 'vitest';
import { gridOf, POINTS_MAX, TIME_STEPS, type TimeStep } from './time-grid.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './time-levels.ts';

const NOW = Date.UTC(2026, 1, 26, 10, 30, 20);

function grid(lengthMs: number, step: TimeStep | null = null, endedMsAgo = 0) {
  const beforeMs = NOW - endedMsAgo;
  return gridOf({ fromMs: beforeMs - lengthMs, beforeMs }, step, NOW);
}

function secondsOf(made: ReturnType<typeof grid>): number | null {
  return made.ok ? made.grid.stepMs / 1_000 : null;
}

describe('without a step asked for', () => {
  test.each([
    [HOUR_MS, 60],
    [2 * HOUR_MS, 60],
    [2 * HOUR_MS + 1, 300],
    [10 * HOUR_MS, 300],
    [10 * HOUR_MS + 1, 3_600],
    [5 * DAY_MS, 3_600],
    [5 * DAY_MS + 1, 86_400],
    [1_500 * DAY_MS, 86_400],
  ])('%d ms are cut into steps of %d seconds', (lengthMs, seconds) => {
    expect(secondsOf(grid(lengthMs))).toBe(seconds);
  });

  test('a range of which there are no minutes any more is cut into hours', () => {
    expect(secondsOf(grid(HOUR_MS, null, 3 * DAY_MS))).toBe(3_600);
  });

  test('a range that even days make too many points of is refused, and nothing advised', () => {
    expect(grid(1_500 * DAY_MS + 1)).toEqual({
      ok: false,
      fault: 'too_many_points',
      useStep: null,
    });
  });
});

describe('a step that was asked for', () => {
  test.each([
    ['1m', MINUTE_MS, 'minute'],
    ['5m', 5 * MINUTE_MS, 'five_minutes'],
    ['1h', HOUR_MS, 'hour'],
    ['1d', DAY_MS, 'day'],
  ] as const)('of %s covers the range with whole steps', (step, ms, level) => {
    const made = grid(HOUR_MS, step);
    if (!made.ok) throw new Error('an hour is no long range');
    const { fromMs, beforeMs } = made.grid;
    expect(made.grid).toMatchObject({ stepMs: ms, level });
    expect([fromMs % ms, beforeMs % ms]).toEqual([0, 0]);
    expect(fromMs).toBeLessThanOrEqual(NOW - HOUR_MS);
    expect(fromMs + ms).toBeGreaterThan(NOW - HOUR_MS);
    expect(beforeMs).toBeGreaterThanOrEqual(NOW);
    expect(beforeMs - ms).toBeLessThan(NOW);
  });

  test.each([
    ['1m', 25 * HOUR_MS, null],
    ['1m', 25 * HOUR_MS + 1, '5m'],
    ['1h', POINTS_MAX * HOUR_MS, null],
    ['1h', POINTS_MAX * HOUR_MS + 1, '1d'],
    ['1d', POINTS_MAX * DAY_MS + 1, 'nothing'],
  ] as const)(
    'of %s that makes too many points of %d ms: %s is advised',
    (step, length, advised) => {
      const made = grid(length, step);
      expect(made.ok ? null : (made.useStep ?? 'nothing')).toBe(advised);
      if (!made.ok) expect(made.fault).toBe('too_many_points');
    },
  );

  test.each(['1m', '5m'] as const)('of %s where its minutes are gone is refused', (step) => {
    expect(grid(HOUR_MS, step, 2 * DAY_MS)).toEqual({
      ok: false,
      fault: 'minutes_gone',
      useStep: '1h',
    });
    expect(grid(HOUR_MS, step, 2 * DAY_MS - HOUR_MS).ok).toBe(true);
  });

  test('reads few rows, whichever it is', () => {
    const five = 5 * MINUTE_MS;
    const width = { minute: MINUTE_MS, five_minutes: five, hour: HOUR_MS, day: DAY_MS, ever: 1 };
    for (const step of TIME_STEPS) {
      for (let lengthMs = MINUTE_MS; lengthMs < 4_000 * DAY_MS; lengthMs *= 1.3) {
        const made = grid(Math.round(lengthMs), step);
        if (!made.ok) continue;
        const { fromMs, beforeMs, level } = made.grid;
        expect((beforeMs - fromMs) / width[level]).toBeLessThanOrEqual(POINTS_MAX + 1);
      }
    }
  });
});
