/** Endpoints as they are kept: read, added, changed, removed. */
import { assert } from '../../../core/assert.ts';
import { type Endpoint, ENDPOINTS_MAX } from '../../../core/webhooks/endpoint.ts';
import type { LogPosition } from '../../../engine/ports.ts';
import type { DeliveryStore } from '../../../engine/webhooks/ports.ts';
import type { Connections, Queries } from '../postgres/connection.ts';
import { integer, type Row } from '../rows.ts';
import { endpointColumns } from '../sqlite-webhooks/endpoints.ts';
import { endpointFrom } from '../sqlite-webhooks/rows.ts';
import { lockAdditions, lockAlone } from './locks.ts';
import { keepWith } from './replies.ts';
import type { Transactions } from './transaction.ts';
import { beginTurns, endTurns } from './turns.ts';

type EndpointMethods = Pick<
  DeliveryStore,
  'endpoints' | 'findEndpoint' | 'addEndpoint' | 'changeEndpoint' | 'removeEndpoint'
>;

export function endpointMethods(
  connections: Connections,
  { write }: Transactions,
  /** There are deliveries that belong to no endpoint any more. */
  onRemoved: () => void,
): EndpointMethods {
  return {
    async endpoints() {
      const rows = await connections.rows(
        'webhook_endpoints',
        'select * from webhook_endpoints order by number',
      );
      return rows.map(endpointFrom);
    },
    async findEndpoint(id) {
      const [row] = await connections.rows(
        'webhook_endpoint',
        'select * from webhook_endpoints where endpoint_id = $1',
        [id],
      );
      return row === undefined ? null : endpointFrom(row);
    },
    addEndpoint: (endpoint, after, reply) =>
      write(async (queries) => {
        await lockAdditions(queries);
        const [row] = await queries.rows(
          'webhook_count',
          'select count(*) as endpoints from webhook_endpoints',
        );
        if (integer(row ?? {}, 'endpoints') >= ENDPOINTS_MAX) return false;
        await insert(queries, endpoint, after);
        await keepWith(queries, reply);
        return true;
      }),
    changeEndpoint: (id, change, replyOf) =>
      write(async (queries) => {
        const row = await lockAlone(queries, withId(id));
        if (row === null) return null;
        const after = change(endpointFrom(row));
        assert(after.id === id, 'a change keeps the id');
        await update(queries, after);
        await keepWith(queries, replyOf?.(after));
        await putInOrder(queries, row, after);
        return after;
      }),
    async removeEndpoint(id) {
      const isRemoved = await write(async (queries) => {
        const row = await lockAlone(queries, withId(id));
        if (row !== null) await remove(queries, integer(row, 'number'));
        return row !== null;
      });
      if (isRemoved) onRemoved();
      return isRemoved;
    },
  };
}

/** The endpoint that has this id. */
export function withId(id: string) {
  return { sql: 'select number from webhook_endpoints where endpoint_id = $1', values: [id] };
}

const COLUMNS = [
  'endpoint_id',
  'url',
  'events',
  'description',
  'payload',
  'ordering',
  'is_enabled',
  'disabled_reason',
  'secret',
  'previous_secret',
  'previous_until_ms',
  'faults',
  'is_from_environment',
  'created_at_ms',
  'updated_at_ms',
] as const;

/** In the order of the columns. */
function valuesOf(endpoint: Endpoint): unknown[] {
  const values = endpointColumns(endpoint);
  return [
    values.id,
    values.url,
    values.events,
    values.description,
    values.payload,
    values.ordering,
    values.isEnabled,
    values.disabledReason,
    values.secret,
    values.previousSecret,
    values.previousUntilMs,
    values.faults,
    values.isFromEnvironment,
    values.createdAtMs,
    values.updatedAtMs,
  ];
}

async function insert(queries: Queries, endpoint: Endpoint, after: LogPosition): Promise<void> {
  const values = [...valuesOf(endpoint), after.writer, after.sequence];
  await queries.rows(
    'webhook_add_endpoint',
    `insert into webhook_endpoints (${COLUMNS.join(', ')}, after_writer, after_sequence)
       values (${values.map((_, index) => `$${index + 1}`).join(', ')})`,
    values,
  );
}

async function update(queries: Queries, endpoint: Endpoint): Promise<void> {
  const [, ...changed] = COLUMNS.map((column, index) => `${column} = $${index + 1}`);
  await queries.rows(
    'webhook_change_endpoint',
    `update webhook_endpoints set ${changed.join(', ')} where endpoint_id = $1`,
    valuesOf(endpoint),
  );
}

async function putInOrder(queries: Queries, before: Row, after: Endpoint): Promise<void> {
  if (before['ordering'] === after.ordering) return;
  const number = integer(before, 'number');
  await (after.ordering === 'strict' ? beginTurns(queries, number) : endTurns(queries, number));
}

/** Its deliveries are taken out bit by bit (sweep.ts); from now on nobody sees them. */
async function remove(queries: Queries, number: number): Promise<void> {
  await queries.rows(
    'webhook_remember_removed',
    'insert into webhook_removed_endpoints values ($1)',
    [number],
  );
  await queries.rows('webhook_forget_tallies', 'delete from webhook_tallies where endpoint = $1', [
    number,
  ]);
  await queries.rows('webhook_remove_endpoint', 'delete from webhook_endpoints where number = $1', [
    number,
  ]);
}
