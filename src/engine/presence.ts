/**
 * Which processes share the database. Each says about every other second that it is there; one that has not done so for ten
 * is taken for dead. While a worker lives, API processes leave to it what can be done without a request (timers,
 * webhooks, jobs), and when none does they do it themselves: nothing hangs on the answer being right, because whatever is
 * done is claimed by lease.
 *
 *   no worker seen ──a look sees one──► stands back ──a look sees none, or looks fail for ten seconds──► no worker seen
 */

export type ProcessKind = 'api' | 'worker';

/** Where processes say that they live; times are those of the database, the same for all. */
export interface ProcessTable {
  /** Says that this process lives, and asks whether a worker does. */
  beat(self: { readonly id: string; readonly kind: ProcessKind }): Promise<Seen>;
  /** This one is gone. */
  leave(id: string): Promise<void>;
}

export interface Seen {
  readonly workers: number;
  readonly apis: number;
}

/** Whether there is a worker to leave work to. */
export interface Workers {
  /** True while another process, a worker, does what needs no request. A worker itself is always told false. */
  areLive(): boolean;
  /** Calls the listener when the answer has become another; returns the function that ends the subscription. */
  onChange(listener: () => void): () => void;
}

export interface Presence extends Workers {
  /** Says that it goes, so that others need not wait until it is taken for dead. */
  stop(): Promise<void>;
}

/** One look a second is a row written and one read. */
const LOOK_MS = 1_000;

/** A process that has not been heard of for so long is taken for dead. */
export const PROCESS_STALE_MS = 10_000;

/** For a process that has its database for itself. */
export const alone: Workers = {
  areLive: () => false,
  onChange: () => () => {},
};

/** Begins to beat; settles after the first one. `onError` hears of the first beat that fails after one that did not. */
export async function startPresence(
  table: ProcessTable,
  self: { readonly id: string; readonly kind: ProcessKind },
  onError: (error: unknown) => void,
): Promise<Presence> {
  const beating = new BeatingPresence(table, self, onError);
  await beating.begin();
  return beating;
}

class BeatingPresence implements Presence {
  readonly #table: ProcessTable;
  readonly #self: { readonly id: string; readonly kind: ProcessKind };
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Set<() => void>();
  #areLive = false;
  #heardAt = performance.now();
  #isFailing = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(
    table: ProcessTable,
    self: { readonly id: string; readonly kind: ProcessKind },
    onError: (error: unknown) => void,
  ) {
    this.#table = table;
    this.#self = self;
    this.#onError = onError;
  }

  async begin(): Promise<void> {
    this.#beating = this.#beat();
    await this.#beating;
  }

  areLive(): boolean {
    return this.#areLive;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#beating;
    // The others find out by themselves.
    await this.#table.leave(this.#self.id).catch(this.#onError);
  }

  async #beat(): Promise<void> {
    try {
      const { workers } = await this.#table.beat(this.#self);
      this.#heardAt = performance.now();
      this.#isFailing = false;
      this.#take(this.#self.kind === 'api' && workers > 0);
    } catch (error) {
      if (!this.#isFailing) this.#onError(error);
      this.#isFailing = true;
      if (performance.now() - this.#heardAt > PROCESS_STALE_MS) this.#take(false);
    }
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat();
    }, LOOK_MS);
  }

  #take(areLive: boolean): void {
    if (areLive === this.#areLive) return;
    this.#areLive = areLive;
    for (const listener of this.#listeners) listener();
  }
}
