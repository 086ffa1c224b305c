/** From the query string of GET /payments to the store's query. */
import { parsePaymentId } from '../../core/ids.ts';
import { STATUSES } from '../../core/payment.ts';
import { tenThousandths } from '../../core/scenario.ts';
import type { PaymentQuery } from '../../engine/ports.ts';
import { decodeCursor } from './cursors.ts';
import { PAGE_ITEMS_DEFAULT } from './limits.ts';
import { knownCurrency } from './known-currency.ts';
import { listed } from './listed.ts';
import type { PaymentListQuery } from './schemas.ts';

/** An ordinal (of a file) or an id (of Postgres); in a search by the last four of a card, with them. */
const CURSOR_FORM = /^(?:\d{1,15}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.\d{4})?$/;

/** The store's query; throws a Problem for values that make no sense. */
export function paymentQuery(query: PaymentListQuery): PaymentQuery {
  // A currency that does not exist has no payments; saying so beats an empty list.
  const currency =
    query.currency === undefined ? undefined : knownCurrency(query.currency, '?currency');
  const paymentId = query.q === undefined ? null : parsePaymentId(query.q.trim());
  return {
    limit: query.limit ?? PAGE_ITEMS_DEFAULT,
    cursor:
      query.cursor === undefined
        ? null
        : decodeCursor(cursorKind(query), query.cursor, CURSOR_FORM),
    ...given('statuses', query.status === undefined ? undefined : statuses(query.status)),
    ...given('currency', currency?.code),
    ...given('method', query.method),
    ...given('failureReason', query.failure_reason),
    ...given('createdFromMs', time(query['created_at[gte]'])),
    ...given('createdBeforeMs', time(query['created_at[lt]'])),
    ...given('amountMinE4', amount(query['amount[gte]'])),
    ...given('amountMaxE4', amount(query['amount[lte]'])),
    ...given('reference', query.reference),
    ...given('paymentId', paymentId ?? undefined),
    ...given('searchPrefix', paymentId === null ? query.q : undefined),
  };
}

/** A search by recipient goes in another order, so that its cursors are of another kind. */
export function cursorKind(query: PaymentListQuery): string {
  const isSearch = query.q !== undefined && parsePaymentId(query.q.trim()) === null;
  return isSearch ? 'search' : 'payments';
}

function given<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}

function time(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

function amount(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : (tenThousandths(text) ?? undefined);
}

function statuses(text: string): string[] {
  return [...new Set(listed(text.toUpperCase(), '?status', STATUSES))];
}
