/** Where webhooks go: made, looked at, changed, taken away. The secret is told once, by POST and by rotate-secret. */
import type { FastifyInstance } from 'fastify';
import { type Endpoint, endpointIdOf, ENDPOINTS_MAX } from '../../../core/webhooks/endpoint.ts';
import type { StoredBytes } from '../../../engine/ports.ts';
import type { HttpDeps } from '../deps.ts';
import { once, type ReplyOf } from '../once.ts';
import { KEY_PROBLEMS, operation } from '../operation.ts';
import { Problem } from '../problems.ts';
import { listOf } from '../schemas.ts';
import { endpointHealth } from '../webhook-health.ts';
import { foundEndpoint, knownEndpointId, noSuchEndpoint } from '../webhook-lookup.ts';
import { endpointChanges, endpointUrl } from '../webhook-request.ts';
import {
  type EndpointCreateBody,
  EndpointCreateSchema,
  EndpointHealthSchema,
  type EndpointParams,
  EndpointParamsSchema,
  type EndpointPatchBody,
  EndpointPatchSchema,
  EndpointSchema,
  EndpointWithSecretSchema,
} from '../webhook-schemas.ts';
import { wireEndpoint } from '../webhook-wire.ts';
import { problemOfFaults } from '../validation.ts';

export function webhookEndpointRoutes(app: FastifyInstance, deps: HttpDeps): void {
  readRoutes(app, deps);
  changeRoutes(app, deps);

  app.post<{ Body: EndpointCreateBody }>(
    '/webhook-endpoints',
    {
      schema: operation('createWebhookEndpoint', 'Webhooks', 'Have events sent to an address', {
        body: EndpointCreateSchema,
        response: { 201: EndpointWithSecretSchema },
        problems: [
          'validation_failed',
          'webhook_address_refused',
          'too_many_webhook_endpoints',
          ...KEY_PROBLEMS,
        ],
      }),
    },
    (request, reply) => once(deps, request, reply, (replyOf) => added(deps, request.body, replyOf)),
  );
}

async function added(
  deps: HttpDeps,
  asked: EndpointCreateBody,
  replyOf: ReplyOf,
): Promise<StoredBytes> {
  const { engine, webhooks } = deps;
  const endpoint = await newEndpoint(deps, asked);
  const { writer, sequence } = await engine.store.logHead();
  const wire = wireEndpoint(endpoint, undefined, endpoint.createdAtMs);
  const bytes = { status: 201, body: JSON.stringify({ ...wire, secret: endpoint.secret }) };
  if (!(await webhooks.store.addEndpoint(endpoint, { writer, sequence }, replyOf(bytes)))) {
    throw new Problem(
      'too_many_webhook_endpoints',
      `There are ${ENDPOINTS_MAX} endpoints, and no more fit; remove one with DELETE /webhook-endpoints/{id}.`,
    );
  }
  webhooks.changed();
  return bytes;
}

async function newEndpoint(deps: HttpDeps, body: EndpointCreateBody): Promise<Endpoint> {
  const { engine, webhooks } = deps;
  const url = await endpointUrl(body.url, webhooks);
  const nowMs = engine.clock.nowMs();
  return {
    id: endpointIdOf(engine.random.newId(nowMs)),
    url,
    events: ['*'],
    description: null,
    payload: 'envelope',
    ordering: 'none',
    isEnabled: true,
    disabledReason: null,
    secret: webhooks.newSecret(),
    previousSecret: null,
    faults: {},
    isFromEnvironment: false,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    ...endpointChanges(body, { faults: {}, disabledReason: null }),
  };
}

function readRoutes(app: FastifyInstance, deps: HttpDeps): void {
  app.get(
    '/webhook-endpoints',
    {
      schema: operation('listWebhookEndpoints', 'Webhooks', 'Where events go, oldest first', {
        response: { 200: listOf(EndpointSchema) },
      }),
    },
    async () => {
      const { store } = deps.webhooks;
      const [endpoints, counts] = await Promise.all([store.endpoints(), store.counts()]);
      const nowMs = deps.engine.clock.nowMs();
      const data = endpoints.map((one) => wireEndpoint(one, counts.get(one.id), nowMs));
      return { data, has_more: false, next_cursor: null };
    },
  );

  app.get<{ Params: EndpointParams }>(
    '/webhook-endpoints/:endpoint_id',
    {
      schema: operation('getWebhookEndpoint', 'Webhooks', 'Read an endpoint', {
        params: EndpointParamsSchema,
        response: { 200: EndpointSchema },
        problems: ['webhook_endpoint_not_found'],
      }),
    },
    async (request) => shown(deps, await foundEndpoint(deps, request.params)),
  );

  app.get<{ Params: EndpointParams }>(
    '/webhook-endpoints/:endpoint_id/health',
    {
      schema: operation('getWebhookEndpointHealth', 'Webhooks', 'How an endpoint has been lately', {
        params: EndpointParamsSchema,
        response: { 200: EndpointHealthSchema },
        problems: ['webhook_endpoint_not_found'],
      }),
    },
    async (request) => endpointHealth(deps, (await foundEndpoint(deps, request.params)).id),
  );
}

async function shown({ engine, webhooks }: HttpDeps, endpoint: Endpoint) {
  const counts = await webhooks.store.counts();
  return wireEndpoint(endpoint, counts.get(endpoint.id), engine.clock.nowMs());
}

function changeRoutes(app: FastifyInstance, deps: HttpDeps): void {
  app.patch<{ Params: EndpointParams; Body: EndpointPatchBody }>(
    '/webhook-endpoints/:endpoint_id',
    {
      schema: operation('changeWebhookEndpoint', 'Webhooks', 'Change, pause or break an endpoint', {
        params: EndpointParamsSchema,
        body: EndpointPatchSchema,
        response: { 200: EndpointSchema },
        problems: [
          'validation_failed',
          'webhook_address_refused',
          'webhook_endpoint_not_found',
          'webhook_endpoint_fixed',
        ],
      }),
    },
    async (request) => shown(deps, await patched(deps, request.params, request.body)),
  );

  app.delete<{ Params: EndpointParams }>(
    '/webhook-endpoints/:endpoint_id',
    {
      schema: operation('deleteWebhookEndpoint', 'Webhooks', 'Take it away with its deliveries', {
        params: EndpointParamsSchema,
        response: { 204: { type: 'null', description: 'It is gone.' } },
        problems: ['webhook_endpoint_not_found', 'webhook_endpoint_fixed'],
      }),
    },
    async (request, reply) => {
      const endpoint = await foundEndpoint(deps, request.params);
      if (isNamedByEnvironment(endpoint)) {
        throw new Problem(
          'webhook_endpoint_fixed',
          'WEBHOOK_URL names this endpoint and would make it again; start without the variable first, or pause it with PATCH {"enabled": false}.',
        );
      }
      if (!(await deps.webhooks.store.removeEndpoint(endpoint.id))) throw noSuchEndpoint();
      deps.webhooks.changed();
      return reply.code(204).send();
    },
  );
}

async function patched(
  { engine, webhooks }: HttpDeps,
  params: EndpointParams,
  body: EndpointPatchBody,
): Promise<Endpoint> {
  const id = knownEndpointId(params);
  if (Object.keys(body).length === 0) throw problemOfFaults('validation_failed', [EMPTY]);
  const { url: asked } = body;
  const before = await webhooks.store.findEndpoint(id);
  if (before === null) throw noSuchEndpoint();
  const isMoved = asked !== undefined && asked !== before.url;
  assertChangeable(before, isMoved, body);
  const moved = isMoved ? { url: await endpointUrl(asked, webhooks) } : {};
  const endpoint = await webhooks.store.changeEndpoint(id, (current) => {
    const changes = endpointChanges(body, current);
    return { ...current, ...changes, ...moved, updatedAtMs: engine.clock.nowMs() };
  });
  if (endpoint === null) throw noSuchEndpoint();
  webhooks.changed();
  return endpoint;
}

/** The environment says where its endpoint is, and whether it is there at all. */
function assertChangeable(endpoint: Endpoint, isMoved: boolean, body: EndpointPatchBody): void {
  if (!endpoint.isFromEnvironment) return;
  if (isMoved) {
    throw new Problem(
      'webhook_endpoint_fixed',
      'WEBHOOK_URL says where this endpoint is; change the variable and start again, or make another endpoint with POST /webhook-endpoints.',
    );
  }
  if (endpoint.disabledReason === 'unset' && body.enabled === true) {
    throw new Problem(
      'webhook_endpoint_fixed',
      'WEBHOOK_URL, which named this endpoint, is not set any more; set it and start again, or make another endpoint with POST /webhook-endpoints.',
    );
  }
}

/** One that the environment named once, and names no more, is like any other. */
function isNamedByEnvironment({ isFromEnvironment, disabledReason }: Endpoint): boolean {
  return isFromEnvironment && disabledReason !== 'unset';
}

const EMPTY = {
  pointer: '',
  code: 'missing_field',
  detail: `must change something: send one of ${Object.keys(EndpointPatchSchema.properties).join(', ')}`,
};
