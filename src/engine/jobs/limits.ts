/** The limits of background jobs, each with its reason. */

/** A job belongs to whoever claimed it for so long; a process that dies leaves it to others after this. */
export const JOB_LEASE_MS = 20_000;

/** How often the lease is made longer: three may fail in a row before it is lost. */
export const JOB_RENEW_MS = 5_000;

/** How often the store is asked for work that nobody told of: what a lost hint missed is found by then. */
export const JOB_LOOK_MS = 1_000;

/** Progress is written at most this often: for people, and as the place from which others go on. */
export const JOB_PROGRESS_MS = 250;

/** Tries without getting further, before a job is given up. */
export const JOB_ATTEMPTS_MAX = 5;

/** Waits before the second try and those after it, made up to a tenth longer by chance. */
export const JOB_BACKOFF_MS: readonly number[] = [5_000, 30_000, 120_000, 600_000];

/** What is kept of an error: enough to know what happened. */
export const JOB_ERROR_CHARS_MAX = 500;

/** Payments of one job: hours of work. */
export const SEED_COUNT_MAX = 1_000_000;

/** Payments in one step: more would keep other callers waiting for too long. */
export const SEED_BATCH_MAX = 1_000;
export const SEED_BATCH_DEFAULT = 250;

/** Past their keep: days. Ten years is as good as for ever. */
export const KEEP_DAYS_MAX = 3_650;
export const KEEP_DAYS_DEFAULT = 30;
