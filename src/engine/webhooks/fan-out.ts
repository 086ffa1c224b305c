/**
 * From the log to deliveries. The cursor is the delivery store's own and moves in the transaction that makes the
 * deliveries: a crash repeats nothing and skips nothing.
 */
import { FAN_OUT_EVENTS_MAX } from '../../core/limits.ts';
import { eventId } from '../event-id.ts';
import type { LogPosition, StoredEvent } from '../ports.ts';
import type { EventLog, EventTexts } from './event-texts.ts';
import type { DeliveryStore, FannedEvent } from './ports.ts';

export interface FanOutParts {
  readonly store: DeliveryStore;
  readonly log: EventLog;
  readonly nowMs: () => number;
}

/**
 * Makes the deliveries of the next page of the log. False when there was none: the cursor is at the head. `texts` is
 * told what was read, because it is about to be sent.
 */
export async function fanOutPage(parts: FanOutParts, texts: EventTexts): Promise<boolean> {
  const { store, log, nowMs } = parts;
  const { writer, sequence } = await log.logHead();
  const head = { writer, sequence };
  const cursor = await cursorIn(head, store);
  if (cursor.sequence >= sequence) return false;
  const { events, scannedTo } = await log.events({
    after: cursor.sequence,
    limit: FAN_OUT_EVENTS_MAX,
  });
  // A reset between the two reads: these are another log's events.
  if ((await log.logHead()).writer !== writer) return true;
  texts.keep(events, writer);
  const fanned = events.map((event) => fannedEvent(event, writer));
  await store.fanOut(fanned, { writer, sequence: scannedTo }, nowMs());
  return true;
}

/** What fan-out and replays know of an event. */
export function fannedEvent(event: StoredEvent, writer: string): FannedEvent {
  const { sequence, type, paymentId, paymentSequence, atMs } = event;
  return { id: eventId(event, writer), sequence, type, paymentId, paymentSequence, atMs };
}

/** The cursor, put where it belongs when it is not in this log. */
async function cursorIn(head: LogPosition, store: DeliveryStore): Promise<LogPosition> {
  const cursor = await store.cursor();
  if (cursor === null) {
    // Nobody can have asked for events of before there was a cursor.
    await store.beginLog(head);
    return head;
  }
  if (cursor.writer !== head.writer) {
    const beginning = { writer: head.writer, sequence: 0 };
    await store.beginLog(beginning);
    return beginning;
  }
  if (cursor.sequence > head.sequence) {
    // The database was put back to an earlier state: some of what was made is about events that never were.
    await store.beginLog(head);
    return head;
  }
  return cursor;
}
