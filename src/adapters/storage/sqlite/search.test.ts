/**
 * The search index, the slices that keep it and the pages read from it, on real databases with segments so small that
 * a few dozen payments go through everything. What a search should find is asked of SQLite without the index.
 */
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PaymentQuery } from '../../../engine/ports.ts';
import { migrate } from './migrate.ts';
import { sql as paymentTables } from './migrations/0001-payments.ts';
import { sql as cardTables } from './migrations/0002-cards.ts';
import { preparePaymentReads } from './payments.ts';
import { countSearchEntries } from './recount-search.ts';
import { integer } from '../rows.ts';
import { searchUpkeep, type UpkeepSlice } from './search-upkeep.ts';
import { paymentLists } from './search.ts';

const TUNING = { stepPayments: 4, fanOut: 2, sliceEntries: 3, blockChars: 24 };

const INDEX_TABLES = ['search_segments', 'search_blocks', 'search_changed'];

interface NewPayment {
  readonly recipient: string | null;
  readonly last4: string | null;
}

/** A database with its upkeep and its searches. Nothing happens by itself. */
function searchable(database: DatabaseSync = migrated()) {
  let tend = searchUpkeep(database, TUNING);
  let list = paymentLists(preparePaymentReads(database));
  const search = (searchPrefix: string, more: Partial<PaymentQuery> = {}) =>
    list({ limit: 20, cursor: null, searchPrefix, ...more });
  return {
    database,
    search,
    add: (payment: NewPayment, currency?: string) => addPayment(database, payment, currency),
    changeCard(ordinal: number, last4: string) {
      database.prepare('update payments set card_last4 = ? where ordinal = ?').run(last4, ordinal);
    },
    tend: (): UpkeepSlice => tend(),
    tendAll() {
      while (!tend().isDone);
    },
    /** As a process does that comes after a crash: it knows only what is in the tables. */
    restart() {
      tend = searchUpkeep(database, TUNING);
      list = paymentLists(preparePaymentReads(database));
    },
    /** The ordinals of all that is found, page by page; `between` is called between the pages. */
    searchAll(prefix: string, limit: number, between: () => void): number[] {
      const found: number[] = [];
      let cursor: string | null = null;
      do {
        const page = search(prefix, { limit, cursor });
        found.push(...page.items.map(({ ordinal }) => ordinal));
        cursor = page.next;
        between();
      } while (cursor !== null);
      return found;
    },
    segments: () => database.prepare('select * from search_segments').all(),
  };
}

function addPayment(
  database: DatabaseSync,
  { recipient, last4 }: NewPayment,
  currency = 'USD',
): void {
  database
    .prepare(
      `insert into payments (payment_id, version, status, amount_minor, currency, recipient, card_last4,
         attempts, captured_minor, refunded_minor, created_at_ms, updated_at_ms)
       select printf('01980000-0000-7000-8000-%012d', coalesce(max(ordinal), 0)),
         1, 'CREATED', 100, ?, ?, ?, 0, 0, 0, 0, 0 from payments`,
    )
    .run(currency, recipient, last4);
}

function migrated(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  migrate(database);
  return database;
}

/** What a search should find, by a look at every payment. */
function expectedOf(database: DatabaseSync, prefix: string): number[] {
  return database
    .prepare(
      `select ordinal, min(term) as term from (
         select ordinal, lower(recipient) as term from payments
         union all select ordinal, card_last4 from payments)
       where instr(term, lower(?)) = 1 group by ordinal order by term, ordinal desc`,
    )
    .all(prefix)
    .map((row) => integer(row, 'ordinal'));
}

const newPayment: fc.Arbitrary<NewPayment> = fc.record({
  recipient: fc.option(
    fc.string({
      unit: fc.constantFrom('a', 'B', '4', '2', '\u{ffff}', '\u{1f600}'),
      minLength: 1,
      maxLength: 4,
    }),
  ),
  last4: fc.option(fc.constantFrom('4242', '4224', '0002')),
});
const prefixes = fc.constantFrom('', 'a', 'b', 'Ba', '4', '42', '4242', '0', '\u{1f600}', 'x');

describe('a search', () => {
  test('finds what a look at every payment finds, in pages, whatever the upkeep does meanwhile', () => {
    const step = fc.oneof(
      fc.array(newPayment, { minLength: 1, maxLength: 12 }).map((payments) => ({ payments })),
      fc.record({ slices: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ changed: fc.nat(), last4: fc.constantFrom('4242', '4224', '0002') }),
      fc.record({ prefix: prefixes, limit: fc.integer({ min: 1, max: 5 }) }),
      fc.constant('restart' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const index = searchable();
        let stored = 0;
        for (const now of steps) {
          if (now === 'restart') index.restart();
          else if ('payments' in now) {
            for (const payment of now.payments) index.add(payment);
            stored += now.payments.length;
          } else if ('slices' in now) {
            for (let done = 0; done < now.slices; done += 1) index.tend();
          } else if ('changed' in now) {
            if (stored > 0) index.changeCard(1 + (now.changed % stored), now.last4);
          } else {
            const expected = expectedOf(index.database, now.prefix);
            expect(index.searchAll(now.prefix, now.limit, () => index.tend())).toEqual(expected);
          }
          expect(countSearchEntries(index.database).differences).toEqual([]);
        }
        index.tendAll();
        expect(index.searchAll('', 7, () => {})).toEqual(expectedOf(index.database, ''));
      }),
      { numRuns: 200 },
    );
  });

  test('goes by term and then newest first, and finds a payment by both of its terms once', () => {
    const index = searchable();
    index.add({ recipient: '4242 Main Street', last4: '4242' });
    index.add({ recipient: 'bob', last4: '4242' });
    index.add({ recipient: '4242', last4: '4242' });
    index.add({ recipient: '4242 main street', last4: null });
    for (let round = 0; round < 2; round += 1) {
      expect(index.searchAll('4242', 1, () => {})).toEqual([3, 2, 1, 4]);
      expect(index.searchAll('4242 m', 1, () => {})).toEqual([4, 1]);
      index.tendAll();
      expect(index.segments()).toHaveLength(1);
      expect(countSearchEntries(index.database)).toEqual({ entries: 6, differences: [] });
    }
  });

  test('finds a payment by its new card and no longer by the one before', () => {
    const index = searchable();
    for (let made = 0; made < 4; made += 1) index.add({ recipient: null, last4: '0002' });
    index.tendAll();
    index.changeCard(2, '4242');
    index.changeCard(3, '4242');
    index.changeCard(3, '0002');
    for (let round = 0; round < 2; round += 1) {
      expect(index.searchAll('4242', 1, () => {})).toEqual([2]);
      expect(index.searchAll('0002', 1, () => {})).toEqual([4, 3, 1]);
      for (let made = 0; made < 4; made += 1) index.add({ recipient: 'bob', last4: null });
      index.tendAll();
      expect(index.database.prepare('select * from search_changed').all()).toEqual([]);
    }
  });

  test('begins at the prefix when the cursor is of another one before it', () => {
    const index = searchable();
    for (const recipient of ['al', 'al', 'bob', 'bob']) index.add({ recipient, last4: null });
    index.tendAll();
    const { next } = index.search('a', { limit: 1 });
    expect(index.search('b', { cursor: next }).items.map(({ ordinal }) => ordinal)).toEqual([4, 3]);
    expect(index.search('b', { cursor: '9' })).toEqual({ items: [], next: null });
  });

  test('takes no character of a prefix for a pattern', () => {
    const index = searchable();
    for (const recipient of ['100%', '100 %', 'a_b', 'a*b', '\u{1f600}', 'O\0K']) {
      index.add({ recipient, last4: null });
    }
    const found = () =>
      ['100%', '%', 'A_', 'a*', '_', '\ud83d', 'o\0'].map(
        (prefix) => index.search(prefix).items.length,
      );
    expect(found()).toEqual([1, 0, 1, 1, 0, 0, 1]);
    for (let made = 0; made < 2; made += 1) index.add({ recipient: null, last4: null });
    index.tendAll();
    expect(found()).toEqual([1, 0, 1, 1, 0, 0, 1]);
  });

  test('goes along indexes, also when SQLite has counted the rows', () => {
    const index = searchable();
    const { database } = index;
    for (let made = 0; made < 200; made += 1) index.add({ recipient: `r${made}`, last4: '4242' });
    index.tendAll();
    database.exec('analyze');
    const asked: string[] = [];
    const prepare = database.prepare.bind(database);
    database.prepare = (sql) => {
      asked.push(sql);
      return prepare(sql);
    };
    index.restart();
    index.searchAll('4242', 20, () => index.tend());
    index.search('r', { statuses: ['FAILED'], currency: 'EUR', createdFromMs: 0 });
    const plans = asked
      .filter((sql) => /^(?:select|delete)/.test(sql))
      .flatMap((sql) => prepare(`explain query plan ${sql}`).all());
    expect(plans.length).toBeGreaterThan(20);
    expect(plans.filter(({ detail }) => /SCAN (?:payments|search_b)/.test(String(detail)))).toEqual(
      [],
    );
  });

  test('looks at so many payments for one page, and goes on from there', () => {
    const index = searchable();
    index.database.exec('begin');
    index.add({ recipient: 'bob', last4: '4242' }, 'EUR');
    for (let made = 0; made < 12_000; made += 1) index.add({ recipient: 'bob', last4: '4242' });
    index.database.exec('commit');
    const searchEuros = (prefix: string) => {
      const pages = [index.search(prefix, { currency: 'EUR' })];
      for (let next = pages[0]?.next ?? null; next !== null; next = pages.at(-1)?.next ?? null) {
        pages.push(index.search(prefix, { currency: 'EUR', cursor: next }));
      }
      return pages.map(({ items }) => items.length);
    };
    expect(searchEuros('b')).toEqual([0, 1]);
    expect(searchEuros('42')).toEqual([0, 1]);
    for (let slices = 0; slices < 2_000; slices += 1) index.tend();
    expect(index.search('3')).toEqual({ items: [], next: null });
    expect(searchEuros('b')).toEqual([0, 1]);
    expect(searchEuros('42')).toEqual([0, 1]);
  });
});

describe('the upkeep', () => {
  test('leaves each level with fewer segments than make the next one', () => {
    const index = searchable();
    for (let made = 0; made < 4 * 13; made += 1)
      index.add({ recipient: `r${made % 7}`, last4: null });
    index.tendAll();
    const levels = index.segments().map((row) => integer(row, 'level'));
    expect(new Set(levels)).toEqual(new Set([0, 2, 3]));
    expect(levels).toHaveLength(3);
    const blocks = index.database.prepare(
      'select max(length(entries)) as longest from search_blocks',
    );
    expect(integer(blocks.get() ?? {}, 'longest')).toBeLessThanOrEqual(TUNING.blockChars);
    expect(countSearchEntries(index.database)).toEqual({ entries: 52, differences: [] });
  });

  test('makes a segment of changed payments alone when there are enough', () => {
    const index = searchable();
    for (let made = 0; made < 4; made += 1) index.add({ recipient: 'bob', last4: '0002' });
    index.tendAll();
    for (const ordinal of [1, 2, 3]) index.changeCard(ordinal, '4242');
    expect(index.tend().isDone).toBe(true);
    index.changeCard(4, '4242');
    expect(index.tend()).toEqual({ indexedTo: 4, isDone: false });
    expect(index.searchAll('4242', 3, () => {})).toEqual([4, 3, 2, 1]);
    expect(countSearchEntries(index.database)).toEqual({ entries: 8, differences: [] });
  });

  test('goes past payments that have no term', () => {
    const index = searchable();
    for (let made = 0; made < 12; made += 1) index.add({ recipient: null, last4: null });
    expect(index.tend()).toEqual({ indexedTo: 4, isDone: false });
    index.tendAll();
    expect(index.tend()).toEqual({ indexedTo: 12, isDone: true });
  });

  test('writes nothing of a slice that fails, at whichever row, and does it after a restart', () => {
    const index = searchable();
    const { database } = index;
    let writesLeft = Infinity;
    database.function('write_row', () => {
      writesLeft -= 1;
      if (writesLeft < 0) throw new Error('the disk is full');
      return 0;
    });
    for (const table of INDEX_TABLES) {
      for (const event of ['insert', 'update', 'delete']) {
        database.exec(`create temp trigger ${event}_${table} before ${event} on main.${table}
          begin select write_row(); end`);
      }
    }
    for (let made = 0; made < 40; made += 1) index.add({ recipient: `r${made % 9}`, last4: null });
    let failures = 0;
    for (let isDone = false; !isDone;) {
      const before = contents(database);
      for (let writes = 0; ; writes += 1) {
        writesLeft = writes;
        try {
          ({ isDone } = index.tend());
          break;
        } catch (error) {
          expect(String(error)).toContain('the disk is full');
          expect(contents(database)).toEqual(before);
          failures += 1;
          index.restart();
        }
      }
      writesLeft = Infinity;
      expect(index.searchAll('', 9, () => {})).toEqual(expectedOf(database, ''));
    }
    expect(failures).toBeGreaterThan(100);
    expect(countSearchEntries(database)).toEqual({ entries: 40, differences: [] });
  });

  test('indexes the payments of a database from before the index', () => {
    const database = new DatabaseSync(':memory:');
    database.exec(`${paymentTables}; ${cardTables}; pragma user_version = 2`);
    for (let made = 0; made < 9; made += 1) addPayment(database, { recipient: 'Bob', last4: null });
    migrate(database);
    const index = searchable(database);
    expect(index.search('BO').items).toHaveLength(9);
    index.tendAll();
    expect(index.search('BO').items).toHaveLength(9);
    expect(countSearchEntries(database)).toEqual({ entries: 8, differences: [] });
  });
});

describe('a recount of the index', () => {
  const indexed = () => {
    const index = searchable();
    for (let made = 0; made < 8; made += 1) index.add({ recipient: 'bob', last4: '4242' });
    index.tendAll();
    return index.database;
  };
  const recountAfter = (sql: string) => {
    const database = indexed();
    database.exec(sql);
    return countSearchEntries(database).differences;
  };

  test('finds nothing wrong after the upkeep', () => {
    expect(recountAfter('')).toEqual([]);
  });

  test('notices entries that are missing', () => {
    expect(
      recountAfter(
        'delete from search_blocks where block = (select max(block) from search_blocks)',
      ),
    ).toEqual([
      expect.stringMatching(/^payments have 16 terms to be found by, \d+ are in the index$/),
    ]);
  });

  test('notices entries that lead nowhere or to another payment', () => {
    expect(
      recountAfter(
        `insert into search_blocks values (99, (select max(segment) from search_segments), 'zoe', -1, '["zoe",9,1]')`,
      ),
    ).toEqual([
      'payment number 9 is found by a term that it does not have',
      'payment number 1 is found by a term that it does not have',
    ]);
  });
});

function contents(database: DatabaseSync): string {
  return JSON.stringify(
    INDEX_TABLES.map((table) => database.prepare(`select * from ${table}`).all()),
  );
}
