/** Makes deliveries. To be called within a transaction that writes. */
import type { FannedEvent, TestDelivery } from '../../../engine/webhooks/ports.ts';
import type { Connection } from './connection.ts';
import type { Turns } from './turns.ts';

export interface Insert {
  /** False when the endpoint has a delivery of this event already, which then stays as it is. */
  event(
    to: { readonly endpoint: number; readonly isStrict: boolean },
    event: FannedEvent,
    nowMs: number,
  ): boolean;
  /** Gives the ordinal. */
  test(endpoint: number, delivery: TestDelivery, nowMs: number): number;
}

export function prepareInsert({ prepare, giveWay }: Connection, turns: Turns): Insert {
  const insert = prepare(
    `insert into deliveries (endpoint, event_id, sequence, body, event_type, payment_id,
       payment_sequence, scheduled_from_ms, created_at_ms, next_attempt_at_ms, due_at_ms, is_ordered)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (event_id, endpoint) do nothing`,
  );
  return {
    event({ endpoint, isStrict }, event, nowMs) {
      giveWay();
      const { id, sequence, type, paymentId, paymentSequence } = event;
      // An event from the future (the clock was put back) is due now all the same.
      const fromMs = Math.min(event.atMs, nowMs);
      const isOrdered = isStrict && paymentId !== null;
      const dueMs = isOrdered ? null : fromMs;
      const { changes } = insert.run(
        endpoint,
        id,
        sequence,
        null,
        type,
        paymentId,
        paymentSequence,
        fromMs,
        nowMs,
        dueMs,
        dueMs,
        Number(isOrdered),
      );
      if (isOrdered) turns.settle(endpoint, paymentId);
      return changes === 1;
    },
    test(endpoint, { eventId, eventType, body }, nowMs) {
      const { lastInsertRowid } = insert.run(
        endpoint,
        eventId,
        null,
        body,
        eventType,
        null,
        null,
        nowMs,
        nowMs,
        nowMs,
        nowMs,
        0,
      );
      return Number(lastInsertRowid);
    },
  };
}
