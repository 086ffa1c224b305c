/**
 * The embedded store of background jobs: a SQLite file of its own beside the log's, so that writing down how far a job is
 * never waits for a payment's commit, nor a payment for it. Implements the JobStore port; what it promises is written down
 * as tests in ../jobs.contract.ts.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { JobQuery, JobStore } from '../../../engine/jobs/ports.ts';
import {
  beforeOrdinal,
  claimFrom,
  jobFrom,
  jobPage,
  LEFT_UNFINISHED,
  newJobValues,
  settledValues,
} from '../job-rows.ts';
import { type Row, text } from '../rows.ts';
import { assertWritable, closeWriter, openWriter, storageError } from '../sqlite/database.ts';
import { migrate } from '../sqlite/migrate.ts';
import { MIGRATIONS } from './schema.ts';

export interface SqliteJobsOptions {
  /** A file, made when it is not there, or `:memory:`. */
  readonly path: string;
  /** True for whoever knows that nobody else has the file: what a dead process had in hand is free at once. */
  readonly isAlone: boolean;
}

/** Opens the file (makes and migrates it). Throws an Error that says what to do. */
export function openSqliteJobs({ path, isAlone }: SqliteJobsOptions): JobStore {
  if (path !== ':memory:') assertWritable(path);
  const database = openWriter(path);
  try {
    migrate(database, MIGRATIONS);
  } catch (error) {
    database.close();
    throw error;
  }
  if (isAlone) database.exec("update jobs set due_at_ms = 0 where status = 'running'");
  return storeOn(database, path);
}

function storeOn(database: DatabaseSync, path: string): JobStore {
  const statements = prepareStatements(database);
  /** A statement is a transaction of its own. */
  const run = async <Result>(work: () => Result): Promise<Result> => {
    try {
      return work();
    } catch (error) {
      const isSqlite = error instanceof Error && 'errcode' in error;
      throw isSqlite ? storageError(error, path) : error;
    }
  };
  const found = (id: string) => {
    const row = statements.find.get(id);
    return row === undefined ? null : jobFrom(row);
  };
  return {
    add: (job) => run(() => statements.add.run(...newJobValues(job)).changes === 1),
    find: (id) => run(() => found(id)),
    list: (query) => run(() => jobPage(listRows(database, query), query)),
    claim: ({ nowMs, leaseUntilMs }) =>
      run(() => {
        for (;;) {
          const row = statements.claim.get({
            nowMs,
            leaseUntilMs,
            leftUnfinished: LEFT_UNFINISHED,
          });
          if (row === undefined) return null;
          if (text(row, 'status') === 'running') return claimFrom(row);
        }
      }),
    advance: ({ job, fence }, { done, total }, leaseUntilMs) =>
      run(
        () =>
          statements.advance.run({ ordinal: job.ordinal, fence, done, total, leaseUntilMs })
            .changes === 1,
      ),
    settle: ({ job, fence }, outcome, nowMs) =>
      run(() => {
        const isReleased = Number(outcome.kind === 'released');
        const values = { ...settledValues(outcome, nowMs), isReleased };
        return statements.settle.run({ ...values, ordinal: job.ordinal, fence }).changes === 1;
      }),
    cancel: (id, nowMs) =>
      run(() => {
        statements.cancel.run(nowMs, id);
        return found(id);
      }),
    removeFinished: (beforeMs, limit) =>
      run(() => Number(statements.remove.run(beforeMs, limit).changes)),
    async close() {
      if (database.isOpen) closeWriter(database);
    },
  };
}

function listRows(database: DatabaseSync, query: JobQuery): Row[] {
  const { limit, statuses, types } = query;
  return database
    .prepare(
      `select * from jobs where ordinal < ?
         and (? is null or status in (select value from json_each(?)))
         and (? is null or type in (select value from json_each(?)))
       order by ordinal desc limit ?`,
    )
    .all(beforeOrdinal(query), ...twice(statuses), ...twice(types), limit + 1);
}

function twice(values: readonly string[] | undefined): [string | null, string | null] {
  const json = values === undefined ? null : JSON.stringify(values);
  return [json, json];
}

function prepareStatements(database: DatabaseSync) {
  return {
    add: database.prepare(
      `insert into jobs (job_id, type, params, total, attempts_max, created_at_ms, due_at_ms)
       values (?1, ?2, ?3, ?4, ?5, ?6, ?6) on conflict (job_id) do nothing`,
    ),
    find: database.prepare('select * from jobs where job_id = ?'),
    // One that was left too often fails, and whoever claims looks again.
    claim: database.prepare(
      `update jobs set fence = fence + 1,
         status = iif(attempts >= attempts_max, 'failed', 'running'),
         error = iif(attempts >= attempts_max, :leftUnfinished, error),
         due_at_ms = iif(attempts >= attempts_max, null, :leaseUntilMs),
         finished_at_ms = iif(attempts >= attempts_max, :nowMs, null),
         started_at_ms = coalesce(started_at_ms, :nowMs),
         attempts = min(attempts + 1, attempts_max)
       where ordinal = (select ordinal from jobs where due_at_ms <= :nowMs order by ordinal limit 1)
       returning *`,
    ),
    advance: database.prepare(
      `update jobs set attempts = iif(:done > done, 1, attempts), done = :done, total = :total,
         due_at_ms = :leaseUntilMs
       where ordinal = :ordinal and fence = :fence and status = 'running'`,
    ),
    settle: database.prepare(
      `update jobs set status = :status, due_at_ms = :dueAtMs, finished_at_ms = :finishedAtMs,
         error = :error, result = :result, total = :total,
         attempts = iif(:done > done, 1, attempts) - :isReleased, done = :done
       where ordinal = :ordinal and fence = :fence and status = 'running'`,
    ),
    cancel: database.prepare(
      `update jobs set status = 'canceled', due_at_ms = null, finished_at_ms = ?
       where job_id = ? and finished_at_ms is null`,
    ),
    remove: database.prepare(
      `delete from jobs where ordinal in (
         select ordinal from jobs where finished_at_ms < ? order by finished_at_ms limit ?)`,
    ),
  };
}
