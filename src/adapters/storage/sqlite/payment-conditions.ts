/**
 * What a query for payments asks of a row, as SQL: conditions that an index serves, and others that have to be tried on
 * each row that is looked at.
 */
import type { SQLInputValue } from 'node:sqlite';
import { allCurrencies } from '../../../core/currencies.ts';
import type { PaymentQuery } from '../../../engine/ports.ts';

/** Minor units of a currency with d digits are 10^(4-d) ten-thousandths of a major unit. */
export const AMOUNT_E4 = `amount_minor * case when currency in (${codesWithDigits(0)}) then 10000
  when currency in (${codesWithDigits(3)}) then 10 when currency in (${codesWithDigits(4)}) then 1
  else 100 end`;

export const METHOD = `case when card is null then 'account' else 'card' end`;

export interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** Conditions that an index serves, and the rest. */
export function conditions(query: PaymentQuery): { driving: Condition[]; filters: Condition[] } {
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
  if (query.method !== undefined) filters.push({ sql: `${METHOD} = ?`, values: [query.method] });
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

export function where(list: readonly Condition[]): string {
  return list.length === 0 ? '' : `where ${list.map((condition) => condition.sql).join(' and ')}`;
}

export function parameters(list: readonly Condition[]): SQLInputValue[] {
  return list.flatMap((condition) => condition.values);
}
