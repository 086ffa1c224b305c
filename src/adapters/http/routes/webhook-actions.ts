/** What is done to an endpoint by hand: another secret, a test. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { EventId } from '../../../core/ids.ts';
import type { Attempt, Delivery } from '../../../core/webhooks/delivery.ts';
import { type Endpoint, ROTATION_MS } from '../../../core/webhooks/endpoint.ts';
import type { StoredBytes } from '../../../engine/ports.ts';
import { bodyOf } from '../../../engine/webhooks/body.ts';
import type { HttpDeps } from '../deps.ts';
import { WEBHOOK_TEST_LOOK_MS, WEBHOOK_TEST_MS_MAX } from '../limits.ts';
import { once, type ReplyOf } from '../once.ts';
import { KEY_PROBLEMS, operation } from '../operation.ts';
import { EXAMPLE_DATA } from '../webhook-examples.ts';
import {
  foundEndpoint,
  knownEndpointId,
  noSuchDelivery,
  noSuchEndpoint,
} from '../webhook-lookup.ts';
import {
  DeliverySchema,
  type EndpointParams,
  EndpointParamsSchema,
  type EndpointTestBody,
  EndpointTestSchema,
  EndpointWithSecretSchema,
} from '../webhook-schemas.ts';
import { wireAttempt, wireDelivery, wireEndpoint } from '../webhook-wire.ts';

export function webhookActionRoutes(app: FastifyInstance, deps: HttpDeps): void {
  app.post<{ Params: EndpointParams; Body: null }>(
    '/webhook-endpoints/:endpoint_id/rotate-secret',
    {
      schema: operation('rotateWebhookSecret', 'Webhooks', 'Sign with another secret', {
        params: EndpointParamsSchema,
        response: { 200: EndpointWithSecretSchema },
        problems: ['webhook_endpoint_not_found', ...KEY_PROBLEMS],
      }),
    },
    (request, reply) =>
      once(deps, request, reply, (replyOf) => rotated(deps, request.params, replyOf)),
  );

  app.post<{ Params: EndpointParams; Body: EndpointTestBody }>(
    '/webhook-endpoints/:endpoint_id/test',
    {
      schema: operation(
        'testWebhookEndpoint',
        'Webhooks',
        'Send an example and see what comes back',
        {
          params: EndpointParamsSchema,
          body: EndpointTestSchema,
          response: { 200: DeliverySchema },
          problems: ['webhook_endpoint_not_found', 'validation_failed', ...KEY_PROBLEMS],
        },
      ),
    },
    (request, reply) =>
      once(deps, request, reply, async () => {
        const { delivery, attempts } = await tested(deps, request.params, request.body);
        const shown = {
          ...wireDelivery(delivery),
          request_body: delivery.body,
          attempts: attempts.map(wireAttempt),
        };
        return { status: 200, body: JSON.stringify(shown) };
      }),
  );
}

async function rotated(
  { engine, webhooks }: HttpDeps,
  params: EndpointParams,
  replyOf: ReplyOf,
): Promise<StoredBytes> {
  const id = knownEndpointId(params);
  const secret = webhooks.newSecret();
  const counts = await webhooks.store.counts();
  const nowMs = engine.clock.nowMs();
  const bytesOf = (after: Endpoint) => ({
    status: 200,
    body: JSON.stringify({ ...wireEndpoint(after, counts.get(id), nowMs), secret }),
  });
  const endpoint = await webhooks.store.changeEndpoint(
    id,
    (before) => ({
      ...before,
      secret,
      previousSecret: { secret: before.secret, untilMs: nowMs + ROTATION_MS },
      updatedAtMs: nowMs,
    }),
    (after) => replyOf(bytesOf(after)),
  );
  if (endpoint === null) throw noSuchEndpoint();
  webhooks.changed();
  return bytesOf(endpoint);
}

type Found = { readonly delivery: Delivery; readonly attempts: readonly Attempt[] };

/** The delivery of an example after its first attempt; as it stands when there is none in time, or none to come. */
async function tested(
  deps: HttpDeps,
  params: EndpointParams,
  body: EndpointTestBody,
): Promise<Found> {
  const { engine, webhooks } = deps;
  const endpoint = await foundEndpoint(deps, params);
  const nowMs = engine.clock.nowMs();
  const type = body?.type ?? 'payment.succeeded';
  const text = { type, atMs: nowMs, data: JSON.stringify(EXAMPLE_DATA[type]) };
  const test = {
    endpointId: endpoint.id,
    eventId: `evt_test_${engine.random.newId(nowMs).replaceAll('-', '')}` as EventId,
    eventType: type,
    body: bodyOf(text, endpoint.payload),
  };
  const { ordinal } = await webhooks.store.addTest(test, nowMs);
  webhooks.changed();
  const looks = endpoint.isEnabled ? WEBHOOK_TEST_MS_MAX / WEBHOOK_TEST_LOOK_MS : 0;
  return attempted(deps, ordinal, looks);
}

async function attempted(deps: HttpDeps, ordinal: number, looks: number): Promise<Found> {
  for (let look = 0; ; look += 1) {
    const found = await deps.webhooks.store.findDelivery(ordinal);
    // The endpoint was taken away meanwhile, or everything was.
    if (found === null) throw noSuchDelivery();
    if (found.attempts.length > 0 || look >= looks) return found;
    await sleep(WEBHOOK_TEST_LOOK_MS);
  }
}
