/**
 * The request log: what was asked and what was answered, in memory, for GET /requests. On the way of every request,
 * so that it keeps references to what exists anyway and looks at texts once: a card number or a credential is not kept
 * at all, because a number lives in memory for one request. What else may not be shown is taken out when somebody
 * reads (request-log-wire.ts). Not logged: looking at the log itself, health checks and metrics, pages, their files and
 * what the dashboard reads, and what sinks receive, which they keep themselves.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { maskDigitRuns } from '../../core/card.ts';
import { cutAt } from './cut-text.ts';
import type { HttpDeps } from './deps.ts';
import { LOGGED_BODY_BYTES_MAX, LOGGED_URL_CHARACTERS_MAX } from './limits.ts';
import { logLost } from './log.ts';
import { MASKED, redactedAnswer, redactedBroken, redactedJson, redactedUrl } from './redaction.ts';
import { type KeptText, type LoggedRequest, type RingEntry, RequestRing } from './request-ring.ts';

declare module 'fastify' {
  interface FastifyInstance {
    requestLog: RequestLog;
  }
  interface FastifyRequest {
    /** The body as it came; null when there is none, or it was not read. */
    sentBody: Buffer | null;
    /** What it was answered with. */
    answer: unknown;
    /** Whether its Idempotency-Key was looked up. */
    isKeyUsed: boolean;
  }
}

const UNLOGGED = new Set([
  '/',
  '/requests',
  '/requests/:request_id',
  '/health',
  '/livez',
  '/readyz',
  '/metrics',
  '/openapi.json',
]);
const UNLOGGED_PREFIXES = ['/docs', '/redoc', '/demo'];
const RECEIVING_ROUTE = '/sinks/:name';

/** Headers whose values are shown: what they say is known, and none of it is a secret. Of others the name is. */
const SHOWN_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'access-control-request-headers',
  'access-control-request-method',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'expect',
  'forwarded',
  'host',
  'last-event-id',
  'origin',
  'prefer',
  'referer',
  'traceparent',
  'tracestate',
  'transfer-encoding',
  'user-agent',
  'via',
  'webhook-id',
  'webhook-timestamp',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-request-id',
]);

/** No card number is shorter. */
const NUMBER_LENGTH_MIN = 12;

/** Where a path hides something: an escape, a query, a run of digits. */
const SUSPICIOUS = /[%?]|\d(?:[ -]?\d){11}/;

/** Call before routes are added. */
export function registerRequestLog(app: FastifyInstance, deps: HttpDeps): void {
  app.decorate('requestLog', new RequestLog(deps));
  app.decorateRequest('sentBody', null);
  app.decorateRequest('answer', null);
  app.decorateRequest('isKeyUsed', false);
  app.addHook('onSend', (request, reply, payload, done) => {
    request.answer = payload;
    // Nobody is there any more, and no response will ever end.
    if (reply.raw.closed) logLost(request, reply);
    done();
  });
}

class RequestLog {
  readonly #ring = new RequestRing();
  readonly #deps: HttpDeps;
  /** There are as many routes as patterns. */
  readonly #isLogged = new Map<string, boolean>();

  constructor(deps: HttpDeps) {
    this.#deps = deps;
  }

  /** Takes in a request that was answered; `status` is null when nothing was sent. */
  record(request: FastifyRequest, reply: FastifyReply, route: string, status: number | null): void {
    const { method, id, url, actor, headers } = request;
    if (!this.#logs(route, method) || isDashboardsOwn(method, headers)) return;
    const durationMs = reply.elapsedTime;
    const isSound = status !== null && status < 400;
    const isHidden = route.startsWith('/webhook-endpoints');
    this.#ring.add({
      requestId: id,
      atMs: this.#deps.engine.clock.nowMs() - durationMs,
      durationMs,
      method,
      url: keptUrl(url),
      route,
      status,
      actor,
      key: keyOf(request),
      requestHeaders: keptHeaders(headers),
      responseHeaders: reply.getHeaders(),
      requestBody: keptBody(request, isSound && !isHidden),
      responseBody: method === 'HEAD' ? NONE : keptAnswer(request.answer, isHidden),
    });
  }

  /** Takes in what was refused before a request was made of it, and gives the body it is answered with. */
  refuseUnread(status: number, bodyFor: (requestId: string) => string): string {
    const requestId = this.#deps.newRequestId();
    const text = bodyFor(requestId);
    this.#ring.add({
      requestId,
      atMs: this.#deps.engine.clock.nowMs(),
      durationMs: 0,
      method: '-',
      url: '-',
      route: 'unmatched',
      status,
      actor: '',
      key: 'none',
      requestHeaders: [],
      responseHeaders: {},
      requestBody: NONE,
      responseBody: { text, isCut: false },
    });
    return text;
  }

  /** The newest first. */
  list(): RingEntry[] {
    return this.#ring.list();
  }

  #logs(route: string, method: string): boolean {
    if (route === RECEIVING_ROUTE) return method !== 'POST' && method !== 'PUT';
    let isLogged = this.#isLogged.get(route);
    if (isLogged === undefined) {
      isLogged =
        !UNLOGGED.has(route) && !UNLOGGED_PREFIXES.some((prefix) => route.startsWith(prefix));
      this.#isLogged.set(route, isLogged);
    }
    return isLogged;
  }
}

/** What the dashboard reads to show itself would bury what it is opened for; what it changes is logged like all else. */
function isDashboardsOwn(method: string, headers: FastifyRequest['headers']): boolean {
  return (method === 'GET' || method === 'HEAD') && headers['farthing-client'] === 'dashboard';
}

const NONE: KeptText = { text: null, isCut: false };

function keptUrl(url: string): string {
  return url.length > LOGGED_URL_CHARACTERS_MAX || SUSPICIOUS.test(url) ? redactedUrl(url) : url;
}

function keyOf({ headers, isKeyUsed }: FastifyRequest): LoggedRequest['key'] {
  if (isKeyUsed) return 'used';
  return headers['idempotency-key'] === undefined ? 'none' : 'unused';
}

function keptHeaders(headers: FastifyRequest['headers']): string[] {
  const kept: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (!SHOWN_HEADERS.has(name)) kept.push(withoutNumber(name), MASKED);
    else if (typeof value === 'string') {
      kept.push(name, name === 'referer' ? redactedUrl(value) : withoutNumber(value));
    }
  }
  return kept;
}

function withoutNumber(text: string): string {
  return text.length < NUMBER_LENGTH_MIN ? text : maskDigitRuns(text);
}

/**
 * A body that was accepted holds a card number in its place at most, and is read again before it is shown. Of any other
 * nobody knows what stands in it (a CVC, which is not kept for a moment): it is redacted whole, at once.
 */
function keptBody({ sentBody, parsedJson }: FastifyRequest, isSound: boolean): KeptText {
  // What the router could not read has no such member at all.
  if (!Buffer.isBuffer(sentBody)) return NONE;
  const isCut = sentBody.length > LOGGED_BODY_BYTES_MAX;
  const end = isCut ? cutAt(sentBody, LOGGED_BODY_BYTES_MAX) : sentBody.length;
  const decoded = sentBody.toString('utf8', 0, end);
  const text = isCut ? withoutCutEnd(decoded) : decoded;
  if (parsedJson === null) return { text: redactedBroken(text), isCut };
  const isPlain = isSound && !text.includes('\\u');
  return { text: isPlain ? maskDigitRuns(text) : redactedJson(text), isCut };
}

/** Our own answers hold no card number; secrets of webhooks are told once, and not kept here. */
function keptAnswer(answer: unknown, isHidden: boolean): KeptText {
  const text = Buffer.isBuffer(answer) ? answer.toString() : answer;
  if (typeof text !== 'string') return NONE;
  const isCut = text.length > LOGGED_BODY_BYTES_MAX;
  // A slice would hold on to the whole text that it was cut from.
  const kept = isCut
    ? withoutCutEnd(Buffer.from(text.slice(0, LOGGED_BODY_BYTES_MAX)).toString())
    : text;
  return { text: isHidden ? redactedAnswer(kept) : kept, isCut };
}

/** As long as a card number with every digit escaped and a space behind each, and more. */
const CUT_NUMBER_CHARACTERS = 256;
const CUT_NUMBER = /(?:[\d -]|\\u00(?:3\d|20|2d))*(?:\\(?:u[\da-f]{0,3})?)?$/i;

/** What could be the beginning of a card number goes from the end, escaped or not. */
function withoutCutEnd(text: string): string {
  const end = text.slice(-CUT_NUMBER_CHARACTERS).replace(CUT_NUMBER, '');
  return text.slice(0, -CUT_NUMBER_CHARACTERS) + end;
}
