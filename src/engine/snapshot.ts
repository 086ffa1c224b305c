/**
 * A payment in its public form: what a GET answers, what an event carries, what a webhook sends. One form for
 * all, so that what a client reads is what the log holds.
 */
import type { Card } from '../core/card.ts';
import { declineOf, isRetryable } from '../core/failures.ts';
import { NO_CURRENCY } from '../core/currencies.ts';
import { toWireNumber } from '../core/money.ts';
import type { Payment, Refund } from '../core/payment.ts';
import { type Simulation, simulationWire } from '../core/simulation.ts';

/** The payment as a plain record, `snake_case`, amounts as exact decimal numbers in major units. */
export function snapshot(payment: Payment, retriesMax: number) {
  const { currency, failureReason } = payment;
  const digits = currency.minorDigits;
  return {
    payment_id: payment.id,
    status: payment.status,
    amount: toWireNumber(payment.amountMinor, digits),
    currency: currency === NO_CURRENCY ? null : currency.code,
    recipient: payment.recipient,
    description: payment.description,
    failure_reason: failureReason,
    created_at: isoTime(payment.createdAtMs),
    updated_at: isoTime(payment.updatedAtMs),
    reference: payment.reference,
    method: payment.card === null ? 'account' : 'card',
    card: payment.card === null ? null : cardSnapshot(payment.card),
    channel: payment.channel,
    device_id: payment.deviceId,
    amount_captured: toWireNumber(payment.capturedMinor, digits),
    amount_refunded: toWireNumber(payment.refundedMinor, digits),
    refunds: payment.refunds.map((refund) => refundSnapshot(refund, payment)),
    attempts: payment.attempts,
    retryable:
      failureReason !== null && isRetryable(failureReason) && payment.attempts - 1 < retriesMax,
    decline: failureReason === null ? null : declineOf(failureReason),
    risk: payment.risk,
    metadata: payment.metadata,
  };
}

/**
 * Makes the function that gives a payment's public JSON text. Payments never change once made, and each is wanted
 * twice, for the log and for the answer: the text is made once.
 */
export function publisher(retriesMax: number): (payment: Payment) => string {
  const texts = new WeakMap<Payment, string>();
  return (payment) => {
    let text = texts.get(payment);
    if (text === undefined) {
      text = JSON.stringify(snapshot(payment, retriesMax));
      texts.set(payment, text);
    }
    return text;
  };
}

/** What may be known of a card. */
function cardSnapshot({ brand, bin, last4, fingerprint, isLuhnValid }: Card) {
  return { brand, bin, last4, fingerprint, luhn_valid: isLuhnValid };
}

export function refundSnapshot(refund: Refund, payment: Payment) {
  return {
    refund_id: refund.id,
    payment_id: refund.paymentId,
    amount: toWireNumber(refund.amountMinor, payment.currency.minorDigits),
    currency: payment.currency.code,
    reason: refund.reason,
    status: 'SUCCEEDED',
    created_at: isoTime(refund.createdAtMs),
  };
}

/** How the network behaves, in its public form: what GET /simulation answers, and `simulation.changed` carries. */
export function simulationSnapshot(simulation: Simulation) {
  const { expires_at_ms: expiresAtMs, ...shown } = simulationWire(simulation);
  return { ...shown, expires_at: expiresAtMs === null ? null : isoTime(expiresAtMs) };
}

let lastMs = -1;
let lastText = '';

/** ISO 8601 UTC with milliseconds. A batch asks for the same millisecond over and over: the last is kept. */
export function isoTime(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}
