/** One clock for two threads: a wall clock that jumps would otherwise set them apart, and schedules with them. */

/** A moment of a clock, to go on from on another thread of this process. */
export interface ClockMoment {
  readonly nowMs: number;
  /** Of the monotonic clock that all threads read. */
  readonly monotonicNs: bigint;
}

export function momentOf(clock: { nowMs(): number }): ClockMoment {
  return { nowMs: clock.nowMs(), monotonicNs: process.hrtime.bigint() };
}

/** The clock that the moment is from, in whole milliseconds. */
export function clockFrom({ nowMs, monotonicNs }: ClockMoment): () => number {
  return () => nowMs + Number((process.hrtime.bigint() - monotonicNs) / 1_000_000n);
}
