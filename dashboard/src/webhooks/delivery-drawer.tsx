/** One delivery beside the list: what it is, when it is tried next, what was sent, and every attempt. */
import type { WebhookDeliveryWithAttempts, WebhookEndpoint } from '@farthing/sdk';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { service } from '../service/client.ts';
import { Button } from '../shared/button.tsx';
import { copy, CopyButton } from '../shared/copy.tsx';
import { curlText } from '../shared/curl.tsx';
import { Drawer } from '../shared/dialog.tsx';
import { formatDuration, Moment } from '../shared/moment.tsx';
import { announce } from '../shared/notice.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';
import { useSeconds } from '../shared/use-seconds.ts';
import { useKey } from '../shell/keys.ts';
import { Attempts } from './attempts.tsx';
import { BodyText } from './body-text.tsx';
import { DeliveryStatus } from './delivery-status.tsx';
import { deliveryQuery, refreshWebhooks, useLooking } from './queries.ts';
import { useClose } from './use-close.ts';

interface DeliveryDrawerProps {
  readonly id: string;
  readonly endpoints: readonly WebhookEndpoint[];
}

export function DeliveryDrawer({ id, endpoints }: DeliveryDrawerProps) {
  const { data, error, refetch } = useQuery({ ...deliveryQuery(id), ...useLooking() });
  return (
    <Drawer title="Delivery" onClose={useClose('delivery')}>
      {data === undefined && error === null && <SkeletonRows rows={7} height="h-7" />}
      {data === undefined && error !== null && (
        <ProblemNote error={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && (
        <DeliveryDetail
          key={id}
          delivery={data}
          endpoint={endpoints.find((one) => one.id === data.endpoint_id)}
        />
      )}
    </Drawer>
  );
}

interface DeliveryDetailProps {
  readonly delivery: WebhookDeliveryWithAttempts;
  readonly endpoint: WebhookEndpoint | undefined;
}

function DeliveryDetail({ delivery, endpoint }: DeliveryDetailProps) {
  const { id, event_id: eventId, payment_id: paymentId, request_body: body } = delivery;
  const curl = () => curlText({ method: 'GET', path: `/webhook-deliveries/${id}` });
  const resend = useMutation({
    mutationFn: () => service().webhookDeliveries.resend(id),
    onSuccess: () => announce('It is sent again'),
    onSettled: refreshWebhooks,
  });
  useKey('r', () => resend.mutate());
  useKey('y', () => copy('id', id));
  useKey('Y', () => copy('curl', curl()));
  return (
    <div className="flex flex-col gap-3 p-3 sm:p-4">
      <div>
        <p className="flex flex-wrap items-center gap-x-4" data-testid="delivery-status">
          <span className="text-base font-semibold">{delivery.event_type}</span>
          <DeliveryStatus status={delivery.status} />
          {delivery.test && <span className="text-soft">a test, not in the log</span>}
        </p>
        <NextTry delivery={delivery} isPaused={endpoint?.enabled === false} />
      </div>
      <dl className="grid items-baseline grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <Fact name="Delivery">{id}</Fact>
        <Fact name="Event">{eventId}</Fact>
        <Fact name="Endpoint">{endpoint?.url ?? delivery.endpoint_id}</Fact>
        {paymentId !== null && (
          <Fact name="Payment">
            <Link to="/payments/$id" params={{ id: paymentId }} className="text-accent underline">
              {paymentId}
            </Link>
          </Fact>
        )}
      </dl>
      <div className="flex flex-wrap items-center gap-1">
        <Button look="primary" isBlocked={resend.isPending} onClick={() => resend.mutate()}>
          Resend
        </Button>
        <CopyButton what="id" text={() => id}>
          Id
        </CopyButton>
        <CopyButton what="curl" text={curl}>
          curl
        </CopyButton>
      </div>
      {resend.error !== null && <ProblemNote error={resend.error} />}
      <Attempts attempts={delivery.attempts} />
      <h3 className="font-semibold">What every attempt sends</h3>
      {body === null ? (
        <p className="text-soft">Its event is gone: the log was reset since.</p>
      ) : (
        <BodyText text={body} label="Request body" />
      )}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-soft">{name}</dt>
      <dd className="font-mono text-xs leading-5 break-all">{children}</dd>
    </>
  );
}

interface NextTryProps {
  readonly delivery: WebhookDeliveryWithAttempts;
  readonly isPaused: boolean;
}

/** What happens next, and when: counted down while it is looked at. */
function NextTry({ delivery: { status, next_attempt_at: next }, isPaused }: NextTryProps) {
  const nowMs = useSeconds(next !== null);
  if (status === 'delivered') return <p className="text-soft">Nothing more is sent.</p>;
  if (status === 'dead') {
    return <p className="text-soft">Given up after 30 days. Resend starts a schedule from now.</p>;
  }
  if (isPaused) return <p className="text-hold">It waits: its endpoint is not enabled.</p>;
  if (next === null) return <p className="text-soft">It waits for the event before it.</p>;
  const waitMs = Date.parse(next) - nowMs;
  return (
    <p className="text-soft">
      Next try{' '}
      {waitMs < 1_000 ? (
        'now'
      ) : (
        <>
          in {formatDuration(waitMs)}, at <Moment at={next} />
        </>
      )}
    </p>
  );
}
