/**
 * One request: its address, its headers, its attempts.
 *
 * A call is sent again after what may pass (no answer, 408, 429, 5xx) with the same Idempotency-Key, so that a payment
 * whose answer was lost is not made twice. It ends after `retriesMax` retries. Where the service does not keep
 * answers by key, only a refusal that certainly changed nothing (429) is followed by another attempt.
 */
import { errorOfAnswer, FarthingError } from './errors.ts';
import { freshId } from './fresh-id.ts';
import type { PostOptions, Settings } from './options.ts';
import { pause, retryDelayMs } from './retry-delay.ts';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With what came from a caller encoded; see `path`. */
  readonly path: string;
  readonly query?: Query | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly options?: PostOptions | undefined;
  /** How long the service itself may wait on purpose, on top of the time for an attempt. */
  readonly waitsMs?: number | undefined;
  /** False when carrying it out twice is not the same as once: then a lost answer is not followed by a retry. */
  readonly isRepeatable?: boolean | undefined;
}

type QueryValue = string | number | boolean | Date | null | undefined;

/** A list is joined by commas; a record becomes `name[member]`. What is null or absent is left out. */
export type Query = Readonly<
  Record<string, QueryValue | readonly QueryValue[] | Readonly<Record<string, QueryValue>>>
>;

export interface Transport {
  /** The answer's JSON; undefined for an answer without a body. */
  request<Value>(call: Call): Promise<Value>;
  /** One attempt; the answer with its body still to be read. The signal ends both. */
  open(call: Call, signal: AbortSignal): Promise<Response>;
  readonly settings: Settings;
}

export function createTransport(settings: Settings): Transport {
  return {
    settings,
    request: <Value>(call: Call) => withRetries(settings, call) as Promise<Value>,
    async open(call, signal) {
      const prepared = prepare(settings, call);
      const response = await send(settings, prepared, signal);
      if (response.ok) return response;
      throw errorOfAnswer(prepared.name, response, await response.text().catch(() => ''));
    },
  };
}

/** A path with these ids in it. An id that would name another place (empty, `..`) is a TypeError. */
export function path(strings: TemplateStringsArray, ...ids: readonly string[]): string {
  const encoded = ids.map((id) => {
    if (typeof id !== 'string' || /^\.{0,2}$/.test(id)) {
      throw new TypeError(`«${String(id)}» cannot be an id; pass the one the service gave.`);
    }
    return encodeURIComponent(id);
  });
  return String.raw({ raw: strings }, ...encoded);
}

interface Prepared {
  readonly url: string;
  /** For people: method and path. */
  readonly name: string;
  readonly requestId: string | null;
  readonly init: {
    readonly method: string;
    readonly headers: Headers;
    readonly body: string | null;
  };
}

async function withRetries(settings: Settings, call: Call): Promise<unknown> {
  const { options = {} } = call;
  const prepared = prepare(settings, call);
  const timeoutMs = (options.timeoutMs ?? settings.timeoutMs) + (call.waitsMs ?? 0);
  const retriesMax = options.retriesMax ?? settings.retriesMax;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt(settings, prepared, timeoutMs, options.signal);
    } catch (error) {
      if (!(error instanceof FarthingError)) throw error;
      error.attempts = attempts;
      const delayMs = retryDelayMs(error, { attempts, draw: Math.random(), ...settings });
      const mayRepeat = error.retryable && (call.isRepeatable !== false || error.status === 429);
      if (!mayRepeat || attempts > retriesMax || delayMs === null) throw error;
      settings.onRetry({ error, delayMs });
      await pause(delayMs, options.signal);
    }
  }
}

function prepare(
  settings: Settings,
  { method, path: where, query, body, ...call }: Call,
): Prepared {
  const { options = {} } = call;
  const headers = new Headers({ accept: 'application/json', ...settings.headers });
  for (const [name, value] of Object.entries({ ...call.headers, ...options.headers })) {
    headers.set(name, value);
  }
  if (options.requestId !== undefined) headers.set('x-request-id', options.requestId);
  if (!headers.has('x-request-id')) headers.set('x-request-id', freshId());
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (method === 'POST') headers.set('idempotency-key', options.idempotencyKey ?? freshId());
  return {
    url: `${settings.baseUrl}${where}${queryText(query ?? {})}`,
    name: `${method} ${where}`,
    requestId: headers.get('x-request-id'),
    init: { method, headers, body: body === undefined ? null : JSON.stringify(body) },
  };
}

function queryText(query: Query): string {
  const search = new URLSearchParams();
  const add = (name: string, value: QueryValue) => {
    if (value === undefined || value === null) return;
    search.set(name, value instanceof Date ? value.toISOString() : String(value));
  };
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) {
      if (value.length > 0) add(name, value.join(','));
    } else if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
      for (const [member, bound] of Object.entries(value)) add(`${name}[${member}]`, bound);
    } else add(name, value);
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}

async function attempt(
  settings: Settings,
  prepared: Prepared,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  signal?.throwIfAborted();
  const ending = new AbortController();
  const abort = () => ending.abort();
  signal?.addEventListener('abort', abort);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    ending.abort();
  }, timeoutMs);
  try {
    const response = await send(settings, prepared, ending.signal);
    // The body counts too: one that stalls half-way is as lost as one that never came.
    const text = await response.text();
    return valueOf(prepared, response, text);
  } catch (error) {
    signal?.throwIfAborted();
    if (isLate) throw tooLate(prepared, timeoutMs);
    throw error instanceof FarthingError ? error : noAnswer(prepared, error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

async function send(
  settings: Settings,
  prepared: Prepared,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await settings.fetch(prepared.url, {
      ...prepared.init,
      signal,
      cache: 'no-store',
      // A redirect would make a GET of a POST: the list of payments for an answer to making one.
      redirect: 'manual',
    });
  } catch (error) {
    signal.throwIfAborted();
    throw noAnswer(prepared, error);
  }
}

function valueOf(prepared: Prepared, response: Response, text: string): unknown {
  if (!response.ok) throw errorOfAnswer(prepared.name, response, text);
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new FarthingError({
      request: prepared.name,
      status: response.status,
      code: 'unexpected_response',
      detail: `The answer is not JSON. Is baseUrl right, and no proxy in between?`,
      requestId: response.headers.get('x-request-id') ?? prepared.requestId,
      retryable: false,
    });
  }
}

function tooLate({ name, requestId }: Prepared, timeoutMs: number): FarthingError {
  return new FarthingError({
    request: name,
    status: null,
    code: 'timeout',
    detail: `No whole answer came within ${timeoutMs} ms; the request may have been carried out.`,
    requestId,
    retryable: true,
  });
}

function noAnswer({ name, url, requestId }: Prepared, error: unknown): FarthingError {
  const { origin } = new URL(url);
  return new FarthingError({
    request: name,
    status: null,
    code: 'connection_failed',
    detail: `No whole answer came from ${origin} (${reasonOf(error)}); the request may have been carried out.`,
    requestId,
    retryable: true,
    cause: error,
  });
}

/** Node says «fetch failed», and why in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}
