/**
 * The search index, written behind the payments (docs/decisions/0005-search-behind-the-writes.md) instead of within
 * their commits. Payments that are already there are indexed by the upkeep after the start, a step at a time.
 *
 * A segment holds the terms of a run of payments, up to `last_ordinal`; one that is being merged names the segment its
 * entries move into. Its entries lie in blocks, in their order. A block is found by its last entry: `last_place` is
 * minus the ordinal, so that a comparison of pairs goes the way entries go, by term and then newest first.
 *
 * A payment that is tried again with another card is noted in `search_changed` until its new term is in a segment.
 */
export const sql = `
drop index payments_by_recipient;
drop index payments_by_last4;

create table search_segments (
  segment integer primary key,
  level integer not null check (level >= 0),
  last_ordinal integer not null check (last_ordinal >= 1),
  moves_into integer check (moves_into > segment)
) strict;

create table search_blocks (
  block integer primary key,
  segment integer not null,
  last_term text not null,
  last_place integer not null check (last_place < 0),
  entries text not null
) strict;
create unique index search_blocks_in_order on search_blocks (segment, last_term, last_place);

create table search_changed (
  ordinal integer primary key
) strict;
create trigger search_sees_changes after update of recipient, card_last4 on payments
  when new.ordinal <= (select max(last_ordinal) from search_segments)
  begin insert into search_changed values (new.ordinal) on conflict do nothing; end;
`;
