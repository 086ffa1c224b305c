/**
 * Reading payments. Pages go by ordinal, newest first, always along an index; a filter that no index serves looks
 * at most at SCAN_ROWS_MAX rows and hands back a cursor, so that no list costs more as more is stored.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { PaymentId } from '../../../core/ids.ts';
import type { Payment, Refund } from '../../../core/payment.ts';
import type { Page, PaymentQuery } from '../../../engine/ports.ts';
import { type Condition, conditions, parameters, where } from './payment-conditions.ts';
import { integer, paymentFrom, refundFrom, type Row, text } from '../rows.ts';

/** Rows looked at for one page. */
export const SCAN_ROWS_MAX = 10_000;

export interface PaymentReads {
  readonly database: DatabaseSync;
  readonly byId: StatementSync;
  readonly refundsOf: StatementSync;
  /** List queries by their text: there are few shapes, and preparing one costs more than running it. */
  readonly lists: Map<string, StatementSync>;
}

export function preparePaymentReads(database: DatabaseSync): PaymentReads {
  return {
    database,
    byId: database.prepare('select * from payments where payment_id = ?'),
    refundsOf: database.prepare(
      'select * from refunds where payment_id = ? order by created_at_ms, refund_id',
    ),
    lists: new Map(),
  };
}

export function readPayment(reads: PaymentReads, id: PaymentId): Payment | null {
  const row = reads.byId.get(id);
  return row === undefined ? null : withRefunds(reads, row);
}

export function withRefunds(reads: PaymentReads, row: Row): Payment {
  const refunds: Refund[] =
    row['refunded_minor'] === 0 ? [] : reads.refundsOf.all(text(row, 'payment_id')).map(refundFrom);
  return paymentFrom(row, refunds);
}

/**
 * One page of any query but a search (search.ts); a cursor is the ordinal of the last payment that was looked at.
 */
export function listPayments(reads: PaymentReads, query: PaymentQuery): Page<Payment> {
  const { driving, filters } = conditions(query);
  if (query.cursor !== null) driving.push(before(query.cursor));
  const scanned = `select * from payments ${where(driving)} order by ordinal desc`;
  const rows = select(
    reads,
    `select * from (${scanned} limit ${SCAN_ROWS_MAX}) ${where(filters)} limit ?`,
    [...parameters(driving), ...parameters(filters), query.limit + 1],
  );
  const items = rows.slice(0, query.limit).map((row) => withRefunds(reads, row));
  if (rows.length > query.limit) return { items, next: String(items.at(-1)?.ordinal) };
  // A short page: either the end, or the scan stopped before it.
  if (filters.length === 0) return { items, next: null };
  const [last] = select(
    reads,
    `select ordinal from (${scanned}) limit 1 offset ${SCAN_ROWS_MAX - 1}`,
    parameters(driving),
  );
  return { items, next: last === undefined ? null : String(integer(last, 'ordinal')) };
}

function before(cursor: string): Condition {
  return { sql: 'ordinal < ?', values: [Number(cursor)] };
}

export function select(reads: PaymentReads, sql: string, values: readonly SQLInputValue[]): Row[] {
  let statement = reads.lists.get(sql);
  if (statement === undefined) {
    statement = reads.database.prepare(sql);
    reads.lists.set(sql, statement);
  }
  return statement.all(...values);
}
