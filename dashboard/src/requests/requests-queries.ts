/** What the page of requests asks for. */
import type { RequestFilters } from '@farthing/sdk';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { service } from '../service/client.ts';

const REQUESTS_PER_PAGE = 50;

export const requestsQuery = (filters: RequestFilters) =>
  infiniteQueryOptions({
    queryKey: ['requests', filters],
    queryFn: ({ pageParam, signal }) =>
      service()
        .requests.list({ ...filters, limit: REQUESTS_PER_PAGE }, { signal })
        .page(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : null),
  });

/** The newest page alone, to see how much is new while the list stands still. */
export const newestRequestsQuery = (filters: RequestFilters) =>
  queryOptions({
    queryKey: ['newest-requests', filters],
    queryFn: ({ signal }) =>
      service()
        .requests.list({ ...filters, limit: REQUESTS_PER_PAGE }, { signal })
        .page(),
    // What was new the last time somebody read is not new now.
    gcTime: 0,
  });

/** One request never changes; it can only be forgotten. */
export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ['request', id],
    queryFn: ({ signal }) => service().requests.get(id, { signal }),
  });
