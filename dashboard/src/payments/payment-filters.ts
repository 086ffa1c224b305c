/** The filters of the list: as the service is asked, and as a payment that has just come meets them. */
import type { FailureReason, Payment, PaymentFilters, PaymentStatus } from '@farthing/sdk';
import type { PaymentSearch } from '../shared/payment-search.ts';
import { STATUSES } from '../shared/status.tsx';
import { boundsOf } from '../shared/time-range.ts';

/** A payment takes half a second; one that took a minute is not coming by itself. */
const STUCK_MS = 60_000;

/** What is wrong with a value is the service's to say: it is asked with what stands in the URL. */
export function filtersOf(search: PaymentSearch, nowMs: number): PaymentFilters {
  const { status, failure_reason: reason, currency, method, reference, q, stuck } = search;
  return {
    status: stuck === undefined ? statusesOf(status) : ['CREATED', 'PROCESSING'],
    failure_reason: reason as FailureReason | undefined,
    currency,
    method: method as Payment['method'] | undefined,
    reference,
    q,
    created_at: creationOf(search, nowMs),
    amount: amountOf(search),
  };
}

function creationOf(search: PaymentSearch, nowMs: number): PaymentFilters['created_at'] {
  const { fromMs = null, toMs = null } = boundsOf(search, nowMs) ?? {};
  const stuckMs = search.stuck === undefined ? Infinity : nowMs - STUCK_MS;
  const beforeMs = Math.min(toMs ?? Infinity, stuckMs);
  if (fromMs === null && beforeMs === Infinity) return undefined;
  return {
    ...(fromMs === null ? {} : { gte: new Date(fromMs).toISOString() }),
    ...(beforeMs === Infinity ? {} : { lt: new Date(beforeMs).toISOString() }),
  };
}

function amountOf({ min, max }: PaymentSearch): PaymentFilters['amount'] {
  if (min === undefined && max === undefined) return undefined;
  return {
    ...(min === undefined ? {} : { gte: Number(min) }),
    ...(max === undefined ? {} : { lte: Number(max) }),
  };
}

function statusesOf(text: string | undefined): PaymentStatus[] | undefined {
  const asked = text?.split(',') ?? [];
  const known = STATUSES.filter((status) => asked.includes(status));
  return known.length === 0 ? undefined : known;
}

/** Whether a payment that has just come belongs on the list; the service decides the same when it is asked. */
export function meetsFilters(payment: Payment, filters: PaymentFilters): boolean {
  const { status, failure_reason: reason, currency, method, reference, q } = filters;
  return (
    (status === undefined || status.includes(payment.status)) &&
    (reason === undefined || payment.failure_reason === reason) &&
    (currency === undefined || payment.currency === currency.toUpperCase()) &&
    (method === undefined || payment.method === method) &&
    (reference === undefined || payment.reference === reference) &&
    isBetween(payment, filters) &&
    (q === undefined || meetsText(payment, q.toLowerCase()))
  );
}

/** In time, and in amount. */
function isBetween(payment: Payment, { created_at: created, amount }: PaymentFilters): boolean {
  const { gte: from, lt: before } = created ?? {};
  const { gte: least = -Infinity, lte: most = Infinity } = amount ?? {};
  return (
    (from === undefined || payment.created_at >= String(from)) &&
    (before === undefined || payment.created_at < String(before)) &&
    payment.amount >= least &&
    payment.amount <= most
  );
}

function meetsText(payment: Payment, text: string): boolean {
  return (
    payment.payment_id === text ||
    payment.card?.last4 === text ||
    (payment.recipient ?? '').toLowerCase().startsWith(text)
  );
}
