/**
 * Strict order: of a payment's undone deliveries to an endpoint that let nothing pass, the first has its turn and the
 * others wait. Whatever makes, ends or moves one of them settles its payment before the transaction ends.
 */
import { integer } from '../rows.ts';
import type { Connection } from './connection.ts';

export interface Turns {
  /** Puts one payment's deliveries in order. What is leased is on its way already, and falls into line after that. */
  settle(endpoint: number, paymentId: string): void;
  /** The endpoint became strict: all but the first of each payment wait. */
  begin(endpoint: number): void;
  /** The endpoint is strict no more: nothing waits. */
  end(endpoint: number): void;
}

const UNDONE = 'is_ordered = 1 and lets_pass = 0';

export function prepareTurns({ prepare }: Connection): Turns {
  const first = prepare(
    `select ordinal, payment_sequence, next_attempt_at_ms from deliveries
       where endpoint = ? and payment_id = ? and ${UNDONE} order by payment_sequence limit 1`,
  );
  // Due since its event: so it comes before what happened later elsewhere.
  const arm = prepare(
    `update deliveries set next_attempt_at_ms = scheduled_from_ms, due_at_ms = scheduled_from_ms
       where ordinal = ?`,
  );
  const hold = prepare(
    `update deliveries set next_attempt_at_ms = null, due_at_ms = null
       where endpoint = ? and payment_id = ? and payment_sequence > ? and ${UNDONE}
         and lease_token is null and next_attempt_at_ms is not null`,
  );
  const order = prepare(
    `update deliveries set is_ordered = 1
       where endpoint = ? and due_at_ms is not null and payment_id is not null`,
  );
  const holdAll = prepare(
    `update deliveries set next_attempt_at_ms = null, due_at_ms = null
       where endpoint = ? and ${UNDONE} and lease_token is null and exists (
         select 1 from deliveries as before
           where before.endpoint = deliveries.endpoint
             and before.payment_id = deliveries.payment_id
             and before.payment_sequence < deliveries.payment_sequence
             and before.is_ordered = 1 and before.lets_pass = 0)`,
  );
  const free = prepare(
    `update deliveries set is_ordered = 0,
         next_attempt_at_ms = coalesce(next_attempt_at_ms, scheduled_from_ms),
         due_at_ms = coalesce(due_at_ms, scheduled_from_ms)
       where endpoint = ? and is_ordered = 1`,
  );
  return {
    settle(endpoint, paymentId) {
      const row = first.get(endpoint, paymentId);
      if (row === undefined) return;
      if (row['next_attempt_at_ms'] === null) arm.run(integer(row, 'ordinal'));
      hold.run(endpoint, paymentId, integer(row, 'payment_sequence'));
    },
    begin(endpoint) {
      order.run(endpoint);
      holdAll.run(endpoint);
    },
    end(endpoint) {
      free.run(endpoint);
    },
  };
}
