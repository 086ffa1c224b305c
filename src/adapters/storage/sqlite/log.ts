/** Reading the event log and the cursors of those who follow it. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { EventPage, EventQuery, LogPosition } from '../../../engine/ports.ts';
import { eventFrom, integer, text } from './rows.ts';

/** Entries looked at for one page of a filter by type, which no index serves. */
const SCAN_ENTRIES_MAX = 10_000;

/**
 * Events after a sequence, oldest first, and how far the log was looked through for them. Of one payment: straight
 * along its index.
 */
export function readEvents(database: DatabaseSync, query: EventQuery, head: number): EventPage {
  const { after, limit, types, paymentId } = query;
  const conditions: string[] = ['sequence > ?'];
  const values: SQLInputValue[] = [after];
  const isScan = types !== undefined && paymentId === undefined;
  const scanTo = isScan ? Math.min(after + SCAN_ENTRIES_MAX, head) : head;
  conditions.push('sequence <= ?');
  values.push(scanTo);
  if (paymentId !== undefined) {
    conditions.push('payment_id = ?');
    values.push(paymentId);
  }
  if (types !== undefined) {
    conditions.push(`type in (${types.map(() => '?').join(', ')})`);
    values.push(...types);
  }
  // The unary plus keeps SQLite on the payment's index instead of walking the log.
  const order = paymentId === undefined ? 'sequence' : '+sequence';
  const events = database
    .prepare(`select * from events where ${conditions.join(' and ')} order by ${order} limit ?`)
    .all(...values, limit)
    .map(eventFrom);
  return { events, scannedTo: events.length < limit ? scanTo : (events.at(-1)?.sequence ?? after) };
}

export function readCursor(database: DatabaseSync, follower: string): LogPosition | null {
  const row = database.prepare('select * from cursors where follower = ?').get(follower);
  if (row === undefined) return null;
  return { writer: text(row, 'writer'), sequence: integer(row, 'sequence') };
}
