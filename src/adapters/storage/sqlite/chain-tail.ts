/**
 * Looks at the end of the hash chain, where a crash or a careless hand would show: each of the last entries must
 * follow the one before it and have the hash of what stands in it. It reads only.
 */
import type { DatabaseSync } from 'node:sqlite';
import { CHAIN_START, hashEvent } from '../chain.ts';
import { eventFrom, integer, type Row, text } from '../rows.ts';

export interface ChainTail {
  readonly writer: string;
  /** The last entry's sequence; 0 when there is none. */
  readonly sequence: number;
  readonly checked: number;
  /** What is wrong with the first bad entry; null when all are well. */
  readonly fault: string | null;
}

interface Place {
  readonly sequence: number;
  readonly hash: string;
}

/** Checks the last `entries` entries of the log. */
export function checkChainTail(database: DatabaseSync, entries: number): ChainTail {
  const writer = text(
    database.prepare(`select value from meta where name = 'writer'`).get() ?? {},
    'value',
  );
  const tail: Row[] = database
    .prepare(
      'select * from (select * from events order by sequence desc limit ?) order by sequence',
    )
    .all(entries);
  const last = tail.at(-1);
  const sequence = last === undefined ? 0 : integer(last, 'sequence');
  let previous = placeBefore(tail, entries);
  for (const row of tail) {
    const event = eventFrom(row);
    const fault = faultOf(row, previous, hashEvent(previous.hash, writer, event));
    if (fault !== null) return { writer, sequence, checked: tail.length, fault };
    previous = { sequence: event.sequence, hash: hex(row, 'hash') };
  }
  return { writer, sequence, checked: tail.length, fault: null };
}

/** The hash (lower-case hex) of one entry; null when there is no such entry. */
export function hashAt(database: DatabaseSync, sequence: number): string | null {
  const row = database.prepare('select hash from events where sequence = ?').get(sequence);
  return row === undefined ? null : hex(row, 'hash');
}

/** Where the tail begins: its first entry vouches for that, unless it is the whole log. */
function placeBefore(tail: readonly Row[], entries: number): Place {
  const [first] = tail;
  if (first === undefined || tail.length < entries) return { sequence: 0, hash: CHAIN_START };
  return { sequence: integer(first, 'sequence') - 1, hash: hex(first, 'prev_hash') };
}

function faultOf(row: Row, previous: Place, expectedHash: string): string | null {
  const sequence = integer(row, 'sequence');
  if (sequence !== previous.sequence + 1) {
    return `entry ${previous.sequence + 1} is missing`;
  }
  if (hex(row, 'prev_hash') !== previous.hash) {
    return `entry ${sequence} does not follow entry ${previous.sequence}`;
  }
  if (hex(row, 'hash') !== expectedHash) return `entry ${sequence} was changed`;
  return null;
}

function hex(row: Row, column: string): string {
  const value = row[column];
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}
