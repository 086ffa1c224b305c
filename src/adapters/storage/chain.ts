/**
 * The hash chain over the event log: SHA-256 over the previous entry's hash and every column of this one, so that
 * an entry cannot be changed, taken out or put in without every later hash showing it. No column can contain a
 * line feed (JSON text escapes it, ids and names are visible ASCII), so that joining by it is unambiguous.
 */
import { hash } from 'node:crypto';
import type { LogPosition, StoredEvent } from '../../engine/ports.ts';

/** The previous hash of a log's first entry. */
export const CHAIN_START = '0'.repeat(64);

export interface ChainHead extends LogPosition {
  /** Lower-case hex of the last entry's hash. */
  readonly hash: string;
}

/** What an entry says, beside its place: payment, place in its history, type, time, request id, actor, cause, data. */
export type EntryColumns = readonly [
  paymentId: string | null,
  paymentSequence: number | null,
  type: string,
  atMs: number,
  requestId: string,
  actor: string,
  cause: string,
  data: string,
];

/** The hash (lower-case hex) of an entry written by `writer` after one whose hash is `prevHash`. */
export function hashEntry(
  prevHash: string,
  writer: string,
  sequence: number,
  columns: EntryColumns,
): string {
  const [paymentId, paymentSequence, type, atMs, requestId, actor, cause, data] = columns;
  // An absent payment joins as nothing. One template: joining an array costs a tenth of a whole verification.
  return hash(
    'sha256',
    `${prevHash}\n${writer}\n${sequence}\n${paymentId ?? ''}\n${paymentSequence ?? ''}\n${type}\n` +
      `${atMs}\n${requestId}\n${actor}\n${cause}\n${data}`,
    'hex',
  );
}

/** The same of an event as it was read. */
export function hashEvent(prevHash: string, writer: string, event: StoredEvent): string {
  return hashEntry(prevHash, writer, event.sequence, [
    event.paymentId,
    event.paymentSequence,
    event.type,
    event.atMs,
    event.requestId,
    event.actor,
    event.cause,
    event.data,
  ]);
}
