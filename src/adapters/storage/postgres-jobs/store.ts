/**
 * The store of background jobs on Postgres, in the database of the log: any number of processes add and claim at once.
 * Implements the JobStore port; what it promises is written down as tests in ../jobs.contract.ts.
 *
 * Every method is one statement, which is on disk when it resolves. One whose connection is lost may be written all the same:
 * a claim that nobody heard of ends with its lease, and a job is added once under its id.
 */
import type { JobStore } from '../../../engine/jobs/ports.ts';
import {
  beforeOrdinal,
  claimFrom,
  jobFrom,
  jobPage,
  LEFT_UNFINISHED,
  newJobValues,
  settledValues,
} from '../job-rows.ts';
import { connect, type Connections } from '../postgres/connection.ts';
import { migrate } from '../postgres/migrate.ts';
import { type Row, text } from '../rows.ts';

/** Opens the database and migrates it: `postgres://user:password@host:port/database`. Throws an Error that says what to do. */
export async function openPostgresJobs({ url }: { readonly url: string }): Promise<JobStore> {
  await migrate(url);
  return storeOn(connect(url));
}

function storeOn(connections: Connections): JobStore {
  const rows = (name: string, sql: string, values: readonly unknown[]) =>
    connections.rows(`job_${name}`, sql, values);
  const isOne = (changed: readonly Row[]) => changed.length === 1;
  const find = async (id: string) => {
    const [row] = await rows('find', 'select * from jobs where job_id = $1', [id]);
    return row === undefined ? null : jobFrom(row);
  };
  return {
    add: async (job) => isOne(await rows('add', ADD, newJobValues(job))),
    find,
    async list(query) {
      const { limit, statuses = null, types = null } = query;
      const values = [beforeOrdinal(query), statuses, types, limit + 1];
      return jobPage(await rows('list', LIST, values), query);
    },
    async claim({ nowMs, leaseUntilMs }) {
      for (;;) {
        const [row] = await rows('claim', CLAIM, [nowMs, leaseUntilMs, LEFT_UNFINISHED]);
        if (row === undefined) return null;
        if (text(row, 'status') === 'running') return claimFrom(row);
      }
    },
    advance: async ({ job, fence }, { done, total }, leaseUntilMs) =>
      isOne(await rows('advance', ADVANCE, [job.ordinal, fence, done, total, leaseUntilMs])),
    async settle({ job, fence }, outcome, nowMs) {
      const { status, dueAtMs, finishedAtMs, error, result, done, total } = settledValues(
        outcome,
        nowMs,
      );
      const isReleased = Number(outcome.kind === 'released');
      const became = [status, dueAtMs, finishedAtMs, error, result, done, total, isReleased];
      return isOne(await rows('settle', SETTLE, [job.ordinal, fence, ...became]));
    },
    async cancel(id, nowMs) {
      await rows('cancel', CANCEL, [nowMs, id]);
      return find(id);
    },
    removeFinished: async (beforeMs, limit) =>
      (await rows('remove', REMOVE, [beforeMs, limit])).length,
    close: () => connections.close(),
  };
}

const ADD = `insert into jobs
    (job_id, type, params, total, attempts_max, created_at_ms, due_at_ms)
  values ($1, $2, $3, $4, $5, $6, $6) on conflict (job_id) do nothing returning ordinal`;

const LIST = `select * from jobs where ordinal < $1
    and ($2::text[] is null or status = any($2)) and ($3::text[] is null or type = any($3))
  order by ordinal desc limit $4`;

// One that was left too often fails, and whoever claims looks again.
const CLAIM = `with due as materialized (
    select ordinal, attempts >= attempts_max as is_over from jobs
      where due_at_ms <= $1 order by ordinal limit 1 for update skip locked)
  update jobs set fence = fence + 1,
      status = case when is_over then 'failed' else 'running' end,
      error = case when is_over then $3 else error end,
      due_at_ms = case when is_over then null else $2::bigint end,
      finished_at_ms = case when is_over then $1::bigint end,
      started_at_ms = coalesce(started_at_ms, $1),
      attempts = least(attempts + 1, attempts_max)
    from due where jobs.ordinal = due.ordinal returning jobs.*`;

const HELD = "ordinal = $1 and fence = $2 and status = 'running'";

const ADVANCE = `update jobs set attempts = case when $3::bigint > done then 1 else attempts end,
    done = $3, total = $4, due_at_ms = $5 where ${HELD} returning ordinal`;

const SETTLE = `update jobs set status = $3, due_at_ms = $4, finished_at_ms = $5, error = $6,
    result = $7, total = $9,
    attempts = case when $8::bigint > done then 1 else attempts end - $10::integer, done = $8
  where ${HELD} returning ordinal`;

const CANCEL = `update jobs set status = 'canceled', due_at_ms = null, finished_at_ms = $1
  where job_id = $2 and finished_at_ms is null`;

const REMOVE = `delete from jobs where ordinal in (
    select ordinal from jobs where finished_at_ms < $1 order by finished_at_ms limit $2)
  returning ordinal`;
