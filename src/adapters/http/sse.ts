/** Server-sent events (HTML standard, 9.2): the frames of the live feed, and a response that carries them. */
import type { ServerResponse } from 'node:http';
import { eventId } from '../../engine/event-id.ts';
import type { Frames, Outlet, ResetReason } from '../../engine/feed/ports.ts';
import type { StoredEvent } from '../../engine/ports.ts';
import { isoTime } from '../../engine/snapshot.ts';
import { eventCursor } from './event-wire.ts';

/** When an EventSource comes back after it was cut off. */
const RETRY_MS = 1_000;

const RESET_DETAILS: Readonly<Record<ResetReason, string>> = {
  log_reset:
    'Everything was removed and a new log began; forget what you know, this is the new one.',
  too_old:
    'More happened since than the live feed sends again; read the lists anew, or GET /events from your own cursor.',
  not_in_log:
    'The log ends before your cursor: an older copy of it was put back. Read the lists anew.',
};

export const FRAMES: Frames = {
  // An id without data is kept by an EventSource and shown to nobody: whoever loses the connection before the first
  // event comes back to this place, too.
  opening: (position) => `retry: ${RETRY_MS}\nid: ${eventCursor(position)}\n\n`,
  event(event, writer) {
    const cursor = eventCursor({ writer, sequence: event.sequence });
    return `id: ${cursor}\ndata: ${eventText(event, writer, cursor)}\n\n`;
  },
  heartbeat: (position) => `: still here\nid: ${eventCursor(position)}\n\n`,
  reset(reason, position) {
    const cursor = eventCursor(position);
    const content = JSON.stringify({ reason, detail: RESET_DETAILS[reason], cursor });
    return `event: reset\nid: ${cursor}\ndata: ${content}\n\n`;
  },
};

/** The JSON text of wireEvent. Cause and data are stored as JSON text and go out as they stand: they have no line ends. */
function eventText(event: StoredEvent, writer: string, cursor: string): string {
  const { type, paymentId, paymentSequence, atMs, requestId, actor, cause, data } = event;
  const start = JSON.stringify({
    id: eventId(event, writer),
    cursor,
    type,
    payment_id: paymentId,
    payment_sequence: paymentSequence,
    created_at: isoTime(atMs),
    request_id: requestId,
    actor,
  });
  return `${start.slice(0, -1)},"cause":${cause},"data":${data}}`;
}

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // Proxies (nginx) would else collect it before they pass it on.
  'x-accel-buffering': 'no',
} as const;

/** A dead peer is noticed although nothing comes from it. */
const KEEP_ALIVE_MS = 30_000;

/** Begins the answer, and gives what carries the feed over it. */
export function streamOver(
  response: ServerResponse,
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
): Outlet {
  // Without chunks a write is one piece of memory that all readers share; the end of the connection is the end.
  response.removeHeader('transfer-encoding');
  response.writeHead(200, { ...headers, ...STREAM_HEADERS, connection: 'close' });
  response.socket?.setKeepAlive(true, KEEP_ALIVE_MS);
  // What goes wrong with a connection ends it, and then it is gone.
  response.on('error', () => {});
  const isOpen = () => !response.destroyed && !response.writableEnded;
  return {
    write(bytes) {
      if (isOpen()) response.write(bytes);
    },
    get unsentBytes() {
      return response.writableLength;
    },
    drained() {
      if (!isOpen() || !response.writableNeedDrain) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          response.off('drain', done).off('close', done);
          resolve();
        };
        response.on('drain', done).on('close', done);
      });
    },
    end() {
      if (isOpen()) response.end();
    },
    cutOff() {
      // The kernel must not go on to hold some megabytes for a reader that takes nothing.
      response.socket?.resetAndDestroy();
      response.destroy();
    },
    onGone(listener) {
      if (response.closed) listener();
      else response.once('close', listener);
    },
  };
}
