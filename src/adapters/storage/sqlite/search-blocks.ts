/**
 * Blocks: a few dozen neighbouring entries in one row, as a JSON array in which each term stands before its ordinals:
 * `["alice",907,12,"bob",3]`. Entry by entry, a row each, writing and moving them would cost as much as the index
 * that they replace.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '../../../core/assert.ts';
import { integer, type Row, text } from '../rows.ts';
import { compareEntries, type Entry } from './search-entries.ts';

/** The first block of a segment that has entries behind (term, place). */
export function prepareNextBlock(database: DatabaseSync): StatementSync {
  return database.prepare(
    `select * from search_blocks where segment = ? and (last_term, last_place) > (?, ?)
       order by last_term, last_place limit 1`,
  );
}

/** The entries of a segment behind `after`, read block by block as they are asked for. */
export function* segmentEntries(
  nextBlock: StatementSync,
  segment: number,
  after: Entry,
): Generator<Entry> {
  let from = after;
  for (;;) {
    const block = nextBlock.get(segment, from.term, -from.ordinal);
    if (block === undefined) return;
    yield* entriesOf(block).filter((entry) => compareEntries(entry, after) > 0);
    from = { term: text(block, 'last_term'), ordinal: -integer(block, 'last_place') };
  }
}

/** The entries of one row of search_blocks. */
export function entriesOf(block: Row): Entry[] {
  const parts: unknown = JSON.parse(text(block, 'entries'));
  assert(Array.isArray(parts), 'a block is an array');
  const entries: Entry[] = [];
  let term: string | null = null;
  for (const part of parts) {
    if (typeof part === 'string') {
      term = part;
      continue;
    }
    assert(typeof part === 'number' && term !== null, 'a block is terms before their ordinals');
    entries.push({ term, ordinal: part });
  }
  return entries;
}

export interface PackedBlock {
  readonly last: Entry;
  readonly entries: string;
}

/** Sorted entries as blocks of about so many characters. */
export function* packBlocks(entries: readonly Entry[], charsAbout: number): Generator<PackedBlock> {
  let parts: (string | number)[] = [];
  let chars = 0;
  let last: Entry | null = null;
  for (const entry of entries) {
    if (last !== null && chars >= charsAbout) {
      yield { last, entries: JSON.stringify(parts) };
      parts = [];
      chars = 0;
      last = null;
    }
    if (last?.term !== entry.term) {
      parts.push(entry.term);
      chars += entry.term.length + TERM_FRAME_CHARS;
    }
    parts.push(entry.ordinal);
    chars += ORDINAL_CHARS;
    last = entry;
  }
  if (last !== null) yield { last, entries: JSON.stringify(parts) };
}

/** Two quotation marks and a comma. */
const TERM_FRAME_CHARS = 3;
/** Ordinals of some millions, and a comma. */
const ORDINAL_CHARS = 8;
