/** Who was told what of a payment, and whether it arrived. */
import type { WebhookDelivery } from '@farthing/sdk';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { service } from '../service/client.ts';
import { Moment } from '../shared/moment.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { Empty, SkeletonRows } from '../shared/waiting.tsx';
import { DeliveryStatus } from '../webhooks/delivery-status.tsx';
import { endpointsQuery, useLooking } from '../webhooks/queries.ts';

/** The newest of them; the page of webhooks has the rest. */
const SHOWN = 50;

const deliveriesOfQuery = (paymentId: string) =>
  queryOptions({
    queryKey: ['webhooks', 'of payment', paymentId],
    queryFn: ({ signal }) =>
      service().webhookDeliveries.list({ payment_id: paymentId, limit: SHOWN }, { signal }).page(),
  });

export function WebhooksTab({ id }: { id: string }) {
  const looking = useLooking();
  const { data: page, error, refetch } = useQuery({ ...deliveriesOfQuery(id), ...looking });
  const { data: endpoints = [] } = useQuery(endpointsQuery);
  if (page === undefined) {
    if (error === null) return <SkeletonRows rows={3} />;
    return <ProblemNote error={error} onRetry={() => void refetch()} />;
  }
  if (page.data.length === 0) {
    return (
      <Empty title="Nobody was told of this payment">
        <p className="text-soft">
          An endpoint hears of what happens after it was made, and a replay sends what was before.
        </p>
        <Link to="/webhooks" className="text-accent underline">
          Endpoints
        </Link>
      </Empty>
    );
  }
  const urls = new Map(endpoints.map(({ id: endpoint, url }) => [endpoint, url]));
  return (
    <div className="flex flex-col gap-2">
      <ol data-testid="payment-deliveries" className="divide-y divide-line">
        {page.data.map((delivery) => (
          <DeliveryLine
            key={delivery.id}
            delivery={delivery}
            url={urls.get(delivery.endpoint_id) ?? delivery.endpoint_id}
          />
        ))}
      </ol>
      <Link to="/webhooks" search={{ payment: id }} className="text-accent underline">
        {page.has_more ? `These are the last ${SHOWN}: all of them` : 'Among all webhooks'}
      </Link>
    </div>
  );
}

function DeliveryLine({ delivery, url }: { delivery: WebhookDelivery; url: string }) {
  const { id, payment_id: payment, attempt_count: attempts, next_attempt_at: next } = delivery;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 py-1.5">
      <Link
        to="/webhooks"
        search={{ payment: payment ?? '', delivery: id }}
        className="truncate text-accent hover:underline"
      >
        {delivery.event_type}
      </Link>
      <span className="justify-self-end">
        <DeliveryStatus status={delivery.status} />
      </span>
      <span className="truncate font-mono text-xs text-soft">{url}</span>
      <span className="text-right text-xs text-soft">
        {attempts === 1 ? '1 attempt' : `${attempts} attempts`}
        {next !== null && (
          <>
            , next <Moment at={next} />
          </>
        )}
      </span>
    </li>
  );
}
