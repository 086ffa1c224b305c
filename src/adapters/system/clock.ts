/** The only place that asks what time it is. */
import type { Clock } from '../../engine/ports.ts';

/**
 * The engine's clock: starts at the later of the wall clock and `notBeforeMs` (the last time stored), then runs
 * with the monotonic clock, so that a wall clock that jumps breaks nothing.
 */
export function systemClock(notBeforeMs: number): Clock {
  const startedAtMs = Math.max(Date.now(), notBeforeMs);
  const startedAt = performance.now();
  return {
    nowMs: () => startedAtMs + Math.floor(performance.now() - startedAt),
    ticksMs: () => performance.now(),
  };
}
