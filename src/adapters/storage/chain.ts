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

/** The hash (lower-case hex) of `event`, written by `writer` after an entry whose hash is `prevHash`. */
export function hashEvent(prevHash: string, writer: string, event: StoredEvent): string {
  return hash(
    'sha256',
    `${prevHash}\n${writer}\n${event.sequence}\n${event.paymentId}\n${event.paymentSequence}\n` +
      `${event.type}\n${event.atMs}\n${event.requestId}\n${event.actor}\n${event.cause}\n${event.payment}`,
    'hex',
  );
}
