/**
 * The rows of the list, read anew every two seconds while the page is in sight. While it is paused, or somebody reads
 * (scrolled down, a row in focus, a request open), the list stands still and only what is new is counted.
 */
import type { LoggedRequest, Page, RequestFilters } from '@farthing/sdk';
import {
  type InfiniteData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { liveFeed } from '../service/live.ts';
import { newestRequestsQuery, requestsQuery } from './requests-queries.ts';

const REFRESH_MS = 2_000;

export function useLiveRequests(filters: RequestFilters, isHeld: boolean) {
  const isPaused = useSyncExternalStore(liveFeed.watch, () => liveFeed.view().isPaused);
  const isStill = isHeld || isPaused;
  const question = requestsQuery(filters);
  const list = useInfiniteQuery({
    ...question,
    refetchInterval: isStill ? false : REFRESH_MS,
  });
  const newest = useQuery({
    ...newestRequestsQuery(filters),
    enabled: isStill && list.isSuccess,
    refetchInterval: REFRESH_MS,
  });
  const client = useQueryClient();
  // Only the first page: the others have moved on meanwhile.
  const showNew = () => {
    client.setQueryData<InfiniteData<Page<LoggedRequest>, string | null>>(
      question.queryKey,
      (known) =>
        known && {
          pages: known.pages.slice(0, 1),
          pageParams: known.pageParams.slice(0, 1),
        },
    );
    void client.invalidateQueries({ queryKey: question.queryKey });
  };
  const release = useEffectEvent(() => {
    if (list.isSuccess) showNew();
  });
  useEffect(() => {
    if (!isStill) release();
  }, [isStill]);
  const rows = list.data?.pages.flatMap(({ data }) => data) ?? [];
  // What was counted before the list was read is not new to it.
  const isCounted = isStill && newest.dataUpdatedAt > list.dataUpdatedAt;
  const waiting = isCounted ? countNew(newest.data, rows[0]) : null;
  return { list, rows, waiting, showNew };
}

/** In words; null when nothing is. More than a page are not counted. */
function countNew(
  newest: Page<LoggedRequest> | undefined,
  shown: LoggedRequest | undefined,
): string | null {
  if (newest === undefined) return null;
  const { data } = newest;
  const at = data.findIndex(({ id }) => id === shown?.id);
  if (at >= 0) return at === 0 ? null : String(at);
  return data.length === 0 ? null : `${data.length}${newest.has_more ? '+' : ''}`;
}
