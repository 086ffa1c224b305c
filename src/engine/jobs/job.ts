/**
 * Background jobs: work that takes longer than a request may. A job is a row; whoever has its lease works on it, and
 * whoever finds a lease that is over takes it.
 *
 *   queued ──claim──► running ──► succeeded
 *     ▲ ▲               │ │ └───► failed      tried as often as it may be, without getting further
 *     │ └─a failure, later┘ └─a lease that is over─► running, elsewhere
 *     └─a process that stops gives it back─┘
 *
 * canceled: from queued and from running, at once. Whoever works on it finds that its lease is gone, and stops.
 */

export type JobId = string & { readonly __brand: 'JobId' };

export const JOB_TYPES = ['seed_synthetic_transactions', 'refresh_features', 'retention'] as const;
export type JobType = (typeof JOB_TYPES)[number];

export const JOB_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'canceled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** What each type is asked with, whole: what a caller left out has been filled in. */
export interface JobParamsOf {
  readonly seed_synthetic_transactions: SeedParams;
  readonly refresh_features: RefreshParams;
  readonly retention: RetentionParams;
}

export interface SeedParams {
  readonly count: number;
  /** Payments that are committed together, and then counted as done. */
  readonly batch_size: number;
  /** The same seed and count make the same requests. */
  readonly seed: string;
}

export interface RefreshParams {
  /** Null for all cards, devices and addresses. */
  readonly card_fingerprint: string | null;
}

export interface RetentionParams {
  readonly keep_days: number;
}

/** A type with the params that belong to it. */
export type JobWork = {
  [Type in JobType]: { readonly type: Type; readonly params: JobParamsOf[Type] };
}[JobType];

/** What a job came to: a flat record of JSON. */
export type JobResult = Readonly<Record<string, string | number | null>>;

export interface JobProgress {
  readonly done: number;
  /** Null while nobody knows. */
  readonly total: number | null;
}

interface JobFacts extends JobProgress {
  readonly id: JobId;
  /** Place in the order in which jobs were added. */
  readonly ordinal: number;
  readonly status: JobStatus;
  /** Tries since it last got further, the one that goes on included. */
  readonly attempts: number;
  readonly attemptsMax: number;
  /** When it is begun, at the earliest; null unless it is queued. */
  readonly nextAttemptAtMs: number | null;
  /** Of the last try that failed; null when none did, and once it succeeded. */
  readonly error: string | null;
  /** Null unless it succeeded. */
  readonly result: JobResult | null;
  readonly createdAtMs: number;
  /** When it was first begun. */
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

export type Job = JobWork & JobFacts;

/** A job as it is added. */
export type NewJob = JobWork & {
  readonly id: JobId;
  readonly total: number | null;
  readonly createdAtMs: number;
};

const ID = /^job_[\w-]{1,64}$/;

/** Null when the text cannot be a job's id, and no such job can exist. */
export function parseJobId(text: string): JobId | null {
  return ID.test(text) ? (text as JobId) : null;
}

/** The id of a job that nothing else names; `uuid` is fresh. */
export function jobIdOf(uuid: string): JobId {
  return `job_${uuid}` as JobId;
}

export function isFinished(status: JobStatus): boolean {
  return status !== 'queued' && status !== 'running';
}
