/**
 * Walks the hash chain from the first entry to the last, or to the first that does not hold: each must be in its place,
 * name the hash of the one before it and have the hash of what stands in it. It holds a page of entries at a time,
 * however long the log is.
 */
import { isUtf8 } from 'node:buffer';
import type { DatabaseSync } from 'node:sqlite';
import { assert } from '../../../core/assert.ts';
import { CHAIN_START, type ChainHead, type EntryColumns, hashEntry } from '../chain.ts';
import { type Row, text } from '../rows.ts';

export interface EntryFault {
  /** The entry that is not as it should be; null when none can be named. */
  readonly sequence: number | null;
  /** A sentence without a full stop, for people. */
  readonly message: string;
}

export interface Chain {
  /** The last entry that holds; sequence 0 and CHAIN_START when there is none. */
  readonly head: ChainHead;
  /** What is wrong behind it; null when it is the end of the log. */
  readonly fault: EntryFault | null;
}

/**
 * Entries read by one call, which costs a third less than stepping through them; more of them would not make it
 * cheaper, but take memory.
 */
const PAGE_ENTRIES = 256;

/** Before every sequence that SQLite can hold: a forged entry may stand anywhere. */
const SEQUENCE_MIN = -(2n ** 63n);

/** SQLITE_CORRUPT (sqlite3.h): a page of the file is not what it should be. */
const CORRUPT = 11;

/**
 * What is read of an entry, by position. Integers that JavaScript cannot hold are none of ours: the nearest one that
 * it can hold gives a wrong hash just as well, and does not throw.
 */
const ENTRIES = `
  select ${bounded('sequence')}, lower(hex(prev_hash)), lower(hex(hash)), payment_id,
    ${bounded('payment_sequence')}, type, ${bounded('at_ms')}, request_id, actor, cause, data
  from events where sequence >= ? order by sequence limit ?`;

function bounded(column: string): string {
  return `max(-${Number.MAX_SAFE_INTEGER}, min(${column}, ${Number.MAX_SAFE_INTEGER}))`;
}

/** From the first entry to the last, or to the first that does not hold. */
export function walkChain(database: DatabaseSync): Chain {
  const meta = database.prepare(`select value from meta where name = 'writer'`).get();
  const writer = text(meta ?? {}, 'value');
  const isIntact = textChecker(database);
  const readPage = pageReader(database);
  let head: ChainHead = { writer, sequence: 0, hash: CHAIN_START };
  for (;;) {
    const page = readPage(head.sequence);
    if (!page.isRead) return { head, fault: chainFault(head.sequence + 1, page.reason) };
    for (const row of page.rows) {
      const fault = faultOf(row, head, isIntact);
      if (fault !== null) return { head, fault };
      head = { writer, sequence: head.sequence + 1, hash: text(row, '2') };
    }
    if (page.isLast) return { head, fault: null };
  }
}

type Page =
  | { readonly isRead: true; readonly rows: readonly Row[]; readonly isLast: boolean }
  | { readonly isRead: false; readonly reason: string };

/** Reads the entries after a sequence; of a page that cannot be read whole, those that can be. */
function pageReader(database: DatabaseSync): (after: number) => Page {
  const statement = database.prepare(ENTRIES);
  statement.setReturnArrays(true);
  const read = (after: number, limit: number): Page => {
    const rows = statement.all(after === 0 ? SEQUENCE_MIN : after + 1, limit);
    return { isRead: true, rows, isLast: rows.length < limit };
  };
  return (after) => {
    try {
      return read(after, PAGE_ENTRIES);
    } catch (error) {
      if (!isCorruption(error)) throw error;
    }
    try {
      return read(after, 1);
    } catch (error) {
      if (!isCorruption(error)) throw error;
      return { isRead: false, reason: `cannot be read: ${error.message}` };
    }
  };
}

function isCorruption(error: unknown): error is Error {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === CORRUPT;
}

/** What is wrong with the entry that stands after `before`; null when nothing is. */
function faultOf(
  row: Row,
  before: ChainHead,
  isIntact: (sequence: number, columns: EntryColumns) => boolean,
): EntryFault | null {
  const place = before.sequence + 1;
  const sequence = row[0];
  assert(typeof sequence === 'number', 'a sequence is a number');
  if (sequence > place) return chainFault(place, 'is missing');
  if (sequence < place) return chainFault(sequence, 'stands before the first one');
  const columns = columnsFrom(row);
  if (columns === null) return chainFault(place, 'was changed');
  if (row[1] !== before.hash) return faultOfLink(row, before, columns);
  const isHashRight = hashEntry(before.hash, before.writer, place, columns) === row[2];
  return isHashRight && isIntact(place, columns) ? null : chainFault(place, 'was changed');
}

/**
 * An entry that does not name the one before it was changed itself, unless its own hash still holds for this place or
 * for the one before: then it is as it was written, and the entry before it was exchanged or put in.
 */
function faultOfLink(row: Row, before: ChainHead, columns: EntryColumns): EntryFault {
  const place = before.sequence + 1;
  const isAsWritten = [place, before.sequence].some(
    (sequence) => hashEntry(text(row, '1'), before.writer, sequence, columns) === row[2],
  );
  return isAsWritten && before.sequence > 0
    ? chainFault(before.sequence, `is not the one that entry ${place} was written after`)
    : chainFault(place, 'was changed');
}

function chainFault(sequence: number, problem: string): EntryFault {
  return { sequence, message: `entry ${sequence} ${problem}` };
}

/** Null when a column holds what no entry has there. */
function columnsFrom(row: Row): EntryColumns | null {
  const { 3: paymentId, 4: paymentSequence, 5: type, 6: atMs, 7: requestId } = row;
  const { 8: actor, 9: cause, 10: data } = row;
  if (paymentId !== null && typeof paymentId !== 'string') return null;
  if (paymentSequence !== null && typeof paymentSequence !== 'number') return null;
  if (typeof type !== 'string' || typeof atMs !== 'number') return null;
  if (typeof requestId !== 'string' || typeof actor !== 'string') return null;
  if (typeof cause !== 'string' || typeof data !== 'string') return null;
  return [paymentId, paymentSequence, type, atMs, requestId, actor, cause, data];
}

/**
 * Bytes that are no UTF-8 are read as U+FFFD and hashed as such: where that character stands in a text that may hold it,
 * the bytes themselves are looked at, or bytes could be exchanged in place of one.
 */
function textChecker(database: DatabaseSync): (sequence: number, columns: EntryColumns) => boolean {
  const bytes = database.prepare(
    `select cast(cause || char(10) || data as blob) as bytes from events where sequence = ?`,
  );
  return (sequence, { 6: cause, 7: data }) => {
    if (!data.includes('\ufffd') && !cause.includes('\ufffd')) return true;
    const stored = bytes.get(sequence)?.['bytes'];
    return stored instanceof Uint8Array && isUtf8(stored);
  };
}
