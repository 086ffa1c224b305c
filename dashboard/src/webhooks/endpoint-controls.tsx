/** What can be done with an endpoint, and what is special about it now. */
import type { WebhookEndpoint } from '@farthing/sdk';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { service } from '../service/client.ts';
import { Button } from '../shared/button.tsx';
import { CopyButton } from '../shared/copy.tsx';
import { Moment } from '../shared/moment.tsx';
import { formatCount, formatPercent } from '../shared/money.tsx';
import { announce } from '../shared/notice.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { patternWords } from './event-patterns.ts';
import { forgetEndpoint, refreshWebhooks } from './queries.ts';
import type { ShownSecret } from './secret-dialog.tsx';

interface EndpointControlsProps {
  readonly endpoint: WebhookEndpoint;
  readonly onSecret: (shown: ShownSecret) => void;
  readonly onEdit: () => void;
  readonly onReplay: () => void;
}

export function EndpointControls({ endpoint, onSecret, onEdit, onReplay }: EndpointControlsProps) {
  const { id, url, enabled, deliveries } = endpoint;
  const navigate = useNavigate();
  const act = useMutation({
    mutationFn: (action: () => Promise<unknown>) => action(),
    onSettled: refreshWebhooks,
  });
  const test = async () => {
    const { id: delivery } = await service().webhookEndpoints.test(id);
    await navigate({ to: '/webhooks', search: (search) => ({ ...search, delivery }) });
  };
  const pause = () => service().webhookEndpoints.change(id, { enabled: !enabled });
  const rotate = async () => {
    const { secret } = await service().webhookEndpoints.rotateSecret(id);
    onSecret({ secret, url, isRotated: true });
  };
  const remove = useMutation({
    mutationFn: () => service().webhookEndpoints.delete(id),
    onSuccess: () => {
      announce('Endpoint deleted');
      forgetEndpoint(id);
      void navigate({ to: '/webhooks' });
    },
  });
  const sink = sinkOf(url);
  const count = Object.values(deliveries).reduce((sum, part) => sum + part, 0);
  const isBlocked = act.isPending || remove.isPending;
  const error = act.error ?? remove.error;
  return (
    <div className="flex flex-col gap-2">
      <Remarks endpoint={endpoint} />
      <div className="flex flex-wrap items-center gap-2">
        <Button look="primary" isBlocked={isBlocked} onClick={() => act.mutate(test)}>
          Send a test
        </Button>
        <Button isBlocked={isBlocked} onClick={() => act.mutate(pause)}>
          {enabled ? 'Pause' : 'Resume'}
        </Button>
        <Button onClick={onEdit}>Edit</Button>
        <Button onClick={onReplay}>Replay</Button>
        <Button isBlocked={isBlocked} onClick={() => act.mutate(rotate)}>
          Rotate secret
        </Button>
        <ConfirmButton
          question={`Press again to delete it and its ${formatCount(count)} deliveries`}
          isBlocked={isBlocked}
          onConfirm={() => remove.mutate()}
        >
          Delete
        </ConfirmButton>
        <CopyButton what="id" text={() => id}>
          Id
        </CopyButton>
        {sink !== null && (
          <Link to="/webhooks" search={{ view: 'sink', sink }} className="text-accent underline">
            What arrived
          </Link>
        )}
      </div>
      {error !== null && <ProblemNote error={error} />}
    </div>
  );
}

function Remarks({ endpoint }: { endpoint: WebhookEndpoint }) {
  const { events, payload, ordering, faults, previous_secret_expires_at: until } = endpoint;
  const broken = Object.entries(faults).map(([kind, rule]) => {
    const { rate = 0, next = 0 } = rule ?? {};
    const often = next > 0 ? `the next ${formatCount(next)}` : formatPercent(rate);
    return `${kind.replaceAll('_', ' ')} (${often})`;
  });
  return (
    <p className="text-soft">
      {events.map(patternWords).join(', ')} · {payload} · ordering {ordering}
      {endpoint.from_environment && ' · named by WEBHOOK_URL'}
      {broken.length > 0 && (
        <span className="text-hold"> · broken on purpose: {broken.join(', ')}</span>
      )}
      {until !== null && (
        <>
          {' '}
          · the secret before signs too until <Moment at={until} />
        </>
      )}
    </p>
  );
}

const SINKS = '/sinks/';

/** The name of the built-in sink that it points at; null when it points elsewhere. */
function sinkOf(url: string): string | null {
  return url.startsWith(SINKS) ? url.slice(SINKS.length) : null;
}
