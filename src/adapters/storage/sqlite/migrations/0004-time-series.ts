/**
 * What happened when: a row for each minute, five minutes, hour and day in which something did, and one for all of time. It
 * follows the log by the cursor `time_series`, which moves in the transaction that adds to it. Of a database that is
 * older, the log is counted after the start.
 *
 * Money is decimal text of minor units by currency, because sums can outgrow 64 bits. Bins are those of core/sketch.ts, each
 * followed by its count: as an object, a row of a busy minute would take six times as long to read.
 */
export const sql = `
create table time_series (
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
`;
