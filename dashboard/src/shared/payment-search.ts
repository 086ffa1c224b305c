/** The filters of the list of payments: as they stand in the URL, as the service is asked, and as a payment meets them. */
import type { FailureReason, Payment, PaymentFilters, PaymentStatus } from '@farthing/sdk';
import { STATUSES } from './status.tsx';

export interface PaymentSearch {
  /** Joined by commas. */
  readonly status?: string;
  readonly failure_reason?: string;
  readonly currency?: string;
  readonly method?: string;
  /** An id, the last four digits of a card, or the beginning of a recipient. */
  readonly q?: string;
  /** Only those that have been without an outcome for longer than they should. */
  readonly stuck?: string;
  /** The payment that is open beside the list. */
  readonly open?: string;
}

const NAMES = ['status', 'failure_reason', 'currency', 'method', 'q', 'stuck', 'open'] as const;

/** A payment takes half a second; one that took a minute is not coming by itself. */
const STUCK_MS = 60_000;

export function readPaymentSearch(search: Readonly<Record<string, unknown>>): PaymentSearch {
  const given = NAMES.map((name) => [name, search[name]] as const);
  return Object.fromEntries(given.filter(([, value]) => typeof value === 'string' && value !== ''));
}

/** Which filters are set, without what is open beside the list. */
export function activeFilters(search: PaymentSearch): [keyof PaymentSearch, string][] {
  return Object.entries(withoutFilter(search, 'open')) as [keyof PaymentSearch, string][];
}

export function withoutFilter(search: PaymentSearch, name: keyof PaymentSearch): PaymentSearch {
  return Object.fromEntries(Object.entries(search).filter(([other]) => other !== name));
}

export function filtersOf(search: PaymentSearch, nowMs: number): PaymentFilters {
  const { status, failure_reason: reason, currency, method, q, stuck } = search;
  return {
    status: stuck === undefined ? statusesOf(status) : ['CREATED', 'PROCESSING'],
    failure_reason: reason as FailureReason | undefined,
    currency,
    method: method as Payment['method'] | undefined,
    q,
    ...(stuck === undefined
      ? {}
      : { created_at: { lt: new Date(nowMs - STUCK_MS).toISOString() } }),
  };
}

/** Whether a payment that has just come belongs on the list; the service decides the same when it is asked. */
export function meetsFilters(payment: Payment, filters: PaymentFilters): boolean {
  const { status, failure_reason: reason, currency, method, q, created_at: created } = filters;
  if (created?.lt !== undefined && payment.created_at >= String(created.lt)) return false;
  return (
    (status === undefined || status.includes(payment.status)) &&
    (reason === undefined || payment.failure_reason === reason) &&
    (currency === undefined || payment.currency === currency.toUpperCase()) &&
    (method === undefined || payment.method === method) &&
    (q === undefined || meetsText(payment, q.toLowerCase()))
  );
}

function meetsText(payment: Payment, text: string): boolean {
  return (
    payment.payment_id === text ||
    payment.card?.last4 === text ||
    (payment.recipient ?? '').toLowerCase().startsWith(text)
  );
}

function statusesOf(text: string | undefined): PaymentStatus[] | undefined {
  const asked = text?.split(',') ?? [];
  const known = STATUSES.filter((status) => asked.includes(status));
  return known.length === 0 ? undefined : known;
}
