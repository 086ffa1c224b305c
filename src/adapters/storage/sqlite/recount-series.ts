/**
 * The series, counted again from the log up to where they say that they count. Times in the log do not run backwards, so
 * that of each level one stretch of time at a time is in memory.
 */
import type { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import {
  isForTwoDays,
  levelStart,
  TIME_LEVELS,
  type TimeLevel,
} from '../../../core/time-levels.ts';
import {
  addTally,
  COUNTED_TYPES,
  countEvent,
  emptyTally,
  type Minutes,
  type Tally,
  TALLY_COUNTS,
} from '../../../core/time-series.ts';
import { TIME_SERIES_FOLLOWER } from '../../../engine/ports.ts';
import { isoTime } from '../../../engine/snapshot.ts';
import { countedFrom } from '../../../engine/time-series/logged-event.ts';
import { readCursor } from './log.ts';
import { counting, Differences, type RecountCheck } from './recount-check.ts';
import { integer, type Row, text } from '../rows.ts';
import { tallyFrom } from '../tally-row.ts';

export function recountSeries(database: DatabaseSync): RecountCheck {
  const differences = new Differences();
  const comparison = new Comparison(database, differences);
  const minutes: Minutes = new Map();
  let events = 0;
  for (const row of loggedRows(database)) {
    try {
      const counted = countedFrom({
        type: text(row, 'type'),
        atMs: integer(row, 'at_ms'),
        paymentSequence: integer(row, 'payment_sequence'),
        cause: text(row, 'cause'),
        data: text(row, 'data'),
      });
      if (counted !== null) countEvent(minutes, counted.event, counted.payment);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      differences.add(`event ${integer(row, 'sequence')} cannot be counted: ${why}`);
    }
    // When a minute begins, the one before it is complete.
    comparison.take(minutes, 1);
    events += 1;
  }
  comparison.take(minutes, 0);
  return differences.check(
    'time_series',
    'the time series are what a count of the log gives',
    `${counting(comparison.end(), 'row')}, ${counting(events, 'event')}`,
  );
}

function loggedRows(database: DatabaseSync): Iterable<Row> {
  const meta = database.prepare(`select value from meta where name = 'writer'`).get();
  const cursor = readCursor(database, TIME_SERIES_FOLLOWER);
  // A cursor of another log is from before a reset, which has emptied the series.
  const countedTo = cursor !== null && cursor.writer === meta?.['value'] ? cursor.sequence : 0;
  return database
    .prepare(
      `select sequence, type, at_ms, payment_sequence, cause, data from events
       where sequence <= ? and type in (${COUNTED_TYPES.map(() => '?').join(', ')})
       order by sequence`,
    )
    .iterate(countedTo, ...COUNTED_TYPES);
}

/** Adds up the stretches of each level, and compares each with its row when the next one begins. */
class Comparison {
  readonly #differences: Differences;
  readonly #row;
  readonly #rows;
  /** Those before it may have gone. */
  readonly #oldestMinuteMs: number;
  readonly #running = new Map<TimeLevel, { readonly startMs: number; readonly tally: Tally }>();
  #compared = 0;

  constructor(database: DatabaseSync, differences: Differences) {
    this.#differences = differences;
    this.#row = database.prepare('select * from time_series where level = ? and start_ms = ?');
    this.#rows = database.prepare('select count(*) as n from time_series');
    const oldest = database
      .prepare(`select min(start_ms) as ms from time_series where level = 'minute'`)
      .get();
    this.#oldestMinuteMs = typeof oldest?.['ms'] === 'number' ? oldest['ms'] : Infinity;
  }

  /** Takes the oldest minutes, until so many are left. */
  take(minutes: Minutes, left: number): void {
    for (const [minuteMs, tally] of minutes) {
      if (minutes.size <= left) return;
      this.#add(minuteMs, tally);
      minutes.delete(minuteMs);
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

  /** Compares what is still running; how many rows there are. */
  end(): number {
    for (const level of TIME_LEVELS) this.#compare(level);
    const rows = integer(this.#rows.get() ?? {}, 'n');
    if (rows > this.#compared) {
      const extra = rows - this.#compared;
      const are = extra === 1 ? 'is' : 'are';
      this.#differences.add(`${counting(extra, 'row')} of the series ${are} of no event`);
    }
    return rows;
  }

  #compare(level: TimeLevel): void {
    const running = this.#running.get(level);
    if (running === undefined) return;
    const { startMs, tally } = running;
    const row = this.#row.get(level, startMs);
    if (row === undefined) {
      if (isForTwoDays(level) && startMs < this.#oldestMinuteMs) return;
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
