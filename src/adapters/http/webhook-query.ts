/** From the query string of GET /webhook-deliveries to the store's query. */
import { EVENT_TYPES, type EventType } from '../../core/events.ts';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../core/webhooks/delivery.ts';
import { EVENT_PATTERNS, matchesType } from '../../core/webhooks/endpoint.ts';
import type { DeliveryQuery } from '../../engine/webhooks/ports.ts';
import { decodeCursor } from './cursors.ts';
import { PAGE_ITEMS_DEFAULT } from './limits.ts';
import { listed } from './listed.ts';
import { knownPaymentId } from './routes/payments.ts';
import { knownEndpointId } from './webhook-lookup.ts';
import type { DeliveryListQuery } from './webhook-schemas.ts';

export const DELIVERY_CURSORS = 'deliveries';
const CURSOR_FORM = /^\d{1,15}$/;

/** Throws a Problem for values that make no sense; an empty list would hide the slip. */
export function deliveryQuery(query: DeliveryListQuery): DeliveryQuery {
  const { endpoint_id, payment_id, event_id, status, event_type } = query;
  return {
    limit: query.limit ?? PAGE_ITEMS_DEFAULT,
    cursor:
      query.cursor === undefined ? null : decodeCursor(DELIVERY_CURSORS, query.cursor, CURSOR_FORM),
    ...(endpoint_id === undefined ? {} : { endpointId: knownEndpointId({ endpoint_id }) }),
    ...(payment_id === undefined ? {} : { paymentId: knownPaymentId({ payment_id }) }),
    ...(event_id === undefined ? {} : { eventId: event_id }),
    ...(status === undefined ? {} : { statuses: statuses(status) }),
    ...(event_type === undefined ? {} : { eventTypes: typesOf(patterns(event_type)) }),
  };
}

/** The types that any of the patterns stands for. */
export function typesOf(asked: readonly string[]): EventType[] {
  return EVENT_TYPES.filter((type) => matchesType(asked, type));
}

function statuses(text: string): DeliveryStatus[] {
  const asked = listed(text.toLowerCase(), '?status', DELIVERY_STATUSES);
  return DELIVERY_STATUSES.filter((status) => asked.includes(status));
}

function patterns(text: string): string[] {
  return listed(text, '?event_type', EVENT_PATTERNS);
}
