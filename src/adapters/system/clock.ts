/** The only place that asks what time it is. */
import type { Clock } from '../../engine/ports.ts';

export interface SystemClock extends Clock {
  /** From now on it is at least this time: the clock of another process is ahead of ours. */
  reach(ms: number): void;
}

/**
 * The engine's clock: starts at the later of the wall clock and `notBeforeMs` (the last time stored), then runs
 * with the monotonic clock, so that a wall clock that jumps breaks nothing.
 */
export function systemClock(notBeforeMs: number): SystemClock {
  let startedAtMs = Math.max(Date.now(), notBeforeMs);
  const startedAt = performance.now();
  const nowMs = () => startedAtMs + Math.floor(performance.now() - startedAt);
  return {
    nowMs,
    reach(ms) {
      startedAtMs += Math.max(0, ms - nowMs());
    },
    ticksMs: () => performance.now(),
  };
}
