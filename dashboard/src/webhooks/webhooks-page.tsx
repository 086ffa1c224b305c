/** Who hears of what happens, what became of each event on its way, and a receiver of the service's own. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../shared/button.tsx';
import { PageTitle } from '../shared/page-title.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';
import { DeliveryDrawer } from './delivery-drawer.tsx';
import { activeFilters, DeliveryFilters } from './delivery-filters.tsx';
import { DeliveryList } from './delivery-list.tsx';
import { EndpointList } from './endpoint-list.tsx';
import { NoEndpoints } from './no-endpoints.tsx';
import { endpointsQuery, useLooking, type WebhookSearch } from './queries.ts';
import { type OpenedDialog, WebhookDialog } from './webhook-dialog.tsx';
import { SinkView } from './sink-view.tsx';
import type { ShownSecret } from './secret-dialog.tsx';

const route = getRouteApi('/webhooks');

export function WebhooksPage() {
  const search: WebhookSearch = route.useSearch();
  const [opened, setOpened] = useState<OpenedDialog | null>(null);
  const [secret, setSecret] = useState<ShownSecret | null>(null);
  const isSink = search.view === 'sink';
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <PageTitle>Webhooks</PageTitle>
        <Button onClick={() => setOpened({ kind: 'create' })}>
          <Plus size={15} aria-hidden />
          New endpoint
        </Button>
      </div>
      <Views isSink={isSink} />
      {isSink ? (
        <SinkView search={search} />
      ) : (
        <Deliveries search={search} onOpen={setOpened} onSecret={setSecret} />
      )}
      <WebhookDialog
        opened={opened}
        secret={secret}
        onSecret={setSecret}
        onClose={() => setOpened(null)}
      />
    </div>
  );
}

const VIEW =
  'rounded-full border border-line-strong bg-panel px-3 py-1 hover:bg-sunken aria-[current]:border-accent aria-[current]:bg-accent aria-[current]:font-medium aria-[current]:text-accent-ink';

function Views({ isSink }: { isSink: boolean }) {
  return (
    <nav aria-label="Views" className="flex flex-wrap gap-1">
      <View name="Endpoints and deliveries" search={{}} isCurrent={!isSink} />
      <View name="Built-in sink" search={{ view: 'sink' }} isCurrent={isSink} />
    </nav>
  );
}

interface ViewProps {
  readonly name: string;
  readonly search: WebhookSearch;
  readonly isCurrent: boolean;
}

function View({ name, search, isCurrent }: ViewProps) {
  return (
    <Link
      to="/webhooks"
      search={search}
      // By itself it would call the one current that is a part of the other.
      activeOptions={{ exact: true }}
      aria-current={isCurrent ? 'page' : undefined}
      className={VIEW}
    >
      {name}
    </Link>
  );
}

interface DeliveriesProps {
  readonly search: WebhookSearch;
  readonly onOpen: (opened: OpenedDialog) => void;
  readonly onSecret: (shown: ShownSecret) => void;
}

function Deliveries({ search, onOpen, onSecret }: DeliveriesProps) {
  const { data: endpoints, error, refetch } = useQuery({ ...endpointsQuery, ...useLooking() });
  const { delivery, ...filters } = search;
  if (endpoints === undefined) {
    return (
      <Panel title="Endpoints">
        {error === null ? (
          <SkeletonRows rows={3} height="h-9" />
        ) : (
          <ProblemNote error={error} onRetry={() => void refetch()} />
        )}
      </Panel>
    );
  }
  return (
    <>
      <Panel title="Endpoints">
        {endpoints.length === 0 ? (
          <NoEndpoints onSecret={onSecret} />
        ) : (
          <EndpointList
            endpoints={endpoints}
            chosenId={search.endpoint}
            onSecret={onSecret}
            onEdit={(endpoint) => onOpen({ kind: 'edit', endpoint })}
            onReplay={(endpoint) => onOpen({ kind: 'replay', endpoint })}
          />
        )}
      </Panel>
      {(endpoints.length > 0 || activeFilters(search, endpoints).length > 0) && (
        <>
          <DeliveryFilters search={search} endpoints={endpoints} />
          {/* Another filter is another list: nothing of the one before is kept. */}
          <DeliveryList key={JSON.stringify(filters)} search={search} endpoints={endpoints} />
        </>
      )}
      {delivery !== undefined && <DeliveryDrawer id={delivery} endpoints={endpoints} />}
    </>
  );
}
