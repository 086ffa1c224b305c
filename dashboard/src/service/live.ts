/** The live feed of this page: what came by it is put where the queries keep their answers. */
import type { FarthingEvent, Page, Payment, PaymentEvent } from '@farthing/sdk';
import type { InfiniteData } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { type FeedView, LiveFeed } from './live-feed.ts';
import {
  ledgerQuery,
  paymentQuery,
  queryClient,
  statsQuery,
  summaryQuery,
  timelineQuery,
} from './queries.ts';

/** Totals are read anew at most this often, however much happens. */
const TOTALS_MS = 1_000;

export const liveFeed = new LiveFeed(() => void queryClient.invalidateQueries());

let totalsTimer: ReturnType<typeof setTimeout> | undefined;

export function beginLive(): void {
  liveFeed.listen(refresh);
  liveFeed.begin();
}

export function useFeed(): FeedView {
  return useSyncExternalStore(liveFeed.watch, liveFeed.view);
}

export function isPaymentEvent(event: FarthingEvent): event is PaymentEvent {
  return event.payment_id !== null;
}

/** What the payments of these events are now. */
export function latestPayments(events: readonly FarthingEvent[]): ReadonlyMap<string, Payment> {
  return new Map(events.filter(isPaymentEvent).map(({ data }) => [data.payment_id, data]));
}

function refresh(events: readonly FarthingEvent[]): void {
  if (events.some(({ type }) => type === 'data.reset')) return void queryClient.invalidateQueries();
  const payments = latestPayments(events);
  queryClient.setQueriesData<InfiniteData<Page<Payment>>>({ queryKey: ['payments'] }, (list) =>
    list === undefined ? undefined : updated(list, payments),
  );
  for (const payment of payments.values()) refreshPayment(payment, events);
  totalsTimer ??= setTimeout(() => {
    totalsTimer = undefined;
    void queryClient.invalidateQueries({ queryKey: summaryQuery.queryKey });
    void queryClient.invalidateQueries({ queryKey: statsQuery.queryKey });
  }, TOTALS_MS);
}

function updated(
  list: InfiniteData<Page<Payment>>,
  payments: ReadonlyMap<string, Payment>,
): InfiniteData<Page<Payment>> {
  const isTouched = (page: Page<Payment>) => page.data.some((row) => payments.has(row.payment_id));
  if (!list.pages.some(isTouched)) return list;
  const pages = list.pages.map((page) =>
    isTouched(page) ? { ...page, data: page.data.map((row) => newer(row, payments)) } : page,
  );
  return { ...list, pages };
}

/** An answer may have overtaken the events that it already contains. */
function newer(row: Payment, payments: ReadonlyMap<string, Payment>): Payment {
  const found = payments.get(row.payment_id);
  return found !== undefined && found.updated_at >= row.updated_at ? found : row;
}

function refreshPayment(payment: Payment, events: readonly FarthingEvent[]): void {
  const id = payment.payment_id;
  const known = queryClient.getQueryData(paymentQuery(id).queryKey);
  if (known !== undefined) {
    queryClient.setQueryData(paymentQuery(id).queryKey, newer(known, new Map([[id, payment]])));
  }
  queryClient.setQueryData(timelineQuery(id).queryKey, (timeline) => {
    if (timeline === undefined) return undefined;
    const last = timeline.at(-1)?.payment_sequence ?? 0;
    const added = events.filter(
      (event) => event.payment_id === id && (event.payment_sequence ?? 0) > last,
    );
    return added.length === 0 ? timeline : [...timeline, ...added];
  });
  if (queryClient.getQueryData(ledgerQuery(id).queryKey) !== undefined) {
    void queryClient.invalidateQueries({ queryKey: ledgerQuery(id).queryKey });
  }
}
