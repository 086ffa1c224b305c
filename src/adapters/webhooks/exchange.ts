/**
 * One request and its answer: collects what comes within the limits. The head decides; the body is only kept to be
 * looked at, so that one which is endless, cut off or late takes nothing from a 2xx.
 */
import type { Dispatcher } from 'undici';
import { HEADERS_KEPT_MAX, HEADER_CHARACTERS_MAX, type SenderLimits } from './limits.ts';

export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isTruncated: boolean;
}

export type Outcome =
  | { readonly answer: Answer }
  | { readonly answer: null; readonly error: unknown };

export interface ExchangeEvents {
  /** The head of the answer has come. */
  onHead(): void;
  /** Called once. `isClean`: the answer came to its end, and the connection can serve again. */
  onOver(outcome: Outcome, isClean: boolean): void;
}

export class Exchange implements Dispatcher.DispatchHandler {
  /** True as soon as anything was answered. */
  isAnswered = false;
  readonly #limits: Pick<SenderLimits, 'bodyBytesMax'>;
  readonly #events: ExchangeEvents;
  #isOver = false;
  #head: { readonly statusCode: number; readonly headers: Record<string, string> } | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(limits: Pick<SenderLimits, 'bodyBytesMax'>, events: ExchangeEvents) {
    this.#limits = limits;
    this.#events = events;
  }

  /** Ends it: with what has come when that is at least a head, else with the error. */
  stop(error: unknown): void {
    this.#end(error, true, false);
  }

  onRequestStart(): void {
    // Nothing to keep: it is ended by ending its connection.
  }

  onResponseStarted(): void {
    this.isAnswered = true;
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    statusCode: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (statusCode < 200 || this.#isOver) return;
    this.#head = { statusCode, headers: bounded(headers) };
    this.#events.onHead();
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    const room = this.#limits.bodyBytesMax - this.#bytes;
    this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.#bytes += Math.min(chunk.length, room);
    if (chunk.length > room) this.#end(null, true, false);
  }

  onResponseEnd(): void {
    this.#end(null, false, true);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end(error, true, false);
  }

  #end(error: unknown, isTruncated: boolean, isClean: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const head = this.#head;
    const outcome: Outcome =
      head === null
        ? { answer: null, error }
        : { answer: { ...head, body: textOf(this.#chunks, isTruncated), isTruncated } };
    this.#chunks = [];
    this.#events.onOver(outcome, isClean);
  }
}

function bounded(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const kept = Object.entries(headers).slice(0, HEADERS_KEPT_MAX);
  return Object.fromEntries(
    kept.map(([name, value = '']) => [
      name,
      (typeof value === 'string' ? value : value.join(', ')).slice(0, HEADER_CHARACTERS_MAX),
    ]),
  );
}

function textOf(chunks: readonly Buffer[], isTruncated: boolean): string {
  const [first] = chunks;
  if (first === undefined) return '';
  const bytes = chunks.length === 1 ? first : Buffer.concat(chunks);
  // A character that the cut went through is left out rather than replaced.
  return isTruncated ? new TextDecoder('utf-8').decode(bytes, { stream: true }) : bytes.toString();
}
