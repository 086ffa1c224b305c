/**
 * The live feed by `fetch` (EventSource can send no key): events as they happen, over lost connections and restarts.
 * The place behind the last event that was handed out is where the next connection begins (`Last-Event-ID`).
 *
 *   connecting ──► reading ──► it ends, breaks or falls silent: waits, longer each time ──► connecting
 *       └──► a refusal that will not pass (400, 401, 403, 404): ends with it
 *
 * The next message is read when the one before has been dealt with: who takes long is cut off by the server one day,
 * and goes on from the log.
 */
import { FarthingError } from './errors.ts';
import type { RequestOptions } from './options.ts';
import { pause, retryDelayMs } from './retry-delay.ts';
import { type Message, messageReader } from './server-sent.ts';
import type { Transport } from './transport.ts';
import type { EventPattern, FarthingEvent } from './types.ts';

export interface FeedOptions extends Pick<RequestOptions, 'signal' | 'headers'> {
  /**
   * The `cursor` of the last event that is known: what came behind it comes first. Empty: from the beginning of the
   * log. Absent: what happens from now on.
   */
  readonly after?: string | undefined;
  /** Told when what was read so far is not all there was, or is no longer so. The feed goes on by itself. */
  readonly onReset?: ((reset: FeedReset) => void) | undefined;
  /** Told when a connection is there: from now on nothing is missed. */
  readonly onOpen?: (() => void) | undefined;
  /** Attempts in a row without a message before it gives up: 20 when absent, some ten minutes. */
  readonly retriesMax?: number | undefined;
  /** A connection that says nothing for so long is dead; the server says something every 15 s. 45,000 when absent. */
  readonly silenceMsMax?: number | undefined;
}

/** Why events are missing: read anew what you keep. */
export interface FeedReset {
  /** All was removed; more was missed than is sent again; an older copy of the log was put back. */
  readonly reason: 'log_reset' | 'too_old' | 'not_in_log';
  readonly detail: string;
  /** From where it goes on. */
  readonly cursor: string;
}

export interface FeedFilters {
  readonly type?: EventPattern | readonly EventPattern[] | undefined;
  readonly payment_id?: string | undefined;
}

const NAME = 'GET /events/stream';

export async function* feed(
  transport: Transport,
  {
    after,
    onReset,
    onOpen,
    retriesMax = 20,
    silenceMsMax = 45_000,
    ...options
  }: FeedOptions & FeedFilters,
): AsyncGenerator<FarthingEvent, never> {
  const { settings } = transport;
  const place: Place = { after, seen: null, retryMs: settings.retryDelayMs };
  for (let failures = 0; ;) {
    try {
      const connection = connect(transport, { ...options, place, silenceMsMax, onOpen });
      for await (const message of connection) {
        failures = 0;
        if (message.id !== '') place.seen = message.id;
        place.retryMs = message.retryMs ?? place.retryMs;
        if (message.data === null) continue;
        if (message.event === 'reset') onReset?.(valueIn(message.data) as FeedReset);
        else if (message.event === 'message') yield valueIn(message.data) as FarthingEvent;
      }
      throw broken('the server ended the stream');
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof FarthingError)) throw error;
      failures += 1;
      error.attempts = failures;
      const question = { ...settings, retryDelayMs: place.retryMs, attempts: failures };
      const delayMs = retryDelayMs(error, { ...question, draw: Math.random() });
      if (!error.retryable || failures > retriesMax || delayMs === null) throw error;
      settings.onRetry({ error, delayMs });
      await pause(delayMs, options.signal);
    }
  }
}

interface Place {
  /** Where to begin. */
  readonly after: string | undefined;
  /** The last id that was sent; it counts more. */
  seen: string | null;
  retryMs: number;
}

interface Connecting extends FeedFilters {
  readonly place: Place;
  readonly silenceMsMax: number;
  readonly onOpen: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The messages of one connection, to its end; whoever stops reading closes it. */
async function* connect(
  transport: Transport,
  { place, silenceMsMax, onOpen, signal, headers, type, payment_id }: Connecting,
): AsyncGenerator<Message> {
  const ending = new AbortController();
  const abort = () => ending.abort();
  signal?.throwIfAborted();
  signal?.addEventListener('abort', abort);
  /** What is waited for must come within this time; the time the caller takes does not count. */
  const within = async <Value>(work: Promise<Value>): Promise<Value> => {
    const timer = setTimeout(abort, silenceMsMax);
    try {
      return await work;
    } catch (error) {
      throw error instanceof FarthingError ? error : broken('it broke or fell silent', error);
    } finally {
      clearTimeout(timer);
    }
  };
  try {
    const call = {
      method: 'GET',
      path: '/events/stream',
      query: { after: place.after, type, payment_id },
      headers: {
        accept: 'text/event-stream',
        ...(place.seen === null ? {} : { 'last-event-id': place.seen }),
      },
      options: { headers },
    } as const;
    const reader = readerOf(await within(transport.open(call, ending.signal)));
    onOpen?.();
    const take = messageReader();
    for (;;) {
      const { done, value } = await within(reader.read());
      if (done) return;
      yield* take(value);
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    ending.abort();
  }
}

function readerOf(response: Response): ReadableStreamDefaultReader<Uint8Array> {
  const type = response.headers.get('content-type') ?? '';
  if (response.body !== null && type.startsWith('text/event-stream')) {
    return response.body.getReader();
  }
  throw new FarthingError({
    request: NAME,
    status: response.status,
    code: 'unexpected_response',
    detail: 'The answer is no event stream. Is baseUrl right, and no proxy in between?',
    requestId: response.headers.get('x-request-id'),
    retryable: false,
  });
}

function valueIn(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    throw broken('a message is not JSON', error);
  }
}

function broken(why: string, cause?: unknown): FarthingError {
  return new FarthingError({
    request: NAME,
    status: null,
    code: 'connection_failed',
    detail: `The live feed was lost: ${why}.`,
    requestId: null,
    retryable: true,
    cause,
  });
}
