/**
 * A list that is read again and again. While somebody reads (scrolled down, a row in focus, one of them open) no row
 * comes, goes or moves: rows in sight are kept up to date where they stand, and new ones wait behind a pill.
 */
import type { Page } from '@farthing/sdk';
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { queryClient } from '../service/queries.ts';
import { LOOK_MS, type PagedQuestion, useIsLive } from './queries.ts';

type Pages<Item> = InfiniteData<Page<Item>, string | null>;

export interface LiveList<Item> {
  /** Null until the first answer. */
  readonly rows: readonly Item[] | null;
  readonly error: Error | null;
  readonly retry: () => void;
  /** How many new ones are not shown, in words; null when all are. */
  readonly waiting: string | null;
  readonly showWaiting: () => void;
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  readonly loadOlder: () => void;
}

export function useLiveList<Item extends { readonly id: string }>(
  { key, page }: PagedQuestion<Item>,
  isHeld: boolean,
): LiveList<Item> {
  const isLive = useIsLive();
  const pagesKey = [...key, 'pages'];
  const list = useInfiniteQuery({
    queryKey: pagesKey,
    queryFn: ({ pageParam, signal }) => page(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<Item>) => (last.has_more ? last.next_cursor : null),
    // The more is shown, the more rarely: so that it costs the service the same.
    refetchInterval: ({ state }) => isLive && !isHeld && LOOK_MS * (state.data?.pages.length ?? 1),
    refetchOnWindowFocus: isLive && !isHeld,
  });
  const head = useQuery({
    queryKey: [...key, 'head'],
    queryFn: ({ signal }) => page(null, signal),
    enabled: isHeld && isLive,
    refetchInterval: LOOK_MS,
  });
  const isNewer = isHeld && head.dataUpdatedAt > list.dataUpdatedAt;
  const latest = isNewer ? (head.data?.data ?? []) : [];
  const loaded = list.data?.pages.flatMap(({ data }) => data);
  return {
    rows: loaded === undefined ? null : updated(loaded, latest),
    error: list.error,
    retry: () => void list.refetch(),
    waiting: countOfNew(loaded ?? [], latest),
    showWaiting() {
      queryClient.setQueryData<Pages<Item>>(pagesKey, (all) =>
        all === undefined
          ? undefined
          : { pages: all.pages.slice(0, 1), pageParams: all.pageParams.slice(0, 1) },
      );
      void list.refetch();
    },
    hasOlder: list.hasNextPage,
    isLoadingOlder: list.isFetchingNextPage,
    loadOlder: () => void list.fetchNextPage(),
  };
}

type Items<Item> = readonly Item[];

function updated<Item extends { readonly id: string }>(rows: Items<Item>, latest: Items<Item>) {
  if (latest.length === 0) return rows;
  const byId = new Map(latest.map((item) => [item.id, item]));
  return rows.map((row) => byId.get(row.id) ?? row);
}

/** When all of the newest page is new, there may be more. */
function countOfNew<Item extends { readonly id: string }>(rows: Items<Item>, latest: Items<Item>) {
  const known = new Set(rows.map(({ id }) => id));
  const first = latest.findIndex(({ id }) => known.has(id));
  if (first === 0 || latest.length === 0) return null;
  return first > 0 || rows.length === 0
    ? String(first > 0 ? first : latest.length)
    : `${latest.length}+`;
}
