/** The endpoint or the delivery that a request names; throws the 404 for one that is not there. */
import type { Attempt, Delivery } from '../../core/webhooks/delivery.ts';
import { parseDeliveryId } from '../../core/webhooks/delivery.ts';
import { type Endpoint, type EndpointId, parseEndpointId } from '../../core/webhooks/endpoint.ts';
import type { HttpDeps } from './deps.ts';
import { Problem } from './problems.ts';
import type { DeliveryParams, EndpointParams } from './webhook-schemas.ts';

export async function foundEndpoint(deps: HttpDeps, params: EndpointParams): Promise<Endpoint> {
  const endpoint = await deps.webhooks.store.findEndpoint(knownEndpointId(params));
  if (endpoint === null) throw noSuchEndpoint();
  return endpoint;
}

/** Throws the 404 at once for what cannot be the id of an endpoint. */
export function knownEndpointId({ endpoint_id }: EndpointParams): EndpointId {
  const id = parseEndpointId(endpoint_id);
  if (id === null) throw noSuchEndpoint();
  return id;
}

export function noSuchEndpoint(): Problem {
  return new Problem(
    'webhook_endpoint_not_found',
    'There is no webhook endpoint with this id; GET /webhook-endpoints lists those there are.',
  );
}

export async function foundDelivery(
  deps: HttpDeps,
  params: DeliveryParams,
): Promise<{ delivery: Delivery; attempts: readonly Attempt[] }> {
  const found = await deps.webhooks.store.findDelivery(knownOrdinal(params));
  if (found === null) throw noSuchDelivery();
  return found;
}

/** Throws the 404 at once for what cannot be the id of a delivery. */
export function knownOrdinal({ delivery_id }: DeliveryParams): number {
  const ordinal = parseDeliveryId(delivery_id);
  if (ordinal === null) throw noSuchDelivery();
  return ordinal;
}

export function noSuchDelivery(): Problem {
  return new Problem(
    'webhook_delivery_not_found',
    'There is no webhook delivery with this id; GET /webhook-deliveries lists those there are.',
  );
}
