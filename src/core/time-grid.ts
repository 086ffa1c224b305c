/** The steps of a chart: how wide they are, how many there may be, and which is taken when none is asked for. */
import {
  ceil,
  DAY_MS,
  floor,
  HOUR_MS,
  isForTwoDays,
  MINUTE_MS,
  minutesFrom,
  type TimeLevel,
} from './time-levels.ts';

export const TIME_STEPS = ['1m', '5m', '1h', '1d'] as const;
export type TimeStep = (typeof TIME_STEPS)[number];

/** The width of each step of a chart, and the level of which it is one stretch. */
const STEPS: Readonly<
  Record<TimeStep, { readonly ms: number; readonly level: Exclude<TimeLevel, 'ever'> }>
> = {
  '1m': { ms: MINUTE_MS, level: 'minute' },
  '5m': { ms: 5 * MINUTE_MS, level: 'five_minutes' },
  '1h': { ms: HOUR_MS, level: 'hour' },
  '1d': { ms: DAY_MS, level: 'day' },
};

/** More nobody can see; a response stays below half a megabyte. */
export const POINTS_MAX = 1_500;

/** What a step is chosen by when none is asked for. */
const POINTS_CHOSEN_MAX = 120;

export interface TimeRange {
  readonly fromMs: number;
  readonly beforeMs: number;
}

/** Whole steps that cover a range. */
export interface TimeGrid extends TimeRange {
  /** Each step is one stretch of it. */
  readonly level: TimeLevel;
  readonly stepMs: number;
}

export type GridFault = 'too_many_points' | 'minutes_gone';

/**
 * The steps of a range that is not empty. Without a step asked for: the smallest there is that makes at most 120 points, or
 * else the largest. `useStep` is one that fits; null when none does.
 */
export function gridOf(
  range: TimeRange,
  asked: TimeStep | null,
  nowMs: number,
):
  | { readonly ok: true; readonly grid: TimeGrid }
  | { readonly ok: false; readonly fault: GridFault; readonly useStep: TimeStep | null } {
  const faultOf = (step: TimeStep): GridFault | null => {
    if (isForTwoDays(STEPS[step].level) && range.fromMs < minutesFrom(nowMs)) return 'minutes_gone';
    return pointsOf(range, step) > POINTS_MAX ? 'too_many_points' : null;
  };
  const step = asked ?? chosenStep(range, faultOf);
  const fault = faultOf(step);
  if (fault !== null) {
    const useStep = TIME_STEPS.find((other) => faultOf(other) === null) ?? null;
    return { ok: false, fault, useStep };
  }
  const { ms, level } = STEPS[step];
  const grid = { level, stepMs: ms, ...widened(range, ms) };
  return { ok: true, grid };
}

function chosenStep(range: TimeRange, faultOf: (step: TimeStep) => GridFault | null): TimeStep {
  const isChosen = (step: TimeStep) =>
    faultOf(step) === null && pointsOf(range, step) <= POINTS_CHOSEN_MAX;
  return TIME_STEPS.find(isChosen) ?? '1d';
}

function pointsOf({ fromMs, beforeMs }: TimeRange, step: TimeStep) {
  return Math.ceil((beforeMs - fromMs) / STEPS[step].ms);
}

function widened({ fromMs, beforeMs }: TimeRange, ms: number) {
  return { fromMs: floor(fromMs, ms), beforeMs: ceil(beforeMs, ms) };
}
