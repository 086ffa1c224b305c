/** Reading the event log and the cursors of those who follow it. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { EventPage, EventQuery, LogPosition } from '../../../engine/ports.ts';
import { eventFrom, integer, text } from '../rows.ts';

/** Entries looked at for one page of a filter by type, which no index serves. */
const SCAN_ENTRIES_MAX = 10_000;

/**
 * Events between two sequences, oldest or newest first, and how far the log was looked through for them. Of one
 * payment: straight along its index.
 */
export function readEvents(database: DatabaseSync, query: EventQuery, head: number): EventPage {
  const { limit, types, paymentId, order = 'asc' } = query;
  const isScan = types !== undefined && paymentId === undefined;
  const { after, to } = scanned(query, head, isScan);
  const conditions: string[] = ['sequence > ?', 'sequence <= ?'];
  const values: SQLInputValue[] = [after, to];
  if (paymentId !== undefined) {
    conditions.push('payment_id = ?');
    values.push(paymentId);
  }
  if (types !== undefined) {
    conditions.push(`type in (${types.map(() => '?').join(', ')})`);
    values.push(...types);
  }
  // The unary plus keeps SQLite on the payment's index instead of walking the log.
  const key = paymentId === undefined ? 'sequence' : '+sequence';
  const events = database
    .prepare(
      `select * from events where ${conditions.join(' and ')} order by ${key} ${order} limit ?`,
    )
    .all(...values, limit)
    .map(eventFrom);
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

export function readCursor(database: DatabaseSync, follower: string): LogPosition | null {
  const row = database.prepare('select * from cursors where follower = ?').get(follower);
  if (row === undefined) return null;
  return { writer: text(row, 'writer'), sequence: integer(row, 'sequence') };
}
