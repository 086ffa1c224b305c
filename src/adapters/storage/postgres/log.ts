/** Reading the log in its one order, and the cursors of those who follow it. */
import type { EventPage, EventQuery, LogPosition } from '../../../engine/ports.ts';
import { CHAIN_START } from '../chain.ts';
import { eventFrom, integer, text } from '../rows.ts';
import { nameOf, type Queries } from './connection.ts';
import { orderLog } from './order.ts';

/** Entries looked at for one page of a filter by type, which no index serves. */
const SCAN_ENTRIES_MAX = 10_000;

export type LogHead = LogPosition & { readonly hash: string; readonly atMs: number };

/** The last event that was committed before the call; its hash is that of its writer's chain. */
export async function logHead(queries: Queries): Promise<LogHead> {
  await orderLog(queries);
  const [row] = await queries.rows(
    'log_head',
    `select log.name, last.position, last.hash, last.at_ms from log
       left join lateral (select position, hash, at_ms from log_order
         join events using (writer_no, sequence) order by position desc limit 1) last on true`,
  );
  if (row === undefined) throw new Error('assertion failed: the database has a log');
  const writer = text(row, 'name');
  if (row['position'] === null) return { writer, sequence: 0, hash: CHAIN_START, atMs: 0 };
  return {
    writer,
    sequence: integer(row, 'position'),
    hash: text(row, 'hash'),
    atMs: integer(row, 'at_ms'),
  };
}

/** Where each writer's chain ends; those that have written nothing are left out. */
export async function chainHeads(
  queries: Queries,
): Promise<(LogPosition & { readonly hash: string })[]> {
  const rows = await queries.rows(
    'chain_heads',
    'select name, sequence, hash from writers where sequence > 0 order by writer_no',
  );
  return rows.map((row) => ({
    writer: text(row, 'name'),
    sequence: integer(row, 'sequence'),
    hash: text(row, 'hash'),
  }));
}

/**
 * Events between two positions, oldest or newest first, and how far the log was looked through for them. Everything that
 * was committed before the call is there to be found.
 */
export async function readEvents(queries: Queries, query: EventQuery): Promise<EventPage> {
  const { limit, types, paymentId, order = 'asc' } = query;
  const { sequence: head } = await logHead(queries);
  const isScan = types !== undefined && paymentId === undefined;
  const { after, to } = scanned(query, head, isScan);
  const values: unknown[] = [after, to, limit];
  const conditions = ['position > $1', 'position <= $2'];
  const where = (condition: (parameter: string) => string, value: unknown) => {
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  if (paymentId !== undefined) where((parameter) => `payment_id = ${parameter}`, paymentId);
  if (types !== undefined) where((parameter) => `type = any(${parameter})`, types);
  const text_ = `select events.*, position from log_order join events using (writer_no, sequence)
    where ${conditions.join(' and ')} order by position ${order} limit $3`;
  const rows = await queries.rows(nameOf(text_), text_, values);
  const events = rows.map((row) => eventFrom({ ...row, sequence: row['position'] }));
  const end = order === 'asc' ? to : after + 1;
  const last = events.at(-1)?.sequence;
  return { events, scannedTo: events.length < limit || last === undefined ? end : last };
}

/** The part of the log that is looked through for one page. */
function scanned(
  { after, before, order }: EventQuery,
  head: number,
  isScan: boolean,
): { after: number; to: number } {
  const to = before === undefined ? head : Math.min(before - 1, head);
  if (!isScan) return { after, to };
  return order === 'desc'
    ? { after: Math.max(after, to - SCAN_ENTRIES_MAX), to }
    : { after, to: Math.min(after + SCAN_ENTRIES_MAX, to) };
}

export async function readCursor(queries: Queries, follower: string): Promise<LogPosition | null> {
  const [row] = await queries.rows('cursor', 'select * from cursors where follower = $1', [
    follower,
  ]);
  if (row === undefined) return null;
  return { writer: text(row, 'writer'), sequence: integer(row, 'sequence') };
}

export async function saveCursor(
  queries: Queries,
  follower: string,
  { writer, sequence }: LogPosition,
): Promise<void> {
  await queries.rows(
    'save_cursor',
    `insert into cursors values ($1, $2, $3) on conflict (follower) do update set
       writer = excluded.writer, sequence = excluded.sequence`,
    [follower, writer, sequence],
  );
}
