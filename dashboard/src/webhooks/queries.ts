/** What the pages about webhooks ask, and how they stay up to date: there is no feed of deliveries, so they ask again. */
import type { DeliveryFilters, EventPattern, Page, WebhookDeliveryStatus } from '@farthing/sdk';
import { queryOptions } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { service } from '../service/client.ts';
import { liveFeed } from '../service/live.ts';
import { queryClient } from '../service/queries.ts';

/** Between two looks, while the page is in sight. */
export const LOOK_MS = 2_000;

/** Rows of one page of deliveries, and messages of a sink. */
const ROWS_PER_PAGE = 50;

/** What stands in the URL. */
export interface WebhookSearch {
  /** `sink` shows the built-in receiver. */
  readonly view?: string;
  readonly endpoint?: string;
  readonly status?: string;
  readonly event_type?: string;
  readonly payment?: string;
  /** The delivery that is open beside the list. */
  readonly delivery?: string;
  readonly sink?: string;
  /** The message of the sink that is open beside the list. */
  readonly message?: string;
}

/** The sink that the first endpoint points at. */
export const DEMO_SINK = 'demo';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failing', 'dead'] as const;

export const endpointsQuery = queryOptions({
  queryKey: ['webhooks', 'endpoints'],
  queryFn: async ({ signal }) => (await service().webhookEndpoints.list({ signal }).page()).data,
});

export const healthQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', 'health', id],
    queryFn: ({ signal }) => service().webhookEndpoints.health(id, { signal }),
  });

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', 'delivery', id],
    queryFn: ({ signal }) => service().webhookDeliveries.get(id, { signal }),
  });

export const sinksQuery = queryOptions({
  queryKey: ['webhooks', 'sinks'],
  queryFn: async ({ signal }) => (await service().sinks.list({ signal }).page()).data,
});

/** A list of which there may be more: the newest first, a page at a time. */
export interface PagedQuestion<Item> {
  readonly key: readonly string[];
  readonly page: (cursor: string | null, signal: AbortSignal) => Promise<Page<Item>>;
}

export function deliveriesQuestion(filters: DeliveryFilters) {
  return {
    key: ['webhooks', 'deliveries', JSON.stringify(filters)],
    page: (cursor: string | null, signal: AbortSignal) =>
      service()
        .webhookDeliveries.list({ ...filters, limit: ROWS_PER_PAGE }, { signal })
        .page(cursor),
  };
}

export function messagesQuestion(sink: string) {
  return {
    key: ['webhooks', 'messages', sink],
    page: (cursor: string | null, signal: AbortSignal) =>
      service().sinks.messages(sink, { limit: ROWS_PER_PAGE }, { signal }).page(cursor),
  };
}

export function filtersOf(search: WebhookSearch): DeliveryFilters {
  return {
    endpoint_id: search.endpoint,
    // Another word is the service's to refuse.
    status: search.status as WebhookDeliveryStatus | undefined,
    event_type: search.event_type as EventPattern | undefined,
    payment_id: search.payment,
  };
}

/** Something was done: everything about webhooks is read anew. */
export function refreshWebhooks(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['webhooks'] });
}

/** It was deleted: nothing is asked about it any more, and the lists that had its deliveries are read anew. */
export function forgetEndpoint(id: string): void {
  queryClient.setQueryData(endpointsQuery.queryKey, (all) => all?.filter((one) => one.id !== id));
  queryClient.removeQueries({ queryKey: ['webhooks', 'deliveries'], type: 'inactive' });
}

/** Whether it is worth asking again by itself: not while it is paused, nor while nobody answers. */
export function useIsLive(): boolean {
  return useSyncExternalStore(liveFeed.watch, () => {
    const { isPaused, connection } = liveFeed.view();
    return !isPaused && connection === 'live';
  });
}

/** For a query: it is asked again while that makes sense. */
export function useLooking(everyMs = LOOK_MS) {
  const isLive = useIsLive();
  return {
    refetchInterval: isLive ? everyMs : (false as const),
    refetchOnWindowFocus: isLive,
  };
}
