/** The latest requests the service was sent, the newest first: filtered by what stands in the URL, one of them open. */
import type { RequestFilters } from '@farthing/sdk';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FirstPaymentOffer } from '../new-payment/first-payment-offer.tsx';
import { PageTitle } from '../shared/page-title.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { Empty, SkeletonRows } from '../shared/waiting.tsx';
import { RequestDrawer } from './request-drawer.tsx';
import { RequestFilterBar } from './request-filter-bar.tsx';
import { RequestTable } from './request-table.tsx';
import { activeFilters, filtersIn, type RequestSearch } from './request-words.ts';
import { useLiveRequests } from './use-live-requests.ts';

const route = getRouteApi('/requests');

export function RequestsPage() {
  const search = route.useSearch();
  const { open } = search;
  return (
    <div className="flex flex-col gap-3 lg:h-[calc(100dvh-5.6rem)] lg:min-h-[30rem]">
      <PageTitle>Requests</PageTitle>
      <RequestFilterBar search={search} />
      {/* Another filter is another list: nothing of the one before is kept. */}
      <RequestList key={JSON.stringify(filtersIn(search))} search={search} />
      {open !== undefined && <RequestDrawer id={open} />}
    </div>
  );
}

function RequestList({ search }: { search: RequestSearch }) {
  const { open } = search;
  const [isHeld, setIsHeld] = useState(false);
  const { list, rows, waiting, showNew } = useLiveRequests(
    // A word that the service does not know is for the service to refuse.
    filtersIn(search) as RequestFilters,
    isHeld || open !== undefined,
  );
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
  if (rows.length === 0 && !list.hasNextPage) return <EmptyRequests search={search} />;
  return (
    <RequestTable
      rows={rows}
      openId={open ?? null}
      waiting={waiting}
      onShowWaiting={showNew}
      onHeldChange={setIsHeld}
      hasOlder={list.hasNextPage}
      isLoadingOlder={list.isFetchingNextPage}
      onLoadOlder={() => void list.fetchNextPage()}
    />
  );
}

function EmptyRequests({ search }: { search: RequestSearch }) {
  const active = activeFilters(search);
  if (active.length === 0) {
    return (
      <Panel title="List">
        <FirstPaymentOffer title="There are no requests yet" />
      </Panel>
    );
  }
  return (
    <Panel title="List">
      <Empty title={`No request meets ${active.map(({ words }) => `«${words}»`).join(' and ')}`}>
        <Link to="/requests" className="text-accent underline">
          Show all requests
        </Link>
      </Empty>
    </Panel>
  );
}
