/** What became of each event on its way to each endpoint: looked at, sent again. */
import type { FastifyInstance } from 'fastify';
import type { Delivery } from '../../../core/webhooks/delivery.ts';
import type { StoredBytes } from '../../../engine/ports.ts';
import { bodyOf } from '../../../engine/webhooks/body.ts';
import { fannedEvent } from '../../../engine/webhooks/fan-out.ts';
import { encodeCursor } from '../cursors.ts';
import type { HttpDeps } from '../deps.ts';
import { once } from '../once.ts';
import { KEY_PROBLEMS, operation } from '../operation.ts';
import { listOf } from '../schemas.ts';
import { foundDelivery, foundEndpoint, knownOrdinal, noSuchDelivery } from '../webhook-lookup.ts';
import { DELIVERY_CURSORS, deliveryQuery } from '../webhook-query.ts';
import { replay } from '../webhook-replay.ts';
import {
  type DeliveryListQuery,
  DeliveryListQuerySchema,
  type DeliveryParams,
  DeliveryParamsSchema,
  DeliverySchema,
  ListedDeliverySchema,
  type ReplayBody,
  ReplayRequestSchema,
  ReplaySchema,
} from '../webhook-schemas.ts';
import { wireAttempt, wireDelivery } from '../webhook-wire.ts';

export function webhookDeliveryRoutes(app: FastifyInstance, deps: HttpDeps): void {
  readRoutes(app, deps);

  app.post<{ Params: DeliveryParams; Body: null }>(
    '/webhook-deliveries/:delivery_id/resend',
    {
      schema: operation('resendWebhookDelivery', 'Webhooks', 'Send it again, now', {
        params: DeliveryParamsSchema,
        response: { 200: DeliverySchema },
        problems: ['webhook_delivery_not_found', ...KEY_PROBLEMS],
      }),
    },
    (request, reply) =>
      once(deps, request, reply, async () => {
        const { engine, webhooks } = deps;
        const ordinal = knownOrdinal(request.params);
        if ((await webhooks.store.resend(ordinal, engine.clock.nowMs())) === null) {
          throw noSuchDelivery();
        }
        webhooks.changed();
        return bytesOf(await shown(deps, request.params));
      }),
  );

  app.post<{ Body: ReplayBody }>(
    '/webhook-deliveries/replay',
    {
      schema: operation('replayWebhookDeliveries', 'Webhooks', 'Send a stretch of the log again', {
        body: ReplayRequestSchema,
        response: { 200: ReplaySchema },
        problems: [
          'validation_failed',
          'invalid_cursor',
          'webhook_endpoint_not_found',
          ...KEY_PROBLEMS,
        ],
      }),
    },
    (request, reply) =>
      once(deps, request, reply, async () => {
        const { id } = await foundEndpoint(deps, request.body);
        return bytesOf(await replay(deps, id, request.body));
      }),
  );
}

function bytesOf(answer: object): StoredBytes {
  return { status: 200, body: JSON.stringify(answer) };
}

function readRoutes(app: FastifyInstance, deps: HttpDeps): void {
  app.get<{ Querystring: DeliveryListQuery }>(
    '/webhook-deliveries',
    {
      schema: operation('listWebhookDeliveries', 'Webhooks', 'List deliveries, newest first', {
        querystring: DeliveryListQuerySchema,
        response: { 200: listOf(ListedDeliverySchema) },
        problems: [
          'validation_failed',
          'invalid_cursor',
          'webhook_endpoint_not_found',
          'payment_not_found',
        ],
      }),
    },
    async (request) => {
      const page = await deps.webhooks.store.listDeliveries(deliveryQuery(request.query));
      return {
        data: page.items.map(wireDelivery),
        has_more: page.next !== null,
        next_cursor: page.next === null ? null : encodeCursor(DELIVERY_CURSORS, page.next),
      };
    },
  );

  app.get<{ Params: DeliveryParams }>(
    '/webhook-deliveries/:delivery_id',
    {
      schema: operation('getWebhookDelivery', 'Webhooks', 'A delivery with every attempt', {
        params: DeliveryParamsSchema,
        response: { 200: DeliverySchema },
        problems: ['webhook_delivery_not_found'],
      }),
    },
    (request) => shown(deps, request.params),
  );
}

async function shown(deps: HttpDeps, params: DeliveryParams) {
  const { delivery, attempts } = await foundDelivery(deps, params);
  return {
    ...wireDelivery(delivery),
    request_body: await requestBody(deps, delivery),
    attempts: attempts.map(wireAttempt),
  };
}

/** What every attempt sends; null when its event is of a log that was reset. */
async function requestBody(
  { engine, webhooks }: HttpDeps,
  { body, sequence, eventId, endpointId }: Delivery,
): Promise<string | null> {
  if (body !== null || sequence === null) return body;
  const endpoint = await webhooks.store.findEndpoint(endpointId);
  const { writer } = await engine.store.logHead();
  const { events } = await engine.store.events({ after: sequence - 1, limit: 1 });
  const [event] = events;
  if (event === undefined || endpoint === null) return null;
  return fannedEvent(event, writer).id === eventId ? bodyOf(event, endpoint.payload) : null;
}
