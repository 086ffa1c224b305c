/**
 * Who works on what: what is due is leased for a while, and given back when it was not used. Claims wait for nobody: they
 * pass over what somebody else has in hand at this moment.
 */
import { assert } from '../../../core/assert.ts';
import type { DeliveryStore, HeldDelivery } from '../../../engine/webhooks/ports.ts';
import type { Connections, Queries } from '../postgres/connection.ts';
import { integer, numberOrNull, type Row, textOrNull } from '../rows.ts';
import { heldUntil } from '../sqlite-webhooks/claims.ts';
import { deliveryFrom, endpointId, isSet } from '../sqlite-webhooks/rows.ts';
import { lockForWork } from './locks.ts';
import type { Transactions } from './transaction.ts';
import { settle, type Turn } from './turns.ts';

type ClaimMethods = Pick<
  DeliveryStore,
  'endpointsWithWork' | 'claim' | 'release' | 'endLeases' | 'nextDueAtMs'
>;

export function claimMethods(connections: Connections, { writeSoon }: Transactions): ClaimMethods {
  return {
    async endpointsWithWork(nowMs) {
      const rows = await connections.rows(
        'webhook_work',
        `select endpoint_id from webhook_endpoints where is_enabled = 1 and exists (
           select 1 from webhook_deliveries where endpoint = number and due_at_ms <= $1)
         order by number`,
        [nowMs],
      );
      return rows.map(endpointId);
    },
    async claim({ endpointId: id, limit, nowMs, leaseUntilMs, token }) {
      assert(leaseUntilMs > nowMs, 'a lease lasts a while');
      const rows = await writeSoon((queries) =>
        queries.rows('webhook_claim', CLAIM, [id, nowMs, limit, token, leaseUntilMs]),
      );
      return rows.sort(byDue).map(deliveryFrom);
    },
    async release(token, held) {
      if (held.length > 0) await writeSoon((queries) => release(queries, token, held));
    },
    async endLeases(nowMs, leaseMs) {
      await writeSoon((queries) =>
        queries.rows('webhook_end_leases', END_LEASES, [nowMs, nowMs + leaseMs]),
      );
    },
    async nextDueAtMs() {
      const [row] = await connections.rows(
        'webhook_next_due',
        `select min(next.due_at_ms) as due_at_ms from webhook_endpoints
           cross join lateral (select due_at_ms from webhook_deliveries
             where endpoint = number and due_at_ms is not null
             order by due_at_ms limit 1) as next
           where is_enabled = 1`,
      );
      return row === undefined ? null : numberOrNull(row, 'due_at_ms');
    },
  };
}

// A claim after a resend is what the resend asked for.
const CLAIM = `with due as materialized (
    select ordinal, due_at_ms from webhook_deliveries
      where endpoint = (
          select number from webhook_endpoints where endpoint_id = $1 and is_enabled = 1)
        and due_at_ms <= $2
      order by due_at_ms, ordinal limit $3 for update skip locked)
  update webhook_deliveries as one set lease_token = $4, due_at_ms = $5, is_resent = 0
    from due where one.ordinal = due.ordinal
    returning one.*, $1::text as endpoint_id, due.due_at_ms as was_due_at_ms`;

function byDue(one: Row, other: Row): number {
  const between = (column: string) => integer(one, column) - integer(other, column);
  return between('was_due_at_ms') || between('ordinal');
}

// A lease that is over needs no end: the index gives those that are not, however much is owed.
const END_LEASES = `with leased as materialized (
    select ordinal from webhook_endpoints
      join webhook_deliveries on endpoint = number
      where due_at_ms > $1 and due_at_ms <= $2 and lease_token is not null
      order by ordinal for update of webhook_deliveries)
  update webhook_deliveries as one
    set lease_token = null, due_at_ms = next_attempt_at_ms, is_resent = 0
    from leased where one.ordinal = leased.ordinal`;

/** The rows that are leased to the holder of this token, locked, by ordinal. Their endpoints are locked before. */
export async function leasedRows(
  queries: Queries,
  token: string,
  ordinals: readonly number[],
): Promise<ReadonlyMap<number, Row>> {
  const rows = await queries.rows(
    'webhook_leased',
    `select ordinal, endpoint, status, payment_id, next_attempt_at_ms, is_ordered, is_resent, lets_pass
       from webhook_deliveries where ordinal = any($1::bigint[]) and lease_token = $2
       order by ordinal for update`,
    [ordinals, token],
  );
  return new Map(rows.map((row) => [integer(row, 'ordinal'), row]));
}

/** The turns that these rows take part in. */
export function turnsOf(rows: Iterable<Row>): Turn[] {
  return [...rows].flatMap((row) => {
    const paymentId = textOrNull(row, 'payment_id');
    if (paymentId === null || !isSet(row, 'is_ordered')) return [];
    return [{ endpoint: integer(row, 'endpoint'), paymentId }];
  });
}

/** Of the deliveries with these ordinals. */
export function endpointsOf(ordinals: readonly number[]) {
  return {
    sql: 'select endpoint from webhook_deliveries where ordinal = any($1::bigint[])',
    values: [ordinals],
  };
}

async function release(
  queries: Queries,
  token: string,
  held: readonly HeldDelivery[],
): Promise<void> {
  const ordinals = held.map(({ ordinal }) => ordinal);
  await lockForWork(queries, endpointsOf(ordinals));
  const rows = await leasedRows(queries, token, ordinals);
  const leased = held.flatMap(({ ordinal, notBeforeMs, letsPass }) => {
    const row = rows.get(ordinal);
    if (row === undefined) return [];
    const isPassed = letsPass || isSet(row, 'lets_pass');
    return [{ ordinal, nextMs: heldUntil(row, notBeforeMs), isPassed: Number(isPassed) }];
  });
  if (leased.length === 0) return;
  await queries.rows(
    'webhook_release',
    `update webhook_deliveries as one set lease_token = null, next_attempt_at_ms = next_ms,
         due_at_ms = next_ms, lets_pass = is_passed, is_resent = 0
       from unnest($1::bigint[], $2::bigint[], $3::smallint[]) as held(ordinal, next_ms, is_passed)
       where one.ordinal = held.ordinal`,
    [
      leased.map(({ ordinal }) => ordinal),
      leased.map(({ nextMs }) => nextMs),
      leased.map(({ isPassed }) => isPassed),
    ],
  );
  await settle(queries, turnsOf(rows.values()));
}
