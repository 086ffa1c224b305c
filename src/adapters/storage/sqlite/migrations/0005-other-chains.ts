/**
 * Chains of other writers, which come with a database that was moved here from Postgres (docs/moving.md): their entries
 * stand in the log beside those of this file's own writer, each with the hash that it was written with. Of such an entry
 * `other_entries` says whose it is and which of its writer's entries. Nothing is ever added to these chains here; a file
 * that was always SQLite has none.
 */
export const sql = `
create table other_chains (
  writer_no integer primary key check (writer_no between 2 and 4096),
  name text not null unique,
  entries integer not null check (entries >= 1),
  hash blob not null check (length(hash) = 32)
) strict;

create table other_entries (
  sequence integer primary key,
  writer_no integer not null references other_chains (writer_no),
  place integer not null check (place >= 1)
) strict;
`;
