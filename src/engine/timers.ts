/**
 * Time. A due row becomes a command and goes through the one door like any other; the row is gone with the
 * commit of its command, so that after a crash what was due is simply due again.
 *
 * States: asleep until the next due time ──► pumping: take due rows, execute them, look again ──► asleep.
 * A new row that is due earlier than the sleep ends, wakes it. Where other processes set rows too, it sleeps a second at
 * most: nobody need have said so. While a worker lives, everybody else fires only what that one has left for too long.
 */
import { assert } from '../core/assert.ts';
import { BATCH_TIMERS_MAX } from '../core/limits.ts';
import { execute } from './execute.ts';
import { type DueTimer, type Engine, StorageError } from './ports.ts';
import { alone, type Workers } from './presence.ts';

/**
 * What comes due within this time shares a commit: at a few hundred payments a second, timers one by one would cost
 * twice as many fsyncs as the payments themselves.
 */
const GATHER_MS = 5;

/** setTimeout takes no more; a longer sleep is taken in several naps. */
const SLEEP_MS_MAX = 2 ** 31 - 1;

/** After storage failed, the next try. */
const RETRY_MS = 1_000;

/** Without any hint, where others set timers too. */
const LOOK_AT_LEAST_MS = 1_000;

/** A timer that a living worker has not fired by then is fired by whoever finds it. */
export const OVERDUE_MS = 2_000;

export interface Timers {
  /** Something may be due at `atMs` that this process has not heard of. */
  wakeBy(atMs: number): void;
  /** Resolves when nothing that was begun is unfinished; nothing is begun any more. */
  stop(): Promise<void>;
}

/** Starts running timers; `onError` hears of what made a pump fail (it goes on a second later). */
export function startTimers(
  engine: Engine,
  onError: (error: unknown) => void,
  workers: Workers = alone,
): Timers {
  const pump = new TimerPump(engine, onError, workers);
  const unsubscribe = engine.wakeup.subscribe(({ timers, hasEvents, recorded }) => {
    for (const timer of timers) pump.wakeBy(timer.dueAtMs);
    // Another process did something: should it die, what it set is ours to fire.
    if (hasEvents && recorded.length === 0) pump.wakeBy(engine.clock.nowMs());
  });
  // Who need not stand back any more does what is due.
  const unwatch = workers.onChange(() => pump.wakeNow());
  pump.wakeNow();
  return {
    wakeBy: (atMs) => pump.wakeBy(atMs),
    stop() {
      unwatch();
      unsubscribe();
      return pump.stop();
    },
  };
}

class TimerPump {
  readonly #engine: Engine;
  readonly #onError: (error: unknown) => void;
  readonly #workers: Workers;
  #sleep: NodeJS.Timeout | undefined;
  #wakeAtMs = Infinity;
  #isStopped = false;
  #running: Promise<void> | null = null;

  constructor(engine: Engine, onError: (error: unknown) => void, workers: Workers) {
    this.#engine = engine;
    this.#onError = onError;
    this.#workers = workers;
  }

  /** Makes sure that the pump runs by the time that what is due at `atMs` may be fired. */
  wakeBy(atMs: number): void {
    this.#wakeAt(atMs + this.#graceMs());
  }

  wakeNow(): void {
    this.#wakeAt(0);
  }

  #graceMs(): number {
    return this.#workers.areLive() ? OVERDUE_MS : 0;
  }

  #wakeAt(atMs: number): void {
    if (this.#isStopped || atMs >= this.#wakeAtMs) return;
    this.#wakeAtMs = atMs;
    // A pump that is running looks at #wakeAtMs when it is done.
    if (this.#running === null) this.#sleepUntilWake();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#sleep);
    await this.#running;
  }

  #sleepUntilWake(): void {
    clearTimeout(this.#sleep);
    const { store, clock } = this.#engine;
    if (this.#isStopped || (this.#wakeAtMs === Infinity && !store.ordersLater)) return;
    const sleepMs = Math.max(GATHER_MS, this.#wakeAtMs - clock.nowMs());
    const longestMs = store.ordersLater ? LOOK_AT_LEAST_MS : SLEEP_MS_MAX;
    this.#sleep = setTimeout(() => this.#run(), Math.min(sleepMs, longestMs));
  }

  #run(): void {
    this.#running = this.#pump().finally(() => {
      this.#running = null;
      this.#sleepUntilWake();
    });
  }

  async #pump(): Promise<void> {
    this.#wakeAtMs = Infinity;
    // Timers that failed in this run: they wait for the next one and hold up nobody.
    const failed = new Set<string>();
    try {
      while (!this.#isStopped) {
        const due = await this.#dueBeside(failed);
        if (due.length === 0) break;
        await this.#fireAll(due, failed);
      }
      if (failed.size > 0) this.#wakeAt(this.#retryAtMs());
      else this.wakeBy(await this.#nextAtMs());
    } catch (error) {
      this.#onError(error);
      this.#wakeAt(this.#retryAtMs());
    }
  }

  async #dueBeside(failed: ReadonlySet<string>): Promise<DueTimer[]> {
    const { clock, store } = this.#engine;
    const dueBy = clock.nowMs() - this.#graceMs();
    const due = await store.dueTimers(dueBy, BATCH_TIMERS_MAX + failed.size);
    return due.filter((timer) => !failed.has(nameOf(timer)));
  }

  /** Notes those that fail by themselves; throws when storage as a whole does. */
  async #fireAll(due: readonly DueTimer[], failed: Set<string>): Promise<void> {
    const results = await Promise.allSettled(due.map((timer) => fire(this.#engine, timer)));
    for (const [index, result] of results.entries()) {
      if (result.status === 'fulfilled') continue;
      const error: unknown = result.reason;
      if (error instanceof StorageError && error.kind !== 'refused') throw error;
      this.#onError(error);
      const timer = due[index];
      if (timer !== undefined) failed.add(nameOf(timer));
    }
  }

  async #nextAtMs(): Promise<number> {
    return (await this.#engine.store.nextTimerAtMs()) ?? Infinity;
  }

  #retryAtMs(): number {
    return this.#engine.clock.nowMs() + RETRY_MS;
  }
}

function nameOf({ paymentId, kind, attempt }: DueTimer): string {
  return `${paymentId} ${kind} ${attempt}`;
}

async function fire(engine: Engine, { requestId, ...timer }: DueTimer): Promise<void> {
  const reply = await execute(engine, {
    command: { type: 'timer_elapsed', timer },
    origin: { actor: 'timer', requestId, path: null },
    idempotency: null,
  });
  // A stale timer is refused and gone with the commit: nothing more to do.
  assert(reply.kind !== 'replayed' && reply.kind !== 'waiting', 'a timer has no idempotency key');
}
