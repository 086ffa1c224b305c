/**
 * What the search index is made of: an entry is a term of a payment and the payment's ordinal. Entries go by term,
 * then newest first. A payment's terms are its recipient, which never changes, and the last four of its card, which do
 * when it is tried again with another one. The old entry stays and finds nothing any more.
 */
import { assert } from '../../../core/assert.ts';
import type { Row } from '../rows.ts';

export interface Entry {
  readonly term: string;
  readonly ordinal: number;
}

const TERM_COLUMNS = ['recipient', 'card_last4'] as const;

/** The terms of one payment, none twice. */
export function termsOf(payment: Row): readonly string[] {
  const terms = new Set<string>();
  for (const column of TERM_COLUMNS) {
    const value = payment[column];
    if (value === null) continue;
    assert(typeof value === 'string', `${column} is text or null`);
    terms.add(foldCase(value));
  }
  return [...terms];
}

/** Only A to Z become small, as in SQLite's lower(): what later versions of Unicode say cannot move an entry. */
export function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The place before all entries whose term begins with the prefix. */
export function startOf(prefix: string): Entry {
  return { term: prefix, ordinal: Number.MAX_SAFE_INTEGER };
}

/** Negative when `a` comes first. */
export function compareEntries(a: Entry, b: Entry): number {
  return a.term === b.term ? b.ordinal - a.ordinal : compareTerms(a.term, b.term);
}

/**
 * By code points, as SQLite compares texts. JavaScript's own `<` compares halves of them, which puts U+10000 before
 * U+E000.
 */
export function compareTerms(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const unitA = a.charCodeAt(index);
    const unitB = b.charCodeAt(index);
    if (unitA !== unitB) return rank(unitA) - rank(unitB);
  }
  return a.length - b.length;
}

/** Surrogates (U+D800 to U+DFFF) are halves of code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

/**
 * Several sorted runs as one; what is in several comes once. There are a few dozen at most: looking at each head is
 * cheaper than a heap.
 */
export function* mergeRuns(runs: readonly Iterator<Entry>[]): Generator<Entry> {
  const heads: { entry: Entry; readonly run: Iterator<Entry> }[] = [];
  for (const run of runs) {
    const first = run.next();
    if (first.done !== true) heads.push({ entry: first.value, run });
  }
  let last: Entry | null = null;
  for (let least = heads[0]; least !== undefined; least = heads[0]) {
    for (const head of heads) {
      if (compareEntries(head.entry, least.entry) < 0) least = head;
    }
    if (last === null || compareEntries(last, least.entry) !== 0) yield least.entry;
    last = least.entry;
    const next = least.run.next();
    if (next.done === true) heads.splice(heads.indexOf(least), 1);
    else least.entry = next.value;
  }
}

/** The next entries of a run, at most so many. */
export function take(run: Iterator<Entry>, count: number): Entry[] {
  const taken: Entry[] = [];
  while (taken.length < count) {
    const next = run.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}
