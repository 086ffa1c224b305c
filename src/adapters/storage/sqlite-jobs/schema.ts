/** The table of background jobs, in a file of its own. */
import type { Migration } from '../sqlite/migrate.ts';

/**
 * `due_at_ms` is when a job may be claimed: when it is tried next, or, while it is running, the end of its lease; null when
 * it is over. `fence` counts the claims. An ordinal is never used again.
 */
const jobs = `
create table jobs (
  ordinal integer primary key autoincrement,
  job_id text not null unique,
  type text not null,
  params text not null,
  status text not null default 'queued'
    check (status in ('queued', 'running', 'succeeded', 'failed', 'canceled')),
  done integer not null default 0 check (done >= 0),
  total integer check (total >= 0),
  attempts integer not null default 0 check (attempts >= 0),
  attempts_max integer not null check (attempts_max > 0),
  due_at_ms integer,
  fence integer not null default 0,
  error text,
  result text,
  created_at_ms integer not null,
  started_at_ms integer,
  finished_at_ms integer,
  check ((due_at_ms is null) = (finished_at_ms is not null)),
  check ((finished_at_ms is null) = (status in ('queued', 'running'))),
  check ((result is not null) = (status = 'succeeded')),
  check (status <> 'running' or started_at_ms is not null)
) strict;
create index jobs_by_due on jobs (due_at_ms) where due_at_ms is not null;
create index jobs_by_end on jobs (finished_at_ms) where finished_at_ms is not null;
`;

export const MIGRATIONS: readonly Migration[] = [{ name: '0001-jobs', sql: jobs }];
