/** What a process without the API answers: whether it lives, whether it is ready, how it does. Never listens. */
import Fastify, { type FastifyInstance } from 'fastify';
import { createAccess } from './access.ts';
import type { HttpDeps } from './deps.ts';
import { answerErrors, refuseUnknownRoutes } from './errors.ts';
import { HEADER_BYTES_MAX, HEADERS_MS_MAX, REQUEST_MS_MAX } from './limits.ts';
import { healthRoutes, metricsRoute } from './routes/operations.ts';
import { requestId } from './request-id.ts';
import { validatorCompiler } from './validation.ts';

export type WorkerHttpDeps = Pick<
  HttpDeps,
  'engine' | 'health' | 'logger' | 'metrics' | 'newRequestId' | 'onFatal' | 'options'
>;

/** `/livez`, `/readyz` and `/metrics`, behind the doors that the API has. */
export function buildWorkerApp(deps: WorkerHttpDeps): FastifyInstance {
  const access = createAccess(deps.options);
  const app = Fastify({
    bodyLimit: 1,
    requestTimeout: REQUEST_MS_MAX,
    forceCloseConnections: true,
    http: { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_MS_MAX },
    exposeHeadRoutes: true,
    genReqId: (raw) => requestId(raw, deps.newRequestId),
  });
  app.setValidatorCompiler(validatorCompiler());
  app.setSerializerCompiler(() => (payload) => JSON.stringify(payload));
  app.decorateRequest('actor', '');
  answerErrors(app, deps);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    access.assertAddressed(request);
    request.actor = access.callerOf(request);
    done();
  });
  refuseUnknownRoutes(app);
  void app.register(async (scope) => {
    healthRoutes(scope, deps);
    metricsRoute(scope, deps);
  });
  return app;
}
