/**
 * `seed_synthetic_transactions`: makes payments that look like those of a town full of shops. Payment number n of a job is
 * the same payment however often it is asked for, so that a job that is taken over goes on where it was last written down,
 * and what was made since then is not made twice.
 *
 * It takes about half of the time that it could: whoever asks the same process meanwhile finds it free as often as not.
 */
import type { Clock } from '../ports.ts';
import type { JobHandler, JobSteps } from './handlers.ts';
import type { JobId } from './job.ts';
import { nextTurn, rest } from './rest.ts';

export interface SeedSource {
  /** Makes up a payment; what it gives asks for it, once for each job and number. */
  prepare(payment: SeedPayment): () => Promise<void>;
}

export interface SeedPayment {
  readonly jobId: JobId;
  /** In the job, from 0. */
  readonly number: number;
  readonly count: number;
  readonly seed: string;
}

/** To make up a payment takes a twentieth of a millisecond; others get their turn after so many. */
const PREPARED_AT_ONCE = 25;

/** A rest is as long as the work before it, within these bounds. */
const REST_MS_MIN = 2;
const REST_MS_MAX = 500;

type SeedSteps = JobSteps<'seed_synthetic_transactions'>;

export function seedTransactions(
  source: SeedSource,
  clock: Pick<Clock, 'ticksMs'>,
): JobHandler<'seed_synthetic_transactions'> {
  return async (steps) => {
    const { count, batch_size: batchSize, seed } = steps.params;
    for (let done = steps.done; done < count;) {
      const until = Math.min(done + batchSize, count);
      const startedAt = clock.ticksMs();
      await make(source, steps, done, until);
      done = until;
      await steps.advance(done, count);
      const tookMs = clock.ticksMs() - startedAt;
      await rest(Math.min(Math.max(tookMs, REST_MS_MIN), REST_MS_MAX), steps.signal);
    }
    return { payments: count, seed };
  };
}

/** Those from one number up to but not including another; all are on disk when it resolves. */
async function make(source: SeedSource, { id, params }: SeedSteps, from: number, until: number) {
  const { count, seed } = params;
  const prepared: (() => Promise<void>)[] = [];
  for (let number = from; number < until; number += 1) {
    prepared.push(source.prepare({ jobId: id, number, count, seed }));
    if (prepared.length % PREPARED_AT_ONCE === 0) await nextTurn();
  }
  // In one turn, so that they share a commit. All are waited for: none may be on its way when this fails.
  const made = await Promise.allSettled(prepared.map((ask) => ask()));
  for (const one of made) if (one.status === 'rejected') throw one.reason;
}
