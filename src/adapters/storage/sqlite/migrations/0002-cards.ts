/**
 * Cards, risk, settings that change while running, and events that are not about a payment.
 *
 * Of a card only brand, BIN, last four and a keyed fingerprint are kept. The log is copied into its new table entry by
 * entry as it stands: a column changes its name and two may be null, so that every hash still holds.
 */
export const sql = `
alter table payments add column card text;
alter table payments add column card_last4 text;
alter table payments add column ip text;
alter table payments add column entry text not null default 'payments'
  check (entry in ('payments', 'payment'));
alter table payments add column risk text;
alter table payments add column model_score real check (model_score between 0 and 1);
create index payments_by_last4 on payments (card_last4) where card_last4 is not null;

create table settings (
  name text primary key,
  value text not null
) strict, without rowid;

drop trigger events_are_final;
drop trigger events_are_kept;
drop index events_by_payment;
alter table events rename to events_before;
create table events (
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
insert into events select * from events_before;
drop table events_before;
create unique index events_by_payment on events (payment_id, payment_sequence)
  where payment_id is not null;
create trigger events_are_final before update on events
  begin select raise(abort, 'the event log is append-only'); end;
create trigger events_are_kept before delete on events
  begin select raise(abort, 'the event log is append-only'); end;
`;
