/** What a verified webhook says. */
import type { ControlEventType, Payment, PaymentEventType } from '../types.ts';

interface Delivered {
  /** The event's id, the same for every attempt: who keeps it can tell a webhook that comes twice. */
  readonly id: string;
  /** When this attempt was made. */
  readonly sentAt: Date;
}

/** About a payment, in the envelope of Standard Webhooks; `data` is the payment as it became. */
export interface PaymentWebhook extends Delivered {
  readonly type: PaymentEventType;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  readonly data: Payment;
}

/** About no payment. */
export interface ControlWebhook extends Delivered {
  readonly type: ControlEventType;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** From an endpoint whose `payload` is `payment`, as the one of WEBHOOK_URL: the payment and nothing around it. */
export interface BareWebhook extends Delivered {
  readonly type: null;
  readonly timestamp: null;
  readonly data: Payment;
}

export type WebhookEvent = PaymentWebhook | ControlWebhook | BareWebhook;

/**
 * Reads a body whose signature was right; null when it is neither form. The sender is known by then: its fields are
 * taken as they stand.
 */
export function eventOf(body: Uint8Array, delivered: Delivered): WebhookEvent | null {
  const value = recordOf(body);
  if (value === null) return null;
  const { type, timestamp, data } = value;
  const isEnvelope =
    typeof type === 'string' && typeof timestamp === 'string' && typeof data === 'object';
  if (isEnvelope) return { ...delivered, type, timestamp, data } as WebhookEvent;
  if (typeof value['payment_id'] !== 'string') return null;
  return { ...delivered, type: null, timestamp: null, data: value as unknown as Payment };
}

function recordOf(body: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}
