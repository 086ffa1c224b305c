/**
 * Following the log: deliveries are made and the cursor moves in one transaction. Whoever follows locks the cursor first,
 * so that of several processes that come with the same events one makes the deliveries, and the others find the cursor
 * behind them and make nothing.
 */
import { assert } from '../../../core/assert.ts';
import { matchesType } from '../../../core/webhooks/endpoint.ts';
import type { LogPosition } from '../../../engine/ports.ts';
import type { DeliveryStore, FannedEvent } from '../../../engine/webhooks/ports.ts';
import type { Connections, Queries } from '../postgres/connection.ts';
import { integer, type Row, text } from '../rows.ts';
import { type Subscriber, subscriberFrom } from '../sqlite-webhooks/following.ts';
import { countMoves } from '../sqlite-webhooks/tally.ts';
import { insertEvents, type Wish } from './insert.ts';
import { lockForWork } from './locks.ts';
import { writeTally } from './tally.ts';
import type { Transactions } from './transaction.ts';
import { settle } from './turns.ts';

type FollowingMethods = Pick<DeliveryStore, 'cursor' | 'fanOut' | 'beginLog'>;

export function followingMethods(
  connections: Connections,
  { write }: Transactions,
): FollowingMethods {
  return {
    async cursor() {
      const [row] = await connections.rows('webhook_cursor', 'select * from webhook_position');
      return positionFrom(row);
    },
    fanOut: (events, to, nowMs) =>
      write(async (queries) => {
        const from = await lockCursor(queries);
        assert(
          from === null || from.writer === to.writer,
          'a new log is begun before it is followed',
        );
        const fresh = events.filter(({ sequence }) => sequence > (from?.sequence ?? 0));
        const made = fresh.length === 0 ? 0 : await makeAll(queries, fresh, to.writer, nowMs);
        if (to.sequence > (from?.sequence ?? -1)) await moveTo(queries, to);
        return made;
      }),
    beginLog: (at) =>
      write(async (queries) => {
        const from = await lockCursor(queries);
        if (await isBehind(queries, at, from)) return;
        await clear(queries);
        await moveTo(queries, at);
        await startBy(queries, at);
      }),
  };
}

async function lockCursor(queries: Queries): Promise<LogPosition | null> {
  const [row] = await queries.rows(
    'webhook_lock_cursor',
    'select * from webhook_position for update',
  );
  return positionFrom(row);
}

function positionFrom(row: Row | undefined): LogPosition | null {
  assert(row !== undefined, 'the position of the webhooks has its row');
  if (row['writer'] === null) return null;
  return { writer: text(row, 'writer'), sequence: integer(row, 'sequence') };
}

async function moveTo(queries: Queries, { writer, sequence }: LogPosition): Promise<void> {
  await queries.rows(
    'webhook_move_cursor',
    'update webhook_position set writer = $1, sequence = $2',
    [writer, sequence],
  );
}

async function makeAll(
  queries: Queries,
  events: readonly FannedEvent[],
  writer: string,
  nowMs: number,
): Promise<number> {
  const rows = await lockForWork(queries, {
    sql: 'select number from webhook_endpoints',
    values: [],
  });
  const subscribers = rows.map((row) => subscriberFrom(row, writer));
  const types = [...new Set(events.map(({ type }) => type))];
  const wishes = subscribers.flatMap((subscriber) => wishesOf(subscriber, types));
  if (wishes.length === 0) return 0;
  const made = await insertEvents(queries, wishes, events, nowMs);
  const paymentIds = events.flatMap(({ paymentId }) => paymentId ?? []);
  const strict = subscribers.filter(({ isStrict, endpoint }) => isStrict && made.has(endpoint));
  await settle(
    queries,
    strict.flatMap(({ endpoint }) => paymentIds.map((paymentId) => ({ endpoint, paymentId }))),
  );
  const moves = countMoves();
  for (const [endpoint, times] of made) moves.moved(endpoint, null, 'pending', times);
  await writeTally(queries, moves);
  return [...made.values()].reduce((sum, times) => sum + times, 0);
}

function wishesOf(
  { endpoint, isStrict, patterns, after }: Subscriber,
  types: readonly string[],
): Wish[] {
  return types
    .filter((type) => matchesType(patterns, type))
    .map((type) => ({ endpoint, isStrict, type, after }));
}

/**
 * Several processes see a new log at the same time, and each begins it. True for who comes late: the cursor is in this log
 * already and not beyond its end, or the log that the caller saw is the log no more.
 */
async function isBehind(
  queries: Queries,
  at: LogPosition,
  from: LogPosition | null,
): Promise<boolean> {
  const [row] = await queries.rows(
    'webhook_log',
    'select name, (select coalesce(max(position), 0) from log_order) as head from log',
  );
  if (row === undefined || from === null) return false;
  if (text(row, 'name') !== at.writer) return from.writer === text(row, 'name');
  return from.writer === at.writer && from.sequence <= integer(row, 'head');
}

/** Truncating waits for whoever has deliveries in hand, and takes no time, however many there are. No ordinal comes again. */
async function clear(queries: Queries): Promise<void> {
  await queries.rows(
    'webhook_clear',
    `truncate webhook_deliveries, webhook_attempts, webhook_removed_endpoints, webhook_tallies`,
  );
}

/** In a log that was put back to an earlier place, what comes next is new to everybody. */
async function startBy(queries: Queries, { writer, sequence }: LogPosition): Promise<void> {
  await queries.rows(
    'webhook_start_by',
    `update webhook_endpoints set after_sequence = least(after_sequence, $2)
       where after_writer = $1`,
    [writer, sequence],
  );
}
