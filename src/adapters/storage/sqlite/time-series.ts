/** The series: what is added to them, on the writing side, and how they are read. */
import type { DatabaseSync } from 'node:sqlite';
import {
  isForTwoDays,
  levelStart,
  type Span,
  TIME_LEVELS,
  type TimeLevel,
} from '../../../core/time-levels.ts';
import {
  addScores,
  addTally,
  emptyTally,
  type Minutes,
  type Tally,
  tallyAt,
} from '../../../core/time-series.ts';
import {
  type LogPosition,
  type SeriesAddition,
  TIME_SERIES_FOLLOWER,
} from '../../../engine/ports.ts';
import { readCursor } from './log.ts';
import { integer } from '../rows.ts';
import { scoresFrom, TALLY_COLUMNS, tallyFrom, tallyValues } from '../tally-row.ts';
import { inTransaction } from './transaction.ts';

/**
 * Makes what adds to the series, in one transaction with their place in the log; false when they do not stand where the
 * addition begins, or the log is another one. Throws what SQLite throws, and then nothing was written.
 */
export function seriesWriter(
  database: DatabaseSync,
): (addition: SeriesAddition, log: Pick<LogPosition, 'writer'>) => boolean {
  const columns = TALLY_COLUMNS.join(', ');
  const read = database.prepare('select * from time_series where level = ? and start_ms = ?');
  const upsert = database.prepare(
    `insert into time_series (level, start_ms, ${columns})
       values (?, ?, ${TALLY_COLUMNS.map(() => '?').join(', ')})
     on conflict do update set ${TALLY_COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`,
  );
  const forget = database.prepare(`delete from time_series where level = ? and start_ms < ?`);
  const moveCursor = database.prepare(
    `insert into cursors values (?, ?, ?) on conflict do update set
       writer = excluded.writer, sequence = excluded.sequence`,
  );
  const add = (level: TimeLevel, startMs: number, part: Tally) => {
    const row = read.get(level, startMs);
    const sum = row === undefined ? emptyTally() : tallyFrom(row);
    addTally(sum, part);
    upsert.run(level, startMs, ...tallyValues(sum));
  };
  return ({ after, to, minutes, minutesKeptFromMs }, log) =>
    inTransaction(database, () => {
      const stored = readCursor(database, TIME_SERIES_FOLLOWER);
      const standsAt = stored?.writer === log.writer ? stored.sequence : 0;
      if (to.writer !== log.writer || after !== standsAt) return false;
      for (const level of TIME_LEVELS) {
        for (const [startMs, tally] of rolledUp(minutes, level)) {
          if (startMs >= minutesKeptFromMs || !isForTwoDays(level)) add(level, startMs, tally);
        }
      }
      for (const level of TIME_LEVELS.filter(isForTwoDays)) forget.run(level, minutesKeptFromMs);
      moveCursor.run(TIME_SERIES_FOLLOWER, to.writer, to.sequence);
      return true;
    });
}

/** Minutes added up to hours, days or all of time. */
export function rolledUp(minutes: Minutes, level: TimeLevel): Map<number, Tally> {
  const tallies = new Map<number, Tally>();
  for (const [startMs, tally] of minutes) {
    addTally(tallyAt(tallies, levelStart(level, startMs)), tally);
  }
  return tallies;
}

export interface SeriesReads {
  tallies(span: Span): Map<number, Tally>;
  riskScores(span: Span): number[];
}

export function seriesReads(reader: DatabaseSync): SeriesReads {
  const within = 'where level = ? and start_ms >= ? and start_ms < ?';
  const tallies = reader.prepare(`select * from time_series ${within}`);
  const scores = reader.prepare(`select risk_scores from time_series ${within}`);
  return {
    tallies: ({ level, fromMs, beforeMs }) =>
      new Map(
        tallies
          .all(level, fromMs, beforeMs)
          .map((row) => [integer(row, 'start_ms'), tallyFrom(row)]),
      ),
    riskScores({ level, fromMs, beforeMs }) {
      const sum = emptyTally().scores;
      for (const row of scores.iterate(level, fromMs, beforeMs)) addScores(sum, scoresFrom(row));
      return sum;
    },
  };
}
