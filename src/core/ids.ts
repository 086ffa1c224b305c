/**
 * Branded ids, so that a refund's id cannot be passed where a payment's is meant.
 *
 * Payments and refunds are UUIDv7 (RFC 9562): time-ordered, so that lists page by id. An event is named after
 * its payment and its place in that payment's history, so that its id needs neither chance nor an index.
 */

export type PaymentId = string & { readonly __brand: 'PaymentId' };
export type RefundId = string & { readonly __brand: 'RefundId' };
export type EventId = string & { readonly __brand: 'EventId' };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const REFUND = /^re_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Reads a payment id in any case; null when the text cannot be one (then no such payment can exist). */
export function parsePaymentId(text: string): PaymentId | null {
  const lower = text.toLowerCase();
  return UUID.test(lower) ? (lower as PaymentId) : null;
}

/** Reads a refund id (`re_` and a UUID) in any case; null when the text cannot be one. */
export function parseRefundId(text: string): RefundId | null {
  const lower = text.toLowerCase();
  return REFUND.test(lower) ? (lower as RefundId) : null;
}

/** The id of a payment whose fresh UUID is `uuid`. */
export function paymentIdOf(uuid: string): PaymentId {
  return uuid as PaymentId;
}

/** The id of a refund whose fresh UUID is `uuid`. */
export function refundIdOf(uuid: string): RefundId {
  return `re_${uuid}` as RefundId;
}

/** The id of the `paymentSequence`-th event (from 1) of a payment: `evt_<uuid without dashes>_<n>`. */
export function eventIdOf(paymentId: PaymentId, paymentSequence: number): EventId {
  return `evt_${paymentId.replaceAll('-', '')}_${paymentSequence}` as EventId;
}

/** The id of an event that is not about a payment: `evt_<writer>_<sequence in its log>`. */
export function logEventIdOf(writer: string, sequence: number): EventId {
  return `evt_${writer}_${sequence}` as EventId;
}
