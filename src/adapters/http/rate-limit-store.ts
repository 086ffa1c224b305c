/**
 * Counts requests per caller in windows of fixed length: in this process, or for several together where there is something
 * that counts for all of them. The library's own store hands out one object that later
 * requests go on changing, so that of a burst within one turn of the event loop every request sees the last count.
 */
import type { FastifyRateLimitStore } from '@fastify/rate-limit';

/** Callers remembered at once; the one whose window began first is forgotten for a new one. */
const CALLERS_MAX = 5_000;

interface Window {
  readonly startedAt: number;
  count: number;
}

/** The number of a request in its caller's window, and what is left of that, in milliseconds. */
export interface Counted {
  readonly current: number;
  readonly ttl: number;
}

type Done = (error: Error | null, result?: Counted) => void;

export class RateLimitStore implements FastifyRateLimitStore {
  readonly #windows = new Map<string, Window>();

  incr(caller: string, done: Done, windowMs: number): void {
    done(null, this.count(caller, windowMs));
  }

  /** Counts one more request of the caller. */
  count(caller: string, windowMs: number): Counted {
    const now = performance.now();
    let window = this.#windows.get(caller);
    if (window === undefined || window.startedAt + windowMs <= now) {
      window = { startedAt: now, count: 0 };
      this.#windows.delete(caller);
      this.#windows.set(caller, window);
      this.#forgetOldest();
    }
    window.count += 1;
    return { current: window.count, ttl: Math.ceil(window.startedAt + windowMs - now) };
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

/** Counts a request for all processes; null when it cannot be done now. Never rejects. */
export type CountForAll = (caller: string, windowMs: number) => Promise<Counted | null>;

/** A store that counts for all; when that cannot be done, what this process has counted itself is what counts. */
export function sharedRateLimitStore(countForAll: CountForAll) {
  return class SharedRateLimitStore implements FastifyRateLimitStore {
    readonly #own = new RateLimitStore();

    incr(caller: string, done: Done, windowMs: number): void {
      void this.#answer(caller, done, windowMs);
    }

    child(): SharedRateLimitStore {
      return new SharedRateLimitStore();
    }

    async #answer(caller: string, done: Done, windowMs: number): Promise<void> {
      const own = this.#own.count(caller, windowMs);
      done(null, (await countForAll(caller, windowMs)) ?? own);
    }
  };
}
