/** When a delivery is tried: soon at first, then ever more rarely, for thirty days from the event. */
import { assert } from '../assert.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const LAST_MS = 8 * HOUR;

/** After the event; from the last on, every REPEAT_MS. */
const OFFSETS_MS = [
  0,
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  LAST_MS,
] as const;
const REPEAT_MS = 12 * HOUR;

/** Then a delivery is dead. */
const LIFE_MS = 30 * 24 * HOUR;

/** A receiver that asks for patience gets at most this much, which is compressed as everything is. */
export const RETRY_AFTER_MS_MAX = 24 * HOUR;

/** Every wait is this part shorter or longer, so that a receiver is not hit by all at once. */
const JITTER = 0.1;
const EARLY = 0.15;
const EARLY_MS_MAX = 2 * HOUR;

export interface ScheduleQuestion {
  /** When the schedule began: the event's time, or that of the last resend. */
  readonly fromMs: number;
  readonly nowMs: number;
  /** A uniform number in [0, 1). */
  readonly draw: number;
  /** 1, or less to compress the schedule for development. */
  readonly scale: number;
  /** What the receiver asked for, from now; null when it did not. */
  readonly retryAfterMs: number | null;
}

/**
 * When to try again after a failure now; null when its time is over. The moments are those of the schedule, so that a
 * delivery that was late is not tried oftener for it.
 */
export function nextAttemptAtMs(question: ScheduleQuestion): number | null {
  const { fromMs, nowMs, draw, scale, retryAfterMs } = question;
  assert(scale > 0, 'time does not stand still');
  // A clock that was put back must not put the next attempt off until it has caught up.
  const ageMs = Math.max(0, nowMs - fromMs) / scale;
  const offsetMs = offsetAfter(ageMs);
  const jitter = 1 + JITTER * (2 * draw - 1);
  const waitMs = (offsetMs - ageMs) * jitter;
  const askedMs = Math.min(retryAfterMs ?? 0, RETRY_AFTER_MS_MAX * scale);
  const atMs = Math.ceil(nowMs + Math.max(waitMs * scale, askedMs));
  return atMs - fromMs > LIFE_MS * scale ? null : atMs;
}

/** True when a delivery whose schedule began then is past its life. */
export function isOver(fromMs: number, nowMs: number, scale: number): boolean {
  return nowMs - fromMs > LIFE_MS * scale;
}

/** The step of the schedule that follows at this age, in milliseconds after its beginning. */
function offsetAfter(ageMs: number): number {
  // An attempt may come this much before its step: that step is done, not still to come.
  const doneMs = ageMs + Math.min(ageMs * EARLY, EARLY_MS_MAX);
  const known = OFFSETS_MS.find((offset) => offset > doneMs);
  if (known !== undefined) return known;
  return LAST_MS + REPEAT_MS * (Math.floor((doneMs - LAST_MS) / REPEAT_MS) + 1);
}
