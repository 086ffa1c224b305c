/** Processes that share the database, each a row that it beats (engine/presence.ts). */
import { PROCESS_STALE_MS, type ProcessTable } from '../../../engine/presence.ts';
import { integer } from '../rows.ts';
import type { Queries } from './connection.ts';

/** A row is written every other second; in between it is only looked. */
const BEAT_MS = 2_000;

/** What was not heard of for so long is taken out. */
const FORGOTTEN_MS = 10 * 60_000;

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

export function processTable(queries: Queries): ProcessTable {
  return {
    async beat({ id, kind }) {
      const [row = {}] = await queries.rows(
        'beat',
        `with moment as materialized (select ${NOW} as ms),
         beaten as (
           insert into processes as own select $1, $2, ms, ms from moment
             on conflict (id) do update set beat_at_ms = greatest(own.beat_at_ms, excluded.beat_at_ms)
               where own.beat_at_ms <= excluded.beat_at_ms - $3::bigint
         ), gone as (
           delete from processes using moment where id <> $1 and beat_at_ms < ms - $4::bigint
         )
         select count(*) filter (where kind = 'worker') as workers,
             count(*) filter (where kind = 'api') as apis
           from processes cross join moment where id <> $1 and beat_at_ms >= ms - $5::bigint`,
        [id, kind, BEAT_MS - 500, FORGOTTEN_MS, PROCESS_STALE_MS],
      );
      return { workers: integer(row, 'workers'), apis: integer(row, 'apis') };
    },
    async leave(id) {
      await queries.rows('leave', 'delete from processes where id = $1', [id]);
    },
  };
}
