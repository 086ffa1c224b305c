-- Made by npm run generate; do not edit.

CREATE TABLE meta (
  name text primary key,
  value text not null
) strict, without rowid;

CREATE TABLE payments (
  ordinal integer primary key,
  payment_id text not null unique,
  version integer not null check (version >= 1),
  status text not null check (status in
    ('CREATED', 'PROCESSING', 'AUTHORIZED', 'SUCCESS', 'FAILED', 'CANCELED', 'REFUNDED')),
  amount_minor integer not null check (amount_minor between -999999999999 and 999999999999),
  currency text not null check (length(currency) = 3),
  recipient text,
  reference text,
  description text,
  channel text,
  device_id text,
  metadata text,
  scenario text,
  failure_reason text check ((failure_reason is null) = (status <> 'FAILED')),
  attempts integer not null check (attempts >= 0),
  captured_minor integer not null check (captured_minor >= 0),
  refunded_minor integer not null check (refunded_minor between 0 and captured_minor),
  created_at_ms integer not null,
  updated_at_ms integer not null check (updated_at_ms >= created_at_ms)
, card text, card_last4 text, ip text, entry text not null default 'payments'
  check (entry in ('payments', 'payment')), risk text, model_score real check (model_score between 0 and 1)) strict;

CREATE INDEX payments_by_status on payments (status);

CREATE INDEX payments_by_failure_reason on payments (failure_reason) where failure_reason is not null;

CREATE INDEX payments_by_reference on payments (reference) where reference is not null;

CREATE TABLE refunds (
  refund_id text primary key,
  payment_id text not null references payments (payment_id),
  amount_minor integer not null check (amount_minor > 0),
  reason text,
  created_at_ms integer not null
) strict, without rowid;

CREATE INDEX refunds_by_payment on refunds (payment_id, refund_id);

CREATE TABLE ledger_entries (
  payment_id text not null references payments (payment_id),
  kind text not null check (kind in ('capture', 'refund')),
  operation text not null,
  debit text not null,
  credit text not null check (credit <> debit),
  currency text not null,
  amount_minor integer not null check (amount_minor > 0),
  at_ms integer not null,
  primary key (payment_id, kind, operation)
) strict, without rowid;

CREATE TABLE ledger_totals (
  account text not null,
  currency text not null,
  debits_minor text not null,
  credits_minor text not null,
  primary key (account, currency)
) strict, without rowid;

CREATE TABLE timers (
  due_at_ms integer not null,
  payment_id text not null,
  kind text not null,
  attempt integer not null,
  request_id text not null,
  primary key (due_at_ms, payment_id, kind)
) strict, without rowid;

CREATE TABLE replies (
  key_hash text primary key,
  fingerprint text not null,
  status integer not null,
  body text not null,
  waits_for text,
  created_at_ms integer not null
) strict, without rowid;

CREATE INDEX replies_by_age on replies (created_at_ms);

CREATE INDEX replies_waiting on replies (waits_for) where waits_for is not null;

CREATE TABLE counters (
  name text primary key,
  total text not null
) strict, without rowid;

CREATE TABLE sketch_bins (
  sketch text not null,
  bin integer not null,
  count integer not null check (count > 0),
  primary key (sketch, bin)
) strict, without rowid;

CREATE TABLE cursors (
  follower text primary key,
  writer text not null,
  sequence integer not null
) strict, without rowid;

CREATE TABLE settings (
  name text primary key,
  value text not null
) strict, without rowid;

CREATE TABLE events (
  sequence integer primary key,
  payment_id text,
  payment_sequence integer check ((payment_sequence is null) = (payment_id is null)),
  type text not null,
  at_ms integer not null,
  request_id text not null,
  actor text not null,
  cause text not null,
  data text not null,
  prev_hash blob not null check (length(prev_hash) = 32),
  hash blob not null check (length(hash) = 32)
) strict;

CREATE UNIQUE INDEX events_by_payment on events (payment_id, payment_sequence)
  where payment_id is not null;

CREATE TRIGGER events_are_final before update on events
  begin select raise(abort, 'the event log is append-only'); end;

CREATE TRIGGER events_are_kept before delete on events
  begin select raise(abort, 'the event log is append-only'); end;

CREATE TABLE search_segments (
  segment integer primary key,
  level integer not null check (level >= 0),
  last_ordinal integer not null check (last_ordinal >= 1),
  moves_into integer check (moves_into > segment)
) strict;

CREATE TABLE search_blocks (
  block integer primary key,
  segment integer not null,
  last_term text not null,
  last_place integer not null check (last_place < 0),
  entries text not null
) strict;

CREATE UNIQUE INDEX search_blocks_in_order on search_blocks (segment, last_term, last_place);

CREATE TABLE search_changed (
  ordinal integer primary key
) strict;

CREATE TRIGGER search_sees_changes after update of recipient, card_last4 on payments
  when new.ordinal <= (select max(last_ordinal) from search_segments)
  begin insert into search_changed values (new.ordinal) on conflict do nothing; end;

CREATE TABLE time_series (
  level text not null check (level in ('minute', 'five_minutes', 'hour', 'day', 'ever')),
  start_ms integer not null,
  created integer not null check (created >= 0),
  succeeded integer not null check (succeeded >= 0),
  failed integer not null check (failed >= 0),
  authorized integer not null check (authorized >= 0),
  canceled integer not null check (canceled >= 0),
  refunded integer not null check (refunded >= 0),
  volume text not null,
  refund_volume text not null,
  outcome_bins text not null,
  decision_bins text not null,
  risk_scores text not null,
  primary key (level, start_ms)
) strict;

CREATE TABLE other_chains (
  writer_no integer primary key check (writer_no between 2 and 4096),
  name text not null unique,
  entries integer not null check (entries >= 1),
  hash blob not null check (length(hash) = 32)
) strict;

CREATE TABLE other_entries (
  sequence integer primary key,
  writer_no integer not null references other_chains (writer_no),
  place integer not null check (place >= 1)
) strict;
