/** What does the work of a job, by its type. */
import type { JobId, JobParamsOf, JobResult, JobType } from './job.ts';

/** A job as its handler sees it. */
export interface JobSteps<Type extends JobType> {
  readonly id: JobId;
  readonly params: JobParamsOf[Type];
  /** How far it was when this try began: an earlier one may have done more than that, and never less. */
  readonly done: number;
  /** Aborted when it is to stop; `advance` then rejects. */
  readonly signal: AbortSignal;
  /**
   * Called after each step, which should take a fraction of a second. `total` is null while nobody knows. Rejects when the
   * job is to stop here: the handler lets that pass.
   */
  readonly advance: (done: number, total: number | null) => Promise<void>;
}

/** Rejects with why this try failed. It may be called again for the same job, after any step. */
export type JobHandler<Type extends JobType> = (steps: JobSteps<Type>) => Promise<JobResult>;

export type JobHandlers = { readonly [Type in JobType]: JobHandler<Type> };
