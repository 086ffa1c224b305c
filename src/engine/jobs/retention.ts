/**
 * `retention`: takes out what is past its keep, in small steps with rests between them. What is taken out tells of something
 * that is over: answers under idempotency keys, attempts at webhooks that arrived, finished jobs. Never the log, nor
 * anything that belongs to a payment.
 */
import { IDEMPOTENCY_KEPT_MS } from '../../core/limits.ts';
import type { Clock, Store } from '../ports.ts';
import type { DeliveryStore } from '../webhooks/ports.ts';
import type { JobHandler, JobSteps } from './handlers.ts';
import type { JobStore } from './ports.ts';
import { rest } from './rest.ts';

export interface RetentionParts {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly store: Pick<Store, 'removeReplies'>;
  readonly deliveries: Pick<DeliveryStore, 'removeAttempts'>;
  readonly jobs: () => Promise<Pick<JobStore, 'removeFinished'>>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Rows looked at in one step: some milliseconds. */
const STEP_ROWS = 500;

/** Between two steps, for those who wait for the same disk. */
const REST_MS = 20;

/** One step; null when there is nothing left. */
interface Step {
  readonly removed: number;
  readonly next: number | null;
}

export function retention(parts: RetentionParts): JobHandler<'retention'> {
  return async (steps) => {
    const nowMs = parts.clock.nowMs();
    const keptSinceMs = nowMs - steps.params.keep_days * DAY_MS;
    const repliesSinceMs = nowMs - IDEMPOTENCY_KEPT_MS;
    const jobs = await parts.jobs();
    const sweep = new Sweep(steps);
    return {
      idempotency_replies: await sweep.all(async () =>
        stepOf(await parts.store.removeReplies(repliesSinceMs, STEP_ROWS)),
      ),
      webhook_attempts: await sweep.all((after) =>
        parts.deliveries.removeAttempts({ beforeMs: keptSinceMs, after, limit: STEP_ROWS }),
      ),
      jobs: await sweep.all(async () => stepOf(await jobs.removeFinished(keptSinceMs, STEP_ROWS))),
    };
  };
}

/** The next one begins where this one did: what was there is gone. */
function stepOf(removed: number): Step {
  return { removed, next: removed < STEP_ROWS ? null : 0 };
}

class Sweep {
  readonly #steps: JobSteps<'retention'>;
  #done: number;

  constructor(steps: JobSteps<'retention'>) {
    this.#steps = steps;
    this.#done = steps.done;
  }

  /** Gives how many were taken out. */
  async all(step: (after: number) => Promise<Step>): Promise<number> {
    const { signal } = this.#steps;
    let removed = 0;
    for (let after: number | null = 0; after !== null;) {
      const taken = await step(after);
      removed += taken.removed;
      this.#done += taken.removed;
      after = taken.next;
      await this.#steps.advance(this.#done, null);
      await rest(REST_MS, signal);
    }
    return removed;
  }
}
