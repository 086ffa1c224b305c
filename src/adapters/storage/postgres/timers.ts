/** Timers that are due. Who takes some leases them, so that several processes share the work; see the table. */
import type { DueTimer } from '../../../engine/ports.ts';
import { integer, timerFrom } from '../rows.ts';
import type { Queries } from './connection.ts';

/** How long others leave a timer alone that somebody has taken. */
const LEASE_MS = 5_000;

/** The earliest first. */
export async function claimTimers(
  queries: Queries,
  nowMs: number,
  limit: number,
): Promise<DueTimer[]> {
  const rows = await queries.rows(
    'claim_timers',
    `with fresh as materialized (
       select ctid as place, due_at_ms, payment_id, kind from timers
         where leased_until_ms = 0 and due_at_ms <= $1
         order by due_at_ms limit $2 for update skip locked
     ), left_over as materialized (
       select ctid as place, due_at_ms, payment_id, kind from timers
         where leased_until_ms > 0 and leased_until_ms <= $1
         order by leased_until_ms limit $2 for update skip locked
     ), mine as (
       select place from (select * from fresh union all select * from left_over) as due
         order by due_at_ms, payment_id, kind limit $2
     )
     update timers set leased_until_ms = $1 + $3 where ctid = any (array(select place from mine))
       returning *`,
    [nowMs, limit, LEASE_MS],
  );
  return rows
    .map(timerFrom)
    .sort((a, b) => a.dueAtMs - b.dueAtMs || compare(a.paymentId ?? '', b.paymentId ?? ''));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** When one is due, or its lease is over; null when there is none. */
export async function nextTimerAtMs(queries: Queries): Promise<number | null> {
  const [row] = await queries.rows(
    'next_timer',
    `select least(
       (select due_at_ms from timers where leased_until_ms = 0 order by due_at_ms limit 1),
       (select leased_until_ms from timers where leased_until_ms > 0
          order by leased_until_ms limit 1)) as at_ms`,
  );
  return row === undefined || row['at_ms'] === null ? null : integer(row, 'at_ms');
}
