/**
 * One event on its way to one endpoint.
 *
 *   pending ──► delivered                     a 2xx in time
 *      └──────► failing ──► delivered | dead  tried again by the schedule; dead after thirty days
 *   any ──► pending                           resent by a person
 */
import type { EventId, PaymentId } from '../ids.ts';
import type { EndpointId } from './endpoint.ts';
import type { FaultKind } from './faults.ts';
import { isOver, nextAttemptAtMs } from './schedule.ts';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failing', 'dead'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export interface Delivery {
  /** Grows with every delivery and is never used again, not even after a reset. */
  readonly ordinal: number;
  readonly endpointId: EndpointId;
  readonly eventId: EventId;
  /** The event's place in the log; null for a test, whose body stands in `body`. */
  readonly sequence: number | null;
  /** What is sent, for a test; null when the event in the log says it. */
  readonly body: string | null;
  readonly eventType: string;
  readonly paymentId: PaymentId | null;
  readonly paymentSequence: number | null;
  /** When the event happened, or the last resend: the schedule counts from here. */
  readonly scheduledFromMs: number;
  readonly createdAtMs: number;
  readonly status: DeliveryStatus;
  /** Attempts that were made, duplicates included. */
  readonly attempts: number;
  /** Null when it is done, or waits for the event before it. */
  readonly nextAttemptAtMs: number | null;
}

/** What became of one attempt. */
export interface AttemptResult {
  /** Null when no answer came. */
  readonly statusCode: number | null;
  /** What went wrong, in words and without anything secret; null for a 2xx. */
  readonly error: string | null;
  /** From a Retry-After; null when there was none. */
  readonly retryAfterMs: number | null;
}

export interface Attempt extends AttemptResult {
  readonly atMs: number;
  readonly durationMs: number;
  readonly request: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  /** Null when no answer came. */
  readonly response: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly isTruncated: boolean;
  } | null;
  /** Faults that were made on purpose. */
  readonly deliberate: readonly FaultKind[];
}

/** What a delivery becomes after an attempt. */
export interface AfterAttempt {
  readonly status: DeliveryStatus;
  readonly nextAttemptAtMs: number | null;
  /** True when the endpoint said that it wants no more (410). */
  readonly isGone: boolean;
}

const GONE = 410;

export function isDelivered({ statusCode }: AttemptResult): boolean {
  return statusCode !== null && statusCode >= 200 && statusCode < 300;
}

/** True when nothing more will be tried by itself. */
export function isDone(status: DeliveryStatus): boolean {
  return status === 'delivered' || status === 'dead';
}

/** Decides what follows from an attempt that ended at `nowMs`. */
export function afterAttempt(
  { scheduledFromMs }: Pick<Delivery, 'scheduledFromMs'>,
  result: AttemptResult,
  moment: { readonly nowMs: number; readonly draw: number; readonly scale: number },
): AfterAttempt {
  if (isDelivered(result)) return { status: 'delivered', nextAttemptAtMs: null, isGone: false };
  const { retryAfterMs } = result;
  const nextAtMs = nextAttemptAtMs({ fromMs: scheduledFromMs, retryAfterMs, ...moment });
  return {
    status: nextAtMs === null ? 'dead' : 'failing',
    nextAttemptAtMs: nextAtMs,
    isGone: result.statusCode === GONE,
  };
}

/** True when it waited so long (its endpoint was paused, say) that it is given up without another attempt. */
export function isExpired(
  { scheduledFromMs, attempts }: Pick<Delivery, 'scheduledFromMs' | 'attempts'>,
  nowMs: number,
  scale: number,
): boolean {
  return attempts > 0 && isOver(scheduledFromMs, nowMs, scale);
}

/** `del_` and the ordinal. */
export function deliveryIdOf(ordinal: number): string {
  return `del_${ordinal}`;
}

/** The ordinal in a delivery's id; null when the text cannot be one. */
export function parseDeliveryId(text: string): number | null {
  const [, digits] = /^del_([1-9]\d{0,14})$/.exec(text) ?? [];
  return digits === undefined ? null : Number(digits);
}
