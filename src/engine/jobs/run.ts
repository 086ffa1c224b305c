/**
 * One job in hand: keeps its lease while its handler works, writes how far it is, and what became of it. When the lease is
 * lost (somebody canceled the job, or took it over because this process stood still) the handler is stopped at its next
 * step, and nothing more is written.
 */
import type { Clock } from '../ports.ts';
import type { JobHandlers } from './handlers.ts';
import type { JobProgress, JobResult } from './job.ts';
import {
  JOB_BACKOFF_MS,
  JOB_ERROR_CHARS_MAX,
  JOB_LEASE_MS,
  JOB_PROGRESS_MS,
  JOB_RENEW_MS,
} from './limits.ts';
import type { Claim, JobOutcome, JobStore } from './ports.ts';

export interface RunParts {
  readonly store: Pick<JobStore, 'advance' | 'settle'>;
  readonly clock: Clock;
  readonly handlers: JobHandlers;
  /** A uniform number in [0, 1). */
  readonly chance: () => number;
  /** Hears of what made a try fail. */
  readonly onError: (error: unknown) => void;
  /** Hears of jobs that cannot be read or written. */
  readonly onStoreError: (error: unknown) => void;
}

/** Thrown into a handler that is to stop. */
class Interrupted extends Error {}

type Interruption = 'lost' | 'stopping';

export class LiveJob {
  readonly #parts: RunParts;
  readonly #claim: Claim;
  readonly #interrupted = new AbortController();
  #why: Interruption | null = null;
  #progress: JobProgress;
  #isFurther = false;
  #leaseEndsAtMs: number;
  #writtenAtTicks: number;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: RunParts, claim: Claim, leaseUntilMs: number) {
    this.#parts = parts;
    this.#claim = claim;
    const { done, total } = claim.job;
    this.#progress = { done, total };
    this.#leaseEndsAtMs = leaseUntilMs;
    this.#writtenAtTicks = parts.clock.ticksMs();
  }

  /** Gives the job back at the handler's next step. */
  stop(): void {
    this.#interrupt('stopping');
  }

  /** Works until there is an outcome, and writes it. Rejects when that cannot be written: the lease then ends by itself. */
  async live(): Promise<void> {
    const { store, clock } = this.#parts;
    const renewal = setInterval(() => void this.#write(), JOB_RENEW_MS);
    const outcome = await this.#outcome();
    clearInterval(renewal);
    await this.#writing;
    if (outcome !== null) await store.settle(this.#claim, outcome, clock.nowMs());
  }

  /** Null when there is nothing to write: the job is not ours any more. */
  async #outcome(): Promise<JobOutcome | null> {
    try {
      const result = await this.#handle();
      return { kind: 'succeeded', result, progress: this.#progress };
    } catch (error) {
      if (!(error instanceof Interrupted)) this.#parts.onError(error);
      return this.#outcomeOf(error);
    }
  }

  #handle(): Promise<JobResult> {
    const { job } = this.#claim;
    const { handlers } = this.#parts;
    const steps = {
      id: job.id,
      done: job.done,
      signal: this.#interrupted.signal,
      advance: (done: number, total: number | null) => this.#advance({ done, total }),
    };
    switch (job.type) {
      case 'seed_synthetic_transactions':
        return handlers.seed_synthetic_transactions({ ...steps, params: job.params });
      case 'refresh_features':
        return handlers.refresh_features({ ...steps, params: job.params });
      case 'retention':
        return handlers.retention({ ...steps, params: job.params });
    }
  }

  async #advance(progress: JobProgress): Promise<void> {
    this.#isFurther ||= progress.done > this.#claim.job.done;
    this.#progress = progress;
    const { clock } = this.#parts;
    if (clock.ticksMs() - this.#writtenAtTicks >= JOB_PROGRESS_MS) await this.#write();
    if (clock.nowMs() >= this.#leaseEndsAtMs) this.#interrupt('lost');
    if (this.#why !== null) throw new Interrupted(this.#why);
  }

  /** One write at a time; the lease is made longer by each. */
  #write(): Promise<void> {
    const { clock, onStoreError } = this.#parts;
    this.#writtenAtTicks = clock.ticksMs();
    this.#writing = this.#writing
      .then(() => this.#renew())
      // The lease still holds for a while: the next write may go through.
      .catch(onStoreError);
    return this.#writing;
  }

  async #renew(): Promise<void> {
    if (this.#why === 'lost') return;
    const { clock, store } = this.#parts;
    const leaseUntilMs = clock.nowMs() + JOB_LEASE_MS;
    const isHeld = await store.advance(this.#claim, this.#progress, leaseUntilMs);
    if (isHeld) this.#leaseEndsAtMs = leaseUntilMs;
    else this.#interrupt('lost');
  }

  #interrupt(why: Interruption): void {
    if (this.#why !== 'lost') this.#why = why;
    this.#interrupted.abort();
  }

  #outcomeOf(error: unknown): JobOutcome | null {
    if (this.#why === 'lost') return null;
    const progress = this.#progress;
    if (this.#why === 'stopping') return { kind: 'released', progress };
    return {
      kind: 'failed',
      error: textOf(error),
      nextAttemptAtMs: this.#nextAttemptAtMs(),
      progress,
    };
  }

  /** Null when it was tried often enough without getting further. */
  #nextAttemptAtMs(): number | null {
    const { attempts, attemptsMax } = this.#claim.job;
    const tries = this.#isFurther ? 1 : attempts;
    const waitMs = tries >= attemptsMax ? undefined : JOB_BACKOFF_MS[tries - 1];
    if (waitMs === undefined) return null;
    const { clock, chance } = this.#parts;
    return clock.nowMs() + Math.round(waitMs * (1 + chance() / 10));
  }
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, JOB_ERROR_CHARS_MAX);
}
