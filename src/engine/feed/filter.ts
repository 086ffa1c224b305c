/** Which events a reader of the live feed wants. */
import type { EventType } from '../../core/events.ts';
import type { PaymentId } from '../../core/ids.ts';
import type { EventQuery, StoredEvent } from '../ports.ts';

export interface FeedFilter {
  /** In the order of EVENT_TYPES, each once, so that equal filters look alike; null for all. */
  readonly types: readonly EventType[] | null;
  /** Null for any. */
  readonly paymentId: PaymentId | null;
}

/** Filters of one key let the same events pass. */
export function filterKey({ types, paymentId }: FeedFilter): string {
  return `${paymentId ?? ''} ${types?.join() ?? ''}`;
}

export function passes({ types, paymentId }: FeedFilter, event: StoredEvent): boolean {
  if (paymentId !== null && event.paymentId !== paymentId) return false;
  return types === null || types.includes(event.type);
}

/** The same for the store. */
export function queryOf({ types, paymentId }: FeedFilter): Pick<EventQuery, 'types' | 'paymentId'> {
  return { ...(types === null ? {} : { types }), ...(paymentId === null ? {} : { paymentId }) };
}
