/** One structured line and one observation a request. Paths are logged by route: a URL can hold a card number. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDeps, RequestEntry } from './deps.ts';

export function logRequests(app: FastifyInstance, deps: HttpDeps): void {
  app.addHook('onResponse', (request, reply, done) => {
    if (!streams.has(reply)) {
      observe(deps, request, reply);
      write(deps, request, reply);
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
  observe(deps, request, reply);
  if (reply.raw.closed) write(deps, request, reply);
  else reply.raw.once('close', () => write(deps, request, reply));
}

function observe({ metrics }: HttpDeps, request: FastifyRequest, reply: FastifyReply): void {
  const { method } = request;
  metrics.observe(method, routeOf(request), reply.statusCode, reply.elapsedTime / 1000);
}

function write(deps: HttpDeps, request: FastifyRequest, reply: FastifyReply): void {
  const { logger, logRequest } = deps;
  if (!logger.isLevelEnabled('info')) return;
  const entry = entryOf(request, reply, routeOf(request));
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
