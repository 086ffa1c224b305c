/** Who works on what: what is due is leased for a while, and given back when it was not used. */
import { assert } from '../../../core/assert.ts';
import type { DeliveryStore, HeldDelivery } from '../../../engine/webhooks/ports.ts';
import { integer, numberOrNull, type Row, textOrNull } from '../rows.ts';
import type { Connection } from './connection.ts';
import { deliveryFrom, endpointId, isSet } from './rows.ts';
import type { Turns } from './turns.ts';

type ClaimMethods = Pick<
  DeliveryStore,
  'endpointsWithWork' | 'claim' | 'release' | 'endLeases' | 'nextDueAtMs'
>;

export function claimMethods(connection: Connection, turns: Turns): ClaimMethods {
  const { read, writeSoon } = connection;
  const statements = prepareStatements(connection);
  return {
    endpointsWithWork: async (nowMs) => read(() => statements.withWork.all(nowMs).map(endpointId)),
    async claim({ endpointId: id, limit, nowMs, leaseUntilMs, token }) {
      assert(leaseUntilMs > nowMs, 'a lease lasts a while');
      return writeSoon(() => {
        connection.giveWay();
        const rows = statements.due.all(id, nowMs, limit);
        const deliveries = rows.map(deliveryFrom);
        if (deliveries.length > 0) {
          const ordinals = deliveries.map(({ ordinal }) => ordinal);
          connection.giveWay();
          statements.lease.run(token, leaseUntilMs, JSON.stringify(ordinals));
        }
        return deliveries;
      });
    },
    async release(token, held) {
      await writeSoon(() => {
        for (const delivery of held) release(token, delivery);
      });
    },
    async endLeases(nowMs, leaseMs) {
      await writeSoon(() => statements.endLeases.run(nowMs, nowMs + leaseMs));
    },
    async nextDueAtMs() {
      const row = read(() => statements.nextDue.get());
      return row === undefined ? null : numberOrNull(row, 'due_at_ms');
    },
  };

  function release(token: string, { ordinal, notBeforeMs, letsPass }: HeldDelivery): void {
    const row = statements.leased.get(ordinal, token);
    if (row === undefined) return;
    const nextMs = heldUntil(row, notBeforeMs);
    const isPassed = letsPass || isSet(row, 'lets_pass');
    statements.release.run(nextMs, nextMs, Number(isPassed), ordinal);
    const paymentId = textOrNull(row, 'payment_id');
    if (paymentId !== null && isSet(row, 'is_ordered')) {
      turns.settle(integer(row, 'endpoint'), paymentId);
    }
  }
}

/** One that was resent meanwhile is not held up. */
export function heldUntil(row: Row, notBeforeMs: number | null): number {
  const due = integer(row, 'next_attempt_at_ms');
  return notBeforeMs === null || isSet(row, 'is_resent') ? due : Math.ceil(notBeforeMs);
}

function prepareStatements({ prepare }: Connection) {
  return {
    withWork: prepare(
      `select endpoint_id from endpoints where is_enabled = 1 and exists (
         select 1 from deliveries where endpoint = number and due_at_ms <= ?) order by number`,
    ),
    due: prepare(
      `select deliveries.*, endpoint_id from endpoints
         cross join deliveries indexed by deliveries_by_due on endpoint = number
       where endpoint_id = ? and is_enabled = 1 and due_at_ms <= ?
       order by due_at_ms, ordinal limit ?`,
    ),
    // A claim after a resend is what the resend asked for.
    lease: prepare(
      `update deliveries set lease_token = ?, due_at_ms = ?, is_resent = 0
       where ordinal in (select value from json_each(?))`,
    ),
    leased: prepare('select * from deliveries where ordinal = ? and lease_token = ?'),
    release: prepare(
      `update deliveries set lease_token = null, next_attempt_at_ms = ?, due_at_ms = ?,
         lets_pass = ?, is_resent = 0 where ordinal = ?`,
    ),
    // A lease that is over needs no end: the index gives those that are not, however much is owed.
    endLeases: prepare(
      `update deliveries set lease_token = null, due_at_ms = next_attempt_at_ms, is_resent = 0
       where ordinal in (
         select ordinal from endpoints
           cross join deliveries indexed by deliveries_by_due on endpoint = number
         where due_at_ms > ? and due_at_ms <= ? and lease_token is not null)`,
    ),
    nextDue: prepare(
      `select min((select min(due_at_ms) from deliveries
         where endpoint = number and due_at_ms is not null)) as due_at_ms
       from endpoints where is_enabled = 1`,
    ),
  };
}
