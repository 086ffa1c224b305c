/**
 * The endpoint that WEBHOOK_URL names. It has always the same id, so that its deliveries are still its own after a
 * restart with another address; without the variable it waits, and goes on when the variable is back.
 */
import type { Endpoint, EndpointId } from '../../core/webhooks/endpoint.ts';
import type { LogPosition } from '../../engine/ports.ts';
import type { DeliveryStore } from '../../engine/webhooks/ports.ts';
import type { WebhookConfig } from '../config.ts';

export const ENVIRONMENT_ENDPOINT_ID = 'we_environment' as EndpointId;

interface Moment {
  /** It hears of what comes after. */
  readonly head: LogPosition;
  readonly nowMs: number;
  readonly newSecret: () => string;
}

/** Makes the endpoint what the environment says. False when there are too many others. */
export async function setEnvironmentEndpoint(
  store: DeliveryStore,
  { url, secret }: Pick<WebhookConfig, 'url' | 'secret'>,
  { head, nowMs, newSecret }: Moment,
): Promise<boolean> {
  const known = await store.findEndpoint(ENVIRONMENT_ENDPOINT_ID);
  if (known !== null) {
    const wanted =
      url === null ? unset(known) : set(known, { url, secret: secret ?? known.secret });
    if (wanted === known) return true;
    await store.changeEndpoint(known.id, () => ({ ...wanted, updatedAtMs: nowMs }));
    return true;
  }
  if (url === null) return true;
  return store.addEndpoint(
    {
      id: ENVIRONMENT_ENDPOINT_ID,
      url,
      events: ['payment.*'],
      description: 'WEBHOOK_URL',
      payload: 'payment',
      ordering: 'none',
      isEnabled: true,
      disabledReason: null,
      secret: secret ?? newSecret(),
      previousSecret: null,
      faults: {},
      isFromEnvironment: true,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    },
    head,
  );
}

/** One that a person has paused stays paused. */
function unset(known: Endpoint): Endpoint {
  return known.isEnabled ? { ...known, isEnabled: false, disabledReason: 'unset' } : known;
}

/** Another address is a new beginning for one that was gone. */
function set(known: Endpoint, to: { readonly url: string; readonly secret: string }): Endpoint {
  const { disabledReason: reason } = known;
  const comesBack = reason === 'unset' || (reason === 'gone' && known.url !== to.url);
  if (!comesBack && known.url === to.url && known.secret === to.secret) return known;
  const enabled = comesBack ? { isEnabled: true, disabledReason: null } : {};
  return { ...known, ...to, ...enabled, previousSecret: null };
}
