/**
 * The one connection to the live feed, and what the page knows of it.
 *
 *   connecting ──► live ──► reconnecting (counting down) ──► offline (still trying) ──► live
 *        live ──► asleep: the page was hidden for a minute, nobody looks ──► connecting
 *
 * Events are handed on in batches, at most four a second. While it is paused they wait; when more wait than are worth
 * keeping, they are dropped and everything is read anew instead. It never keeps more than it says below.
 */
import { FarthingError, type FarthingEvent } from '@farthing/sdk';
import { feedClient } from './client.ts';

export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'asleep';

export interface FeedView {
  readonly connection: ConnectionState;
  /** When the next attempt is made; null when one is under way, or none is needed. */
  readonly retryAtMs: number | null;
  /** Since when what is shown may be stale; null while it is not. */
  readonly staleSinceMs: number | null;
  readonly isPaused: boolean;
  /** Events that came while it was paused. */
  readonly waiting: number;
  /** The newest first. */
  readonly recent: readonly FarthingEvent[];
}

export type FeedListener = (events: readonly FarthingEvent[]) => void;

const FLUSH_MS = 250;
const RECENT_MAX = 50;
const WAITING_MAX = 1_000;
/** Attempts in vain after which it is called offline. */
const ATTEMPTS_RECONNECTING = 2;
const HIDDEN_MS_MAX = 60_000;
const REFUSED_PAUSE_MS = 5_000;

export class LiveFeed {
  #view: FeedView = {
    connection: 'connecting',
    retryAtMs: null,
    staleSinceMs: null,
    isPaused: false,
    waiting: 0,
    recent: [],
  };
  readonly #watchers = new Set<() => void>();
  readonly #listeners = new Set<FeedListener>();
  readonly #onStale: () => void;
  #buffer: FarthingEvent[] = [];
  #isOverfull = false;
  #isFlushDue = false;
  #hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  #cursor: string | undefined;
  #attempts = 0;
  #ending = new AbortController();

  /** `onStale` is told when all that was read may be out of date. */
  constructor(onStale: () => void) {
    this.#onStale = onStale;
  }

  begin(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
    addEventListener('online', this.reconnect);
    this.reconnect();
  }

  /** Tries at once, whatever pause it is in. */
  readonly reconnect = (): void => {
    if (this.#view.connection === 'live') return;
    this.#restart();
  };

  /** For an API key that has changed. */
  readonly restart = (): void => this.#restart();

  readonly togglePause = (): void => {
    const isPaused = !this.#view.isPaused;
    this.#show({ isPaused, waiting: 0 });
    if (!isPaused) this.#flush();
  };

  /** Of every batch, until the function it returns is called. */
  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  };

  readonly view = (): FeedView => this.#view;

  #restart(): void {
    this.#ending.abort();
    this.#ending = new AbortController();
    this.#attempts = 0;
    this.#show({ connection: 'connecting', retryAtMs: null });
    void this.#follow(this.#ending.signal);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { events } = feedClient(({ delayMs }) => {
      if (!signal.aborted) this.#lost(delayMs);
    });
    while (!signal.aborted) {
      try {
        const stream = events.stream({
          after: this.#cursor,
          signal,
          retriesMax: Infinity,
          onOpen: () => this.#opened(),
          onReset: () => this.#reset(),
        });
        for await (const event of stream) this.#take(event);
      } catch (error) {
        if (signal.aborted) return;
        // A refusal that does not pass by itself: a missing key, say, or a cursor of another log.
        if (error instanceof FarthingError && error.status === 400) this.#cursor = undefined;
        this.#lost(REFUSED_PAUSE_MS);
        await new Promise((resolve) => setTimeout(resolve, REFUSED_PAUSE_MS));
      }
    }
  }

  #opened(): void {
    this.#attempts = 0;
    this.#show({ connection: 'live', retryAtMs: null, staleSinceMs: null });
    this.#onStale();
  }

  #lost(delayMs: number): void {
    const nowMs = Date.now();
    this.#attempts += 1;
    this.#show({
      connection: this.#attempts > ATTEMPTS_RECONNECTING ? 'offline' : 'reconnecting',
      retryAtMs: nowMs + delayMs,
      staleSinceMs: this.#view.staleSinceMs ?? nowMs,
    });
  }

  #reset(): void {
    this.#buffer = [];
    this.#show({ recent: [], waiting: 0 });
    this.#onStale();
  }

  #take(event: FarthingEvent): void {
    this.#cursor = event.cursor;
    if (this.#buffer.length < WAITING_MAX) this.#buffer.push(event);
    else this.#isOverfull = true;
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setTimeout(() => {
      this.#isFlushDue = false;
      if (this.#view.isPaused) this.#show({ waiting: this.#buffer.length });
      else this.#flush();
    }, FLUSH_MS);
  }

  #flush(): void {
    const batch = this.#buffer;
    this.#buffer = [];
    if (batch.length > 0) {
      for (const listener of this.#listeners) listener(batch);
      const recent = [...batch.slice(-RECENT_MAX).reverse(), ...this.#view.recent];
      this.#show({ recent: recent.slice(0, RECENT_MAX) });
    }
    if (this.#isOverfull) {
      this.#isOverfull = false;
      this.#onStale();
    }
  }

  readonly #onVisibility = (): void => {
    clearTimeout(this.#hiddenTimer);
    if (document.visibilityState === 'visible') {
      if (this.#view.connection === 'asleep') this.#restart();
      return;
    }
    this.#hiddenTimer = setTimeout(() => {
      this.#ending.abort();
      this.#show({ connection: 'asleep', retryAtMs: null, staleSinceMs: Date.now() });
    }, HIDDEN_MS_MAX);
  };

  #show(change: Partial<FeedView>): void {
    this.#view = { ...this.#view, ...change };
    for (const watcher of this.#watchers) watcher();
  }
}
