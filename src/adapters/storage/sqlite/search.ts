/**
 * Searching payments by the beginning of a term (a recipient, the last four of a card), in order of terms and then
 * newest first. What a page is put together from: the segments of the index, and the tail of payments that are in none
 * yet; all of it is read in one transaction, so that the parts fit together whatever the upkeep does meanwhile.
 *
 * A payment is found by the first of its terms that begins with the prefix, and not again by another, nor by the last
 * four of a card that it has no longer. A cursor is the last entry that was looked at: the ordinal of the payment, and
 * the last four unless it was the recipient's.
 */
import type { StatementSync } from 'node:sqlite';
import type { Payment } from '../../../core/payment.ts';
import { assertOwnCursor, type Page, type PaymentQuery } from '../../../engine/ports.ts';
import { type Condition, conditions, parameters, where } from './payment-conditions.ts';
import { listPayments, type PaymentReads, SCAN_ROWS_MAX, select, withRefunds } from './payments.ts';
import { integer, type Row, text } from '../rows.ts';
import { prepareNextBlock, segmentEntries } from './search-blocks.ts';
import {
  compareEntries,
  compareTerms,
  type Entry,
  foldCase,
  mergeRuns,
  startOf,
  take,
  termsOf,
} from './search-entries.ts';

/** Reads pages of payments: searches here, all other lists as payments.ts reads them. */
export function paymentLists(reads: PaymentReads): (query: PaymentQuery) => Page<Payment> {
  const search = prepareSearchReads(reads);
  return (query) => {
    assertOwnCursor(query.cursor, /^\d+(?:\.|$)/);
    return query.searchPrefix === undefined
      ? listPayments(reads, query)
      : searchPayments(search, query.searchPrefix, query);
  };
}

/** The first read of a page is as small as the page; with filters that let little through, the next are larger. */
const CHUNK_GROWTH = 4;
const CHUNK_ENTRIES_MAX = 1_000;

interface SearchReads {
  readonly reads: PaymentReads;
  readonly begin: StatementSync;
  readonly end: StatementSync;
  readonly segments: StatementSync;
  readonly nextBlock: StatementSync;
  readonly tail: StatementSync;
  readonly recipient: StatementSync;
}

function prepareSearchReads(reads: PaymentReads): SearchReads {
  const { database } = reads;
  return {
    reads,
    begin: database.prepare('begin'),
    end: database.prepare('commit'),
    segments: database.prepare('select segment, last_ordinal from search_segments'),
    nextBlock: prepareNextBlock(database),
    // lower() folds like foldCase; instr() compares bytes, so that no character of a prefix has a meaning. The cross
    // join is read in the order in which it is written.
    tail: database.prepare(
      `select term, ordinal from (
         select lower(recipient) as term, ordinal from payments
           where ordinal > ?1 and instr(lower(recipient), ?2) = 1
         union all
         select card_last4, ordinal from payments
           where ordinal > ?1 and instr(card_last4, ?2) = 1
         union all
         select card_last4, payments.ordinal from search_changed
           cross join payments on payments.ordinal = search_changed.ordinal
           where instr(card_last4, ?2) = 1)
       where term > ?3 or (term = ?3 and ordinal < ?4)
       order by term, ordinal desc limit ?5`,
    ),
    recipient: database.prepare('select recipient from payments where ordinal = ?'),
  };
}

/** One page of the payments of which a term begins with the prefix, any case. */
function searchPayments(
  search: SearchReads,
  searchPrefix: string,
  query: PaymentQuery,
): Page<Payment> {
  const prefix = foldCase(searchPrefix.toWellFormed());
  search.begin.run();
  try {
    const after = startAfter(search, prefix, query.cursor);
    return after === null ? { items: [], next: null } : readPage(search, prefix, after, query);
  } finally {
    if (search.reads.database.isTransaction) search.end.run();
  }
}

/** Null when the payment of the cursor is gone. */
function startAfter(search: SearchReads, prefix: string, cursor: string | null): Entry | null {
  const start = startOf(prefix);
  if (cursor === null) return start;
  const [ordinal, last4] = cursor.split('.');
  const term = last4 ?? recipientOf(search, Number(ordinal));
  if (term === null) return null;
  const last = { term, ordinal: Number(ordinal) };
  return compareEntries(last, start) < 0 ? start : last;
}

function cursorOf(search: SearchReads, { term, ordinal }: Entry): string {
  return term === recipientOf(search, ordinal) ? String(ordinal) : `${ordinal}.${term}`;
}

function recipientOf(search: SearchReads, ordinal: number): string | null {
  const recipient = search.recipient.get(ordinal)?.['recipient'];
  return typeof recipient === 'string' ? foldCase(recipient) : null;
}

function readPage(
  search: SearchReads,
  prefix: string,
  after: Entry,
  query: PaymentQuery,
): Page<Payment> {
  const { driving, filters } = conditions(query);
  const found: Found[] = [];
  const page = () => found.slice(0, query.limit).map(({ row }) => withRefunds(search.reads, row));
  const entries = entriesWith(search, prefix, after);
  let last = after;
  let size = query.limit + 1;
  for (let looked = 0; looked < SCAN_ROWS_MAX; looked += size) {
    if (looked > 0) size = Math.min(size * CHUNK_GROWTH, CHUNK_ENTRIES_MAX);
    const chunk = take(entries, size);
    found.push(...findAmong(search.reads, chunk, prefix, [...driving, ...filters]));
    const lastShown = found[query.limit - 1];
    if (lastShown !== undefined && found.length > query.limit) {
      return { items: page(), next: cursorOf(search, lastShown.entry) };
    }
    if (chunk.length < size) return { items: page(), next: null };
    last = chunk.at(-1) ?? last;
  }
  return { items: page(), next: cursorOf(search, last) };
}

/** Every entry behind `after` whose term begins with the prefix, in order. */
function* entriesWith(search: SearchReads, prefix: string, after: Entry): Generator<Entry> {
  const segments = search.segments.all();
  const indexedTo = Math.max(0, ...segments.map((row) => integer(row, 'last_ordinal')));
  const runs = segments.map((row) =>
    segmentEntries(search.nextBlock, integer(row, 'segment'), after),
  );
  runs.push(tailEntries(search.tail, indexedTo, prefix, after));
  for (const entry of mergeRuns(runs)) {
    if (!entry.term.startsWith(prefix)) return;
    yield entry;
  }
}

/** Entries of the payments that are in no segment as they are now: each read goes over all of them, so each gives more. */
function* tailEntries(
  tail: StatementSync,
  indexedTo: number,
  prefix: string,
  after: Entry,
): Generator<Entry> {
  let last = after;
  for (let size = 100; ; size *= CHUNK_GROWTH) {
    const rows = tail.all(indexedTo, prefix, last.term, last.ordinal, size);
    for (const row of rows) {
      last = { term: text(row, 'term'), ordinal: integer(row, 'ordinal') };
      yield last;
    }
    if (rows.length < size) return;
  }
}

interface Found {
  readonly entry: Entry;
  readonly row: Row;
}

/** The payments of the entries that meet the conditions and are not found by another term before this one. */
function findAmong(
  reads: PaymentReads,
  entries: readonly Entry[],
  prefix: string,
  list: readonly Condition[],
): Found[] {
  const rows = select(
    reads,
    `select wanted.key as place, payments.* from json_each(?) as wanted
       cross join payments on payments.ordinal = wanted.value ${where(list)} order by place`,
    [JSON.stringify(entries.map(({ ordinal }) => ordinal)), ...parameters(list)],
  );
  const found: Found[] = [];
  for (const row of rows) {
    const entry = entries[integer(row, 'place')];
    if (entry !== undefined && entry.term === firstTerm(row, prefix)) found.push({ entry, row });
  }
  return found;
}

function firstTerm(payment: Row, prefix: string): string | undefined {
  return termsOf(payment)
    .filter((term) => term.startsWith(prefix))
    .sort(compareTerms)[0];
}
