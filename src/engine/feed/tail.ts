/**
 * The one reader of the log for all who are at its end: after a hint at once, then at most twenty times a second, and
 * once a second without any hint. It never reads twice at once, and hands on every entry once, in order.
 *
 *   resting ──hint, or a second──► looking ──► pausing, 50 ms ──hinted meanwhile──► looking
 *                                     │            └──no hint──► resting
 *                                     └──failed──► resting, a second
 */
import type { Engine, LogPosition, Store, StoredEvent } from '../ports.ts';

/** A busy log is read in pages, not event by event; nobody notices so short a delay. */
const PAUSE_MS = 50;

/** How long without a hint until it looks all the same. */
const LOOK_AT_LEAST_MS = 1_000;

/** Some 600 KB of text at once, and a few milliseconds of reading. */
const PAGE_EVENTS = 500;

export interface Tail {
  /** All up to here has been handed on. */
  readonly position: LogPosition;
  /** Nothing is handed on any more; resolves when no reading is under way. */
  stop(): Promise<void>;
}

export interface TailListener {
  /** At least one, those behind `from` and up to the tail's position. */
  onEvents(events: readonly StoredEvent[], from: LogPosition): void;
  /** Another log has begun; here it does. */
  onReset(position: LogPosition): void;
  /** A look failed; there will be another. */
  onError(error: unknown): void;
}

/** Hands on what comes behind `from`. */
export function startTail(engine: Engine, from: LogPosition, listener: TailListener): Tail {
  return new LogTail(engine, from, listener);
}

class LogTail implements Tail {
  readonly #store: Store;
  readonly #listener: TailListener;
  readonly #unsubscribe: () => void;
  #position: LogPosition;
  #state: 'resting' | 'looking' | 'pausing' = 'resting';
  #isHinted = false;
  #isStopped = false;
  #looking: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor({ store, wakeup }: Engine, from: LogPosition, listener: TailListener) {
    this.#store = store;
    this.#listener = listener;
    this.#position = from;
    this.#unsubscribe = wakeup.subscribe(({ hasEvents }) => {
      if (!hasEvents || this.#isHinted) return;
      this.#isHinted = true;
      if (this.#state === 'resting') this.#wait(0, 'resting');
    });
    this.#wait(0, 'resting');
  }

  get position(): LogPosition {
    return this.#position;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe();
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #wait(ms: number, state: 'resting' | 'pausing'): void {
    if (this.#isStopped) return;
    this.#state = state;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (state === 'resting' || this.#isHinted) this.#look();
      else this.#wait(LOOK_AT_LEAST_MS, 'resting');
    }, ms);
  }

  #look(): void {
    this.#state = 'looking';
    this.#isHinted = false;
    this.#looking = this.#readOn().then(
      () => this.#wait(PAUSE_MS, 'pausing'),
      (error: unknown) => {
        this.#listener.onError(error);
        this.#wait(LOOK_AT_LEAST_MS, 'pausing');
      },
    );
  }

  async #readOn(): Promise<void> {
    while (!this.#isStopped) {
      const { sequence: after } = this.#position;
      const { events, scannedTo } = await this.#store.events({ after, limit: PAGE_EVENTS });
      // A name never comes back: what is read before it is found unchanged is of this log.
      const { writer } = await this.#store.logHead();
      if (this.#isStopped) return;
      if (writer === this.#position.writer) {
        this.#handOn(events, scannedTo);
        if (events.length < PAGE_EVENTS) return;
        await new Promise(setImmediate);
      } else {
        this.#position = { writer, sequence: 0 };
        this.#listener.onReset(this.#position);
      }
    }
  }

  #handOn(events: readonly StoredEvent[], scannedTo: number): void {
    const from = this.#position;
    this.#position = { ...from, sequence: Math.max(from.sequence, scannedTo) };
    if (events.length > 0) this.#listener.onEvents(events, from);
  }
}
