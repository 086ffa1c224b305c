/**
 * The pass that gives events their place in the log (order.ts), made anew so that it costs what it does and no more: it
 * looks only at writers that have moved, reads by the index whatever the planner thinks of tables that it knows nothing
 * of yet, and says whether more is waiting, so that nobody asks again for what was committed meanwhile.
 */
export const sql = `
drop function order_log(bigint);

-- True when there was more than fits one pass.
create function order_log(most bigint) returns boolean language plpgsql
  set enable_seqscan = off
  set enable_bitmapscan = off
  set enable_hashjoin = off
  set enable_mergejoin = off
as $$
  declare last_ms bigint;
  begin
    -- Two at once would give one place twice.
    perform pg_advisory_xact_lock(7011, 1);
    insert into log_vector select writer_no, 0 from writers
      where not exists (select 1 from log_vector known where known.writer_no = writers.writer_no)
      on conflict do nothing;
    -- Whatever is decided on an event comes no earlier than it: all events up to one moment are a whole.
    select fresh.at_ms into last_ms from log_vector vector
      join writers on writers.writer_no = vector.writer_no and writers.sequence > vector.sequence
      cross join lateral (
        select at_ms from events
          where writer_no = vector.writer_no and sequence > vector.sequence
          order by sequence limit most + 1) fresh
      order by fresh.at_ms offset most limit 1;
    with fresh as materialized (
      select vector.writer_no, event.sequence, event.at_ms from log_vector vector
        join writers on writers.writer_no = vector.writer_no and writers.sequence > vector.sequence
        cross join lateral (
          select sequence, at_ms from events
            where writer_no = vector.writer_no and sequence > vector.sequence
              and (last_ms is null or at_ms <= last_ms)
            order by sequence) event
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
    return last_ms is not null;
  end $$;
`;
