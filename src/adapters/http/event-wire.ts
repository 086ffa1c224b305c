/** Events as they go out, in lists and in the live feed. */
import { eventId } from '../../engine/event-id.ts';
import type { LogPosition, StoredEvent } from '../../engine/ports.ts';
import { isoTime } from '../../engine/snapshot.ts';
import { encodeCursor } from './cursors.ts';

/** The payment in it is the stored one. */
export function wireEvent(event: StoredEvent, writer: string) {
  return {
    id: eventId(event, writer),
    cursor: eventCursor({ writer, sequence: event.sequence }),
    type: event.type,
    payment_id: event.paymentId,
    payment_sequence: event.paymentSequence,
    created_at: isoTime(event.atMs),
    request_id: event.requestId,
    actor: event.actor,
    cause: JSON.parse(event.cause) as unknown,
    data: JSON.parse(event.data) as unknown,
  };
}

/** Where to go on after this place in the log. */
export function eventCursor({ writer, sequence }: LogPosition): string {
  return encodeCursor('events', `${writer}.${sequence}`);
}
