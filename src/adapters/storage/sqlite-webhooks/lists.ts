/**
 * Looking at deliveries. Pages go by ordinal, newest first. A page is merged from walks along an index (one for each
 * endpoint and status that is asked for); what no index serves is a filter on what was found, and looks at most at
 * SCAN_ROWS_MAX rows before it hands back a cursor, so that no list costs more as more is stored.
 */
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import {
  type Delivery,
  DELIVERY_STATUSES,
  type DeliveryStatus,
} from '../../../core/webhooks/delivery.ts';
import type { Page } from '../../../engine/ports.ts';
import type { DeliveryQuery, DeliveryStore } from '../../../engine/webhooks/ports.ts';
import { integer, numberOrNull, type Row } from '../rows.ts';
import type { Connection } from './connection.ts';
import { attemptFrom, deliveryFrom, endpointId } from './rows.ts';

type LookingMethods = Pick<
  DeliveryStore,
  'findDelivery' | 'listDeliveries' | 'counts' | 'lastAttemptsMs'
>;

/** Rows looked at for one page. */
export const SCAN_ROWS_MAX = 10_000;

/** The first look is as far as the page; with filters that let little through, the next are farther. */
const CHUNK_GROWTH = 4;
const CHUNK_ROWS_MAX = 1_000;

/** How many rows the next look takes, after looks at `looked` rows of which the last took `size`. */
export function nextLook(size: number, looked: number): number {
  return Math.min(size * CHUNK_GROWTH, CHUNK_ROWS_MAX, SCAN_ROWS_MAX - looked);
}

export function lookingMethods(connection: Connection): LookingMethods {
  const { read } = connection;
  const delivery = connection.prepare(
    `select deliveries.*, endpoint_id from deliveries cross join endpoints on number = endpoint
       where ordinal = ?`,
  );
  const attempts = connection.prepare('select * from attempts where ordinal = ? order by attempt');
  const counts = connection.prepare(
    `select endpoint_id, ${DELIVERY_STATUSES.join(', ')} from endpoints order by number`,
  );
  const lastAttempts = connection.prepare(
    `select duration_ms from json_each(?) as wanted
       cross join attempts on attempt = (select max(attempt) from attempts where ordinal = wanted.value)
     where deliberate is null or deliberate not like '%drop%'`,
  );
  const lists = prepareLists(connection);
  return {
    findDelivery: async (ordinal) =>
      read(() => {
        const row = delivery.get(ordinal);
        if (row === undefined) return null;
        return { delivery: deliveryFrom(row), attempts: attempts.all(ordinal).map(attemptFrom) };
      }),
    listDeliveries: async (query) => read(() => readPage(lists, query)),
    counts: async () =>
      read(() => new Map(counts.all().map((row) => [endpointId(row), countsFrom(row)]))),
    lastAttemptsMs: async (ordinals) =>
      read(() =>
        lastAttempts
          .all(JSON.stringify(ordinals))
          .map((row) => numberOrNull(row, 'duration_ms') ?? 0),
      ),
  };
}

export function countsFrom(row: Row): Record<DeliveryStatus, number> {
  return {
    pending: integer(row, 'pending'),
    delivered: integer(row, 'delivered'),
    failing: integer(row, 'failing'),
    dead: integer(row, 'dead'),
  };
}

interface Lists {
  readonly numbers: StatementSync;
  readonly numberOf: StatementSync;
  /** Query texts to statements: there are few, and preparing one costs more than running it. */
  all(sql: string, values: readonly SQLInputValue[]): Row[];
}

function prepareLists({ prepare }: Connection): Lists {
  const statements = new Map<string, StatementSync>();
  return {
    numbers: prepare('select number from endpoints'),
    numberOf: prepare('select number from endpoints where endpoint_id = ?'),
    all(sql, values) {
      let statement = statements.get(sql);
      if (statement === undefined) statements.set(sql, (statement = prepare(sql)));
      return statement.all(...values);
    },
  };
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

function readPage(lists: Lists, query: DeliveryQuery): Page<Delivery> {
  const { limit } = query;
  const walks = walksOf(lists, query);
  const filters = filtersOf(query);
  const found: Delivery[] = [];
  let last = query.cursor === null ? Number.MAX_SAFE_INTEGER : Number(query.cursor);
  let size = limit + 1;
  for (let looked = 0; looked < SCAN_ROWS_MAX; looked += size) {
    if (looked > 0) size = nextLook(size, looked);
    const ordinals = walk(lists, walks, last, size);
    found.push(...load(lists, ordinals, filters));
    if (found.length > limit) {
      const items = found.slice(0, limit);
      return { items, next: String(items.at(-1)?.ordinal) };
    }
    if (ordinals.length < size) return { items: found, next: null };
    last = ordinals.at(-1) ?? last;
  }
  return { items: found, next: String(last) };
}

/** Disjoint sets of rows that together hold everything that is asked for, each in order along an index. */
function walksOf(lists: Lists, query: DeliveryQuery): Condition[] {
  const { eventId, paymentId, statuses = DELIVERY_STATUSES } = query;
  if (eventId !== undefined) {
    return [{ sql: 'indexed by deliveries_by_event where event_id = ?', values: [eventId] }];
  }
  if (paymentId !== undefined) {
    return [{ sql: 'indexed by deliveries_by_payment where payment_id = ?', values: [paymentId] }];
  }
  const id = query.endpointId;
  if (id === undefined && query.statuses === undefined) return [{ sql: 'where true', values: [] }];
  const rows = id === undefined ? lists.numbers.all() : lists.numberOf.all(id);
  return rows.flatMap((row) =>
    [...new Set(statuses)].map((status) => ({
      sql: 'indexed by deliveries_by_status where endpoint = ? and status = ?',
      values: [integer(row, 'number'), status],
    })),
  );
}

function filtersOf({
  endpointId: id,
  statuses,
  eventTypes,
  paymentId,
}: DeliveryQuery): Condition[] {
  // Deliveries of an endpoint that was removed are still there for a moment.
  const filters: Condition[] = [{ sql: 'endpoint_id is not null', values: [] }];
  if (id !== undefined) filters.push({ sql: 'endpoint_id = ?', values: [id] });
  if (paymentId !== undefined) filters.push({ sql: 'payment_id = ?', values: [paymentId] });
  if (statuses !== undefined) filters.push(oneOf('status', statuses));
  if (eventTypes !== undefined) filters.push(oneOf('event_type', eventTypes));
  return filters;
}

function oneOf(column: string, values: readonly string[]): Condition {
  return { sql: `${column} in (${values.map(() => '?').join(', ')})`, values };
}

/** The newest ordinals of all walks that are older than `last`. */
function walk(lists: Lists, walks: readonly Condition[], last: number, size: number): number[] {
  const ordinals = walks.flatMap(({ sql, values }) =>
    lists
      .all(`select ordinal from deliveries ${sql} and ordinal < ? order by ordinal desc limit ?`, [
        ...values,
        last,
        size,
      ])
      .map((row) => integer(row, 'ordinal')),
  );
  if (walks.length > 1) ordinals.sort((one, other) => other - one);
  return ordinals.slice(0, size);
}

function load(
  lists: Lists,
  ordinals: readonly number[],
  filters: readonly Condition[],
): Delivery[] {
  const rows = lists.all(
    `select deliveries.*, endpoint_id from json_each(?) as wanted
       cross join deliveries on deliveries.ordinal = wanted.value
       left join endpoints on number = endpoint
     where ${filters.map(({ sql }) => sql).join(' and ')} order by wanted.key`,
    [JSON.stringify(ordinals), ...filters.flatMap(({ values }) => values)],
  );
  return rows.map(deliveryFrom);
}
