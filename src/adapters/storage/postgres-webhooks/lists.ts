/**
 * Looking at deliveries. Pages go by ordinal, newest first. A page is merged from walks along an index (one for each
 * endpoint and status that is asked for); what no index serves is a filter on what was found, and looks at most at
 * SCAN_ROWS_MAX rows before it hands back a cursor, so that no list costs more as more is stored.
 */
import { type Delivery, DELIVERY_STATUSES } from '../../../core/webhooks/delivery.ts';
import type { Page } from '../../../engine/ports.ts';
import type { DeliveryQuery, DeliveryStore } from '../../../engine/webhooks/ports.ts';
import { nameOf, type Queries } from '../postgres/connection.ts';
import { integer, numberOrNull } from '../rows.ts';
import { countsFrom, nextLook, SCAN_ROWS_MAX } from '../sqlite-webhooks/lists.ts';
import { deliveryFrom, endpointId } from '../sqlite-webhooks/rows.ts';
import { attemptFrom } from './rows.ts';

type LookingMethods = Pick<
  DeliveryStore,
  'findDelivery' | 'listDeliveries' | 'counts' | 'lastAttemptsMs'
>;

export function lookingMethods(queries: Queries): LookingMethods {
  return {
    async findDelivery(ordinal) {
      const [row] = await queries.rows(
        'webhook_find',
        `select webhook_deliveries.*, endpoint_id from webhook_deliveries
           join webhook_endpoints on number = endpoint where ordinal = $1`,
        [ordinal],
      );
      if (row === undefined) return null;
      // As many as the delivery says: another one may come in between.
      const attempts = await queries.rows(
        'webhook_attempts_of',
        'select * from webhook_attempts where ordinal = $1 order by attempt limit $2',
        [ordinal, integer(row, 'attempts')],
      );
      return { delivery: deliveryFrom(row), attempts: attempts.map(attemptFrom) };
    },
    listDeliveries: (query) => readPage(queries, query),
    async counts() {
      const sums = DELIVERY_STATUSES.map(
        (status) => `coalesce(sum(${status}), 0)::bigint as ${status}`,
      );
      const rows = await queries.rows(
        'webhook_counts',
        `select endpoint_id, ${sums.join(', ')} from webhook_endpoints
           left join webhook_tallies on endpoint = number
           group by number, endpoint_id order by number`,
      );
      return new Map(rows.map((row) => [endpointId(row), countsFrom(row)]));
    },
    async lastAttemptsMs(ordinals) {
      const rows = await queries.rows(
        'webhook_last_attempts',
        `select duration_ms from unnest($1::bigint[]) as wanted(ordinal)
           cross join lateral (select duration_ms, deliberate from webhook_attempts
             where webhook_attempts.ordinal = wanted.ordinal
             order by attempt desc limit 1) as last
           where deliberate is null or deliberate not like '%drop%'`,
        [ordinals],
      );
      return rows.map((row) => numberOrNull(row, 'duration_ms') ?? 0);
    },
  };
}

async function readPage(queries: Queries, query: DeliveryQuery): Promise<Page<Delivery>> {
  const { limit } = query;
  // No id has one, and no text of Postgres.
  if (query.eventId?.includes('\0') === true) return { items: [], next: null };
  const found: Delivery[] = [];
  let last = query.cursor === null ? Number.MAX_SAFE_INTEGER : Number(query.cursor);
  let size = limit + 1;
  for (let looked = 0; looked < SCAN_ROWS_MAX; looked += size) {
    if (looked > 0) size = nextLook(size, looked);
    const ordinals = await walk(queries, query, last, size);
    found.push(...(await load(queries, ordinals, query)));
    if (found.length > limit) {
      const items = found.slice(0, limit);
      return { items, next: String(items.at(-1)?.ordinal) };
    }
    if (ordinals.length < size) return { items: found, next: null };
    last = ordinals.at(-1) ?? last;
  }
  return { items: found, next: String(last) };
}

/** The newest ordinals that are older than `last`, of all that an index finds. */
async function walk(
  queries: Queries,
  query: DeliveryQuery,
  last: number,
  size: number,
): Promise<number[]> {
  const { sql, values } = walkOf(query);
  const rows = await queries.rows(nameOf(sql), sql, [last, size, ...values]);
  return rows.map((row) => integer(row, 'ordinal'));
}

interface Condition {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** `$1` is the ordinal that it begins below, `$2` how many it gives. */
function walkOf({ eventId, paymentId, endpointId: id, statuses }: DeliveryQuery): Condition {
  const along = (condition: string, values: readonly unknown[]) => ({
    sql: `select ordinal from webhook_deliveries where ${condition} and ordinal < $1
      order by ordinal desc limit $2`,
    values,
  });
  if (eventId !== undefined) return along('event_id = $3', [eventId]);
  if (paymentId !== undefined) return along('payment_id = $3', [paymentId]);
  if (id === undefined && statuses === undefined) return along('true', []);
  const wanted = id === undefined ? 'true' : 'endpoint_id = $4';
  return {
    sql: `select found.ordinal from webhook_endpoints
      cross join (select distinct unnest($3::text[]) as status) as wanted
      cross join lateral (
        select ordinal from webhook_deliveries
          where endpoint = number and webhook_deliveries.status = wanted.status and ordinal < $1
          order by ordinal desc limit $2) as found
      where ${wanted} order by ordinal desc limit $2`,
    values: [statuses ?? DELIVERY_STATUSES, ...(id === undefined ? [] : [id])],
  };
}

/** Deliveries of an endpoint that was removed are still there for a moment: they are not loaded. */
async function load(
  queries: Queries,
  ordinals: readonly number[],
  query: DeliveryQuery,
): Promise<Delivery[]> {
  if (ordinals.length === 0) return [];
  const rows = await queries.rows(
    'webhook_page',
    `select webhook_deliveries.*, endpoint_id from webhook_deliveries
       join webhook_endpoints on number = endpoint
       where ordinal = any($1::bigint[])
         and ($2::text is null or endpoint_id = $2)
         and ($3::text is null or payment_id = $3)
         and ($4::text[] is null or status = any($4))
         and ($5::text[] is null or event_type = any($5))
       order by ordinal desc`,
    [
      ordinals,
      query.endpointId ?? null,
      query.paymentId ?? null,
      query.statuses ?? null,
      query.eventTypes ?? null,
    ],
  );
  return rows.map(deliveryFrom);
}
