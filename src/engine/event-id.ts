/** What an entry of the log is called outside. */
import { type EventId, eventIdOf, logEventIdOf } from '../core/ids.ts';
import type { StoredEvent } from './ports.ts';

export function eventId(event: StoredEvent, writer: string): EventId {
  const { paymentId, paymentSequence, sequence } = event;
  return paymentId === null || paymentSequence === null
    ? logEventIdOf(writer, sequence)
    : eventIdOf(paymentId, paymentSequence);
}
