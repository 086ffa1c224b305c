/** Rows of the file of deliveries to domain values. */
import type { EventId } from '../../../core/ids.ts';
import {
  type Attempt,
  type Delivery,
  DELIVERY_STATUSES,
  type DeliveryStatus,
} from '../../../core/webhooks/delivery.ts';
import {
  type Endpoint,
  type EndpointId,
  ORDERINGS,
  PAYLOADS,
} from '../../../core/webhooks/endpoint.ts';
import { type EndpointFaults, FAULT_KINDS } from '../../../core/webhooks/faults.ts';
import { integer, numberOrNull, oneOf, paymentId, type Row, text, textOrNull } from '../rows.ts';

export function endpointFrom(row: Row): Endpoint {
  const previous = textOrNull(row, 'previous_secret');
  const reason = textOrNull(row, 'disabled_reason');
  return {
    id: endpointId(row),
    url: text(row, 'url'),
    events: JSON.parse(text(row, 'events')) as string[],
    description: textOrNull(row, 'description'),
    payload: oneOf(PAYLOADS, text(row, 'payload')),
    ordering: oneOf(ORDERINGS, text(row, 'ordering')),
    isEnabled: isSet(row, 'is_enabled'),
    disabledReason: reason === null ? null : oneOf(['gone', 'unset'] as const, reason),
    secret: text(row, 'secret'),
    previousSecret:
      previous === null ? null : { secret: previous, untilMs: integer(row, 'previous_until_ms') },
    faults: JSON.parse(text(row, 'faults')) as EndpointFaults,
    isFromEnvironment: isSet(row, 'is_from_environment'),
    createdAtMs: integer(row, 'created_at_ms'),
    updatedAtMs: integer(row, 'updated_at_ms'),
  };
}

export function deliveryFrom(row: Row): Delivery {
  return {
    ordinal: integer(row, 'ordinal'),
    endpointId: endpointId(row),
    eventId: text(row, 'event_id') as EventId,
    sequence: numberOrNull(row, 'sequence'),
    body: textOrNull(row, 'body'),
    eventType: text(row, 'event_type'),
    paymentId: row['payment_id'] === null ? null : paymentId(row, 'payment_id'),
    paymentSequence: numberOrNull(row, 'payment_sequence'),
    scheduledFromMs: integer(row, 'scheduled_from_ms'),
    createdAtMs: integer(row, 'created_at_ms'),
    status: statusOf(row),
    attempts: integer(row, 'attempts'),
    nextAttemptAtMs: numberOrNull(row, 'next_attempt_at_ms'),
  };
}

export function attemptFrom(row: Row): Attempt {
  const headers = textOrNull(row, 'response_headers');
  const deliberate = textOrNull(row, 'deliberate');
  return {
    atMs: integer(row, 'at_ms'),
    durationMs: numberOrNull(row, 'duration_ms') ?? 0,
    statusCode: numberOrNull(row, 'status_code'),
    error: textOrNull(row, 'error'),
    retryAfterMs: numberOrNull(row, 'retry_after_ms'),
    request: {
      url: text(row, 'request_url'),
      headers: headersFrom(text(row, 'request_headers')),
    },
    response:
      headers === null
        ? null
        : {
            headers: headersFrom(headers),
            body: text(row, 'response_body'),
            isTruncated: isSet(row, 'is_truncated'),
          },
    deliberate:
      deliberate === null ? [] : deliberate.split(' ').map((kind) => oneOf(FAULT_KINDS, kind)),
  };
}

export function statusOf(row: Row): DeliveryStatus {
  return oneOf(DELIVERY_STATUSES, text(row, 'status'));
}

export function endpointId(row: Row): EndpointId {
  return text(row, 'endpoint_id') as EndpointId;
}

export function isSet(row: Row, column: string): boolean {
  return integer(row, column) === 1;
}

function headersFrom(stored: string): Readonly<Record<string, string>> {
  return JSON.parse(stored) as Record<string, string>;
}
