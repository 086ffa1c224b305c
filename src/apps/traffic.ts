/** Generated traffic, wired: who makes payments up, and the way they are asked for. */
import type { WebhookDeps } from '../adapters/http/deps.ts';
import { type InProcessParts, requestsInProcess } from '../adapters/http/in-process.ts';
import { crowdOf } from '../adapters/traffic/crowd.ts';
import { Traffic } from '../engine/traffic/traffic.ts';

interface Parts extends InProcessParts {
  readonly webhooks: Pick<WebhookDeps, 'store' | 'changed'>;
  readonly onError: (error: unknown) => void;
}

export function openTraffic(parts: Parts): Traffic {
  const { engine, webhooks, onError } = parts;
  return new Traffic({
    engine,
    ask: requestsInProcess(parts),
    sourceOf: crowdOf,
    deliveries: webhooks.store,
    endpointsChanged: () => webhooks.changed(),
    onError,
  });
}
