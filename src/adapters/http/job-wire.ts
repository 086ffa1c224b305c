/** Background jobs in their public form. */
import type { Job } from '../../engine/jobs/job.ts';
import { isoTime } from '../../engine/snapshot.ts';

export function wireJob(job: Job) {
  return {
    id: job.id,
    type: job.type,
    params: job.params,
    status: job.status,
    progress: { done: job.done, total: job.total },
    attempts: job.attempts,
    max_attempts: job.attemptsMax,
    next_attempt_at: timeOrNull(job.nextAttemptAtMs),
    error: job.error,
    result: job.result,
    created_at: isoTime(job.createdAtMs),
    started_at: timeOrNull(job.startedAtMs),
    finished_at: timeOrNull(job.finishedAtMs),
  };
}

function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}
