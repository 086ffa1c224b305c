/**
 * Runs jobs, one at a time: takes the oldest that is due, or was left by a process that died, works on it, looks again. It
 * looks at a hint, and once a second.
 *
 *   idle ──a hint, a second──► claiming ──a job──► running ──► claiming
 *     ▲                           │ none
 *     └───────────────────────────┘
 */
import { JOB_LEASE_MS, JOB_LOOK_MS } from './limits.ts';
import type { JobHints, JobStore } from './ports.ts';
import { LiveJob, type RunParts } from './run.ts';

export interface RunnerParts extends Omit<RunParts, 'store'> {
  /** Null while there are no jobs at all: then nothing is opened to look for them. */
  readonly store: () => Promise<JobStore | null>;
  readonly hints: JobHints;
  /** False while others are there to run them: then none is taken, and one in hand is finished. */
  readonly isWanted: () => boolean;
}

export interface Runner {
  /** Gives the job in hand back, for others to go on with; resolves when that is written. */
  stop(): Promise<void>;
}

export function startRunner(parts: RunnerParts): Runner {
  return new JobRunner(parts);
}

class JobRunner implements Runner {
  readonly #parts: RunnerParts;
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  #live: LiveJob | null = null;
  #looking: Promise<void> | null = null;
  #isHinted = false;
  #isStopped = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.hints.subscribe(() => this.#look());
    this.#timer = setInterval(() => this.#look(), JOB_LOOK_MS);
    this.#look();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe();
    clearInterval(this.#timer);
    this.#live?.stop();
    await this.#looking;
  }

  /** A hint that comes while it works is remembered: it looks again after that anyway. */
  #look(): void {
    this.#isHinted = true;
    if (this.#looking !== null || this.#isStopped) return;
    this.#looking = this.#work().finally(() => (this.#looking = null));
  }

  async #work(): Promise<void> {
    try {
      while (this.#isHinted && !this.#isStopped && this.#parts.isWanted()) {
        this.#isHinted = false;
        const store = await this.#parts.store();
        if (store !== null && (await this.#runNext(store))) this.#isHinted = true;
      }
    } catch (error) {
      // The next look tries again.
      this.#parts.onStoreError(error);
    }
  }

  /** False when there was nothing to do. */
  async #runNext(store: JobStore): Promise<boolean> {
    const { clock } = this.#parts;
    const nowMs = clock.nowMs();
    const leaseUntilMs = nowMs + JOB_LEASE_MS;
    const claim = await store.claim({ nowMs, leaseUntilMs });
    if (claim === null) return false;
    const live = new LiveJob({ ...this.#parts, store }, claim, leaseUntilMs);
    this.#live = live;
    if (this.#isStopped) live.stop();
    try {
      await live.live();
    } finally {
      this.#live = null;
    }
    return true;
  }
}
