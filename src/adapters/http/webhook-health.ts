/** How an endpoint has been lately. It costs the same however much there is: one page of deliveries is looked at. */
import { deliveryIdOf } from '../../core/webhooks/delivery.ts';
import type { EndpointId } from '../../core/webhooks/endpoint.ts';
import type { HttpDeps } from './deps.ts';
import { PAGE_ITEMS_MAX } from './limits.ts';

export async function endpointHealth({ webhooks: { store } }: HttpDeps, endpointId: EndpointId) {
  const page = await store.listDeliveries({ limit: PAGE_ITEMS_MAX, cursor: null, endpointId });
  const tookMs = await store.lastAttemptsMs(page.items.map(({ ordinal }) => ordinal));
  const ascending = [...tookMs].sort((one, other) => one - other);
  return {
    endpoint_id: endpointId,
    deliveries: page.items.map(({ ordinal, status }) => ({ id: deliveryIdOf(ordinal), status })),
    attempt_ms:
      ascending.length === 0
        ? null
        : { p50: atShare(ascending, 0.5), p95: atShare(ascending, 0.95) },
  };
}

/** By nearest rank: the least value that so large a share of all does not exceed. */
function atShare(ascending: readonly number[], share: number): number {
  return ascending[Math.ceil(share * ascending.length) - 1] ?? 0;
}
