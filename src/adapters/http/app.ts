/**
 * Builds the HTTP application; never listens. Every request is, in this order: given an id, let in (access.ts),
 * limited, parsed (body.ts), validated (validation.ts), answered by a route, logged and counted. Whatever goes wrong
 * ends in the one error handler.
 */
import cors from '@fastify/cors';
import rateLimit, { type RateLimitOptions } from '@fastify/rate-limit';
import Fastify, { type FastifyInstance } from 'fastify';
import { type Access, createAccess, isReceiving } from './access.ts';
import { registerBodyParser } from './body.ts';
import type { HttpDeps } from './deps.ts';
import {
  answerErrors,
  answerExpectations,
  answerUnroutable,
  refuseUnknownRoutes,
  rejectBrokenHttp,
} from './errors.ts';
import {
  BODY_BYTES_MAX,
  CLOSING_LOOK_MS,
  HEADER_BYTES_MAX,
  HEADERS_MS_MAX,
  REQUEST_MS_MAX,
} from './limits.ts';
import { logRequests } from './log.ts';
import { registerLostAnswers } from './lost-answers.ts';
import { registerOpenApi } from './openapi.ts';
import { registerRequestLog } from './request-log.ts';
import { RateLimitStore, sharedRateLimitStore } from './rate-limit-store.ts';
import { Problem } from './problems.ts';
import { requestId } from './request-id.ts';
import { cardRoutes } from './routes/cards.ts';
import { configurationRoutes } from './routes/configuration.ts';
import { eventStreamRoutes } from './routes/event-stream.ts';
import { eventRoutes } from './routes/events.ts';
import { jobRoutes } from './routes/jobs.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { operationRoutes } from './routes/operations.ts';
import { pageRoutes } from './routes/pages.ts';
import { paymentRoutes } from './routes/payments.ts';
import { requestRoutes } from './routes/requests.ts';
import { rulesRoutes } from './routes/rules.ts';
import { simulationRoutes } from './routes/simulation.ts';
import { sinkRoutes } from './routes/sinks.ts';
import { summaryRoutes } from './routes/summary.ts';
import { testCardRoutes } from './routes/test-cards.ts';
import { timeSeriesRoutes } from './routes/time-series.ts';
import { trafficRoutes } from './routes/traffic.ts';
import { webhookActionRoutes } from './routes/webhook-actions.ts';
import { webhookDeliveryRoutes } from './routes/webhook-deliveries.ts';
import { webhookEndpointRoutes } from './routes/webhook-endpoints.ts';
import { validatorCompiler } from './validation.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks: the name of the API key, or `anonymous`. */
    actor: string;
  }
}

export async function buildApp(deps: HttpDeps): Promise<FastifyInstance> {
  const access = createAccess(deps.options);
  const { trustedProxies = [] } = deps.options;
  const app = Fastify({
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    // Idle connections must not hold up a shutdown; requests that were begun are answered.
    forceCloseConnections: 'idle',
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      connectionsCheckingInterval: 1_000,
      // Node's own answer to a missing Host is no problem document; ours is, see access.ts.
      requireHostHeader: false,
    },
    routerOptions: { maxParamLength: HEADER_BYTES_MAX, ignoreTrailingSlash: true },
    exposeHeadRoutes: true,
    clientErrorHandler: rejectBrokenHttp,
    frameworkErrors: (error, request, reply) =>
      answerUnroutable(deps, access, error, request, reply),
    genReqId: (raw) => requestId(raw, deps.newRequestId),
  });
  app.setValidatorCompiler(validatorCompiler());
  // Routes send finished text or plain records; compiling a serialiser per response only slows the start.
  app.setSerializerCompiler(() => (payload) => JSON.stringify(payload));

  app.decorateRequest('actor', '');
  registerRequestLog(app, deps);
  logRequests(app, deps);
  closeAnsweredConnections(app);
  answerErrors(app, deps);
  answerExpectations(app);
  registerBodyParser(app);
  registerLostAnswers(app);
  await guard(app, access, deps);
  await registerOpenApi(app, deps);

  await app.register(async (scope) => {
    for (const routes of [
      paymentRoutes,
      cardRoutes,
      summaryRoutes,
      timeSeriesRoutes,
      eventRoutes,
      eventStreamRoutes,
      ledgerRoutes,
      jobRoutes,
      simulationRoutes,
      trafficRoutes,
      rulesRoutes,
      testCardRoutes,
      webhookEndpointRoutes,
      webhookActionRoutes,
      webhookDeliveryRoutes,
      sinkRoutes,
      operationRoutes,
      requestRoutes,
      configurationRoutes,
    ]) {
      routes(scope, deps);
    }
  });
  // In a scope of their own: what pages need (helmet's hooks) is not to be paid for by every request.
  await app.register(async (scope) => pageRoutes(scope, deps));
  return app;
}

/** While the server closes, a connection ends when its last request is answered, and not when it has been idle for long. */
function closeAnsweredConnections(app: FastifyInstance): void {
  let timer: NodeJS.Timeout | undefined;
  app.addHook('preClose', (done) => {
    timer = setInterval(() => app.server.closeIdleConnections(), CLOSING_LOOK_MS);
    done();
  });
  app.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    done();
  });
}

/** The doors every request passes, in this order; the later ones may know more, so that they may say more. */
async function guard(app: FastifyInstance, access: Access, deps: HttpDeps): Promise<void> {
  const { countForAll } = deps;
  const { rateLimitPerMinute } = deps.options;
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    access.assertAddressed(request);
    done();
  });
  await app.register(cors, {
    origin: (origin, callback) =>
      callback(null, origin !== undefined && access.isAllowedOrigin(origin)),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['x-request-id', 'idempotent-replayed', 'preference-applied', 'retry-after'],
    maxAge: 600,
    // An OPTIONS that is no preflight is a method that no path takes, see known-routes.ts.
    strictPreflight: false,
  });
  app.addHook('onRequest', (request, _reply, done) => {
    request.actor = access.callerOf(request);
    done();
  });
  if (rateLimitPerMinute > 0) {
    const store = countForAll === undefined ? RateLimitStore : sharedRateLimitStore(countForAll);
    await app.register(rateLimit, { global: false, store });
    app.addHook('onRequest', app.rateLimit(rateLimitOptions(rateLimitPerMinute)));
  }
  refuseUnknownRoutes(app);
}

/**
 * By caller: an API key is one caller wherever it comes from, without keys an address is. Webhooks to our own sinks are
 * counted apart: they come from this machine, and must not use up what its people may ask for.
 */
function rateLimitOptions(max: number): RateLimitOptions {
  return {
    max,
    timeWindow: '1 minute',
    keyGenerator: (request) => {
      const { actor, ip } = request;
      if (isReceiving(request)) return `sinks ${ip}`;
      return actor === 'anonymous' ? ip : actor;
    },
    errorResponseBuilder: (_request, { after }) =>
      new Problem(
        'rate_limited',
        `At most ${max} requests a minute are taken from one caller; ask again in ${after}.`,
      ),
  };
}
