/**
 * Everything the engine keeps. The shape is that of the SQLite file where nothing speaks against it; what differs is there
 * so that many processes can write at once:
 *
 * - `writers`: each writing process owns one, and with it a gapless, hash-chained sequence of events, and ordinals of its
 *   own. Counters, bins and ledger totals have the writer in their key; readers add them up. No row is shared.
 * - `log_order`: the one order in which the log is read. It is made after the commits (see order.ts).
 *
 * Texts that are compared or paged by have the collation "C": by code points, as SQLite compares them.
 */
export const sql = `
create table meta (
  name text primary key,
  value text not null
);

-- One row. The name is new after each reset; settings_version goes up with each change of a setting.
create table log (
  name text not null,
  settings_version bigint not null
);
create unique index log_is_one_row on log ((true));

create table writers (
  writer_no integer primary key check (writer_no between 1 and 4096),
  -- What its chain is called; part of each hash.
  name text not null,
  sequence bigint not null check (sequence >= 0),
  hash text not null check (length(hash) = 64),
  -- Payments that it made.
  ordinals bigint not null check (ordinals >= 0),
  -- Of its last event.
  at_ms bigint not null,
  -- Goes up whenever a process takes it: what an earlier owner still has on its way is refused.
  generation bigint not null
);

create table payments (
  ordinal bigint primary key,
  payment_id text collate "C" not null unique,
  version integer not null check (version >= 1),
  status text not null check (status in
    ('CREATED', 'PROCESSING', 'AUTHORIZED', 'SUCCESS', 'FAILED', 'CANCELED', 'REFUNDED')),
  amount_minor bigint not null check (amount_minor between -999999999999 and 999999999999),
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
  captured_minor bigint not null check (captured_minor >= 0),
  refunded_minor bigint not null check (refunded_minor between 0 and captured_minor),
  created_at_ms bigint not null,
  updated_at_ms bigint not null check (updated_at_ms >= created_at_ms),
  entry text not null check (entry in ('payments', 'payment')),
  ip text,
  risk text,
  card_last4 text,
  card text,
  model_score double precision check (model_score between 0 and 1),
  -- Who wrote it last.
  writer_no integer not null
);
create index payments_by_status on payments (status, payment_id desc);
create index payments_by_failure_reason on payments (failure_reason, payment_id desc)
  where failure_reason is not null;
create index payments_by_reference on payments (reference, payment_id desc)
  where reference is not null;

-- Only A to Z become small, whatever the locale says.
create function fold_case(term text) returns text language sql immutable strict parallel safe
  return translate(term, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz');
create index payments_by_recipient
  on payments ((fold_case(recipient) collate "C"), payment_id desc) where recipient is not null;
create index payments_by_card
  on payments ((card_last4 collate "C"), payment_id desc) where card_last4 is not null;

create table refunds (
  refund_id text collate "C" primary key,
  payment_id text collate "C" not null,
  amount_minor bigint not null check (amount_minor > 0),
  reason text,
  created_at_ms bigint not null
);
create index refunds_by_payment on refunds (payment_id, refund_id);

create table ledger_entries (
  payment_id text collate "C" not null,
  kind text not null check (kind in ('capture', 'refund')),
  operation text not null,
  debit text not null,
  credit text not null check (credit <> debit),
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  at_ms bigint not null,
  primary key (payment_id, kind, operation)
);

create table ledger_totals (
  writer_no integer not null,
  account text not null,
  currency text not null,
  debits_minor numeric not null,
  credits_minor numeric not null,
  primary key (writer_no, account, currency)
);

-- A process that works on a timer leases it, so that others leave it alone; 0 for none. What a lease is worth ends
-- there: a timer that fires twice is refused the second time.
create table timers (
  due_at_ms bigint not null,
  payment_id text collate "C" not null,
  kind text not null,
  attempt integer not null,
  request_id text not null,
  leased_until_ms bigint not null default 0,
  primary key (due_at_ms, payment_id, kind)
);
create index timers_due on timers (due_at_ms) where leased_until_ms = 0;
create index timers_leased on timers (leased_until_ms) where leased_until_ms > 0;

create table replies (
  key_hash text collate "C" primary key,
  fingerprint text not null,
  status integer not null,
  body text not null,
  waits_for text collate "C",
  created_at_ms bigint not null
);
create index replies_by_age on replies (created_at_ms);
create index replies_waiting on replies (waits_for) where waits_for is not null;

create table counters (
  writer_no integer not null,
  name text not null,
  total numeric not null,
  primary key (writer_no, name)
);

create table sketch_bins (
  writer_no integer not null,
  sketch text not null,
  bin integer not null,
  count bigint not null check (count > 0),
  primary key (writer_no, sketch, bin)
);

create table cursors (
  follower text primary key,
  writer text not null,
  sequence bigint not null
);

create table settings (
  name text primary key,
  value text not null
);

create table events (
  writer_no integer not null,
  sequence bigint not null,
  payment_id text collate "C",
  payment_sequence integer check ((payment_sequence is null) = (payment_id is null)),
  type text not null,
  at_ms bigint not null,
  request_id text not null,
  actor text not null,
  cause text not null,
  data text not null,
  prev_hash text not null check (length(prev_hash) = 64),
  hash text not null check (length(hash) = 64),
  primary key (writer_no, sequence)
);
create unique index events_by_payment on events (payment_id, payment_sequence)
  where payment_id is not null;

create function events_are_final() returns trigger language plpgsql as $$
  begin raise exception 'the event log is append-only'; end $$;
create trigger events_are_final before update or delete on events
  for each statement execute function events_are_final();

create table log_order (
  position bigint primary key,
  writer_no integer not null,
  sequence bigint not null,
  unique (writer_no, sequence)
);

-- How far each writer's events have their place in log_order: the relay's cursor, a vector.
create table log_vector (
  writer_no integer primary key,
  sequence bigint not null
);

create table time_series (
  level text not null,
  start_ms bigint not null,
  created bigint not null check (created >= 0),
  succeeded bigint not null check (succeeded >= 0),
  failed bigint not null check (failed >= 0),
  authorized bigint not null check (authorized >= 0),
  canceled bigint not null check (canceled >= 0),
  refunded bigint not null check (refunded >= 0),
  volume text not null,
  refund_volume text not null,
  outcome_bins text not null,
  decision_bins text not null,
  risk_scores text not null,
  primary key (level, start_ms)
);

-- A statement that finds less than it was decided on writes nothing at all.
create function assert_changed(expected bigint, actual bigint) returns void language plpgsql as $$
  begin
    if expected <> actual then
      raise exception 'a payment was changed meanwhile' using errcode = '40001';
    end if;
  end $$;

-- Gives every event that was committed since its place in log_order; see order.ts.
create function order_log(most bigint) returns void language plpgsql as $$
  declare last_ms bigint;
  begin
    -- Two at once would give one place twice.
    perform pg_advisory_xact_lock(7011, 1);
    insert into log_vector select writer_no, 0 from writers on conflict do nothing;
    -- Whatever is decided on an event comes no earlier than it: all events up to one moment are a whole.
    select fresh.at_ms into last_ms from log_vector vector
      cross join lateral (
        select at_ms from events
          where writer_no = vector.writer_no and sequence > vector.sequence
          order by sequence limit most + 1) fresh
      order by fresh.at_ms offset most limit 1;
    with fresh as materialized (
      select events.writer_no, events.sequence, events.at_ms
        from log_vector vector
        cross join lateral (
          select * from events
            where writer_no = vector.writer_no and sequence > vector.sequence
              and (last_ms is null or at_ms <= last_ms)
            order by sequence) events
    ), placed as (
      insert into log_order
        select (select coalesce(max(position), 0) from log_order)
            + row_number() over (order by at_ms, writer_no, sequence),
          writer_no, sequence
        from fresh
    )
    update log_vector set sequence = reached.sequence
      from (select writer_no, max(sequence) as sequence from fresh group by writer_no) reached
      where log_vector.writer_no = reached.writer_no;
  end $$;
`;
