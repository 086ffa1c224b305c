/**
 * The windows that velocity is counted over. Time is counted in ticks of ten seconds. A window is a fixed number of
 * buckets of fixed width: the bucket that is running and those before it. So "1m" covers the last 50 to 60 seconds, "1h"
 * the last 55 to 60 minutes, "24h" the last 23 to 24 hours, and never more than its name says.
 */

export const TIME_WINDOWS = ['1m', '1h', '24h'] as const;
export type TimeWindow = (typeof TIME_WINDOWS)[number];

const TICK_MS = 10_000;

interface Buckets {
  /** Each width divides the next, so that small buckets can be merged into larger ones. */
  readonly widthTicks: number;
  readonly count: number;
}

const BUCKETS: Readonly<Record<TimeWindow, Buckets>> = {
  '1m': { widthTicks: 1, count: 6 },
  '1h': { widthTicks: 30, count: 12 },
  '24h': { widthTicks: 360, count: 24 },
};

/** The most buckets that are needed to answer for all windows at once. */
export const BUCKETS_MAX = TIME_WINDOWS.reduce((sum, window) => sum + BUCKETS[window].count, 0);

/** The tick of a moment, milliseconds since 1970. */
export function tickOf(atMs: number): number {
  return Math.floor(atMs / TICK_MS);
}

/** The first tick that is in the window when it is `nowTick`. */
export function windowStart(window: TimeWindow, nowTick: number): number {
  const { widthTicks, count } = BUCKETS[window];
  return bucketStart(window, nowTick) - (count - 1) * widthTicks;
}

/** The first tick of the window's bucket that `tick` is in. */
export function bucketStart(window: TimeWindow, tick: number): number {
  const { widthTicks } = BUCKETS[window];
  return Math.floor(tick / widthTicks) * widthTicks;
}
