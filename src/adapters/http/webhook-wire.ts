/** Endpoints and deliveries as they go out. A secret is never among what is shown. */
import {
  type Attempt,
  DELIVERY_STATUSES,
  type Delivery,
  type DeliveryStatus,
  deliveryIdOf,
} from '../../core/webhooks/delivery.ts';
import type { Endpoint } from '../../core/webhooks/endpoint.ts';
import { FAULT_KINDS, type EndpointFaults, type FaultKind } from '../../core/webhooks/faults.ts';
import { isoTime } from '../../engine/snapshot.ts';

type Counts = Readonly<Record<DeliveryStatus, number>>;

export function wireEndpoint(endpoint: Endpoint, counts: Counts | undefined, nowMs: number) {
  const { previousSecret } = endpoint;
  const isRotating = previousSecret !== null && nowMs < previousSecret.untilMs;
  return {
    id: endpoint.id,
    url: endpoint.url,
    events: endpoint.events,
    description: endpoint.description,
    payload: endpoint.payload,
    ordering: endpoint.ordering,
    enabled: endpoint.isEnabled,
    disabled_reason: endpoint.disabledReason,
    faults: wireFaults(endpoint.faults),
    from_environment: endpoint.isFromEnvironment,
    previous_secret_expires_at: isRotating ? isoTime(previousSecret.untilMs) : null,
    created_at: isoTime(endpoint.createdAtMs),
    updated_at: isoTime(endpoint.updatedAtMs),
    deliveries: Object.fromEntries(
      DELIVERY_STATUSES.map((status) => [status, counts?.[status] ?? 0]),
    ),
  };
}

/** Faults whose rule has a delay. */
export function isLateKind(kind: FaultKind): boolean {
  return kind === 'delay' || kind === 'reorder';
}

function wireFaults(faults: EndpointFaults) {
  const shown: Record<string, object> = {};
  for (const kind of FAULT_KINDS) {
    const rule = faults[kind];
    if (rule === undefined) continue;
    const { rate, next, delayMs } = rule;
    shown[kind] = isLateKind(kind) ? { rate, next, delay_ms: delayMs } : { rate, next };
  }
  return shown;
}

export function wireDelivery(delivery: Delivery) {
  const { nextAttemptAtMs } = delivery;
  return {
    id: deliveryIdOf(delivery.ordinal),
    endpoint_id: delivery.endpointId,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    payment_id: delivery.paymentId,
    status: delivery.status,
    next_attempt_at: nextAttemptAtMs === null ? null : isoTime(nextAttemptAtMs),
    created_at: isoTime(delivery.createdAtMs),
    attempt_count: delivery.attempts,
    test: delivery.body !== null,
  };
}

export function wireAttempt({ request, response, ...attempt }: Attempt) {
  return {
    at: isoTime(attempt.atMs),
    duration_ms: attempt.durationMs,
    status_code: attempt.statusCode,
    error: attempt.error,
    retry_after_ms: attempt.retryAfterMs,
    request,
    response_headers: response?.headers ?? null,
    response_body: response?.body ?? null,
    response_truncated: response?.isTruncated ?? false,
    deliberate: attempt.deliberate,
  };
}
