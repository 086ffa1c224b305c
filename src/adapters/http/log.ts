/** One structured line and one observation a request. Paths are logged by route: a URL can hold a card number. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDeps, RequestEntry } from './deps.ts';

export function logRequests(app: FastifyInstance, deps: HttpDeps): void {
  const { logger, metrics } = deps;
  const write = deps.logRequest ?? ((entry: RequestEntry) => logger.info(entry, 'request'));
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    metrics.observe(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    if (logger.isLevelEnabled('info')) write(entryOf(request, reply, route));
    done();
  });
}

function entryOf(request: FastifyRequest, reply: FastifyReply, route: string): RequestEntry {
  return {
    request_id: request.id,
    method: request.method,
    route,
    status: reply.statusCode,
    duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
    actor: request.actor,
  };
}
