/** Where webhooks go, how it went lately, and what can be done about the one that is chosen. */
import type { WebhookEndpoint } from '@farthing/sdk';
import { Link } from '@tanstack/react-router';
import { CircleCheck, CircleSlash, Pause } from 'lucide-react';
import { EndpointControls } from './endpoint-controls.tsx';
import { Health } from './health.tsx';
import type { ShownSecret } from './secret-dialog.tsx';

interface EndpointListProps {
  readonly endpoints: readonly WebhookEndpoint[];
  readonly chosenId: string | undefined;
  readonly onSecret: (shown: ShownSecret) => void;
  readonly onEdit: (endpoint: WebhookEndpoint) => void;
  readonly onReplay: (endpoint: WebhookEndpoint) => void;
}

export function EndpointList(props: EndpointListProps) {
  const { endpoints, chosenId, onSecret, onEdit, onReplay } = props;
  // Of a single one, everything is shown at once.
  const openId = chosenId ?? (endpoints.length === 1 ? endpoints[0]?.id : undefined);
  return (
    <ul className="max-h-[60dvh] divide-y divide-line overflow-y-auto">
      {endpoints.map((endpoint) => (
        <li
          key={endpoint.id}
          className={`flex flex-col gap-2 px-3 py-2 ${endpoint.id === chosenId ? 'bg-sunken' : ''}`}
        >
          <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 md:grid-cols-[minmax(0,1fr)_6.5rem_minmax(12rem,24rem)]">
            <div className="min-w-0">
              <Link
                to="/webhooks"
                search={endpoint.id === chosenId ? {} : { endpoint: endpoint.id }}
                aria-current={endpoint.id === chosenId ? 'true' : undefined}
                className="block truncate font-mono text-accent hover:underline"
              >
                {endpoint.url}
              </Link>
              <p className="truncate text-xs text-soft">
                {endpoint.description ?? endpoint.events.join(', ')}
              </p>
            </div>
            <EndpointState endpoint={endpoint} />
            <div className="col-span-2 md:col-span-1">
              <Health id={endpoint.id} endpoints={endpoints.length} />
            </div>
          </div>
          {endpoint.id === openId && (
            <EndpointControls
              endpoint={endpoint}
              onSecret={onSecret}
              onEdit={() => onEdit(endpoint)}
              onReplay={() => onReplay(endpoint)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

function EndpointState({ endpoint }: { endpoint: WebhookEndpoint }) {
  const { enabled, disabled_reason: reason } = endpoint;
  const [word, color, Icon] = enabled
    ? (['Enabled', 'text-good', CircleCheck] as const)
    : reason === null
      ? (['Paused', 'text-hold', Pause] as const)
      : ([WHY[reason] ?? reason, 'text-bad', CircleSlash] as const);
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${color}`}>
      <Icon size={15} aria-hidden />
      {word}
    </span>
  );
}

const WHY: Readonly<Record<string, string>> = { gone: 'It said 410', unset: 'Not set' };
