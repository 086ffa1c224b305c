/**
 * Upkeep of the search index, on the writing side: a log-structured index in two kinds of slices, each a transaction
 * of a few milliseconds, so that no commit waits long behind one.
 *
 *   payments behind the last segment, and changed ones ── append: a step of them ──► a segment of level 0
 *   segments of one level, enough of them ── merge: their first entries ──► one segment of the next level
 *
 * What is always true: of the payments up to the greatest `last_ordinal`, each term is in a segment, or the payment is
 * in search_changed; what a merge moves is in one place before and after. The payments behind it are the tail, which a
 * search reads itself, like the changed ones. All of this is in the tables, so that what a crash interrupts goes on at
 * the next start.
 */
import type { DatabaseSync } from 'node:sqlite';
import { integer, type Row } from '../rows.ts';
import { entriesOf, packBlocks, prepareNextBlock, segmentEntries } from './search-blocks.ts';
import { compareEntries, type Entry, mergeRuns, startOf, take, termsOf } from './search-entries.ts';
import type { SearchTuning } from './search-tuning.ts';
import { inTransaction } from './transaction.ts';

export interface UpkeepSlice {
  /** Payments up to this ordinal are in segments. */
  readonly indexedTo: number;
  /** True when there was nothing to do. */
  readonly isDone: boolean;
}

interface Segment {
  readonly segment: number;
  readonly level: number;
  readonly lastOrdinal: number;
  readonly movesInto: number | null;
}

interface Merge {
  readonly sources: readonly Segment[];
  /** Null when it has yet to begin. */
  readonly target: number | null;
}

type Statements = ReturnType<typeof prepareStatements>;

/** Does one slice each time it is called. Throws what SQLite throws, and then nothing was written. */
export function searchUpkeep(database: DatabaseSync, tuning: SearchTuning): () => UpkeepSlice {
  const statements = prepareStatements(database);
  return () => {
    const segments = statements.segments.all().map(segmentFrom);
    const indexedTo = Math.max(0, ...segments.map(({ lastOrdinal }) => lastOrdinal));
    // The tail comes first: searches read all of it, while a segment too many costs them little.
    const ends = [
      statements.endOfStep.get(indexedTo, tuning.stepPayments - 1),
      statements.endOfChanged.get(tuning.stepPayments - 1),
    ];
    if (ends.some((end) => end !== undefined)) {
      const lastOrdinal = inTransaction(database, () => append(indexedTo, statements, tuning));
      return { indexedTo: lastOrdinal, isDone: false };
    }
    const merge = nextMerge(segments, tuning.fanOut);
    if (merge === null) return { indexedTo, isDone: true };
    inTransaction(database, () => moveSlice(merge, statements, tuning));
    return { indexedTo, isDone: false };
  };
}

/** Makes a segment of a step of the tail and of the changed payments; gives the ordinal that it goes up to. */
function append(indexedTo: number, statements: Statements, tuning: SearchTuning): number {
  const tail = statements.tail.all(indexedTo, tuning.stepPayments);
  const changed = statements.changed.all(tuning.stepPayments);
  const entries = [...changed, ...tail].flatMap(entriesOfPayment).sort(compareEntries);
  const lastOrdinal = lastOrdinalOf(tail) ?? indexedTo;
  const segment = Number(statements.insertSegment.run(0, lastOrdinal).lastInsertRowid);
  writeBlocks(segment, entries, statements, tuning.blockChars);
  statements.deleteChanged.run(lastOrdinalOf(changed) ?? 0);
  return lastOrdinal;
}

function lastOrdinalOf(payments: readonly Row[]): number | null {
  const last = payments.at(-1);
  return last === undefined ? null : integer(last, 'ordinal');
}

function entriesOfPayment(payment: Row): Entry[] {
  const ordinal = integer(payment, 'ordinal');
  return termsOf(payment).map((term) => ({ term, ordinal }));
}

/**
 * The lowest level goes first, because it fills up fastest; there, a merge that has begun is finished first, so that no
 * segment is taken that is still being filled.
 */
function nextMerge(segments: readonly Segment[], fanOut: number): Merge | null {
  const levels = [...new Set(segments.map(({ level }) => level))].sort((a, b) => a - b);
  for (const level of levels) {
    const here = segments.filter((segment) => segment.level === level);
    const target = here.find(({ movesInto }) => movesInto !== null)?.movesInto ?? null;
    if (target !== null) {
      return { sources: here.filter(({ movesInto }) => movesInto === target), target };
    }
    if (here.length >= fanOut) return { sources: here.slice(0, fanOut), target: null };
  }
  return null;
}

function moveSlice(merge: Merge, statements: Statements, tuning: SearchTuning): void {
  const { sources } = merge;
  const target = merge.target ?? beginMerge(sources, statements);
  const runs = sources.map(({ segment }) =>
    segmentEntries(statements.nextBlock, segment, startOf('')),
  );
  const moved = take(mergeRuns(runs), tuning.sliceEntries);
  for (const { segment } of sources) removeTo(moved.at(-1), segment, statements);
  writeBlocks(target, moved, statements, tuning.blockChars);
  if (moved.length < tuning.sliceEntries) statements.deleteSources.run(target);
}

function beginMerge(sources: readonly Segment[], statements: Statements): number {
  const level = Math.max(...sources.map((source) => source.level)) + 1;
  const lastOrdinal = Math.max(...sources.map((source) => source.lastOrdinal));
  const target = Number(statements.insertSegment.run(level, lastOrdinal).lastInsertRowid);
  for (const { segment } of sources) statements.moveInto.run(target, segment);
  return target;
}

/** Takes out what has moved, up to and with `last`: whole blocks, and the beginning of the next. */
function removeTo(last: Entry | undefined, segment: number, statements: Statements): void {
  if (last === undefined) return;
  statements.deleteBlocks.run(segment, last.term, -last.ordinal);
  const next = statements.nextBlock.get(segment, last.term, -last.ordinal);
  if (next === undefined) return;
  const entries = entriesOf(next);
  const kept = entries.filter((entry) => compareEntries(entry, last) > 0);
  if (kept.length === entries.length) return;
  for (const block of packBlocks(kept, Infinity)) {
    statements.updateBlock.run(block.entries, integer(next, 'block'));
  }
}

function writeBlocks(
  segment: number,
  entries: readonly Entry[],
  { insertBlock }: Statements,
  chars: number,
): void {
  for (const block of packBlocks(entries, chars)) {
    insertBlock.run(segment, block.last.term, -block.last.ordinal, block.entries);
  }
}

function segmentFrom(row: Row): Segment {
  return {
    segment: integer(row, 'segment'),
    level: integer(row, 'level'),
    lastOrdinal: integer(row, 'last_ordinal'),
    movesInto: row['moves_into'] === null ? null : integer(row, 'moves_into'),
  };
}

function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    segments: prepare('select * from search_segments order by segment'),
    endOfStep: prepare(
      'select ordinal from payments where ordinal > ? order by ordinal limit 1 offset ?',
    ),
    endOfChanged: prepare('select ordinal from search_changed order by ordinal limit 1 offset ?'),
    tail: prepare(
      `select ordinal, recipient, card_last4 from payments where ordinal > ?
         order by ordinal limit ?`,
    ),
    // Of a changed payment only the card is new.
    changed: prepare(
      `select payments.ordinal, null as recipient, card_last4 from search_changed
         cross join payments on payments.ordinal = search_changed.ordinal
         order by search_changed.ordinal limit ?`,
    ),
    deleteChanged: prepare('delete from search_changed where ordinal <= ?'),
    insertSegment: prepare('insert into search_segments (level, last_ordinal) values (?, ?)'),
    moveInto: prepare('update search_segments set moves_into = ? where segment = ?'),
    deleteSources: prepare('delete from search_segments where moves_into = ?'),
    nextBlock: prepareNextBlock(database),
    insertBlock: prepare(
      'insert into search_blocks (segment, last_term, last_place, entries) values (?, ?, ?, ?)',
    ),
    updateBlock: prepare('update search_blocks set entries = ? where block = ?'),
    deleteBlocks: prepare(
      'delete from search_blocks where segment = ? and (last_term, last_place) <= (?, ?)',
    ),
  };
}
