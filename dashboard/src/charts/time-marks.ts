/**
 * Marks below a chart over time: full hours, days and months as they are where the browser is, also where the clock is
 * put forward or back between them.
 */
import type { Mark } from './mark.ts';
import type { Frame } from './plot-frame.ts';

type Unit = 'minute' | 'day' | 'month';

interface Step {
  readonly unit: Unit;
  readonly count: number;
}

/** As close as marks may stand without touching. */
const MARK_PX = 64;

const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<Unit, number>> = {
  minute: MINUTE_MS,
  day: 1_440 * MINUTE_MS,
  month: 28 * 1_440 * MINUTE_MS,
};
const STEPS: readonly Step[] = [
  ...stepsOf('minute', [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720]),
  ...stepsOf('day', [1, 2, 7]),
  ...stepsOf('month', [1, 3, 6, 12]),
];
const LONGEST: Step = { unit: 'month', count: 24 };

/** Of the days that days are counted from, 1 January 1970, to the first Monday after: weeks are marked at Mondays. */
const MONDAY = 4;

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'short' });

export function timeMarks({ fromMs, toMs, left, right }: Frame): Mark[] {
  const room = (toMs - fromMs) / ((right - left) / MARK_PX);
  const step = STEPS.find(({ unit, count }) => count * UNIT_MS[unit] >= room) ?? LONGEST;
  const marks: Mark[] = [];
  for (let index = 0; ; index += 1) {
    const time = timeOf(new Date(fromMs), step, index);
    const at = time.getTime();
    if (!(at <= toMs)) return marks;
    // An hour that the clock leaves out is the one after it, which is there already.
    if (at >= fromMs && at !== marks.at(-1)?.at) marks.push({ at, words: wordsOf(time, step) });
  }
}

/** The round time before `from` is the one of index 0. Minutes are those of the clock, counted from midnight. */
function timeOf(from: Date, { unit, count }: Step, index: number): Date {
  const [year, month, day] = [from.getFullYear(), from.getMonth(), from.getDate()];
  switch (unit) {
    case 'minute': {
      const minutes = from.getHours() * 60 + from.getMinutes();
      return new Date(year, month, day, 0, minutes - (minutes % count) + index * count);
    }
    case 'day': {
      const days = Date.UTC(year, month, day) / UNIT_MS.day - MONDAY;
      return new Date(year, month, day - (days % count) + index * count);
    }
    case 'month':
      return new Date(year, month - (month % count) + index * count);
  }
}

/** The day where one begins, else the time of day. */
function wordsOf(time: Date, { unit }: Step): string {
  if (unit === 'month') {
    return time.getMonth() === 0 ? String(time.getFullYear()) : MONTH.format(time);
  }
  const clock = [time.getHours(), time.getMinutes()].map((one) => String(one).padStart(2, '0'));
  return clock.join(':') === '00:00' ? DAY.format(time) : clock.join(':');
}

function stepsOf(unit: Unit, counts: readonly number[]): Step[] {
  return counts.map((count) => ({ unit, count }));
}
