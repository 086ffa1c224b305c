/**
 * Following the event log: asks for what is behind the last event, a few times a second, and goes on over lost
 * connections, restarts and resets. Every event comes once, in the order of the log.
 *
 *   reading ──► caught up: waits ──► reading          a failure: waits longer each time ──► reading
 *
 * Only a failure that another try can mend is waited for; a refusal, and a server that was not there from the start,
 * end it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import { ProblemError } from './exit.ts';
import { backOffMs, firstLine, isPassing } from './patience.ts';
import { eventFrom, pageFrom, type WireEvent, type WirePage } from './wire.ts';

export interface Following {
  readonly query: Readonly<Record<string, string | undefined>>;
  /** A cursor to begin behind; undefined for the beginning of the log. */
  readonly after: string | undefined;
  /** Leave out what has happened already. */
  readonly isNewOnly: boolean;
  /** Ends after so many events. */
  readonly eventsMax: number;
  readonly pageItems: number;
  /** Ends it, from outside. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: WireEvent) => void;
  /** Hears when the connection is lost, when it is back, and when the log began anew. */
  readonly onNote: (line: string) => void;
}

/** Four times a second: at once, for a person. */
const POLL_MS = 250;

/** Well-formed, and no payment's: UUIDv7 are never zero. */
const NO_PAYMENT = '00000000-0000-0000-0000-000000000000';

export async function followEvents(client: Client, following: Following): Promise<void> {
  const { signal, eventsMax, onEvent } = following;
  try {
    let after = following.isNewOnly ? await head(client, signal) : following.after;
    const read = patiently(client, following);
    for (let seen = 0; seen < eventsMax;) {
      const { items, hasMore, nextCursor } = await read(after);
      const shown = items.slice(0, eventsMax - seen);
      for (const event of shown) onEvent(event);
      seen += shown.length;
      after = nextCursor ?? after;
      if (!hasMore && seen < eventsMax) await sleep(POLL_MS, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The place where the log ends now: a filter that nothing passes is answered with it. */
export async function head(client: Client, signal: AbortSignal): Promise<string | undefined> {
  const { body } = await client.get('/events', { payment_id: NO_PAYMENT, limit: '1' }, signal);
  return pageFrom(body, eventFrom).nextCursor ?? undefined;
}

/** Reads the page behind a cursor, however long that takes once it has worked. */
function patiently(client: Client, following: Following) {
  const { query, pageItems, signal, onNote } = following;
  let hasWorked = false;
  let isLost = false;
  return async (cursor: string | undefined): Promise<WirePage<WireEvent>> => {
    let after = cursor;
    for (let failures = 0; ; failures += 1) {
      try {
        const { body } = await client.get(
          '/events',
          { ...query, after, limit: String(pageItems) },
          signal,
        );
        const page = pageFrom(body, eventFrom);
        if (isLost) onNote('The connection is back.');
        hasWorked = true;
        isLost = false;
        return page;
      } catch (error) {
        if (!hasWorked || signal.aborted) throw error;
        if (isCursorOfOldLog(error) && after !== undefined) {
          onNote('The log was reset; this is the new one from its beginning.');
          after = undefined;
        } else {
          if (!isPassing(error)) throw error;
          if (!isLost) onNote(`The connection is lost (${firstLine(error)}); trying again.`);
          isLost = true;
          await sleep(backOffMs(POLL_MS, failures, error), undefined, { signal });
        }
      }
    }
  };
}

function isCursorOfOldLog(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'invalid_cursor';
}
