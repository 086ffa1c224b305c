/** The dashboard's time range: what its URL may say, and the steps that follow from it. */
import { describe, expect, test } from 'vitest';
import {
  boundsOf,
  RANGES,
  readRange,
  windowBefore,
  windowOf,
  withoutZoom,
  zoomOf,
} from '../../dashboard/src/shared/time-range.ts';

const NOW = Date.parse('2026-02-26T10:02:30Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const iso = (ms: number) => new Date(ms).toISOString();

describe('what stands in the URL', () => {
  test.each([
    [{ range: '6h' }, { range: '6h' }],
    [{ range: 'banana' }, {}],
    [{ range: 6 }, {}],
    [
      { from: iso(0), to: iso(HOUR) },
      { from: iso(0), to: iso(HOUR) },
    ],
    [
      { range: '7d', from: iso(0), to: iso(HOUR) },
      { range: '7d', from: iso(0), to: iso(HOUR) },
    ],
    [{ from: iso(0) }, {}],
    [{ to: iso(0) }, {}],
    [{ from: iso(HOUR), to: iso(0) }, {}],
    [{ from: iso(0), to: iso(0) }, {}],
    [{ from: 'yesterday', to: iso(0) }, {}],
    [{ from: '0001-01-01T00:00:00Z', to: iso(NOW) }, {}],
    [{ latency: 'decision' }, {}],
  ])('%j means %j', (search, meaning) => {
    expect(readRange(search)).toEqual(meaning);
  });

  test('a zoom is one of whole minutes, and leads back to the range it was made from', () => {
    const zoomed = zoomOf({ range: '24h' }, NOW, NOW + 100);
    expect(zoomed).toEqual({
      range: '24h',
      from: '2026-02-26T10:02:00Z',
      to: '2026-02-26T10:03:00Z',
    });
    expect(readRange({ ...zoomed })).toEqual(zoomed);
    expect(withoutZoom(zoomed)).toEqual({ range: '24h' });
    expect(withoutZoom(zoomOf({}, 0, 1))).toEqual({});
  });
});

describe('the window', () => {
  test.each(RANGES.map(({ name, ms }) => [name, ms] as const))(
    'of %s ends with the step that has just begun, and has few enough steps',
    (range, ms) => {
      const { fromMs, toMs, stepMs } = windowOf({ range }, NOW);
      expect(toMs - fromMs).toBe(ms);
      expect(toMs).toBeGreaterThan(NOW);
      expect(toMs - stepMs).toBeLessThanOrEqual(NOW);
      expect(fromMs % stepMs).toBe(0);
      expect(ms / stepMs).toBeLessThanOrEqual(300);
    },
  );

  test('is the same until the next step begins', () => {
    const { toMs } = windowOf({ range: '1h' }, NOW);
    expect(windowOf({ range: '1h' }, toMs - 1).toMs).toBe(toMs);
    expect(windowOf({ range: '1h' }, toMs).toMs).toBe(toMs + MINUTE);
  });

  test('without a range is the last hour', () => {
    expect(windowOf({}, NOW)).toEqual(windowOf({ range: '1h' }, NOW));
  });

  test('of a time of its own is widened to whole steps, and stays where it is', () => {
    const search = { from: iso(NOW - 6 * HOUR), to: iso(NOW) };
    const { fromMs, toMs, step } = windowOf(search, NOW);
    expect([iso(fromMs), iso(toMs), step]).toEqual([
      '2026-02-26T04:00:00.000Z',
      '2026-02-26T10:05:00.000Z',
      '5m',
    ]);
    expect(windowOf(search, NOW + HOUR)).toMatchObject({ fromMs, toMs });
  });

  test.each([
    [47, 1, '1m'],
    [49, 1, '1h'],
    [47, 47, '1h'],
    [24 * 30, 24 * 30, '1d'],
  ])('%i hours ago and %i long has steps that the service still knows', (ago, long, step) => {
    const fromMs = NOW - ago * HOUR;
    expect(windowOf({ from: iso(fromMs), to: iso(fromMs + long * HOUR) }, NOW).step).toBe(step);
  });

  test('before it is as long and ends where it begins, as far as the service knows it', () => {
    for (const { name: range, ms } of RANGES) {
      const window = windowOf({ range }, NOW);
      expect(windowBefore(window, NOW)).toMatchObject({
        fromMs: window.fromMs - ms,
        toMs: window.fromMs,
        step: window.step,
      });
    }
    const old = windowOf({ from: iso(NOW - 47 * HOUR), to: iso(NOW - 45 * HOUR) }, NOW);
    expect(windowBefore(old, NOW)).toBeNull();
  });
});

describe('the bounds of a list', () => {
  test('are those of the URL, open at the end for a range that ends now, and none without one', () => {
    const search = { range: '1h', from: iso(0), to: iso(HOUR) };
    expect(boundsOf(search, NOW)).toEqual({ fromMs: 0, toMs: HOUR });
    expect(boundsOf({ range: '1h' }, NOW)).toEqual({ fromMs: NOW - HOUR, toMs: null });
    expect(boundsOf({}, NOW)).toBeNull();
  });
});
