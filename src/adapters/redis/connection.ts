/**
 * A connection to Redis that nobody has to wait for. What is asked of it is answered within a cap or not at all; after a few
 * failures it is not asked for a while (breaker.ts). A Redis that is frozen is noticed by the cap, not by TCP, which would
 * take minutes. It connects again by itself for as long as it is open.
 */
import { Redis, type RedisOptions } from 'ioredis';
import { Breaker } from './breaker.ts';

/** Longer than Redis ever takes for what we ask beside a request, and short enough not to be felt. */
const CAP_MS = 50;

/** Between two probes: while all is well, and while it is not. */
const PROBE_MS = 1_000;
const PROBE_AGAIN_MS = 200;

/** A connection that has not answered for so long may be one to a machine that is gone: another one is made. */
const ANEW_AFTER_MS = 5_000;

const CONNECT_MS_MAX = 1_000;
const RECONNECT_MS_MAX = 1_000;

export type Answer<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false };

const NO_ANSWER = { ok: false } as const;

export interface RedisConnection {
  /**
   * What `work` resolves with, if it does so within the cap; never rejects. Nothing is asked while Redis is known not to
   * answer. What was asked may be done all the same after the cap.
   */
  ask<Value>(work: (client: Redis) => Promise<Value>, capMs?: number): Promise<Answer<Value>>;
  /** Null while it answers; else why it does not. */
  reason(): string | null;
  /** Calls the listener when it begins to answer, and when it does not any more. */
  onChange(listener: () => void): () => void;
  close(): void;
}

/** How every client of ours behaves: it keeps no commands for later, and sends none again. */
export function clientOptions() {
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    connectTimeout: CONNECT_MS_MAX,
    keepAlive: 10_000,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(times * 100, RECONNECT_MS_MAX),
  } satisfies RedisOptions;
}

/**
 * Begins to connect; settles when that is done or has failed, within a second or two. `capMs` is what an answer may take for
 * which nothing else is said.
 */
export async function connectRedis(url: string, capMs = CAP_MS): Promise<RedisConnection> {
  const connection = new ProbedConnection(url, capMs);
  await connection.begin();
  return connection;
}

class ProbedConnection implements RedisConnection {
  readonly #client: Redis;
  readonly #breaker: Breaker;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #answeredAt = performance.now();
  readonly #capMs: number;

  constructor(url: string, capMs: number) {
    this.#capMs = capMs;
    this.#client = new Redis(url, clientOptions());
    this.#breaker = new Breaker('it has not answered yet', () => {
      for (const listener of this.#listeners) listener();
    });
    this.#client.on('error', (error: Error) => this.#breaker.lost(reasonOf(error)));
    this.#client.on('close', () => {
      if (!this.#isClosed) this.#breaker.lost(null);
    });
  }

  async begin(): Promise<void> {
    // A failure is heard of as an event too.
    await withinCap(this.#client.connect(), CONNECT_MS_MAX).catch(() => {});
    await this.#probe();
  }

  async ask<Value>(
    work: (client: Redis) => Promise<Value>,
    capMs = this.#capMs,
  ): Promise<Answer<Value>> {
    if (this.#isClosed || this.#breaker.isOpen) return NO_ANSWER;
    return this.#try(work, capMs);
  }

  reason(): string | null {
    return this.#breaker.reason;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#client.disconnect();
  }

  async #try<Value>(
    work: (client: Redis) => Promise<Value>,
    capMs: number,
  ): Promise<Answer<Value>> {
    try {
      const value = await withinCap(work(this.#client), capMs);
      this.#answeredAt = performance.now();
      this.#breaker.answered();
      return { ok: true, value };
    } catch (error) {
      this.#breaker.failed(reasonOf(error));
      return NO_ANSWER;
    }
  }

  async #probe(): Promise<void> {
    const { ok } = await this.#try((client) => client.ping(), this.#capMs);
    if (this.#isClosed) return;
    if (!ok && performance.now() - this.#answeredAt > ANEW_AFTER_MS) {
      this.#answeredAt = performance.now();
      this.#client.disconnect(true);
    }
    this.#timer = setTimeout(() => void this.#probe(), ok ? PROBE_MS : PROBE_AGAIN_MS);
    this.#timer.unref();
  }
}

class LateError extends Error {}

/** Rejects when `work` has not settled in time; answers that have arrived by then, and were not read yet, count. */
export function withinCap<Value>(work: Promise<Value>, capMs: number): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const timer = setTimeout(() => {
    setImmediate(() => reject(new LateError(`no answer within ${capMs} ms`)));
  }, capMs);
  work.then(resolve, reject).finally(() => clearTimeout(timer));
  return promise;
}

/** For people, with no address and no password in it; null when it is only the client that has no connection. */
function reasonOf(error: unknown): string | null {
  if (error instanceof LateError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (/^(?:Stream isn't writeable|Connection is closed)/.test(error.message)) return null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return code ?? error.message.split('\n', 1)[0] ?? 'it failed';
}
