/** The series, counted again from the log up to where they say that they count (../recounted-series.ts). */
import type { DatabaseSync } from 'node:sqlite';
import { COUNTED_TYPES } from '../../../core/time-series.ts';
import { TIME_SERIES_FOLLOWER } from '../../../engine/ports.ts';
import { SeriesCount } from '../recounted-series.ts';
import { integer, type Row } from '../rows.ts';
import { readCursor } from './log.ts';
import type { RecountCheck } from './recount-check.ts';

export function recountSeries(database: DatabaseSync): RecountCheck {
  const row = database.prepare('select * from time_series where level = ? and start_ms = ?');
  const kept = database
    .prepare(
      `select count(*) as n, min(start_ms) filter (where level = 'minute') as oldest from time_series`,
    )
    .get();
  const oldest = kept?.['oldest'];
  const count = new SeriesCount({
    row: (level, startMs) => row.get(level, startMs),
    count: integer(kept ?? {}, 'n'),
    oldestMinuteMs: typeof oldest === 'number' ? oldest : null,
    // Times in the log do not run backwards where one process writes it; those that come from several may, a little.
    openMinutes: 5,
  });
  for (const event of loggedRows(database)) count.add(event);
  return count.check();
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
