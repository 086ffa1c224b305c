/**
 * One structured line, one observation and one entry of the request log a request. Lines name paths by route: a URL can
 * hold a card number.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDeps, RequestEntry } from './deps.ts';

export function logRequests(app: FastifyInstance, deps: HttpDeps): void {
  app.addHook('onResponse', (request, reply, done) => {
    if (!streams.has(reply)) {
      const route = routeOf(request);
      observe(deps, request, reply, route);
      write(deps, request, reply, route);
      app.requestLog.record(request, reply, route, reply.statusCode);
    }
    done();
  });
}

/** Answers that go on for as long as the client likes. */
const streams = new WeakSet<FastifyReply>();

/**
 * A stream is a request that took until it began, or every one would be the slowest there is; its line is written when it
 * ends, however it ends, and says how long it lasted.
 */
export function logStream(deps: HttpDeps, request: FastifyRequest, reply: FastifyReply): void {
  streams.add(reply);
  const route = routeOf(request);
  observe(deps, request, reply, route);
  request.server.requestLog.record(request, reply, route, reply.statusCode);
  if (reply.raw.closed) write(deps, request, reply, route);
  else reply.raw.once('close', () => write(deps, request, reply, route));
}

/** A request that is not answered, on purpose or because its client is gone, has no line; the request log has it. */
export function logLost(request: FastifyRequest, reply: FastifyReply): void {
  request.server.requestLog.record(request, reply, routeOf(request), null);
}

function observe(
  { metrics }: HttpDeps,
  { method }: FastifyRequest,
  reply: FastifyReply,
  route: string,
): void {
  metrics.observe(method, route, reply.statusCode, reply.elapsedTime / 1000);
}

function write(deps: HttpDeps, request: FastifyRequest, reply: FastifyReply, route: string): void {
  const { logger, logRequest } = deps;
  if (!logger.isLevelEnabled('info')) return;
  const entry = entryOf(request, reply, route);
  if (logRequest === undefined) logger.info(entry, 'request');
  else logRequest(entry);
}

function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unmatched';
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
