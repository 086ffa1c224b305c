/** From the query strings of charts to ranges of time. */
import { DAY_MS, HOUR_MS } from '../../core/time-levels.ts';
import { gridOf, POINTS_MAX, type TimeGrid, type TimeRange } from '../../core/time-grid.ts';
import type { FieldFault } from './problems.ts';
import type { HistogramQuery, TimeSeriesQuery } from './time-series-schemas.ts';
import { problemOfFaults } from './validation.ts';

/** A chart may end with the day, wherever that is; what is asked for later than that has its clock wrong. */
const FUTURE_MS_MAX = DAY_MS;

/** The steps that were asked for; throws a Problem for a range that makes no sense or too many points. */
export function gridAsked({ from, to, step }: TimeSeriesQuery, nowMs: number): TimeGrid {
  const beforeMs = timeOr(to, nowMs);
  const fromMs = timeOr(from, beforeMs - HOUR_MS);
  assertRange({ fromMs, beforeMs }, nowMs);
  const made = gridOf({ fromMs, beforeMs }, step ?? null, nowMs);
  if (made.ok) return made.grid;
  const { useStep } = made;
  const problem =
    made.fault === 'minutes_gone'
      ? 'reaches back 48 hours'
      : `makes more than ${POINTS_MAX.toLocaleString('en')} points of this range`;
  const advice =
    useStep === null
      ? 'ask for a shorter range'
      : `use step=${useStep}, or ask for a shorter range`;
  throw refusal({
    pointer: '?step',
    code: made.fault === 'minutes_gone' ? 'out_of_range' : made.fault,
    detail: `${step ?? '1d'} ${problem}; ${advice}`,
  });
}

/** Null when everything was asked for; throws a Problem for a range that makes no sense. */
export function rangeAsked({ from, to }: HistogramQuery, nowMs: number): TimeRange | null {
  if (from === undefined && to === undefined) return null;
  const beforeMs = timeOr(to, nowMs);
  const fromMs = timeOr(from, Math.min(0, beforeMs - 1));
  assertRange({ fromMs, beforeMs }, nowMs);
  return { fromMs, beforeMs };
}

function timeOr(text: string | undefined, fallbackMs: number): number {
  return text === undefined ? fallbackMs : Date.parse(text);
}

function assertRange({ fromMs, beforeMs }: TimeRange, nowMs: number): void {
  if (beforeMs > nowMs + FUTURE_MS_MAX) {
    throw refusal({
      pointer: '?to',
      code: 'out_of_range',
      detail: 'must be at most a day from now; leave it out for now',
    });
  }
  if (fromMs < beforeMs) return;
  throw refusal({
    pointer: '?from',
    code: 'out_of_range',
    detail: 'must be earlier than `to`, which is now when it is left out',
  });
}

function refusal(fault: FieldFault) {
  return problemOfFaults('validation_failed', [fault], 'query');
}
