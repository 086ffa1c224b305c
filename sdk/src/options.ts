/** What a client and a call can be told, with what holds when they are not. */
import type { FarthingError } from './errors.ts';

export interface ClientOptions {
  /** Where the service is; a path in it is kept. `http://127.0.0.1:8000` when absent. */
  readonly baseUrl?: string | undefined;
  /** One of API_KEYS; sent as a bearer token. */
  readonly apiKey?: string | undefined;
  /** In place of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How long one attempt may take, in milliseconds: 10,000 when absent. */
  readonly timeoutMs?: number | undefined;
  /** How often a request is sent again after a failure that may pass: 3 when absent, 0 for never. */
  readonly retriesMax?: number | undefined;
  /** The first pause between attempts, about; each further one is twice as long. 250 when absent. */
  readonly retryDelayMs?: number | undefined;
  /** The longest pause, and the longest Retry-After that is waited for: 30,000 when absent. */
  readonly retryDelayMsMax?: number | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Told before every pause: for a log. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

export interface Retry {
  readonly error: FarthingError;
  /** How long the pause is. */
  readonly delayMs: number;
}

export interface RequestOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long one attempt may take, in milliseconds; what is waited for on purpose comes on top. */
  readonly timeoutMs?: number | undefined;
  readonly retriesMax?: number | undefined;
  /** Finds the request in the service's log and its events; a fresh UUID when absent. Visible ASCII, at most 128. */
  readonly requestId?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface PostOptions extends RequestOptions {
  /**
   * What makes sending twice harmless; a fresh UUID when absent, the same for all attempts of this call. Give one of
   * your own (an order number, say) where your program itself may ask twice, after a restart for example.
   */
  readonly idempotencyKey?: string | undefined;
}

export interface WaitOptions extends PostOptions {
  /** Has the service answer when there is an outcome, or after so many seconds (RFC 7240 `Prefer: wait`), 30 at most. */
  readonly waitSeconds?: number | undefined;
}

/** The options of a client, each with a value. */
export interface Settings {
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutMs: number;
  readonly retriesMax: number;
  readonly retryDelayMs: number;
  readonly retryDelayMsMax: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly onRetry: (retry: Retry) => void;
}

/** Throws a TypeError that says what is wrong with an option; never with the key in it. */
export function settingsOf(options: ClientOptions): Settings {
  const { apiKey } = options;
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new TypeError(
      'apiKey must be visible ASCII without spaces: one key, as it stands in API_KEYS.',
    );
  }
  return {
    baseUrl: baseUrlOf(options.baseUrl ?? 'http://127.0.0.1:8000'),
    // Asked for at every call, so that one which is put in its place later counts.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    timeoutMs: numberOf('timeoutMs', options.timeoutMs ?? 10_000),
    retriesMax: numberOf('retriesMax', options.retriesMax ?? 3),
    retryDelayMs: numberOf('retryDelayMs', options.retryDelayMs ?? 250),
    retryDelayMsMax: numberOf('retryDelayMsMax', options.retryDelayMsMax ?? 30_000),
    headers: {
      ...options.headers,
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    onRetry: options.onRetry ?? (() => {}),
  };
}

function baseUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError(
      'baseUrl must be an absolute http or https address, as http://127.0.0.1:8000.',
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError(
      'baseUrl must be without user, password, query and fragment; the key goes in apiKey.',
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function numberOf(name: string, value: number): number {
  if (value >= 0) return value;
  throw new TypeError(`${name} must be a number, 0 or more.`);
}
