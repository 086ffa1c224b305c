/**
 * Who may ask. In this order: exactly one Host header that names us (a page that rebinds its DNS name to
 * 127.0.0.1 sends its own), an Origin we know (a web page must not drive a simulator on localhost), and, when API
 * keys are set, a key that may do what is asked.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { ApiKey, HttpOptions } from './deps.ts';
import { Problem } from './problems.ts';

/** Open to everybody who reaches the port: health checks have no keys, and the documentation holds no secrets. */
const OPEN_ROUTES = new Set([
  '/',
  '/health',
  '/livez',
  '/readyz',
  '/openapi.json',
  '/errors',
  '/errors/:code',
]);
const OPEN_PREFIXES = ['/docs', '/redoc', '/demo'];

/** What Prometheus, an orchestrator or a load balancer asks of one process, by its address. */
const WATCHED_ROUTES = new Set(['/health', '/livez', '/readyz', '/metrics']);

/** Senders of webhooks sign them and have no key; what they leave can only be read with one. */
const RECEIVING_ROUTE = '/sinks/:name';
const RECEIVING_METHODS = new Set(['POST', 'PUT']);

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface Access {
  /** Throws a Problem unless the request is meant for us and comes from a page that may ask. */
  assertAddressed(request: FastifyRequest): void;
  /** The caller's name; throws a Problem without a key that may do what is asked. */
  callerOf(request: FastifyRequest): string;
  isAllowedOrigin(origin: string): boolean;
}

export function createAccess(options: HttpOptions): Access {
  const hosts = new Set([
    ...LOOPBACK_NAMES,
    ...options.allowedHosts.map((host) => host.toLowerCase()),
  ]);
  const origins = new Set(options.corsOrigins);
  const isAllowedOrigin = (origin: string) => origins.has('*') || origins.has(origin);
  return {
    isAllowedOrigin,
    assertAddressed(request) {
      assertHost(request, hosts);
      const { origin } = request.headers;
      if (origin !== undefined && !isAllowedOrigin(origin) && !isOwnOrigin(request, origin)) {
        throw new Problem(
          'origin_not_allowed',
          "This web page may not use the server; start it with CORS_ORIGINS containing the page's origin.",
        );
      }
    },
    callerOf(request) {
      if (options.apiKeys.length === 0 || isOpen(request)) return 'anonymous';
      return keyOf(request, options.apiKeys).name;
    },
  };
}

function assertHost(request: FastifyRequest, hosts: ReadonlySet<string>): void {
  // Node keeps the first of two Host headers and says nothing; only the raw list shows both.
  const { rawHeaders } = request.raw;
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name !== undefined && name.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  if (count !== 1) {
    throw new Problem('invalid_header', `Send exactly one Host header; there were ${count}.`);
  }
  const host = (request.headers.host ?? '').toLowerCase().replace(/:\d*$/, '');
  if (hosts.has(host)) return;
  // Who watches many processes finds them by address. A page cannot rebind an address: it is no name.
  const isWatched = WATCHED_ROUTES.has(request.routeOptions.url ?? '');
  if (isWatched && isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0) return;
  throw new Problem(
    'host_not_allowed',
    'The Host header names a host this server does not answer for; use localhost or 127.0.0.1, or add the name to ALLOWED_HOSTS.',
  );
}

/** A page that the server itself served. */
function isOwnOrigin({ headers }: FastifyRequest, origin: string): boolean {
  return origin === `http://${headers.host}` || origin === `https://${headers.host}`;
}

/** True for a webhook that comes to a receiver of our own. */
export function isReceiving({ method, routeOptions }: FastifyRequest): boolean {
  return routeOptions.url === RECEIVING_ROUTE && RECEIVING_METHODS.has(method);
}

function isOpen(request: FastifyRequest): boolean {
  const route = request.routeOptions.url ?? '';
  if (isReceiving(request)) return true;
  return OPEN_ROUTES.has(route) || OPEN_PREFIXES.some((prefix) => route.startsWith(prefix));
}

function keyOf(request: FastifyRequest, keys: readonly ApiKey[]): ApiKey {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const key = token === undefined ? undefined : findKey(token, keys);
  if (key === undefined) {
    throw new Problem(
      'unauthorized',
      'Send an API key of this server as Authorization: Bearer <key>.',
      { headers: { 'www-authenticate': 'Bearer realm="farthing"' } },
    );
  }
  if (!key.mayWrite && !READING_METHODS.has(request.method)) {
    throw new Problem(
      'read_only_key',
      'This API key may only read; use a full key to change anything.',
    );
  }
  return key;
}

/** Compares hashes, every one of them, in constant time: neither length nor place of a key shows. */
function findKey(token: string, keys: readonly ApiKey[]): ApiKey | undefined {
  const given = hash('sha256', token, 'buffer');
  return keys.filter((key) => timingSafeEqual(given, Buffer.from(key.sha256, 'hex')))[0];
}
