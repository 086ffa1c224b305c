/** Places in the event log: read from a cursor, or found by time. */
import type { LogPosition, Store } from '../../engine/ports.ts';
import { decodeCursor } from './cursors.ts';
import { Problem } from './problems.ts';

const CURSOR_FORM = /^[0-9a-f]{1,32}\.\d{1,15}$/;

/** The place that a cursor stands for, of this log or of one before a reset. */
export function eventPosition(cursor: string): LogPosition {
  const [writer = '', sequence] = decodeCursor('events', cursor, CURSOR_FORM).split('.', 2);
  return { writer, sequence: Number(sequence) };
}

/** The sequence that a cursor of this log stands for; 0 for none. */
export function sequenceAfter(cursor: string | undefined, head: LogPosition): number {
  return sequenceAt(cursor, head) ?? 0;
}

/** The same; null for none. */
export function sequenceAt(cursor: string | undefined, head: LogPosition): number | null {
  if (cursor === undefined || cursor === '') return null;
  const { writer, sequence } = eventPosition(cursor);
  if (writer !== head.writer) {
    throw new Problem(
      'invalid_cursor',
      'This cursor is of a log that was reset since; leave it out to read the new one.',
    );
  }
  return sequence;
}

/**
 * The last sequence whose event happened before `ms`; 0 when none did. Times in the log never go back, so that it is
 * found by halves and the log is not walked.
 */
export async function sequenceBefore(
  ms: number,
  store: Pick<Store, 'events'>,
  head: LogPosition,
): Promise<number> {
  let before = 0;
  let from = head.sequence + 1;
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    const { events } = await store.events({ after: middle - 1, limit: 1 });
    const [event] = events;
    if (event !== undefined && event.atMs < ms) before = middle;
    else from = middle;
  }
  return before;
}
