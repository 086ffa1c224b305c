/** What background jobs need from the world: a place to keep them in, and hints that there is work. */
import type { Page } from '../ports.ts';
import type { Job, JobId, JobProgress, JobResult, JobStatus, JobType, NewJob } from './job.ts';

/**
 * Jobs, for as many processes as share the store. Everything rejects with a StorageError, and then nothing was written; what
 * resolves is on disk.
 */
export interface JobStore {
  /** Queued, and due at once. False when there is one with this id already, which stays as it is. */
  add(job: NewJob): Promise<boolean>;
  find(id: JobId): Promise<Job | null>;
  /** The newest first. */
  list(query: JobQuery): Promise<Page<Job>>;

  /**
   * The oldest job that is due, or whose lease is over, is the caller's until `leaseUntilMs`; null when there is none. A
   * job whose lease ended as often as it may be tried, without getting further, fails instead.
   */
  claim(request: ClaimRequest): Promise<Claim | null>;
  /** Makes the lease longer and writes how far it is. False, and nothing was written, when it is not the caller's any more. */
  advance(claim: Claim, progress: JobProgress, leaseUntilMs: number): Promise<boolean>;
  /** What became of it. False, and nothing was written, when it is not the caller's any more. */
  settle(claim: Claim, outcome: JobOutcome, nowMs: number): Promise<boolean>;

  /** Ends it, whoever works on it; gives it as it is then. Null when there is none; one that is over stays what it is. */
  cancel(id: JobId, nowMs: number): Promise<Job | null>;
  /** Takes out up to `limit` jobs that were over before `beforeMs`, the oldest first; gives how many. */
  removeFinished(beforeMs: number, limit: number): Promise<number>;

  close(): Promise<void>;
}

export interface ClaimRequest {
  readonly nowMs: number;
  readonly leaseUntilMs: number;
}

/** A job in hand. */
export interface Claim {
  readonly job: Job;
  /** Counts the claims of this job: what is written must come with the last one. */
  readonly fence: number;
}

export type JobOutcome =
  | { readonly kind: 'succeeded'; readonly result: JobResult; readonly progress: JobProgress }
  /** `nextAttemptAtMs` null: it is given up. */
  | {
      readonly kind: 'failed';
      readonly error: string;
      readonly nextAttemptAtMs: number | null;
      readonly progress: JobProgress;
    }
  /** Given back as if it had not been begun: the process stops. */
  | { readonly kind: 'released'; readonly progress: JobProgress };

export interface JobQuery {
  readonly limit: number;
  /** Where an earlier page of the same query ended; null for the first page. */
  readonly cursor: string | null;
  readonly statuses?: readonly JobStatus[];
  readonly types?: readonly JobType[];
}

/** Carries ids of jobs that wait to whoever may run them. A hint may be lost, or come twice: the store is the truth. */
export interface JobHints {
  /** A job was added, or given back. */
  enqueued(id: JobId): void;
  /** Calls the listener at a hint; returns the function that ends the subscription. */
  subscribe(listener: () => void): () => void;
}
