/** Marks beside a chart: from 0 at round values, no two of which read the same. */
import type { Mark } from './mark.ts';
import type { PlotKind } from './plot-data.ts';
import type { Frame } from './plot-frame.ts';

/** As close as marks may stand. */
const MARK_PX = 28;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Bars are counts, lines are milliseconds. */
export function valueMarks(
  { valueTop, top, bottom }: Frame,
  kind: PlotKind,
  format: (value: number) => string,
): Mark[] {
  const room = valueTop / Math.max((bottom - top) / MARK_PX, 1);
  const step = kind === 'bars' ? Math.max(roundUp(room), 1) : durationStep(room, valueTop);
  const count = Math.floor(valueTop / step + 1e-9) + 1;
  return Array.from({ length: count }, (_, index) => {
    // Not 0.30000000000000004.
    const at = Number((index * step).toPrecision(12));
    return { at, words: at === 0 ? '0' : format(at) };
  });
}

/** Round in the unit that durations of this length are told in, and no finer than they are told. */
function durationStep(room: number, valueTop: number): number {
  if (valueTop > HOUR_MS) return Math.max(roundUp(room / HOUR_MS), 1) * HOUR_MS;
  if (valueTop > MINUTE_MS) return Math.max(roundUp(room / MINUTE_MS), 1) * MINUTE_MS;
  return Math.max(roundUp(room), 0.01);
}

function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((factor) => factor * power >= value) ?? 10) * power;
}
