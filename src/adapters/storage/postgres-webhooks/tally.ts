/**
 * How many deliveries of each status an endpoint has: kept with every change, because counting would read them all. A
 * connection writes to a slot of its own as far as there are enough, so that work on one endpoint does not wait here.
 */
import { DELIVERY_STATUSES } from '../../../core/webhooks/delivery.ts';
import type { Queries } from '../postgres/connection.ts';
import type { Moves } from '../sqlite-webhooks/tally.ts';

const SLOTS = 16;

/** To be called last in a transaction: the rows are locked from here to its end. */
export async function writeTally(queries: Queries, { changes }: Moves): Promise<void> {
  if (changes.size === 0) return;
  const counts = [...changes.values()];
  const arrays = DELIVERY_STATUSES.map((status) => counts.map((count) => count[status]));
  await queries.rows(
    'webhook_tally',
    `insert into webhook_tallies as tally (endpoint, slot, ${DELIVERY_STATUSES.join(', ')})
       select endpoint, pg_backend_pid() % ${SLOTS}, ${DELIVERY_STATUSES.join(', ')}
       from unnest($1::integer[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
         as added(endpoint, ${DELIVERY_STATUSES.join(', ')})
       order by endpoint
     on conflict (endpoint, slot) do update set ${DELIVERY_STATUSES.map(
       (status) => `${status} = tally.${status} + excluded.${status}`,
     ).join(', ')}`,
    [[...changes.keys()], ...arrays],
  );
}
