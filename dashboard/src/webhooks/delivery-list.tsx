/** What became of each event on its way, the newest first; filtered by what stands in the URL. */
import type { WebhookDelivery, WebhookEndpoint } from '@farthing/sdk';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { Moment } from '../shared/moment.tsx';
import { shortId } from '../shared/status.tsx';
import { Empty } from '../shared/waiting.tsx';
import { activeFilters } from './delivery-filters.tsx';
import { DeliveryStatus } from './delivery-status.tsx';
import { LiveRows } from './live-rows.tsx';
import { deliveriesQuestion, filtersOf, type WebhookSearch } from './queries.ts';

const COLUMNS = [
  ['Status', ''],
  ['Attempts', 'hidden md:table-cell'],
  ['Next try', 'hidden text-soft md:table-cell'],
  ['Payment', 'hidden lg:table-cell'],
  ['Endpoint', 'hidden max-w-64 truncate lg:table-cell'],
] as const;

interface DeliveryListProps {
  readonly search: WebhookSearch;
  readonly endpoints: readonly WebhookEndpoint[];
}

export function DeliveryList({ search, endpoints }: DeliveryListProps) {
  const byId = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
  return (
    <LiveRows<WebhookDelivery>
      title="Deliveries"
      question={deliveriesQuestion(filtersOf(search))}
      param="delivery"
      openId={search.delivery}
      columns={COLUMNS}
      timeOf={(delivery) => delivery.created_at}
      nameOf={(delivery) => delivery.event_type}
      remarkOf={({ test }) => (test ? '(test)' : '')}
      cellsOf={({ status, attempt_count: attempts, next_attempt_at: next, ...delivery }) => [
        <TintedStatus key="status" status={status} />,
        attempts,
        // While its endpoint is paused, nothing is tried.
        next !== null && byId.get(delivery.endpoint_id)?.enabled === true && (
          <Moment key="next" at={next} />
        ),
        delivery.payment_id !== null && (
          <Link
            key="payment"
            to="/payments/$id"
            params={{ id: delivery.payment_id }}
            className="font-mono text-xs text-accent hover:underline"
          >
            …{shortId(delivery.payment_id)}
          </Link>
        ),
        <code key="endpoint" className="text-xs text-soft">
          {byId.get(delivery.endpoint_id)?.url ?? delivery.endpoint_id}
        </code>,
      ]}
      empty={<NoDeliveries search={search} endpoints={endpoints} />}
    />
  );
}

/** Drawn anew when it changes, which starts the tint. */
function TintedStatus({ status }: Pick<WebhookDelivery, 'status'>) {
  const drawnAs = useRef(status);
  return (
    <span
      key={status}
      className={`-mx-1.5 flex w-fit rounded px-1.5 py-0.5 ${status === drawnAs.current ? '' : 'changed'}`}
    >
      <DeliveryStatus status={status} />
    </span>
  );
}

function NoDeliveries({ search, endpoints }: DeliveryListProps) {
  const words = activeFilters(search, endpoints).map(([, text]) => `«${text}»`);
  if (words.length === 0) {
    return (
      <Empty title="Nothing was sent yet">
        <p className="text-soft">
          Each event that an endpoint wants is a row here. Send a test, or make a payment.
        </p>
      </Empty>
    );
  }
  return (
    <Empty title={`No delivery meets ${words.join(' and ')}`}>
      <Link to="/webhooks" className="text-accent underline">
        Show all deliveries
      </Link>
    </Empty>
  );
}
