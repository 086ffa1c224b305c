/**
 * Strict order: of a payment's undone deliveries to an endpoint that let nothing pass, the first has its turn and the
 * others wait. Whatever makes, ends or moves one of them settles its payment before the transaction ends, with the
 * endpoint locked (locks.ts).
 */
import type { Queries } from '../postgres/connection.ts';

export interface Turn {
  readonly endpoint: number;
  readonly paymentId: string;
}

const UNDONE = 'is_ordered = 1 and lets_pass = 0';

/**
 * Puts the deliveries of these payments in order. The first is due since its event, so that it comes before what happened
 * later elsewhere. What is leased is on its way already, and falls into line after that.
 */
export async function settle(queries: Queries, turns: readonly Turn[]): Promise<void> {
  if (turns.length === 0) return;
  await queries.rows(
    'webhook_settle',
    `with first as materialized (
       select touched.endpoint, touched.payment_id, head.*
       from (select distinct * from unnest($1::integer[], $2::text[])) as touched(endpoint, payment_id)
       cross join lateral (
         select ordinal, payment_sequence, next_attempt_at_ms from webhook_deliveries as one
           where one.endpoint = touched.endpoint and one.payment_id = touched.payment_id
             and ${UNDONE}
           order by payment_sequence limit 1) as head
     ), armed as (
       update webhook_deliveries as one
         set next_attempt_at_ms = scheduled_from_ms, due_at_ms = scheduled_from_ms
         from first where one.ordinal = first.ordinal and first.next_attempt_at_ms is null
     )
     update webhook_deliveries as one set next_attempt_at_ms = null, due_at_ms = null
       from first
       where one.endpoint = first.endpoint and one.payment_id = first.payment_id
         and one.payment_sequence > first.payment_sequence and ${UNDONE}
         and one.lease_token is null and one.next_attempt_at_ms is not null`,
    [turns.map(({ endpoint }) => endpoint), turns.map(({ paymentId }) => paymentId)],
  );
}

/** The endpoint became strict: all but the first of each payment wait. */
export async function beginTurns(queries: Queries, endpoint: number): Promise<void> {
  await queries.rows(
    'webhook_order',
    `update webhook_deliveries set is_ordered = 1
       where endpoint = $1 and due_at_ms is not null and payment_id is not null`,
    [endpoint],
  );
  await queries.rows(
    'webhook_hold_all',
    `update webhook_deliveries as later set next_attempt_at_ms = null, due_at_ms = null
       where endpoint = $1 and ${UNDONE} and lease_token is null and exists (
         select 1 from webhook_deliveries as before
           where before.endpoint = $1 and before.payment_id = later.payment_id
             and before.payment_sequence < later.payment_sequence
             and before.is_ordered = 1 and before.lets_pass = 0)`,
    [endpoint],
  );
}

/** The endpoint is strict no more: nothing waits. */
export async function endTurns(queries: Queries, endpoint: number): Promise<void> {
  await queries.rows(
    'webhook_free',
    `update webhook_deliveries set is_ordered = 0,
         next_attempt_at_ms = coalesce(next_attempt_at_ms, scheduled_from_ms),
         due_at_ms = coalesce(due_at_ms, scheduled_from_ms)
       where endpoint = $1 and is_ordered = 1`,
    [endpoint],
  );
}
