/** What goes wrong with webhooks on purpose, endpoint by endpoint, and one more thing to go wrong. */
import type { WebhookEndpoint } from '@farthing/sdk';
import { useMutation, useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { service } from '../service/client.ts';
import { Button } from '../shared/button.tsx';
import { Curl } from '../shared/curl.tsx';
import { formatDuration } from '../shared/moment.tsx';
import { formatCount, formatPercent } from '../shared/money.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { Empty, SkeletonRows } from '../shared/waiting.tsx';
import { endpointsQuery, refreshWebhooks } from '../webhooks/queries.ts';
import { FaultForm } from './fault-form.tsx';
import { faultsIn } from './what-is-on.ts';

const TO_SINK = { url: '/sinks/demo' };

export function FaultsPanel() {
  const { data: endpoints, error, refetch } = useQuery(endpointsQuery);
  return (
    <Panel title="Webhook faults" testId="faults">
      {endpoints === undefined &&
        (error === null ? (
          <SkeletonRows rows={3} />
        ) : (
          <ProblemNote error={error} onRetry={() => void refetch()} />
        ))}
      {endpoints?.length === 0 && <FirstEndpoint />}
      {endpoints !== undefined && endpoints.length > 0 && (
        <div className="flex flex-col gap-3 p-3">
          <ul className="flex flex-col gap-2">
            {endpoints.map((endpoint) => (
              <EndpointFaults key={endpoint.id} endpoint={endpoint} />
            ))}
          </ul>
          <FaultForm endpoints={endpoints} />
        </div>
      )}
    </Panel>
  );
}

function FirstEndpoint() {
  const make = useMutation({
    mutationFn: () => service().webhookEndpoints.create(TO_SINK),
    onSettled: refreshWebhooks,
  });
  return (
    <Empty title="No endpoint gets webhooks that could go wrong">
      <Button look="primary" isBlocked={make.isPending} onClick={() => make.mutate()}>
        Send them to the built-in sink
      </Button>
      <div className="w-full max-w-xl text-left">
        <Curl request={{ method: 'POST', path: '/webhook-endpoints', body: TO_SINK }} />
        {make.error !== null && <ProblemNote error={make.error} />}
      </div>
    </Empty>
  );
}

function EndpointFaults({ endpoint: { id, url, faults } }: { endpoint: WebhookEndpoint }) {
  const remove = useMutation({
    mutationFn: (kind: string) =>
      service().webhookEndpoints.change(id, { faults: { [kind]: null } }),
    onSettled: refreshWebhooks,
  });
  const happening = faultsIn(faults);
  return (
    <li className="flex flex-col gap-1">
      <span className="font-mono text-xs break-all">{url}</span>
      <span className="flex flex-wrap gap-1.5">
        {happening.length === 0 && <span className="text-soft">Nothing goes wrong on purpose</span>}
        {happening.map(([kind, rule]) => (
          <Button
            key={kind}
            aria-label={`Remove the fault ${faultWords(kind, rule)}`}
            isBlocked={remove.isPending}
            className="min-h-7 py-0"
            onClick={() => remove.mutate(kind)}
          >
            {faultWords(kind, rule)}
            <X size={13} aria-hidden />
          </Button>
        ))}
      </span>
      {remove.error !== null && <ProblemNote error={remove.error} />}
    </li>
  );
}

type Rule = WebhookEndpoint['faults']['delay'];

/** «Corrupt signature, 10 %», «Delay 2.0 s, next 3». */
function faultWords(kind: string, rule: Rule): string {
  const { rate = 0, next = 0, delay_ms: delayMs = 0 } = rule ?? {};
  const words = kind.replaceAll('_', ' ');
  const late = delayMs > 0 ? ` ${formatDuration(delayMs)}` : '';
  const often = [
    ...(next > 0 ? [`next ${formatCount(next)}`] : []),
    ...(rate > 0 ? [formatPercent(rate)] : []),
  ].join(', then ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${late}, ${often}`;
}
