/** Rows of jobs to domain values and back, the same on every store. */
import {
  JOB_STATUSES,
  JOB_TYPES,
  type Job,
  type JobResult,
  type JobWork,
  type NewJob,
} from '../../engine/jobs/job.ts';
import { JOB_ATTEMPTS_MAX } from '../../engine/jobs/limits.ts';
import type { Claim, JobOutcome, JobQuery } from '../../engine/jobs/ports.ts';
import { assertOwnCursor } from '../../engine/ports.ts';
import { integer, numberOrNull, oneOf, type Row, text, textOrNull } from './rows.ts';

export function jobFrom(row: Row): Job {
  const result = textOrNull(row, 'result');
  const status = oneOf(JOB_STATUSES, text(row, 'status'));
  return {
    ...workFrom(row),
    id: text(row, 'job_id') as Job['id'],
    ordinal: integer(row, 'ordinal'),
    status,
    done: integer(row, 'done'),
    total: numberOrNull(row, 'total'),
    attempts: integer(row, 'attempts'),
    attemptsMax: integer(row, 'attempts_max'),
    nextAttemptAtMs: status === 'queued' ? integer(row, 'due_at_ms') : null,
    error: textOrNull(row, 'error'),
    result: result === null ? null : (JSON.parse(result) as JobResult),
    createdAtMs: integer(row, 'created_at_ms'),
    startedAtMs: numberOrNull(row, 'started_at_ms'),
    finishedAtMs: numberOrNull(row, 'finished_at_ms'),
  };
}

/** The params were checked when the job was asked for. */
function workFrom(row: Row): JobWork {
  const type = oneOf(JOB_TYPES, text(row, 'type'));
  return { type, params: JSON.parse(text(row, 'params')) as object } as JobWork;
}

export function claimFrom(row: Row): Claim {
  return { job: jobFrom(row), fence: integer(row, 'fence') };
}

/** In the order of the columns of the insertion. */
export function newJobValues({ id, type, params, total, createdAtMs }: NewJob) {
  return [id, type, JSON.stringify(params), total, JOB_ATTEMPTS_MAX, createdAtMs] as const;
}

/** What an outcome makes of a job's row. */
export function settledValues(outcome: JobOutcome, nowMs: number) {
  const { done, total } = outcome.progress;
  const settled = { done, total, error: null, result: null };
  switch (outcome.kind) {
    case 'succeeded':
      return {
        ...settled,
        status: 'succeeded',
        dueAtMs: null,
        finishedAtMs: nowMs,
        result: JSON.stringify(outcome.result),
      };
    case 'failed': {
      const { error, nextAttemptAtMs: dueAtMs } = outcome;
      return dueAtMs === null
        ? { ...settled, status: 'failed', dueAtMs: null, finishedAtMs: nowMs, error }
        : { ...settled, status: 'queued', dueAtMs, finishedAtMs: null, error };
    }
    case 'released':
      return { ...settled, status: 'queued', dueAtMs: nowMs, finishedAtMs: null };
  }
}

/** What is said of a job whose lease ended too often. */
export const LEFT_UNFINISHED =
  'the process that worked on it ended, as often as it is tried, without getting further';

/** Newest first: where the next page begins. Throws a ForeignCursorError for a cursor of another store. */
export function beforeOrdinal({ cursor }: JobQuery): number {
  assertOwnCursor(cursor, /^\d{1,15}$/);
  return cursor === null ? Number.MAX_SAFE_INTEGER : Number(cursor);
}

/** A page of what was found, of which one more than the limit was asked for. */
export function jobPage(rows: readonly Row[], { limit }: JobQuery) {
  const items = rows.slice(0, limit).map(jobFrom);
  return { items, next: rows.length > limit ? String(items.at(-1)?.ordinal) : null };
}
