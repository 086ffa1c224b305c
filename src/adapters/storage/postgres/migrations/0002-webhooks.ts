/**
 * Endpoints, deliveries and attempts: the shape is that of the SQLite file (sqlite-webhooks/schema.ts says what the columns
 * of a delivery mean). What differs is there because many processes work on them at once:
 *
 * - `webhook_position` has its row from the beginning: who follows the log locks it.
 * - `webhook_tallies`: how many deliveries of each status there are, in slots, of which each connection has one to write
 *   to; readers add them up. One of them alone may be below zero.
 *
 * A body that a receiver sent may hold a NUL, which no text of Postgres does: it is kept as a JSON string.
 */
export const sql = `
create table webhook_position (
  id smallint primary key check (id = 1),
  writer text,
  sequence bigint check (sequence >= 0),
  check ((writer is null) = (sequence is null))
);
insert into webhook_position values (1, null, null);

create table webhook_endpoints (
  number integer generated always as identity primary key,
  endpoint_id text collate "C" not null unique,
  url text not null,
  events text not null,
  description text,
  payload text not null check (payload in ('envelope', 'payment')),
  ordering text not null check (ordering in ('none', 'strict')),
  is_enabled smallint not null check (is_enabled in (0, 1)),
  disabled_reason text check (disabled_reason in ('gone', 'unset')),
  secret text not null,
  previous_secret text,
  previous_until_ms bigint check ((previous_until_ms is null) = (previous_secret is null)),
  faults text not null,
  is_from_environment smallint not null check (is_from_environment in (0, 1)),
  created_at_ms bigint not null,
  updated_at_ms bigint not null,
  after_writer text not null,
  after_sequence bigint not null check (after_sequence >= 0),
  check (disabled_reason is null or is_enabled = 0)
);

create table webhook_tallies (
  endpoint integer not null,
  slot integer not null,
  pending bigint not null,
  delivered bigint not null,
  failing bigint not null,
  dead bigint not null,
  primary key (endpoint, slot)
);

create table webhook_removed_endpoints (number integer primary key);

create table webhook_deliveries (
  ordinal bigint generated always as identity primary key,
  endpoint integer not null,
  event_id text collate "C" not null,
  sequence bigint,
  body text check ((body is null) = (sequence is not null)),
  event_type text not null,
  payment_id text collate "C",
  payment_sequence integer check ((payment_sequence is null) = (payment_id is null)),
  scheduled_from_ms bigint not null,
  created_at_ms bigint not null,
  status text not null default 'pending'
    check (status in ('pending', 'delivered', 'failing', 'dead')),
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at_ms bigint,
  due_at_ms bigint,
  lease_token text,
  is_ordered smallint not null check (is_ordered in (0, 1)),
  lets_pass smallint not null default 0 check (lets_pass in (0, 1)),
  is_resent smallint not null default 0 check (is_resent in (0, 1)),
  check (lease_token is not null
    or (due_at_ms is not distinct from next_attempt_at_ms and is_resent = 0)),
  check (lease_token is null or (due_at_ms is not null and next_attempt_at_ms is not null)),
  check (status in ('pending', 'failing') or (next_attempt_at_ms is null and is_ordered = 0)),
  check (next_attempt_at_ms is not null or status in ('delivered', 'dead')
    or (is_ordered = 1 and lets_pass = 0)),
  check (is_ordered = 0 or payment_id is not null)
);
create unique index webhook_deliveries_by_event on webhook_deliveries (event_id, endpoint);
create index webhook_deliveries_by_status on webhook_deliveries (endpoint, status, ordinal);
create index webhook_deliveries_by_payment on webhook_deliveries (payment_id, ordinal)
  where payment_id is not null;
create index webhook_deliveries_by_due on webhook_deliveries (endpoint, due_at_ms, ordinal)
  where due_at_ms is not null;
create index webhook_deliveries_by_turn
  on webhook_deliveries (endpoint, payment_id, payment_sequence) where is_ordered = 1;

create table webhook_attempts (
  attempt bigint generated always as identity primary key,
  ordinal bigint not null,
  at_ms bigint not null,
  duration_ms double precision not null,
  status_code integer,
  error text,
  retry_after_ms double precision,
  request_url text not null,
  request_headers text not null,
  response_headers text,
  response_body text,
  is_truncated smallint check (is_truncated in (0, 1)),
  deliberate text,
  check ((response_headers is null) = (response_body is null)),
  check ((response_headers is null) = (is_truncated is null))
);
create index webhook_attempts_by_delivery on webhook_attempts (ordinal, attempt);

create table webhook_replies (
  key_hash text collate "C" primary key,
  fingerprint text not null,
  status integer not null,
  body text not null,
  created_at_ms bigint not null
);
create index webhook_replies_by_age on webhook_replies (created_at_ms);
`;
