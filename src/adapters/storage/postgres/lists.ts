/**
 * Pages of payments. Ids begin with the time they were made at: lists go by id, newest first, along an index; a search goes
 * by term, then newest first, along two. A filter that no index serves looks at SCAN_ROWS_MAX rows at most and hands back a
 * cursor, so that no list costs more as more is stored. A cursor is the last payment that was looked at; in a search by the
 * last four of a card, with them.
 */
import type { Payment } from '../../../core/payment.ts';
import { assertOwnCursor, type Page, type PaymentQuery } from '../../../engine/ports.ts';
import { AMOUNT_E4, METHOD } from '../sqlite/payment-conditions.ts';
import { SCAN_ROWS_MAX } from '../sqlite/payments.ts';
import { foldCase } from '../sqlite/search-entries.ts';
import { type Row, text } from '../rows.ts';
import { nameOf, type Queries } from './connection.ts';
import { withRefunds } from './payments.ts';

/** Values get their numbers as conditions are put together. */
class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

export async function listPayments(queries: Queries, query: PaymentQuery): Promise<Page<Payment>> {
  assertOwnCursor(query.cursor, /^[0-9a-f]{8}-/);
  // Postgres holds no text with it, so that no payment has one.
  if (`${query.reference} ${query.searchPrefix}`.includes('\0')) return { items: [], next: null };
  const parameters = new Parameters();
  const { driving, filters } = conditions(query, parameters);
  const prefix = query.searchPrefix;
  const scanned =
    prefix === undefined
      ? scanById(query, driving, parameters)
      : scanByTerm(query, foldCase(prefix.toWellFormed()), driving, parameters);
  const limit = parameters.add(query.limit + 1);
  const sql = `select * from (${scanned} limit ${SCAN_ROWS_MAX}) as scanned ${where(filters)}
    limit ${limit}`;
  const rows = await queries.rows(nameOf(sql), sql, parameters.values);
  const shown = rows.slice(0, query.limit);
  const items = await withRefunds(shown, queries);
  const last = shown.at(-1);
  if (rows.length > query.limit && last !== undefined) return { items, next: cursorAt(last) };
  // A short page: either the end, or the scan stopped before it.
  if (filters.length === 0 && prefix === undefined) return { items, next: null };
  return { items, next: await endOfScan(queries, scanned, parameters.values.slice(0, -1)) };
}

/** Where the scan stopped; null when it came to the end. */
async function endOfScan(
  queries: Queries,
  scanned: string,
  values: readonly unknown[],
): Promise<string | null> {
  // Parameters of the filters are not used here, and have to be of some type.
  const unused = values.map((_, index) => `$${index + 1}::text is null`).join(' or ');
  const sql = `select * from (${scanned}) as scanned
    where true or ${unused === '' ? 'true' : unused} limit 1 offset ${SCAN_ROWS_MAX - 1}`;
  const [row] = await queries.rows(nameOf(sql), sql, values);
  return row === undefined ? null : cursorAt(row);
}

function cursorAt(row: Row): string {
  const id = text(row, 'payment_id');
  const { term } = row;
  const isByCard = typeof term === 'string' && row['found_by'] === 'card';
  return isByCard ? `${id}.${term}` : id;
}

function scanById(
  { cursor }: PaymentQuery,
  driving: readonly string[],
  parameters: Parameters,
): string {
  const behind = cursor === null ? [] : [`payment_id < ${parameters.add(cursor)}`];
  return `select * from payments ${where([...driving, ...behind])} order by payment_id desc`;
}

/** What comes after every text that begins with another one, but for texts that go on with the last character there is. */
const LAST_CHARACTER = '\u{10FFFF}';

/**
 * The payments whose recipient begins with the prefix, and those whose card does; one that both would find is found by
 * the term that comes first.
 */
function scanByTerm(
  { cursor }: PaymentQuery,
  prefix: string,
  driving: readonly string[],
  parameters: Parameters,
): string {
  const from = parameters.add(prefix);
  const to = parameters.add(prefix + LAST_CHARACTER);
  const recipient = 'fold_case(recipient) collate "C"';
  const last4 = 'card_last4 collate "C"';
  const begins = (term: string) =>
    `${term} >= ${from}::text and ${term} < ${to}::text and starts_with(${term}, ${from}::text)`;
  const after = (term: string) => {
    if (cursor === null) return [];
    const [id = '', lastFour] = cursor.split('.');
    const idParameter = `${parameters.add(id)}::text`;
    const termOfCursor =
      lastFour === undefined
        ? `(select ${recipient} from payments where payment_id = ${idParameter})`
        : `${parameters.add(lastFour)}::text`;
    return [
      `(${term} > ${termOfCursor} or (${term} = ${termOfCursor} and payment_id < ${idParameter}))`,
    ];
  };
  const branch = (foundBy: string, term: string, other: string) =>
    `(select payments.*, ${term} as term, '${foundBy}' as found_by from payments
      ${where([
        `${term} is not null`,
        begins(term),
        `not coalesce(${begins(other)} and ${other} < ${term}, false)`,
        ...after(term),
        ...driving,
      ])} order by ${term}, payment_id desc limit ${SCAN_ROWS_MAX})`;
  const both = `${branch('recipient', recipient, last4)} union all
    ${branch('card', last4, `${recipient}`)}`;
  return `select distinct on (term, payment_id) * from (${both}) as found
    order by term, payment_id desc`;
}

/** Conditions that an index serves, and the rest. */
function conditions(
  query: PaymentQuery,
  parameters: Parameters,
): { driving: string[]; filters: string[] } {
  const driving: string[] = [];
  const filters: string[] = [];
  const { paymentId, createdFromMs, createdBeforeMs } = query;
  if (paymentId !== undefined) driving.push(`payment_id = ${parameters.add(paymentId)}`);
  if (createdFromMs !== undefined) {
    driving.push(`payment_id >= ${parameters.add(firstIdAt(createdFromMs))}`);
  }
  if (createdBeforeMs !== undefined) {
    driving.push(`payment_id < ${parameters.add(firstIdAt(createdBeforeMs))}`);
  }
  const indexed: [string, string | undefined][] = [
    ['reference', query.reference],
    ['failure_reason', query.failureReason],
    ['status', query.statuses?.length === 1 ? query.statuses[0] : undefined],
  ];
  let hasIndex = paymentId !== undefined;
  for (const [column, value] of indexed) {
    if (value === undefined) continue;
    (hasIndex ? filters : driving).push(`${column} = ${parameters.add(value)}`);
    hasIndex = true;
  }
  if (query.statuses !== undefined && query.statuses.length !== 1) {
    filters.push(`status = any(${parameters.add(query.statuses)}::text[])`);
  }
  if (query.currency !== undefined) filters.push(`currency = ${parameters.add(query.currency)}`);
  if (query.method !== undefined) filters.push(`${METHOD} = ${parameters.add(query.method)}`);
  if (query.amountMinE4 !== undefined) {
    filters.push(`${AMOUNT_E4} >= ${parameters.add(String(query.amountMinE4))}::bigint`);
  }
  if (query.amountMaxE4 !== undefined) {
    filters.push(`${AMOUNT_E4} <= ${parameters.add(String(query.amountMaxE4))}::bigint`);
  }
  return { driving, filters };
}

/** No id that was made at this time or later comes before it. */
function firstIdAt(ms: number): string {
  const hex = Math.max(0, Math.min(ms, 2 ** 48 - 1))
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

function where(list: readonly string[]): string {
  return list.length === 0 ? '' : `where ${list.join(' and ')}`;
}
