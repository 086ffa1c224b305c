/** What a person asks for: to send again, to make up for what was missed, to try an endpoint out. */
import { assert } from '../../../core/assert.ts';
import type { Delivery } from '../../../core/webhooks/delivery.ts';
import { matchesType } from '../../../core/webhooks/endpoint.ts';
import type { DeliveryStore } from '../../../engine/webhooks/ports.ts';
import { integer, type Row, textOrNull } from '../rows.ts';
import type { Connection } from './connection.ts';
import type { Insert } from './insert.ts';
import { deliveryFrom, endpointFrom, statusOf } from './rows.ts';
import type { Tally } from './tally.ts';
import type { Turns } from './turns.ts';

type ByHandMethods = Pick<DeliveryStore, 'resend' | 'replay' | 'addTest'>;

interface Parts {
  readonly insert: Insert;
  readonly turns: Turns;
  readonly newTally: () => Tally;
}

export function byHandMethods(connection: Connection, parts: Parts): ByHandMethods {
  const { insert, turns, newTally } = parts;
  const statements = prepareStatements(connection);
  return {
    resend: async (ordinal, nowMs) =>
      connection.write(() => {
        const row = statements.find.get(ordinal);
        if (row === undefined) return null;
        const tally = newTally();
        sendAgain(row, nowMs, tally);
        tally.write();
        return reread(ordinal);
      }),
    replay: async (id, events, nowMs) =>
      connection.write(() => {
        const row = statements.endpoint.get(id);
        if (row === undefined) return 0;
        const to = { endpoint: integer(row, 'number'), isStrict: row['ordering'] === 'strict' };
        const patterns = endpointFrom(row).events;
        const tally = newTally();
        const replayed = events.filter((event) => {
          const existing = statements.findEvent.get(event.id, to.endpoint);
          if (existing !== undefined) {
            sendAgain(existing, nowMs, tally);
          } else {
            if (!matchesType(patterns, event.type)) return false;
            insert.event(to, { ...event, atMs: nowMs }, nowMs);
            tally.moved(to.endpoint, null, 'pending');
          }
          return true;
        });
        tally.write();
        return replayed.length;
      }),
    addTest: async (delivery, nowMs) =>
      connection.write(() => {
        const row = statements.endpoint.get(delivery.endpointId);
        assert(row !== undefined, 'a test is for an endpoint that there is');
        const tally = newTally();
        const number = integer(row, 'number');
        const ordinal = insert.test(number, delivery, nowMs);
        tally.moved(number, null, 'pending');
        tally.write();
        return reread(ordinal);
      }),
  };

  /** One that is on its way is marked, so that its result is written and then it is sent once more. */
  function sendAgain(row: Row, nowMs: number, tally: Tally): void {
    const ordinal = integer(row, 'ordinal');
    const endpoint = integer(row, 'endpoint');
    const paymentId = textOrNull(row, 'payment_id');
    const isOrdered = row['ordering'] === 'strict' && paymentId !== null;
    const isLeased = row['lease_token'] !== null;
    const statement = isLeased ? statements.sendAgainLater : statements.sendAgain;
    statement.run({ nowMs, isOrdered: Number(isOrdered), ordinal });
    tally.moved(endpoint, statusOf(row), 'pending');
    if (isOrdered) turns.settle(endpoint, paymentId);
  }

  function reread(ordinal: number): Delivery {
    const row = statements.find.get(ordinal);
    assert(row !== undefined, 'what was written is there');
    return deliveryFrom(row);
  }
}

function prepareStatements({ prepare }: Connection) {
  const find = `select deliveries.*, endpoint_id, ordering from deliveries
    cross join endpoints on number = endpoint`;
  return {
    endpoint: prepare('select * from endpoints where endpoint_id = ?'),
    find: prepare(`${find} where ordinal = ?`),
    findEvent: prepare(`${find} where event_id = ? and endpoint = ?`),
    sendAgain: prepare(
      `update deliveries set status = 'pending', scheduled_from_ms = :nowMs,
         next_attempt_at_ms = :nowMs, due_at_ms = :nowMs, lets_pass = 0, is_ordered = :isOrdered
       where ordinal = :ordinal`,
    ),
    sendAgainLater: prepare(
      `update deliveries set status = 'pending', scheduled_from_ms = :nowMs,
         next_attempt_at_ms = :nowMs, lets_pass = 0, is_ordered = :isOrdered, is_resent = 1
       where ordinal = :ordinal`,
    ),
  };
}
