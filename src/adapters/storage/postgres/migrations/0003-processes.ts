/** Which processes live (engine/presence.ts). Times are those of the database's own clock, in milliseconds since 1970. */
export const sql = `
create table processes (
  id text collate "C" primary key,
  kind text not null check (kind in ('api', 'worker')),
  started_at_ms bigint not null,
  beat_at_ms bigint not null check (beat_at_ms >= started_at_ms)
);
`;
