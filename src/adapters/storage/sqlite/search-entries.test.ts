import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareEntries, type Entry, foldCase, mergeRuns, take } from './search-entries.ts';

const database = new DatabaseSync(':memory:');

/** Few letters, so that texts are often equal or begin alike; characters on both sides of the surrogates. */
const terms = fc.string({
  unit: fc.constantFrom(
    'a',
    'B',
    'b',
    'é',
    '\0',
    '\u{e000}',
    '\u{ffff}',
    '\u{10000}',
    '\u{10ffff}',
  ),
  maxLength: 4,
});
const entries = fc.array(fc.record({ term: terms, ordinal: fc.integer({ min: 1, max: 5 }) }));

describe('an entry', () => {
  test('comes where SQLite would put it', () => {
    const inOrder = database.prepare(
      `select value ->> 'term' as term, value ->> 'ordinal' as ordinal from json_each(?)
         order by 1, 2 desc`,
    );
    fc.assert(
      fc.property(entries, (some) => {
        const expected = inOrder.all(JSON.stringify(some)).map((row) => ({ ...row }));
        expect(some.toSorted(compareEntries)).toEqual(expected);
      }),
    );
  });

  test('is folded as SQLite folds', () => {
    const lower = database.prepare('select lower(?) as folded');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(foldCase(text)).toBe(lower.get(text)?.['folded']);
      }),
    );
    expect(foldCase('ALICE.É@Example.com')).toBe('alice.É@example.com');
  });
});

describe('runs', () => {
  test('are merged in order, and what is in several comes once', () => {
    fc.assert(
      fc.property(fc.array(entries), (runs) => {
        const sorted = runs.map((run) => run.toSorted(compareEntries).values());
        const names = runs.flat().map(({ term, ordinal }) => JSON.stringify([term, ordinal]));
        const merged = [...mergeRuns(sorted)];
        expect(merged).toEqual(merged.toSorted(compareEntries));
        expect(merged.map(({ term, ordinal }) => JSON.stringify([term, ordinal])).sort()).toEqual(
          [...new Set(names)].sort(),
        );
      }),
    );
  });

  test('are read on from where they were left', () => {
    const run = mergeRuns([[1, 2, 3].map(entryOf).values()]);
    expect(take(run, 2)).toEqual([entryOf(1), entryOf(2)]);
    expect(take(run, 2)).toEqual([entryOf(3)]);
    expect(take(run, 2)).toEqual([]);
  });
});

function entryOf(number: number): Entry {
  return { term: `term ${number}`, ordinal: number };
}
