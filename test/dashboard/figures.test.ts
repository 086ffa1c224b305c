/** The figures of the dashboard's overview: sums over steps, comparisons, and scales that hold still. */
import { describe, expect, test } from 'vitest';
import { scaleTop } from '../../dashboard/src/charts/scale.ts';
import { changeInPoints, changeInShare } from '../../dashboard/src/overview/change.ts';
import { periodOf, shareOfLast, successRate } from '../../dashboard/src/overview/period.ts';

const QUIET = {
  at: '2026-02-26T10:00:00.000Z',
  created: 0,
  succeeded: 0,
  failed: 0,
  authorized: 0,
  canceled: 0,
  refunded: 0,
  volume: {},
  refund_volume: {},
  outcome_ms: null,
  decision_ms: null,
};

describe('a period', () => {
  test('adds its steps up, per currency too, and takes the middle of their percentiles', () => {
    const points = [
      { ...QUIET, created: 4, volume: { USD: 10 }, decision_ms: { p50: 1, p95: 9 } },
      { ...QUIET, created: 2, succeeded: 3, failed: 1, decision_ms: { p50: 1, p95: 2 } },
      { ...QUIET, refunded: 1, volume: { EUR: 5, USD: 2.5 }, decision_ms: { p50: 1, p95: 3 } },
      QUIET,
    ];
    const period = periodOf(points);
    expect(period).toEqual({
      created: 6,
      succeeded: 3,
      failed: 1,
      refunded: 1,
      volume: { USD: 12.5, EUR: 5 },
      decisionP95: 3,
    });
    expect(successRate(period)).toBe(0.75);
  });

  test('of nothing has no rate and no percentile', () => {
    const period = periodOf([QUIET]);
    expect(successRate(period)).toBeNull();
    expect(period.decisionP95).toBeNull();
  });

  test('before one that is not over is cut as short: steady traffic is no change', () => {
    const steady = { ...QUIET, created: 60 };
    const halfWay = Date.parse(QUIET.at) + 30_000;
    const share = shareOfLast({ step_seconds: 60, points: [QUIET] }, halfWay);
    expect(share).toBe(0.5);
    const now = periodOf([steady, steady, { ...steady, created: 30 }]);
    const before = periodOf([steady, steady, steady], share);
    expect(changeInShare(now.created, before.created)).toBe('as before');
  });

  test.each([
    [-5_000, 0],
    [120_000, 1],
  ])('%i ms into its last step has passed %f of it', (afterMs, share) => {
    const series = { step_seconds: 60, points: [QUIET] };
    expect(shareOfLast(series, Date.parse(QUIET.at) + afterMs)).toBe(share);
  });
});

describe('a change', () => {
  test.each([
    [150, 100, '↑ 50.0 %'],
    [75, 100, '↓ 25.0 %'],
    [100, 100, 'as before'],
    [5, 0, 'none before'],
    [0, 0, null],
    [5_000, 2, '↑ 2,500 times'],
    [0, 7, '↓ 100.0 %'],
    [undefined, 7, null],
    [7, null, null],
  ])('from %j to %j', (now, before, words) => {
    expect(changeInShare(now, before)).toBe(words);
  });

  test('of a share is told in points', () => {
    expect(changeInPoints(0.9, 0.8)).toBe('↑ 10.0 points');
    expect(changeInPoints(0.9, null)).toBeNull();
  });
});

describe('a scale', () => {
  test.each([
    [0, 5],
    [5, 6],
    [7, 8],
    [10, 10],
    [11, 20],
    [401, 600],
    [801, 1_000],
    [1.1e9, 2e9],
  ])('of up to %d ends at %d', (max, top) => {
    expect(scaleTop(max, 5, null)).toBe(top);
  });

  test('of small values ends at round ones', () => {
    expect(scaleTop(0.3, 0.01, null)).toBe(0.3);
    expect(scaleTop(0.1, 0.01, null)).toBe(0.1);
    expect(scaleTop(0.0001, 0.01, null)).toBe(0.01);
  });

  test('grows at once, and shrinks only when there is much less to show', () => {
    expect(scaleTop(61, 5, 60)).toBe(80);
    expect(scaleTop(40, 5, 100)).toBe(100);
    expect(scaleTop(29, 5, 100)).toBe(30);
  });
});
