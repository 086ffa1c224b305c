/** Endpoints as they are kept: read, added, changed, removed. */
import { assert } from '../../../core/assert.ts';
import { type Endpoint, ENDPOINTS_MAX } from '../../../core/webhooks/endpoint.ts';
import type { DeliveryStore } from '../../../engine/webhooks/ports.ts';
import { integer } from '../rows.ts';
import type { Connection } from './connection.ts';
import { endpointFrom } from './rows.ts';
import type { Keep } from './replies.ts';
import type { Turns } from './turns.ts';

type EndpointMethods = Pick<
  DeliveryStore,
  'endpoints' | 'findEndpoint' | 'addEndpoint' | 'changeEndpoint' | 'removeEndpoint'
>;

interface Parts {
  readonly turns: Turns;
  readonly keep: Keep;
  /** There are deliveries that belong to no endpoint any more. */
  readonly onRemoved: () => void;
}

export function endpointMethods(
  connection: Connection,
  { turns, keep, onRemoved }: Parts,
): EndpointMethods {
  const { read, write } = connection;
  const statements = prepareStatements(connection);
  return {
    endpoints: async () => read(() => statements.all.all().map(endpointFrom)),
    async findEndpoint(id) {
      const row = read(() => statements.find.get(id));
      return row === undefined ? null : endpointFrom(row);
    },
    addEndpoint: async (endpoint, after, reply) =>
      write(() => {
        const row = statements.count.get();
        if (row === undefined || integer(row, 'endpoints') >= ENDPOINTS_MAX) return false;
        const { writer: afterWriter, sequence: afterSequence } = after;
        statements.insert.run({ ...endpointColumns(endpoint), afterWriter, afterSequence });
        if (reply !== undefined) keep(reply);
        return true;
      }),
    changeEndpoint: async (id, change, replyOf) =>
      write(() => {
        const row = statements.find.get(id);
        if (row === undefined) return null;
        const before = endpointFrom(row);
        const after = change(before);
        assert(after.id === id, 'a change keeps the id');
        statements.update.run(endpointColumns(after));
        const reply = replyOf?.(after);
        if (reply !== undefined) keep(reply);
        if (after.ordering !== before.ordering) {
          if (after.ordering === 'strict') turns.begin(integer(row, 'number'));
          else turns.end(integer(row, 'number'));
        }
        return after;
      }),
    async removeEndpoint(id) {
      const isRemoved = write(() => {
        statements.remember.run(id);
        return statements.remove.run(id).changes === 1;
      });
      if (isRemoved) onRemoved();
      return isRemoved;
    },
  };
}

/** As they stand in the table. */
export function endpointColumns(endpoint: Endpoint) {
  return {
    id: endpoint.id,
    url: endpoint.url,
    events: JSON.stringify(endpoint.events),
    description: endpoint.description,
    payload: endpoint.payload,
    ordering: endpoint.ordering,
    isEnabled: Number(endpoint.isEnabled),
    disabledReason: endpoint.disabledReason,
    secret: endpoint.secret,
    previousSecret: endpoint.previousSecret?.secret ?? null,
    previousUntilMs: endpoint.previousSecret?.untilMs ?? null,
    faults: JSON.stringify(endpoint.faults),
    isFromEnvironment: Number(endpoint.isFromEnvironment),
    createdAtMs: endpoint.createdAtMs,
    updatedAtMs: endpoint.updatedAtMs,
  };
}

function prepareStatements({ prepare }: Connection) {
  return {
    all: prepare('select * from endpoints order by number'),
    find: prepare('select * from endpoints where endpoint_id = ?'),
    count: prepare('select count(*) as endpoints from endpoints'),
    insert: prepare(
      `insert into endpoints (endpoint_id, url, events, description, payload, ordering, is_enabled,
         disabled_reason, secret, previous_secret, previous_until_ms, faults, is_from_environment,
         created_at_ms, updated_at_ms, after_writer, after_sequence)
       values (:id, :url, :events, :description, :payload, :ordering, :isEnabled,
         :disabledReason, :secret, :previousSecret, :previousUntilMs, :faults, :isFromEnvironment,
         :createdAtMs, :updatedAtMs, :afterWriter, :afterSequence)`,
    ),
    update: prepare(
      `update endpoints set url = :url, events = :events, description = :description,
         payload = :payload, ordering = :ordering, is_enabled = :isEnabled,
         disabled_reason = :disabledReason, secret = :secret, previous_secret = :previousSecret,
         previous_until_ms = :previousUntilMs, faults = :faults,
         is_from_environment = :isFromEnvironment, created_at_ms = :createdAtMs,
         updated_at_ms = :updatedAtMs
       where endpoint_id = :id`,
    ),
    // Its deliveries are taken out bit by bit (sweep.ts); from now on nobody sees them.
    remember: prepare(
      'insert into removed_endpoints select number from endpoints where endpoint_id = ?',
    ),
    remove: prepare('delete from endpoints where endpoint_id = ?'),
  };
}
