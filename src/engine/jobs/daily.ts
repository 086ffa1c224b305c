/**
 * Retention, once a day: every process asks for it under the name of the day, and the first one makes the job. Not soon
 * after a start, so that a process that lives for minutes leaves nothing behind.
 */
import type { Clock } from '../ports.ts';
import type { JobId, NewJob } from './job.ts';
import { KEEP_DAYS_DEFAULT } from './limits.ts';
import type { JobHints, JobStore } from './ports.ts';

const MINUTE_MS = 60_000;
const LOOK_MS = 10 * MINUTE_MS;

export interface DailyParts {
  readonly open: () => Promise<JobStore>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly hints: Pick<JobHints, 'enqueued'>;
  readonly onError: (error: unknown) => void;
}

/** Begins to ask; gives what ends that. */
export function startDaily(parts: DailyParts): () => void {
  const timer = setInterval(() => void askForToday(parts).catch(parts.onError), LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Makes today's job, unless there is one. */
export async function askForToday({ open, clock, hints }: DailyParts): Promise<void> {
  const job = retentionOf(clock.nowMs());
  const store = await open();
  if (await store.add(job)) hints.enqueued(job.id);
}

function retentionOf(nowMs: number): NewJob {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  return {
    id: `job_retention_${day}` as JobId,
    type: 'retention',
    params: { keep_days: KEEP_DAYS_DEFAULT },
    total: null,
    createdAtMs: nowMs,
  };
}
