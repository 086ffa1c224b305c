/** All payments, the newest first: filtered by what stands in the URL, live, one of them open beside the list. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { paymentsQuery } from '../service/queries.ts';
import { PageTitle } from '../shared/page-title.tsx';
import { Panel } from '../shared/panel.tsx';
import type { PaymentSearch } from '../shared/payment-search.ts';
import { ProblemNote } from '../shared/problem.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';
import { EmptyList } from './empty-list.tsx';
import { FilterBar } from './filter-bar.tsx';
import { setFilters } from './filter-words.ts';
import { PaymentDrawer } from './payment-drawer.tsx';
import { filtersOf } from './payment-filters.ts';
import { PaymentTable } from './payment-table.tsx';
import { useLivePayments } from './use-live-payments.ts';

const route = getRouteApi('/payments');

export function PaymentsPage() {
  const search = route.useSearch();
  const { open, ...filters } = search;
  return (
    <div className="flex flex-col gap-3 lg:h-[calc(100dvh-5.6rem)] lg:min-h-[30rem] lg:[[data-banner]~&]:h-[calc(100dvh-8.8rem)]">
      <PageTitle>Payments</PageTitle>
      <FilterBar search={search} />
      {/* Another filter is another list: nothing of the one before is kept. */}
      <PaymentList key={JSON.stringify(filters)} search={search} />
      {open !== undefined && <PaymentDrawer id={open} />}
    </div>
  );
}

function PaymentList({ search }: { search: PaymentSearch }) {
  const [filters] = useState(() => filtersOf(search, Date.now()));
  const [isHeld, setIsHeld] = useState(false);
  const list = useInfiniteQuery(paymentsQuery(filters));
  const loaded = list.data?.pages.flatMap(({ data }) => data) ?? [];
  const { rows, waiting, showWaiting } = useLivePayments({
    filters,
    loaded,
    isWhole: list.isSuccess && !list.hasNextPage,
    isHeld: isHeld || search.open !== undefined,
  });
  if (list.data === undefined) {
    return (
      <Panel title="List">
        {list.error === null ? (
          <SkeletonRows rows={12} />
        ) : (
          <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
        )}
      </Panel>
    );
  }
  if (rows.length === 0 && !list.hasNextPage) {
    return <EmptyList filters={setFilters(search)} />;
  }
  return (
    <PaymentTable
      rows={rows}
      openId={search.open ?? null}
      waiting={waiting}
      onShowWaiting={showWaiting}
      onHeldChange={setIsHeld}
      hasOlder={list.hasNextPage}
      isLoadingOlder={list.isFetchingNextPage}
      onLoadOlder={() => void list.fetchNextPage()}
    />
  );
}
