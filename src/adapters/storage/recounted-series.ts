/**
 * Compares the time series with what a count of the log gives, a minute after the other: of each level one stretch of
 * time at a time is in memory.
 */
import { isDeepStrictEqual } from 'node:util';
import { isForTwoDays, levelStart, TIME_LEVELS, type TimeLevel } from '../../core/time-levels.ts';
import {
  addTally,
  countEvent,
  emptyTally,
  type Minutes,
  type Tally,
  TALLY_COUNTS,
} from '../../core/time-series.ts';
import { isoTime } from '../../engine/snapshot.ts';
import { countedFrom } from '../../engine/time-series/logged-event.ts';
import { integer, type Row, text } from './rows.ts';
import { counting, Differences, type RecountCheck } from './sqlite/recount-check.ts';
import { tallyFrom } from './tally-row.ts';

export interface KeptSeries {
  /** The row of a stretch of time; undefined when there is none. */
  row(level: TimeLevel, startMs: number): Row | undefined;
  /** How many rows there are. */
  readonly count: number;
  /** The first minute that is kept; null when none is. Those before it may have gone. */
  readonly oldestMinuteMs: number | null;
  /** Minutes that may still get events when a later one has begun: more than one where many write the log. */
  readonly openMinutes: number;
}

/** Adds up the stretches of each level, and compares each with its row when the next one begins. */
export class SeriesCount {
  readonly #kept: KeptSeries;
  readonly #differences = new Differences();
  readonly #minutes: Minutes = new Map();
  readonly #running = new Map<TimeLevel, { readonly startMs: number; readonly tally: Tally }>();
  #compared = 0;
  #events = 0;

  constructor(kept: KeptSeries) {
    this.#kept = kept;
  }

  /** The next event of a type that counts, in the order of the log. */
  add(row: Row): void {
    try {
      const counted = countedFrom({
        type: text(row, 'type'),
        atMs: integer(row, 'at_ms'),
        paymentSequence: integer(row, 'payment_sequence'),
        cause: text(row, 'cause'),
        data: text(row, 'data'),
      });
      if (counted !== null) countEvent(this.#minutes, counted.event, counted.payment);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#differences.add(`event ${integer(row, 'sequence')} cannot be counted: ${why}`);
    }
    this.#take(this.#kept.openMinutes);
    this.#events += 1;
  }

  check(): RecountCheck {
    this.#take(0);
    for (const level of TIME_LEVELS) this.#compare(level);
    const { count } = this.#kept;
    if (count > this.#compared) {
      const extra = count - this.#compared;
      const are = extra === 1 ? 'is' : 'are';
      this.#differences.add(`${counting(extra, 'row')} of the series ${are} of no event`);
    }
    return this.#differences.check(
      'time_series',
      'the time series are what a count of the log gives',
      `${counting(count, 'row')}, ${counting(this.#events, 'event')}`,
    );
  }

  /** Takes the oldest minutes, until so many are left: when a minute begins, those before them are complete. */
  #take(left: number): void {
    if (this.#minutes.size <= left) return;
    const oldest = [...this.#minutes].sort(([a], [b]) => a - b);
    for (const [minuteMs, tally] of oldest.slice(0, oldest.length - left)) {
      this.#add(minuteMs, tally);
      this.#minutes.delete(minuteMs);
    }
  }

  #add(minuteMs: number, part: Tally): void {
    for (const level of TIME_LEVELS) {
      const startMs = levelStart(level, minuteMs);
      if (this.#running.get(level)?.startMs !== startMs) {
        this.#compare(level);
        this.#running.set(level, { startMs, tally: emptyTally() });
      }
      const running = this.#running.get(level);
      if (running !== undefined) addTally(running.tally, part);
    }
  }

  #compare(level: TimeLevel): void {
    const running = this.#running.get(level);
    if (running === undefined) return;
    const { startMs, tally } = running;
    const row = this.#kept.row(level, startMs);
    if (row === undefined) {
      const { oldestMinuteMs } = this.#kept;
      if (isForTwoDays(level) && startMs < (oldestMinuteMs ?? Infinity)) return;
      this.#differences.add(`${nameOf(level, startMs)} is not there`);
      return;
    }
    this.#compared += 1;
    const kept = tallyFrom(row);
    if (isDeepStrictEqual(kept, tally)) return;
    this.#differences.add(`${nameOf(level, startMs)} says ${difference(kept, tally)}`);
  }
}

function nameOf(level: TimeLevel, startMs: number): string {
  return level === 'ever' ? 'all of time' : `the ${level.replace('_', ' ')} of ${isoTime(startMs)}`;
}

function difference(kept: Tally, counted: Tally): string {
  const name = TALLY_COUNTS.find((count) => kept.counts[count] !== counted.counts[count]);
  return name === undefined
    ? 'other sums, times or scores than its events make'
    : `${kept.counts[name]} ${name}, its events make ${counted.counts[name]}`;
}
