/** What a person asks for: to send again, to make up for what was missed, to try an endpoint out. */
import { assert } from '../../../core/assert.ts';
import type { Delivery } from '../../../core/webhooks/delivery.ts';
import { matchesType } from '../../../core/webhooks/endpoint.ts';
import type { DeliveryStore, FannedEvent } from '../../../engine/webhooks/ports.ts';
import type { Queries } from '../postgres/connection.ts';
import { integer, type Row, text } from '../rows.ts';
import { deliveryFrom, endpointFrom, statusOf } from '../sqlite-webhooks/rows.ts';
import { countMoves, type Moves } from '../sqlite-webhooks/tally.ts';
import { withId } from './endpoints.ts';
import { insertEvents, insertTest } from './insert.ts';
import { lockAlone, lockForWork } from './locks.ts';
import { writeTally } from './tally.ts';
import type { Transactions } from './transaction.ts';
import { settle } from './turns.ts';

type ByHandMethods = Pick<DeliveryStore, 'resend' | 'replay' | 'addTest'>;

export function byHandMethods({ write }: Transactions): ByHandMethods {
  return {
    resend: (ordinal, nowMs) =>
      write(async (queries) => {
        const endpoint = await lockAlone(queries, {
          sql: 'select endpoint from webhook_deliveries where ordinal = $1',
          values: [ordinal],
        });
        const row = await lockedRow(queries, ordinal);
        if (endpoint === null || row === null) return null;
        const moves = countMoves();
        await sendAgain(queries, endpoint, [row], nowMs, moves);
        await settleAll(queries, endpoint, [row]);
        await writeTally(queries, moves);
        return reread(queries, ordinal);
      }),
    replay: (id, events, nowMs) =>
      write(async (queries) => {
        const endpoint = await lockAlone(queries, withId(id));
        if (endpoint === null || events.length === 0) return 0;
        return replayAll(queries, endpoint, events, nowMs);
      }),
    addTest: (delivery, nowMs) =>
      write(async (queries) => {
        const [row] = await lockForWork(queries, withId(delivery.endpointId));
        assert(row !== undefined, 'a test is for an endpoint that there is');
        const number = integer(row, 'number');
        const ordinal = await insertTest(queries, number, delivery, nowMs);
        const moves = countMoves();
        moves.moved(number, null, 'pending');
        await writeTally(queries, moves);
        return reread(queries, ordinal);
      }),
  };
}

async function replayAll(
  queries: Queries,
  endpoint: Row,
  events: readonly FannedEvent[],
  nowMs: number,
): Promise<number> {
  const number = integer(endpoint, 'number');
  const patterns = endpointFrom(endpoint).events;
  const existing = await queries.rows(
    'webhook_had',
    `select * from webhook_deliveries where event_id = any($1::text[]) and endpoint = $2
       order by ordinal for update`,
    [events.map(({ id }) => id), number],
  );
  const had = new Set(existing.map((row) => text(row, 'event_id')));
  const missing = events.filter(({ id, type }) => !had.has(id) && matchesType(patterns, type));
  const moves = countMoves();
  await sendAgain(queries, endpoint, existing, nowMs, moves);
  if (missing.length > 0) {
    const wishes = [...new Set(missing.map(({ type }) => type))].map((type) => ({
      endpoint: number,
      isStrict: isStrict(endpoint),
      type,
      // Also what happened before it was added.
      after: -1,
    }));
    const since = missing.map((event) => ({ ...event, atMs: nowMs }));
    const made = await insertEvents(queries, wishes, since, nowMs);
    moves.moved(number, null, 'pending', made.get(number) ?? 0);
  }
  await settleAll(queries, endpoint, [
    ...existing,
    ...missing.map(({ paymentId }) => ({ payment_id: paymentId })),
  ]);
  await writeTally(queries, moves);
  return events.filter(({ id, type }) => had.has(id) || matchesType(patterns, type)).length;
}

function isStrict(endpoint: Row): boolean {
  return endpoint['ordering'] === 'strict';
}

async function lockedRow(queries: Queries, ordinal: number): Promise<Row | null> {
  const [row] = await queries.rows(
    'webhook_locked_delivery',
    'select * from webhook_deliveries where ordinal = $1 for update',
    [ordinal],
  );
  return row ?? null;
}

/** One that is on its way is marked, so that its result is written and then it is sent once more. */
async function sendAgain(
  queries: Queries,
  endpoint: Row,
  rows: readonly Row[],
  nowMs: number,
  moves: Moves,
): Promise<void> {
  if (rows.length === 0) return;
  await queries.rows(
    'webhook_send_again',
    `update webhook_deliveries set status = 'pending', scheduled_from_ms = $1,
         next_attempt_at_ms = $1, lets_pass = 0,
         is_ordered = ($2 and payment_id is not null)::integer,
         due_at_ms = case when lease_token is null then $1 else due_at_ms end,
         is_resent = (lease_token is not null)::integer
       where ordinal = any($3::bigint[])`,
    [nowMs, isStrict(endpoint), rows.map((row) => integer(row, 'ordinal'))],
  );
  const number = integer(endpoint, 'number');
  for (const row of rows) moves.moved(number, statusOf(row), 'pending');
}

async function settleAll(queries: Queries, endpoint: Row, rows: readonly Row[]): Promise<void> {
  if (!isStrict(endpoint)) return;
  const paymentIds = rows.flatMap((row) =>
    row['payment_id'] === null ? [] : text(row, 'payment_id'),
  );
  const number = integer(endpoint, 'number');
  await settle(
    queries,
    paymentIds.map((paymentId) => ({ endpoint: number, paymentId })),
  );
}

async function reread(queries: Queries, ordinal: number): Promise<Delivery> {
  const [row] = await queries.rows(
    'webhook_delivery',
    `select webhook_deliveries.*, endpoint_id from webhook_deliveries
       join webhook_endpoints on number = endpoint where ordinal = $1`,
    [ordinal],
  );
  assert(row !== undefined, 'what was written is there');
  return deliveryFrom(row);
}
