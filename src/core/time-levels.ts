/**
 * The stretches of time that are counted over: minutes and fives of them, which are kept for two days, and hours, days and
 * all of time, which are kept for ever, so that any range is answered from a bounded number of them. All are of UTC, which
 * knows no summer time: a day has 24 hours.
 */

export const TIME_LEVELS = ['minute', 'five_minutes', 'hour', 'day', 'ever'] as const;
export type TimeLevel = (typeof TIME_LEVELS)[number];

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

type FiniteLevel = Exclude<TimeLevel, 'ever'>;

const WIDTHS_MS: Readonly<Record<FiniteLevel, number>> = {
  minute: MINUTE_MS,
  five_minutes: 5 * MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
};

/** As long as it is of interest in which minute something happened; two days of minutes are 2,880 rows. */
const MINUTES_KEPT_MS = 2 * DAY_MS;

/** The beginning of the minute, hour or day that a moment is in; of all of time it is 0. */
export function levelStart(level: TimeLevel, atMs: number): number {
  return level === 'ever' ? 0 : floor(atMs, WIDTHS_MS[level]);
}

/** True when stretches of this level go after two days. */
export function isForTwoDays(level: TimeLevel): boolean {
  return level === 'minute' || level === 'five_minutes';
}

/** From when on there are minutes; a whole hour. */
export function minutesFrom(nowMs: number): number {
  return floor(nowMs - MINUTES_KEPT_MS, HOUR_MS);
}

/** Minutes before this time may go. An hour more is kept than is promised, for those who ask while the hour changes. */
export function minutesKeptFrom(nowMs: number): number {
  return minutesFrom(nowMs) - HOUR_MS;
}

/** Stretches of one level, from the one that begins at `fromMs` up to `beforeMs`. */
export interface Span {
  readonly level: TimeLevel;
  readonly fromMs: number;
  readonly beforeMs: number;
}

/**
 * The fewest stretches that make up a range: days, and what is left at both ends in hours and minutes. The range is first
 * widened to whole minutes; where there are none any more, to whole hours.
 */
export function spansOf(fromMs: number, beforeMs: number, nowMs: number): readonly Span[] {
  const minutes = minutesFrom(nowMs);
  const from = floor(fromMs, fromMs < minutes ? HOUR_MS : MINUTE_MS);
  const before = ceil(beforeMs, beforeMs <= minutes ? HOUR_MS : MINUTE_MS);
  return cut(from, before, 'minute', ['hour', 'day']);
}

/** Both ends are whole ones of the level. */
function cut(
  fromMs: number,
  beforeMs: number,
  level: FiniteLevel,
  [next, ...coarser]: readonly FiniteLevel[],
): readonly Span[] {
  if (next === undefined) return [{ level, fromMs, beforeMs }];
  const innerFrom = ceil(fromMs, WIDTHS_MS[next]);
  const innerBefore = floor(beforeMs, WIDTHS_MS[next]);
  if (innerFrom >= innerBefore) return [{ level, fromMs, beforeMs }];
  return [
    { level, fromMs, beforeMs: innerFrom },
    ...cut(innerFrom, innerBefore, next, coarser),
    { level, fromMs: innerBefore, beforeMs },
  ].filter((span) => span.fromMs < span.beforeMs);
}

/** The last multiple of `width` up to `ms`. */
export function floor(ms: number, width: number): number {
  return Math.floor(ms / width) * width;
}

/** The first multiple of `width` from `ms` on. */
export function ceil(ms: number, width: number): number {
  return Math.ceil(ms / width) * width;
}
