/**
 * Walks the log of a SQLite file from the first entry to the last, or to the first that does not hold. It holds a page of
 * entries at a time, however long the log is. Entries of other writers (other-chains.ts) are each held against their own
 * chain; in a file that has none, there is one chain, and an entry's place in it is its place in the log.
 */
import { isUtf8 } from 'node:buffer';
import type { DatabaseSync } from 'node:sqlite';
import { assert } from '../../../core/assert.ts';
import type { ChainHead, EntryColumns } from '../chain.ts';
import { type Chain, ChainWalk, type EntryFault } from '../chain-walk.ts';
import { type Row, text } from '../rows.ts';
import { otherHeads } from './other-chains.ts';

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
const COLUMNS = `${bounded('sequence')}, lower(hex(prev_hash)), lower(hex(events.hash)), payment_id,
    ${bounded('payment_sequence')}, type, ${bounded('at_ms')}, request_id, actor, cause, data`;
const ENTRIES = `select ${COLUMNS} from events where sequence >= ? order by sequence limit ?`;

/** The same, and whose it is and which of its writer's: null for ours. */
const ENTRIES_OF_SEVERAL = `
  select ${COLUMNS}, other_chains.name, other_entries.place
  from events left join other_entries using (sequence) left join other_chains using (writer_no)
  where events.sequence >= ? order by events.sequence limit ?`;
const [NAME, PLACE] = [11, 12] as const;

function bounded(column: string): string {
  return `max(-${Number.MAX_SAFE_INTEGER}, min(events.${column}, ${Number.MAX_SAFE_INTEGER}))`;
}

/**
 * All chains of the file, its own first. When something does not hold, all of them end where that is.
 */
export function walkChains(
  database: DatabaseSync,
  onEntry: (entry: ChainHead) => void,
): readonly Chain[] {
  const meta = database.prepare(`select value from meta where name = 'writer'`).get();
  const others = otherHeads(database);
  const names = [text(meta ?? {}, 'value'), ...others.map(({ writer }) => writer)];
  const isOneOfSeveral = names.length > 1;
  const isIntactAt = textChecker(database);
  let taken = 0;
  const isIntact = (columns: EntryColumns) => isIntactAt(taken + 1, columns);
  const walks = names.map((writer) => new ChainWalk({ writer, isOneOfSeveral, isIntact, onEntry }));
  const [own] = walks;
  assert(own !== undefined, 'a log has a writer');
  const readPage = pageReader(database, isOneOfSeveral ? ENTRIES_OF_SEVERAL : ENTRIES);
  const take = isOneOfSeveral ? takeOfSeveral(walks, own) : (row: Row) => own.take(row);
  let fault: EntryFault | null = null;
  for (let isDone = false; fault === null && !isDone;) {
    const page = readPage(taken);
    if (!page.isRead) fault = own.faultAt(taken + 1, page.reason);
    else {
      for (const row of page.rows) {
        fault = take(row);
        if (fault !== null) break;
        taken += 1;
      }
      isDone = page.isLast;
    }
  }
  fault ??= missingEnd(walks, others);
  return walks.map(({ head }) => ({ head, fault }));
}

/** Looks at an entry's place in the log first: it says whose chain it belongs to. */
function takeOfSeveral(walks: readonly ChainWalk[], own: ChainWalk) {
  const byName = new Map(walks.map((walk) => [walk.head.writer, walk]));
  let taken = 0;
  return (row: Row): EntryFault | null => {
    taken += 1;
    const { [NAME]: name, [PLACE]: place } = row;
    if (row[0] !== taken) {
      return { sequence: taken, message: `number ${taken} of the log is missing` };
    }
    if (name === null) return own.take({ ...row, 0: own.head.sequence + 1 });
    const walk = byName.get(text(row, String(NAME)));
    assert(walk !== undefined, 'each chain has its walk');
    return walk.take({ ...row, 0: place });
  };
}

/** Of other chains it is known how far they went. */
function missingEnd(walks: readonly ChainWalk[], others: readonly ChainHead[]): EntryFault | null {
  for (const [index, { sequence, hash }] of others.entries()) {
    const walk = walks[index + 1];
    if (walk === undefined) continue;
    const { head } = walk;
    if (head.sequence < sequence) return walk.faultAt(head.sequence + 1, 'is missing');
    if (head.hash !== hash) return walk.faultAt(head.sequence, 'is not the last of its chain');
  }
  return null;
}

type Page =
  | { readonly isRead: true; readonly rows: readonly Row[]; readonly isLast: boolean }
  | { readonly isRead: false; readonly reason: string };

/** Reads the entries after a sequence; of a page that cannot be read whole, those that can be. */
function pageReader(database: DatabaseSync, sql: string): (after: number) => Page {
  const statement = database.prepare(sql);
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
