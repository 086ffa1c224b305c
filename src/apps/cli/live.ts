/**
 * The live feed, from now on, over lost connections and restarts: the place behind the last event is where the next
 * connection begins. The next event is read when the one before has been dealt with, so that whoever takes long holds
 * the server's bounded buffer full, is cut off by it, and goes on from the log.
 *
 *   connecting ──► reading ──► the connection ends: waits, longer each time ──► connecting
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parsed, refusal, type Target, unreachable } from './client.ts';
import { CliError } from './exit.ts';
import { printable } from './output.ts';
import { backOffMs, firstLine, isPassing } from './patience.ts';
import { type Message, messagesOf } from './server-sent.ts';
import { eventFrom, record, text, type WireEvent } from './wire.ts';

export interface Streaming {
  /** Of these types and patterns only. */
  readonly types: readonly string[];
  /** Ends it, from outside. */
  readonly signal: AbortSignal;
  /** Once, when nothing that happens from here on will be missed. */
  readonly onBegin: () => void;
  readonly onEvent: (event: WireEvent) => Promise<void>;
  /** Hears when the connection is lost, when it is back, and when events were missed. */
  readonly onNote: (line: string) => void;
}

const RETRY_MS = 250;

/** The server sends something every fifteen seconds, if only a comment. */
const SILENCE_MS_MAX = 45_000;

export async function streamEvents(target: Target, streaming: Streaming): Promise<void> {
  const { signal, onBegin, onNote } = streaming;
  const reading: Reading = { target, streaming, after: undefined };
  let hasBegun = false;
  let isLost = false;
  for (let failures = 0; ; failures += 1) {
    try {
      await readOnce(reading, () => {
        failures = 0;
        if (isLost) onNote('The connection is back.');
        isLost = false;
        if (!hasBegun) onBegin();
        hasBegun = true;
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!hasBegun || !isPassing(error)) throw error;
      if (!isLost) onNote(`The connection is lost (${firstLine(error)}); trying again.`);
      isLost = true;
      await sleep(backOffMs(RETRY_MS, failures, error), undefined, { signal }).catch(() => {});
    }
    if (signal.aborted) return;
  }
}

interface Reading {
  readonly target: Target;
  readonly streaming: Streaming;
  /** Behind which place of the log to begin; undefined for now. The server says it first of all. */
  after: string | undefined;
}

/** One connection, to its end, which is always an error. */
async function readOnce(reading: Reading, onOpen: () => void): Promise<never> {
  const { target, streaming } = reading;
  const silence = new AbortController();
  const isLate = setTimeout(() => silence.abort(), SILENCE_MS_MAX);
  try {
    const signal = AbortSignal.any([streaming.signal, silence.signal]);
    const response = await open(reading, signal);
    onOpen();
    for await (const message of messagesOf(heard(response, isLate))) {
      await take(reading, message);
      isLate.refresh();
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw broken(target, error);
  } finally {
    clearTimeout(isLate);
    silence.abort();
  }
  throw broken(target, new Error('the server ended it'));
}

async function open(
  { target, streaming, after }: Reading,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const { url, apiKey } = target;
  const query = new URLSearchParams({ type: streaming.types.join(',') });
  const response = await fetch(`${url}/events/stream?${query.toString()}`, {
    headers: {
      accept: 'text/event-stream',
      ...(after === undefined ? {} : { 'last-event-id': after }),
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    redirect: 'manual',
    signal,
  });
  const { status, headers, body } = response;
  if (response.ok && body !== null && isEventStream(headers)) return body;
  throw refusal(target, { status, headers, text: await response.text() });
}

function isEventStream(headers: Headers): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') === true;
}

/** The chunks as they come; each shows that the server is there. */
async function* heard(
  chunks: AsyncIterable<Uint8Array>,
  isLate: NodeJS.Timeout,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    isLate.refresh();
    yield chunk;
  }
}

async function take(reading: Reading, { event, data, id }: Message): Promise<void> {
  const { onEvent, onNote } = reading.streaming;
  if (data !== null && event === 'reset') onNote(resetDetail(data));
  else if (data !== null && event === 'message') await onEvent(eventFrom(parsed(data)));
  if (id !== '') reading.after = id;
}

/** What it means that the feed does not simply go on. */
function resetDetail(data: string): string {
  return printable(text(record(parsed(data)), 'detail'));
}

/** As for a request that got no answer: another connection can mend it. */
function broken({ url }: Target, error: unknown): CliError {
  const cause = error instanceof Error && error.name === 'AbortError' ? LATE : error;
  const isWrapped = cause instanceof Error && cause.cause !== undefined;
  return unreachable(url, isWrapped ? cause : new Error('the feed broke', { cause }), {
    timeoutMs: SILENCE_MS_MAX,
    isChange: false,
    takesKey: false,
  });
}

const LATE = new Error('nothing came for a while');
