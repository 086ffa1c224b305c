/** The time series: what is added to them, and how they are read. Whoever counts the log adds; see SeriesAddition. */
import { isForTwoDays, type Span, TIME_LEVELS, type TimeLevel } from '../../../core/time-levels.ts';
import { addScores, addTally, emptyTally, type Tally } from '../../../core/time-series.ts';
import { type SeriesAddition, TIME_SERIES_FOLLOWER } from '../../../engine/ports.ts';
import { integer, text } from '../rows.ts';
import { rolledUp } from '../sqlite/time-series.ts';
import { scoresFrom, TALLY_COLUMNS, tallyFrom, tallyValues } from '../tally-row.ts';
import type { Connections, Queries } from './connection.ts';
import { saveCursor } from './log.ts';

/** False, and nothing was done, when the series do not end where the addition begins. */
export async function addToSeries(
  connections: Connections,
  { after, to, minutes, minutesKeptFromMs }: SeriesAddition,
): Promise<boolean> {
  return connections.using(async (queries) => {
    await queries.rows('begin', 'begin');
    const isNext = await standsAt(queries, to.writer, after);
    if (isNext) {
      for (const level of TIME_LEVELS) {
        for (const [startMs, tally] of rolledUp(minutes, level)) {
          if (startMs >= minutesKeptFromMs || !isForTwoDays(level)) {
            await add(queries, level, startMs, tally);
          }
        }
      }
      await queries.rows(
        'forget_minutes',
        'delete from time_series where level = any($1) and start_ms < $2',
        [TIME_LEVELS.filter(isForTwoDays), minutesKeptFromMs],
      );
      await saveCursor(queries, TIME_SERIES_FOLLOWER, to);
    }
    await queries.rows('commit', 'commit');
    return isNext;
  });
}

/** Locks the log's name and the cursor, so that two processes cannot add the same. */
async function standsAt(queries: Queries, writer: string, after: number): Promise<boolean> {
  await queries.rows('lock_series', 'select pg_advisory_xact_lock(7011, 2)');
  const [log] = await queries.rows('log_name', 'select name from log');
  const [cursor] = await queries.rows('cursor', 'select * from cursors where follower = $1', [
    TIME_SERIES_FOLLOWER,
  ]);
  if (log === undefined || text(log, 'name') !== writer) return false;
  const isOfThisLog = cursor !== undefined && text(cursor, 'writer') === writer;
  return after === (isOfThisLog ? integer(cursor, 'sequence') : 0);
}

const COLUMNS = ['level', 'start_ms', ...TALLY_COLUMNS];

async function add(
  queries: Queries,
  level: TimeLevel,
  startMs: number,
  part: Tally,
): Promise<void> {
  const [row] = await queries.rows(
    'tally',
    'select * from time_series where level = $1 and start_ms = $2',
    [level, startMs],
  );
  const sum = row === undefined ? emptyTally() : tallyFrom(row);
  addTally(sum, part);
  const set = TALLY_COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ');
  await queries.rows(
    'add_tally',
    `insert into time_series (${COLUMNS.join(', ')})
       values (${COLUMNS.map((_, index) => `$${index + 1}`).join(', ')})
     on conflict (level, start_ms) do update set ${set}`,
    [level, startMs, ...tallyValues(sum)],
  );
}

export async function readTallies(queries: Queries, span: Span): Promise<Map<number, Tally>> {
  const rows = await queries.rows(
    'tallies',
    `select * from time_series where level = $1 and start_ms >= $2 and start_ms < $3
       order by start_ms`,
    [span.level, span.fromMs, span.beforeMs],
  );
  return new Map(rows.map((row) => [integer(row, 'start_ms'), tallyFrom(row)]));
}

export async function readRiskScores(queries: Queries, span: Span): Promise<number[]> {
  const sum = emptyTally().scores;
  for (const row of await queries.rows(
    'risk_scores',
    `select risk_scores from time_series where level = $1 and start_ms >= $2 and start_ms < $3`,
    [span.level, span.fromMs, span.beforeMs],
  )) {
    addScores(sum, scoresFrom(row));
  }
  return sum;
}
