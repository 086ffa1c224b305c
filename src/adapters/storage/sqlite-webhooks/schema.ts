/** The tables of endpoints, deliveries and attempts, in a file of their own. */
import type { Migration } from '../sqlite/migrate.ts';

/**
 * Of a delivery, `next_attempt_at_ms` is what the schedule says, null when it is done or waits for the event before it;
 * `due_at_ms` is when it may be claimed: the same, or, while it is leased, the end of the lease. So one index finds
 * what is due, and what is leased costs no claim anything.
 *
 * `is_ordered` is 1 for the undone deliveries of a payment on a strict endpoint. Of those that let nothing pass, the
 * first by `payment_sequence` has its turn and the others wait: only strict endpoints pay for that index.
 *
 * An ordinal is never used again (AUTOINCREMENT), not even when all deliveries are taken out: a late result must not
 * meet another delivery. Endpoints have a number, because it stands in every index.
 */
const webhooks = `
create table log_position (
  only integer primary key check (only = 1),
  writer text not null,
  sequence integer not null check (sequence >= 0)
) strict;

create table endpoints (
  number integer primary key autoincrement,
  endpoint_id text not null unique,
  url text not null,
  events text not null,
  description text,
  payload text not null check (payload in ('envelope', 'payment')),
  ordering text not null check (ordering in ('none', 'strict')),
  is_enabled integer not null check (is_enabled in (0, 1)),
  disabled_reason text check (disabled_reason in ('gone', 'unset')),
  secret text not null,
  previous_secret text,
  previous_until_ms integer check ((previous_until_ms is null) = (previous_secret is null)),
  faults text not null,
  is_from_environment integer not null check (is_from_environment in (0, 1)),
  created_at_ms integer not null,
  updated_at_ms integer not null,
  after_writer text not null,
  after_sequence integer not null check (after_sequence >= 0),
  pending integer not null default 0 check (pending >= 0),
  delivered integer not null default 0 check (delivered >= 0),
  failing integer not null default 0 check (failing >= 0),
  dead integer not null default 0 check (dead >= 0),
  check (disabled_reason is null or is_enabled = 0)
) strict;

create table removed_endpoints (number integer primary key) strict;

create table deliveries (
  ordinal integer primary key autoincrement,
  endpoint integer not null,
  event_id text not null,
  sequence integer,
  body text check ((body is null) = (sequence is not null)),
  event_type text not null,
  payment_id text,
  payment_sequence integer check ((payment_sequence is null) = (payment_id is null)),
  scheduled_from_ms integer not null,
  created_at_ms integer not null,
  status text not null default 'pending'
    check (status in ('pending', 'delivered', 'failing', 'dead')),
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at_ms integer,
  due_at_ms integer,
  lease_token text,
  is_ordered integer not null check (is_ordered in (0, 1)),
  lets_pass integer not null default 0 check (lets_pass in (0, 1)),
  is_resent integer not null default 0 check (is_resent in (0, 1)),
  check (lease_token is not null or (due_at_ms is next_attempt_at_ms and is_resent = 0)),
  check (lease_token is null or (due_at_ms is not null and next_attempt_at_ms is not null)),
  check (status in ('pending', 'failing') or (next_attempt_at_ms is null and is_ordered = 0)),
  check (next_attempt_at_ms is not null or status in ('delivered', 'dead')
    or (is_ordered = 1 and lets_pass = 0)),
  check (is_ordered = 0 or payment_id is not null)
) strict;
create unique index deliveries_by_event on deliveries (event_id, endpoint);
create index deliveries_by_status on deliveries (endpoint, status);
create index deliveries_by_payment on deliveries (payment_id) where payment_id is not null;
create index deliveries_by_due on deliveries (endpoint, due_at_ms) where due_at_ms is not null;
create index deliveries_by_turn on deliveries (endpoint, payment_id, payment_sequence)
  where is_ordered = 1;

create table attempts (
  attempt integer primary key,
  ordinal integer not null,
  at_ms integer not null,
  duration_ms real not null,
  status_code integer,
  error text,
  retry_after_ms real,
  request_url text not null,
  request_headers text not null,
  response_headers text,
  response_body text,
  is_truncated integer check (is_truncated in (0, 1)),
  deliberate text,
  check ((response_headers is null) = (response_body is null)),
  check ((response_headers is null) = (is_truncated is null))
) strict;
create index attempts_by_delivery on attempts (ordinal);
`;

/** Answers under idempotency keys; a key is kept as a hash. */
const replies = `
create table replies (
  key_hash text primary key,
  fingerprint text not null,
  status integer not null,
  body text not null,
  created_at_ms integer not null
) strict, without rowid;
create index replies_by_age on replies (created_at_ms);
`;

export const MIGRATIONS: readonly Migration[] = [
  { name: '0001-webhooks', sql: webhooks },
  { name: '0002-replies', sql: replies },
];
