/**
 * The courier by the clock: it looks when it is told that something was committed, when something becomes due, and once
 * a second all the same, because a hint may be lost.
 */
import type { Courier } from './courier.ts';

/** How long after a lane came to rest it looks, and between two looks that are asked for: not for each of them. */
const LOOK_AFTER_MS = 10;

/** How long without a hint until it looks all the same. */
const LOOK_AT_LEAST_MS = 1_000;

/** What was due and is not done belongs to a lane that has its hands full; it looks again after so long. */
const OVERDUE_MS = 250;

/** After a failure; doubled with each, up to the most. */
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 30_000;

export interface RunningCourier {
  /** The log may have gone on. */
  look(): void;
  /** Endpoints or deliveries were changed by hand, or taken away. */
  changed(): void;
  stop(): Promise<void>;
}

type Looking = Pick<Courier, 'look' | 'reconsider' | 'nextDueAtMs' | 'stop' | 'onRest'>;

export function startCourier(
  courier: Looking,
  nowMs: () => number,
  onError: (error: unknown) => void,
): RunningCourier {
  const rounds = new Rounds(courier, nowMs, onError);
  courier.onRest = () => rounds.soon(LOOK_AFTER_MS);
  rounds.soon(0);
  return {
    look: () => rounds.soon(0),
    changed() {
      rounds.isChanged = true;
      rounds.soon(0);
    },
    async stop() {
      await rounds.stop();
      await courier.stop();
    },
  };
}

class Rounds {
  /** True when the next round begins with a look at the endpoints. */
  isChanged = false;
  readonly #courier: Looking;
  readonly #nowMs: () => number;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #atMs = Infinity;
  #running: Promise<void> | null = null;
  #isWanted = false;
  #isStopped = false;
  #failures = 0;

  constructor(courier: Looking, nowMs: () => number, onError: (error: unknown) => void) {
    this.#courier = courier;
    this.#nowMs = nowMs;
    this.#onError = onError;
  }

  /** Makes sure that a round begins within this time; after failures that takes longer. */
  soon(afterMs: number): void {
    if (this.#isStopped) return;
    if (this.#running !== null) {
      this.#isWanted = true;
      return;
    }
    const atMs = this.#nowMs() + afterMs;
    if (atMs >= this.#atMs || (this.#failures > 0 && this.#atMs !== Infinity)) return;
    clearTimeout(this.#timer);
    this.#atMs = atMs;
    this.#timer = setTimeout(() => this.#begin(), afterMs);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #begin(): void {
    this.#atMs = Infinity;
    this.#isWanted = false;
    this.#running = this.#round().then((afterMs) => {
      this.#running = null;
      this.soon(this.#isWanted && this.#failures === 0 ? LOOK_AFTER_MS : afterMs);
    });
  }

  /** Gives the time until the next one. */
  async #round(): Promise<number> {
    try {
      if (this.isChanged) await this.#reconsider();
      await this.#courier.look();
      const nextAtMs = (await this.#courier.nextDueAtMs()) ?? Infinity;
      this.#failures = 0;
      const waitMs = nextAtMs - this.#nowMs();
      return waitMs > 0 ? Math.min(waitMs, LOOK_AT_LEAST_MS) : OVERDUE_MS;
    } catch (error) {
      this.#onError(error);
      this.#failures += 1;
      return Math.min(RETRY_MS * 2 ** (this.#failures - 1), RETRY_MS_MAX);
    }
  }

  async #reconsider(): Promise<void> {
    this.isChanged = false;
    try {
      await this.#courier.reconsider();
    } catch (error) {
      this.isChanged = true;
      throw error;
    }
  }
}
