/**
 * Counts requests per caller in windows of fixed length. The library's own store hands out one object that later
 * requests go on changing, so that of a burst within one turn of the event loop every request sees the last count.
 */
import type { FastifyRateLimitStore } from '@fastify/rate-limit';

/** Callers remembered at once; the one whose window began first is forgotten for a new one. */
const CALLERS_MAX = 5_000;

interface Window {
  readonly startedAt: number;
  count: number;
}

type Done = (error: Error | null, result?: { current: number; ttl: number }) => void;

export class RateLimitStore implements FastifyRateLimitStore {
  readonly #windows = new Map<string, Window>();

  /** Counts one more request of `caller`; `ttl` is what is left of its window, in milliseconds. */
  incr(caller: string, done: Done, windowMs: number): void {
    const now = performance.now();
    let window = this.#windows.get(caller);
    if (window === undefined || window.startedAt + windowMs <= now) {
      window = { startedAt: now, count: 0 };
      this.#windows.delete(caller);
      this.#windows.set(caller, window);
      this.#forgetOldest();
    }
    window.count += 1;
    done(null, { current: window.count, ttl: Math.ceil(window.startedAt + windowMs - now) });
  }

  child(): RateLimitStore {
    return new RateLimitStore();
  }

  #forgetOldest(): void {
    for (const caller of this.#windows.keys()) {
      if (this.#windows.size <= CALLERS_MAX) return;
      this.#windows.delete(caller);
    }
  }
}
