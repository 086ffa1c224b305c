/** Endpoints, events and what becomes of deliveries, for tests of webhooks. */
import { eventIdOf, logEventIdOf, paymentIdOf, type PaymentId } from '../../src/core/ids.ts';
import type { AfterAttempt, Attempt } from '../../src/core/webhooks/delivery.ts';
import { type Endpoint, endpointIdOf } from '../../src/core/webhooks/endpoint.ts';
import type { DeliveryOutcome, FannedEvent } from '../../src/engine/webhooks/ports.ts';

/** When the events of these tests happen, and a little later. */
export const EVENT_MS = 1_800_000_000_000;
export const NOW_MS = EVENT_MS + 1_000;

export function endpointOf(index: number, changes: Partial<Endpoint> = {}): Endpoint {
  return {
    id: endpointIdOf(`endpoint-${index}`),
    url: `http://127.0.0.1:9/${index}`,
    events: ['*'],
    description: null,
    payload: 'envelope',
    ordering: 'none',
    isEnabled: true,
    disabledReason: null,
    secret: `whsec_${index}`,
    previousSecret: null,
    faults: {},
    isFromEnvironment: false,
    createdAtMs: EVENT_MS,
    updatedAtMs: EVENT_MS,
    ...changes,
  };
}

export function paymentIdAt(index: number): PaymentId {
  return paymentIdOf(`01980000-0000-7000-8000-${String(index).padStart(12, '0')}`);
}

const TYPES = ['payment.created', 'payment.processing', 'payment.succeeded', 'payment.refunded'];

/** The `nth` event (from 1) of a payment, at this place in the log. */
export function eventAt(sequence: number, payment: number, nth: number): FannedEvent {
  const paymentId = paymentIdAt(payment);
  return {
    id: eventIdOf(paymentId, nth),
    sequence,
    type: TYPES[(nth - 1) % TYPES.length] ?? '',
    paymentId,
    paymentSequence: nth,
    atMs: EVENT_MS + sequence,
  };
}

/** An event about no payment. */
export function controlEventAt(sequence: number, writer: string): FannedEvent {
  return {
    id: logEventIdOf(writer, sequence),
    sequence,
    type: 'rules.changed',
    paymentId: null,
    paymentSequence: null,
    atMs: EVENT_MS + sequence,
  };
}

/** `count` events of one payment after another, `each` of them a payment, from this place in the log on. */
export function eventsOf(count: number, each = 3, from = 1): FannedEvent[] {
  return Array.from({ length: count }, (_, index) =>
    eventAt(
      from + index,
      Math.floor((from - 1 + index) / each) + 1,
      ((from - 1 + index) % each) + 1,
    ),
  );
}

export function attemptOf(changes: Partial<Attempt> = {}): Attempt {
  return {
    atMs: NOW_MS,
    durationMs: 12.5,
    statusCode: 200,
    error: null,
    retryAfterMs: null,
    request: { url: 'http://127.0.0.1:9/1', headers: { 'webhook-id': 'evt_1' } },
    response: { headers: { 'content-type': 'text/plain' }, body: 'ok', isTruncated: false },
    deliberate: [],
    ...changes,
  };
}

export function delivered(ordinal: number): DeliveryOutcome {
  return outcome(ordinal, 'delivered', null, [attemptOf()]);
}

export function dead(ordinal: number): DeliveryOutcome {
  return outcome(ordinal, 'dead', null, [attemptOf({ statusCode: 500, error: 'it answered 500' })]);
}

export function failing(ordinal: number, nextAttemptAtMs: number): DeliveryOutcome {
  const attempt = attemptOf({ statusCode: null, error: 'no answer', response: null });
  return outcome(ordinal, 'failing', nextAttemptAtMs, [attempt]);
}

function outcome(
  ordinal: number,
  status: AfterAttempt['status'],
  nextAttemptAtMs: number | null,
  attempts: readonly Attempt[],
): DeliveryOutcome {
  return { ordinal, attempts, after: { status, nextAttemptAtMs, isGone: false } };
}
