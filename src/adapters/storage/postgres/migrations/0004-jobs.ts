/** Background jobs: the shape is that of the SQLite file (sqlite-jobs/schema.ts says what the columns mean). */
export const sql = `
create table jobs (
  ordinal bigint generated always as identity primary key,
  job_id text collate "C" not null unique,
  type text not null,
  params text not null,
  status text not null default 'queued'
    check (status in ('queued', 'running', 'succeeded', 'failed', 'canceled')),
  done bigint not null default 0 check (done >= 0),
  total bigint check (total >= 0),
  attempts integer not null default 0 check (attempts >= 0),
  attempts_max integer not null check (attempts_max > 0),
  due_at_ms bigint,
  fence bigint not null default 0,
  error text,
  result text,
  created_at_ms bigint not null,
  started_at_ms bigint,
  finished_at_ms bigint,
  check ((due_at_ms is null) = (finished_at_ms is not null)),
  check ((finished_at_ms is null) = (status in ('queued', 'running'))),
  check ((result is not null) = (status = 'succeeded')),
  check (status <> 'running' or started_at_ms is not null)
);
create index jobs_by_due on jobs (due_at_ms) where due_at_ms is not null;
create index jobs_by_end on jobs (finished_at_ms) where finished_at_ms is not null;
`;
