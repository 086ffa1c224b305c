/**
 * Reading payments. Pages go by ordinal, newest first, always along an index; a filter that no index serves looks
 * at most at SCAN_ROWS_MAX rows and hands back a cursor, so that no list costs more as more is stored.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { allCurrencies } from '../../../core/currencies.ts';
import type { PaymentId } from '../../../core/ids.ts';
import type { Payment, Refund } from '../../../core/payment.ts';
import type { Page, PaymentQuery } from '../../../engine/ports.ts';
import { integer, paymentFrom, refundFrom, type Row, text } from './rows.ts';

/** Rows looked at for one page. */
const SCAN_ROWS_MAX = 10_000;

/** Minor units of a currency with d digits are 10^(4-d) ten-thousandths of a major unit. */
const AMOUNT_E4 = `amount_minor * case when currency in (${codesWithDigits(0)}) then 10000
  when currency in (${codesWithDigits(3)}) then 10 when currency in (${codesWithDigits(4)}) then 1
  else 100 end`;

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

function withRefunds(reads: PaymentReads, row: Row): Payment {
  const refunds: Refund[] =
    row['refunded_minor'] === 0 ? [] : reads.refundsOf.all(text(row, 'payment_id')).map(refundFrom);
  return paymentFrom(row, refunds);
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** How a list is read: along which index, and what is then left out. */
interface Plan {
  readonly driving: readonly Condition[];
  readonly order: string;
  readonly filters: readonly Condition[];
}

/** One page; a cursor is the ordinal of the last payment that was looked at. */
export function listPayments(reads: PaymentReads, query: PaymentQuery): Page<Payment> {
  const { driving, order, filters } = planOf(query);
  const scanned = `select * from payments ${where(driving)} order by ${order}`;
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

function planOf(query: PaymentQuery): Plan {
  const { driving, filters } = conditions(query);
  const { recipientPrefix, cursor } = query;
  if (recipientPrefix !== undefined) {
    return {
      driving: [...recipientRange(recipientPrefix), ...afterRecipient(cursor)],
      order: 'recipient collate nocase, ordinal desc',
      filters: [...driving, ...filters],
    };
  }
  const before = cursor === null ? [] : [{ sql: 'ordinal < ?', values: [Number(cursor)] }];
  return { driving: [...driving, ...before], order: 'ordinal desc', filters };
}

/** The highest code point ends the range of everything that begins with the prefix. */
function recipientRange(prefix: string): Condition[] {
  return [
    { sql: 'recipient >= ? collate nocase', values: [prefix] },
    { sql: 'recipient < ? collate nocase', values: [`${prefix}\u{10FFFF}`] },
  ];
}

/** What comes after the payment of the cursor, by recipient and then newest first. */
function afterRecipient(cursor: string | null): Condition[] {
  if (cursor === null) return [];
  const recipient = '(select recipient from payments where ordinal = ?)';
  const ordinal = Number(cursor);
  return [
    { sql: `recipient >= ${recipient} collate nocase`, values: [ordinal] },
    {
      sql: `(recipient > ${recipient} collate nocase or ordinal < ?)`,
      values: [ordinal, ordinal],
    },
  ];
}

/** Conditions that an index serves, and the rest. */
function conditions(query: PaymentQuery): { driving: Condition[]; filters: Condition[] } {
  const driving: Condition[] = [];
  const filters: Condition[] = [];
  const { paymentId, createdFromMs, createdBeforeMs } = query;
  if (paymentId !== undefined) driving.push({ sql: 'payment_id = ?', values: [paymentId] });
  if (createdFromMs !== undefined) driving.push(createdBound('>=', createdFromMs));
  if (createdBeforeMs !== undefined) driving.push(createdBound('<', createdBeforeMs));

  const indexed: [string, string | undefined][] = [
    ['reference', query.reference],
    ['failure_reason', query.failureReason],
    ['status', query.statuses?.length === 1 ? query.statuses[0] : undefined],
  ];
  let hasIndex = paymentId !== undefined;
  for (const [column, value] of indexed) {
    if (value === undefined) continue;
    (hasIndex ? filters : driving).push({ sql: `${column} = ?`, values: [value] });
    hasIndex = true;
  }
  if (query.statuses !== undefined && query.statuses.length !== 1) {
    const marks = query.statuses.map(() => '?').join(', ');
    filters.push({ sql: `status in (${marks})`, values: query.statuses });
  }
  if (query.currency !== undefined) filters.push({ sql: 'currency = ?', values: [query.currency] });
  if (query.method !== undefined) filters.push({ sql: `'account' = ?`, values: [query.method] });
  if (query.amountMinE4 !== undefined) {
    filters.push({ sql: `${AMOUNT_E4} >= ?`, values: [query.amountMinE4] });
  }
  if (query.amountMaxE4 !== undefined) {
    filters.push({ sql: `${AMOUNT_E4} <= ?`, values: [query.amountMaxE4] });
  }
  return { driving, filters };
}

/**
 * Ids begin with the time they were made at, and ordinals go up with ids: a bound on the time is one on the
 * ordinal, found in the index of ids.
 */
function createdBound(operator: '>=' | '<', ms: number): Condition {
  const hex = Math.max(0, Math.min(ms, 2 ** 48 - 1))
    .toString(16)
    .padStart(12, '0');
  const firstId = `${hex.slice(0, 8)}-${hex.slice(8)}`;
  return {
    sql: `ordinal ${operator} coalesce(
      (select ordinal from payments where payment_id >= ? order by payment_id limit 1),
      9007199254740991)`,
    values: [firstId],
  };
}

function codesWithDigits(digits: number): string {
  return allCurrencies()
    .filter((currency) => currency.minorDigits === digits)
    .map((currency) => `'${currency.code}'`)
    .join(', ');
}

function where(list: readonly Condition[]): string {
  return list.length === 0 ? '' : `where ${list.map((condition) => condition.sql).join(' and ')}`;
}

function parameters(list: readonly Condition[]): SQLInputValue[] {
  return list.flatMap((condition) => condition.values);
}

function select(reads: PaymentReads, sql: string, values: readonly SQLInputValue[]): Row[] {
  let statement = reads.lists.get(sql);
  if (statement === undefined) {
    statement = reads.database.prepare(sql);
    reads.lists.set(sql, statement);
  }
  return statement.all(...values);
}
