/**
 * Percentiles in bounded memory: DDSketch (Masson, Rim, Lee: "DDSketch", VLDB 2019). A value falls into the bin
 * ceil(log_gamma(value)); a quantile is answered from the counts with a relative error of at most 1 %. Bins are
 * plain counts, so that sketches of different minutes or writers merge by addition.
 */
import { assert } from './assert.ts';

const RELATIVE_ERROR = 0.01;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/** Smaller values (a microsecond, when they are milliseconds) share the lowest bin and are answered as 0. */
const SMALLEST = 0.001;
const LOWEST_BIN = Math.ceil(Math.log(SMALLEST) / LOG_GAMMA);

/** The bin of a finite value >= 0. */
export function binOf(value: number): number {
  assert(Number.isFinite(value) && value >= 0, 'a sketch takes finite values from 0 up');
  return value <= SMALLEST ? LOWEST_BIN : Math.ceil(Math.log(value) / LOG_GAMMA);
}

/** The value at quantile `q` in [0, 1], within 1 % of the exact one; null when nothing was counted. */
export function quantile(bins: ReadonlyMap<number, number>, q: number): number | null {
  return quantilesOf(bins)(q);
}

/** For several quantiles of one sketch, which is sorted once. It must not change between them. */
export function quantilesOf(bins: ReadonlyMap<number, number>): (q: number) => number | null {
  // A chart asks for thousands: numbers alone are sorted much faster than pairs are.
  const sorted = Int32Array.from(bins.keys()).sort();
  let total = 0;
  for (const count of bins.values()) total += count;
  return (q) => {
    assert(q >= 0 && q <= 1, 'a quantile lies between 0 and 1');
    if (total === 0) return null;
    // The rank is of the nearest kind: the smallest value that at least q of all values do not exceed.
    const rank = Math.max(1, Math.ceil(q * total));
    let seen = 0;
    for (const bin of sorted) {
      const count = bins.get(bin);
      assert(count !== undefined, 'a bin has its count');
      seen += count;
      if (seen >= rank) return bin === LOWEST_BIN ? 0 : (2 * GAMMA ** bin) / (GAMMA + 1);
    }
    throw new Error('assertion failed: a rank is never above the count');
  };
}
