/** Takes out attempts at deliveries that arrived long ago, a few at a time, in the order in which they were made. */
import type { DeliveryStore } from '../../../engine/webhooks/ports.ts';
import { integer, type Row, textOrNull } from '../rows.ts';
import type { Connection } from './connection.ts';

export function retentionMethods({
  prepare,
  writeSoon,
}: Connection): Pick<DeliveryStore, 'removeAttempts'> {
  const walk = prepare(
    `select attempt, at_ms, (select status from deliveries
         where deliveries.ordinal = attempts.ordinal) as status
       from attempts where attempt > ? order by attempt limit ?`,
  );
  const remove = prepare('delete from attempts where attempt in (select value from json_each(?))');
  return {
    removeAttempts: ({ beforeMs, after, limit }) =>
      writeSoon(() => {
        const rows = walk.all(after, limit);
        const isPast = (row: Row) => integer(row, 'at_ms') < beforeMs;
        const past = rows.filter((row) => isPast(row) && textOrNull(row, 'status') === 'delivered');
        remove.run(JSON.stringify(past.map((row) => integer(row, 'attempt'))));
        const last = rows.at(-1);
        const isEnd = rows.length < limit || last === undefined || !isPast(last);
        return { removed: past.length, next: isEnd ? null : integer(last, 'attempt') };
      }),
  };
}
