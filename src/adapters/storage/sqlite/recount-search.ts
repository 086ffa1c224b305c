/**
 * The search index against the payments that it was made of. All entries are gone through once, in their order, and
 * each one's payment is looked up: entries are different and theirs, so when they are as many as the terms of the
 * payments, none is missing. Payments that no segment has yet are none of its business.
 */
import type { DatabaseSync } from 'node:sqlite';
import { integer } from '../rows.ts';
import { prepareNextBlock, segmentEntries } from './search-blocks.ts';
import { type Entry, mergeRuns, startOf, termsOf } from './search-entries.ts';

export interface SearchCount {
  /** Entries by which payments are found. */
  readonly entries: number;
  /** A sentence each; the first hundred at most. */
  readonly differences: readonly string[];
}

/** An index that is this wrong need not be looked at any further. */
const DIFFERENCES_MAX = 100;

/** Entries of this form that fit no more are of a card that the payment had before. */
const LAST4 = /^\d{4}$/;

/** Holds one payment at a time; wants to be called inside a transaction. */
export function countSearchEntries(database: DatabaseSync): SearchCount {
  const findPayment = database.prepare(
    `select recipient, card_last4, ordinal in (select ordinal from search_changed) as is_changed
       from payments where ordinal = ?`,
  );
  const differences: string[] = [];
  let entries = 0;
  for (const { term, ordinal } of allEntries(database)) {
    const payment = findPayment.get(ordinal);
    if (payment?.['is_changed'] === 1) continue;
    if (payment !== undefined && termsOf(payment).includes(term)) entries += 1;
    else if (payment === undefined || !LAST4.test(term)) {
      differences.push(`payment number ${ordinal} is found by a term that it does not have`);
      if (differences.length === DIFFERENCES_MAX) return { entries, differences };
    }
  }
  const terms = countTerms(database);
  if (terms !== entries) {
    differences.push(`payments have ${terms} terms to be found by, ${entries} are in the index`);
  }
  return { entries, differences };
}

function* allEntries(database: DatabaseSync): Generator<Entry> {
  const nextBlock = prepareNextBlock(database);
  const segments = database.prepare('select segment from search_segments').all();
  yield* mergeRuns(
    segments.map((row) => segmentEntries(nextBlock, integer(row, 'segment'), startOf(''))),
  );
}

/** Of the payments that the segments go up to; without those that were changed since. */
function countTerms(database: DatabaseSync): number {
  const counted = database
    .prepare(
      `select count(recipient) + count(card_last4) - count(nullif(lower(recipient) = card_last4, 0)) as terms
         from payments where ordinal <= (select max(last_ordinal) from search_segments)
         and ordinal not in (select ordinal from search_changed)`,
    )
    .get();
  return integer(counted ?? {}, 'terms');
}
