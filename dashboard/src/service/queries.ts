/** What pages ask for, by name: the same question asked twice is asked once, and the live feed knows what to refresh. */
import type { FarthingEvent, LedgerEntry, Payment, PaymentFilters } from '@farthing/sdk';
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import { service } from './client.ts';

/** Rows of one page of payments. */
const PAYMENTS_PER_PAGE = 50;

/** Of how many payments the latest events are put together: there is no list of events from its end. */
const LATEST_PAYMENTS = 10;

/** A timeline longer than this is cut: retries are bounded, partial refunds are not. */
const TIMELINE_EVENTS_MAX = 500;

export const queryClient = new QueryClient({
  defaultOptions: {
    // The client retries by itself, and asks also when the browser believes that there is no network: the service may
    // well be on this machine.
    queries: { retry: false, networkMode: 'always', staleTime: 5_000 },
    mutations: { networkMode: 'always' },
  },
});

export const summaryQuery = queryOptions({
  queryKey: ['summary'],
  queryFn: ({ signal }) => service().summary.get({ signal }),
});

export const statsQuery = queryOptions({
  queryKey: ['stats'],
  queryFn: ({ signal }) => service().cards.stats({ signal }),
});

export const testCardsQuery = queryOptions({
  queryKey: ['test-cards'],
  queryFn: ({ signal }) => service().testCards.list({ signal }),
  staleTime: Infinity,
});

export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: ({ signal }) => service().rules.get({ signal }),
});

export const paymentsQuery = (filters: PaymentFilters) =>
  infiniteQueryOptions({
    queryKey: ['payments', filters],
    queryFn: ({ pageParam, signal }) =>
      service()
        .payments.list({ ...filters, limit: PAYMENTS_PER_PAGE }, { signal })
        .page(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : null),
  });

export const paymentQuery = (id: string) =>
  queryOptions({
    queryKey: ['payment', id],
    queryFn: ({ signal }) => service().payments.get(id, { signal }),
  });

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ['timeline', id],
    queryFn: ({ signal }) => taken(service().payments.events(id, { signal }), TIMELINE_EVENTS_MAX),
  });

export const ledgerQuery = (paymentId: string) =>
  queryOptions({
    queryKey: ['ledger', paymentId],
    queryFn: ({ signal }): Promise<LedgerEntry[]> =>
      taken(service().ledger.entries({ payment_id: paymentId }, { signal }), TIMELINE_EVENTS_MAX),
  });

export const transactionQuery = (id: string) =>
  queryOptions({
    queryKey: ['transaction', id],
    queryFn: ({ signal }) => service().cards.transaction(id, { signal }),
  });

export const auditQuery = (id: string) =>
  queryOptions({
    queryKey: ['audit', id],
    queryFn: ({ signal }) => service().cards.audit(id, { signal }),
  });

/** The newest first. Only those of the newest payments; what happens from now on comes by the live feed. */
export const latestEventsQuery = queryOptions({
  queryKey: ['latest-events'],
  queryFn: async ({ signal }): Promise<readonly FarthingEvent[]> => {
    const { data } = await service().payments.list({ limit: LATEST_PAYMENTS }, { signal }).page();
    const timelines = await Promise.all(data.map((payment) => timelineOf(payment, signal)));
    return timelines.flat().sort((left, right) => right.created_at.localeCompare(left.created_at));
  },
});

async function timelineOf(
  payment: Payment,
  signal: AbortSignal,
): Promise<readonly FarthingEvent[]> {
  return (await service().payments.events(payment.payment_id, { signal }).page()).data;
}

async function taken<Item>(list: AsyncIterable<Item>, max: number): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of list) if (items.push(item) >= max) break;
  return items;
}
