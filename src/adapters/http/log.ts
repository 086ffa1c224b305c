/** One structured line and one observation a request. Paths are logged by route: a URL can hold a card number. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDeps } from './deps.ts';

export function logRequests(app: FastifyInstance, { logger, metrics }: HttpDeps): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const { statusCode } = reply;
    metrics.observe(request.method, route, statusCode, reply.elapsedTime / 1000);
    if (logger.isLevelEnabled('info')) logger.info(lineOf(request, reply, route), 'request');
    done();
  });
}

function lineOf(request: FastifyRequest, reply: FastifyReply, route: string) {
  return {
    request_id: request.id,
    method: request.method,
    route,
    status: reply.statusCode,
    duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
    actor: request.actor,
  };
}
