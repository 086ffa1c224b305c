/** What a webhook says. It is made of the event alone, so that every attempt sends the same bytes. */
import type { Payload } from '../../core/webhooks/endpoint.ts';
import type { StoredEvent } from '../ports.ts';
import { isoTime } from '../snapshot.ts';

export type EventText = Pick<StoredEvent, 'type' | 'atMs' | 'data'>;

/** JSON text; the stored text of what the event is about stands in it byte for byte. */
export function bodyOf({ type, atMs, data }: EventText, payload: Payload): string {
  return payload === 'payment'
    ? data
    : `{"type":"${type}","timestamp":"${isoTime(atMs)}","data":${data}}`;
}
