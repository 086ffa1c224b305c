/** Reading the server's answers about webhooks: what the commands show of them, checked. */
import { type Fields, list, number, record, text, textOrNull } from '../wire.ts';

export interface WireEndpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string | null;
  readonly payload: string;
  readonly ordering: string;
  readonly isEnabled: boolean;
  /** Why, when nobody paused it: `gone`, `unset`. */
  readonly disabledReason: string | null;
  readonly faults: readonly WireFault[];
  readonly isFromEnvironment: boolean;
  readonly previousSecretExpiresAt: string | null;
  readonly createdAt: string;
  /** How many deliveries there are of each status. */
  readonly deliveries: Readonly<Record<string, number>>;
}

export interface WireFault {
  readonly kind: string;
  readonly rate: number;
  readonly next: number;
  /** Null for a fault without a delay. */
  readonly delayMs: number | null;
}

export interface WireDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly paymentId: string | null;
  readonly status: string;
  readonly nextAttemptAt: string | null;
  readonly createdAt: string;
  readonly attemptCount: number;
}

/** One delivery, asked for by its id. */
export interface WireDeliveryInFull extends WireDelivery {
  /** The oldest first. */
  readonly attempts: readonly WireAttempt[];
}

export interface WireAttempt {
  readonly at: string;
  readonly durationMs: number;
  readonly statusCode: number | null;
  readonly error: string | null;
  readonly responseBody: string | null;
  /** Faults that were made on purpose. */
  readonly deliberate: readonly string[];
}

export function endpointFrom(value: unknown): WireEndpoint {
  const fields = record(value);
  const counts = record(fields['deliveries']);
  const faults = record(fields['faults']);
  return {
    id: text(fields, 'id'),
    url: text(fields, 'url'),
    events: list(fields, 'events').map(String),
    description: textOrNull(fields, 'description'),
    payload: text(fields, 'payload'),
    ordering: text(fields, 'ordering'),
    isEnabled: fields['enabled'] === true,
    disabledReason: textOrNull(fields, 'disabled_reason'),
    faults: Object.keys(faults).map((kind) => faultFrom(kind, record(faults[kind]))),
    isFromEnvironment: fields['from_environment'] === true,
    previousSecretExpiresAt: textOrNull(fields, 'previous_secret_expires_at'),
    createdAt: text(fields, 'created_at'),
    deliveries: Object.fromEntries(Object.keys(counts).map((name) => [name, number(counts, name)])),
  };
}

function faultFrom(kind: string, rule: Fields): WireFault {
  const isLate = rule['delay_ms'] !== undefined;
  return {
    kind,
    rate: number(rule, 'rate'),
    next: number(rule, 'next'),
    delayMs: isLate ? number(rule, 'delay_ms') : null,
  };
}

export function deliveryFrom(value: unknown): WireDelivery {
  const fields = record(value);
  return {
    id: text(fields, 'id'),
    endpointId: text(fields, 'endpoint_id'),
    eventId: text(fields, 'event_id'),
    eventType: text(fields, 'event_type'),
    paymentId: textOrNull(fields, 'payment_id'),
    status: text(fields, 'status'),
    nextAttemptAt: textOrNull(fields, 'next_attempt_at'),
    createdAt: text(fields, 'created_at'),
    attemptCount: number(fields, 'attempt_count'),
  };
}

export function deliveryInFullFrom(value: unknown): WireDeliveryInFull {
  return { ...deliveryFrom(value), attempts: list(record(value), 'attempts').map(attemptFrom) };
}

function attemptFrom(value: unknown): WireAttempt {
  const fields = record(value);
  return {
    at: text(fields, 'at'),
    durationMs: number(fields, 'duration_ms'),
    statusCode: fields['status_code'] === null ? null : number(fields, 'status_code'),
    error: textOrNull(fields, 'error'),
    responseBody: textOrNull(fields, 'response_body'),
    deliberate: list(fields, 'deliberate').map(String),
  };
}

/** The `secret` of an answer that tells it. */
export function secretFrom(value: unknown): string {
  return text(record(value), 'secret');
}
