/** Makes deliveries. To be called within a transaction that writes, with the endpoints locked. */
import type { FannedEvent, TestDelivery } from '../../../engine/webhooks/ports.ts';
import type { Queries } from '../postgres/connection.ts';
import { integer } from '../rows.ts';

/** One type of events that an endpoint gets. */
export interface Wish {
  readonly endpoint: number;
  readonly isStrict: boolean;
  readonly type: string;
  /** The last event of the log that it does not get. */
  readonly after: number;
}

/**
 * Gives how many were made, by endpoint. A delivery of the same event that the endpoint has already stays as it is. An
 * event from the future (the clock was put back) is due now all the same. What is ordered waits until it is settled.
 */
export async function insertEvents(
  queries: Queries,
  wishes: readonly Wish[],
  events: readonly FannedEvent[],
  nowMs: number,
): Promise<ReadonlyMap<number, number>> {
  const rows = await queries.rows(
    'webhook_insert',
    `with made as (
       insert into webhook_deliveries (endpoint, event_id, sequence, event_type, payment_id,
         payment_sequence, scheduled_from_ms, created_at_ms, next_attempt_at_ms, due_at_ms, is_ordered)
       select endpoint, event_id, sequence, type, payment_id, payment_sequence, from_ms, $1::bigint,
         case is_ordered when 0 then from_ms end, case is_ordered when 0 then from_ms end, is_ordered
       from (
         select wish.endpoint, event.*, least(event.at_ms, $1::bigint) as from_ms,
           (wish.is_strict and event.payment_id is not null)::integer as is_ordered
         from unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::integer[], $7::bigint[])
           with ordinality
           as event(event_id, sequence, type, payment_id, payment_sequence, at_ms, place)
         join unnest($8::integer[], $9::boolean[], $10::text[], $11::bigint[])
           as wish(endpoint, is_strict, type, after)
           on wish.type = event.type and event.sequence > wish.after
       ) as wanted
       order by place, endpoint
       on conflict (event_id, endpoint) do nothing returning endpoint
     )
     select endpoint, count(*) as made from made group by endpoint`,
    [
      nowMs,
      events.map(({ id }) => id),
      events.map(({ sequence }) => sequence),
      events.map(({ type }) => type),
      events.map(({ paymentId }) => paymentId),
      events.map(({ paymentSequence }) => paymentSequence),
      events.map(({ atMs }) => atMs),
      wishes.map(({ endpoint }) => endpoint),
      wishes.map(({ isStrict }) => isStrict),
      wishes.map(({ type }) => type),
      wishes.map(({ after }) => after),
    ],
  );
  return new Map(rows.map((row) => [integer(row, 'endpoint'), integer(row, 'made')]));
}

/** Gives the ordinal. */
export async function insertTest(
  queries: Queries,
  endpoint: number,
  { eventId, eventType, body }: TestDelivery,
  nowMs: number,
): Promise<number> {
  const [row] = await queries.rows(
    'webhook_insert_test',
    `insert into webhook_deliveries (endpoint, event_id, body, event_type, scheduled_from_ms,
       created_at_ms, next_attempt_at_ms, due_at_ms, is_ordered)
     values ($1, $2, $3, $4, $5, $5, $5, $5, 0) returning ordinal`,
    [endpoint, eventId, body, eventType, nowMs],
  );
  return integer(row ?? {}, 'ordinal');
}
