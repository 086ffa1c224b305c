/** Takes out attempts at deliveries that arrived long ago, a few at a time, in the order in which they were made. */
import type { DeliveryStore } from '../../../engine/webhooks/ports.ts';
import type { Connections } from '../postgres/connection.ts';
import { integer, numberOrNull } from '../rows.ts';

export function retentionMethods(connections: Connections): Pick<DeliveryStore, 'removeAttempts'> {
  return {
    async removeAttempts({ beforeMs, after, limit }) {
      const [row = {}] = await connections.rows('webhook_remove_attempts', REMOVE, [
        after,
        limit,
        beforeMs,
      ]);
      const lastAtMs = numberOrNull(row, 'last_at_ms');
      const isEnd = integer(row, 'looked') < limit || lastAtMs === null || lastAtMs >= beforeMs;
      return { removed: integer(row, 'removed'), next: isEnd ? null : integer(row, 'last') };
    },
  };
}

const REMOVE = `with walked as materialized (
    select attempt, at_ms, ordinal from webhook_attempts
      where attempt > $1 order by attempt limit $2
  ), gone as (
    delete from webhook_attempts as one using walked join webhook_deliveries using (ordinal)
      where one.attempt = walked.attempt and walked.at_ms < $3 and status = 'delivered'
      returning 1
  )
  select count(*) as looked, max(attempt) as last, (select count(*) from gone) as removed,
      (select at_ms from walked order by attempt desc limit 1) as last_at_ms
    from walked`;
