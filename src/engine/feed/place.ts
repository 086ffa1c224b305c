/** Where in the log a reader begins. */
import type { LogPosition } from '../ports.ts';
import type { FeedFilter } from './filter.ts';
import type { ResetReason } from './ports.ts';

/** `now`: with what happens next; `start`: with the oldest entry; else behind this place. */
export type AskedPlace = 'now' | 'start' | LogPosition;

export interface Beginning {
  readonly position: LogPosition;
  /** Set when this is not where the reader wanted to go on. */
  readonly reset: ResetReason | null;
}

/** Whoever cannot be sent what it missed goes on from now, but behind a reset from the beginning of the new log. */
export function beginningAt(
  asked: AskedPlace,
  { writer, sequence }: LogPosition,
  { paymentId }: FeedFilter,
  behindMax: number,
): Beginning {
  const head = { writer, sequence };
  if (asked === 'now') return { position: head, reset: null };
  const isTooOld = (place: number) => paymentId === null && sequence - place > behindMax;
  const start = { writer, sequence: 0 };
  const place = asked === 'start' ? start : asked;
  if (place.writer !== writer) return { position: isTooOld(0) ? head : start, reset: 'log_reset' };
  if (place.sequence > sequence) return { position: head, reset: 'not_in_log' };
  if (isTooOld(place.sequence)) return { position: head, reset: 'too_old' };
  return { position: place, reset: null };
}
