import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createCommand,
  mustDecide,
  publish,
  requestOf,
  runTimers,
  testClock,
  testEngine,
} from '../../../../test/support/engine.ts';
import { openForAttack, WRITER } from '../../../../test/tamper/sound-log.ts';
import { rehash } from '../../../../test/tamper/tamperings.ts';
import { execute } from '../../../engine/execute.ts';
import { CHAIN_START, type ChainHead, type EntryColumns, hashEntry } from '../chain.ts';
import { hashAt } from './chain-tail.ts';
import { openReadOnly } from './database.ts';
import { openSqliteStore } from './store.ts';
import type { LogVerification } from '../log-verification.ts';
import { verifyLog } from './verify.ts';

/** Of the four payments, three entries each: first all that were created, and so on. */
const ENTRIES = 12;

const folder = mkdtempSync(join(tmpdir(), 'farthing-verify-'));
const sound = join(folder, 'sound.db');
let copies = 0;
let head: ChainHead;

function openStore(path: string, writers = [WRITER]) {
  const clock = testClock();
  const nowMs = () => clock.nowMs();
  const names = [...writers];
  const store = openSqliteStore({ path, newWriter: () => names.shift() ?? 'more', publish, nowMs });
  return { store, clock, engine: testEngine(store, clock) };
}

beforeAll(async () => {
  const { store, clock, engine } = openStore(sound);
  for (let payment = 1; payment <= 4; payment += 1) {
    await mustDecide(engine, createCommand({ description: 'Größe 42, \ufffd' }));
  }
  await runTimers(engine, clock);
  head = await store.logHead();
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function copyOfSound(): string {
  copies += 1;
  const path = join(folder, `copy-${copies}.db`);
  copyFileSync(sound, path);
  return path;
}

/** Verifies a copy of the sound log after `sql` has changed it. */
function verifyAfter(sql: string, anchors: Iterable<ChainHead> = []): LogVerification {
  const database = openForAttack(copyOfSound());
  try {
    database.exec(sql);
    return verifyLog(database, anchors);
  } finally {
    database.close();
  }
}

/** The same, where whoever changed it has chained and hashed everything anew. */
function verifyRewritten(sql: string, anchors: Iterable<ChainHead> = []): LogVerification {
  const database = openForAttack(copyOfSound());
  try {
    database.exec(sql);
    const last = database.prepare('select max(sequence) as last from events').get()?.['last'];
    rehash(database, { first: 1, last: Number(last) });
    return verifyLog(database, anchors);
  } finally {
    database.close();
  }
}

function anchorOf(sequence: number): ChainHead {
  const database = openReadOnly(sound);
  const hash = hashAt(database, sequence) ?? '';
  database.close();
  return { writer: WRITER, sequence, hash };
}

describe('a log that nobody touched', () => {
  test('is sound, to its head', () => {
    const end = { writer: WRITER, sequence: ENTRIES, hash: head.hash };
    expect(verifyAfter('')).toEqual({
      head: end,
      heads: [end],
      anchorsChecked: 0,
      anchorsStrange: 0,
      faults: [],
    });
  });

  test('is sound while it is empty, and with its first entry', async () => {
    const path = join(folder, 'young.db');
    const { store, engine } = openStore(path);
    const reader = openReadOnly(path);
    const start = { writer: WRITER, sequence: 0, hash: CHAIN_START };
    expect(verifyLog(reader, [])).toMatchObject({ head: start, anchorsChecked: 0, faults: [] });
    await mustDecide(engine, createCommand());
    expect(verifyLog(reader, [])).toMatchObject({ head: { sequence: 1 }, faults: [] });
    reader.close();
    await store.close();
  });

  test('is verified beside the server that writes to it, and nothing stays open', async () => {
    const path = join(folder, 'live.db');
    const { store, clock, engine } = openStore(path);
    const reader = openReadOnly(path);
    for (let round = 1; round <= 3; round += 1) {
      await mustDecide(engine, createCommand());
      await runTimers(engine, clock);
      const { writer, sequence, hash } = await store.logHead();
      const expected = { head: { writer, sequence, hash }, anchorsChecked: 1, faults: [] };
      expect(verifyLog(reader, [{ writer, sequence, hash }])).toMatchObject(expected);
      expect(reader.isTransaction).toBe(false);
    }
    reader.close();
    await store.close();
  });

  test('is seen at one moment, whatever is written meanwhile', () => {
    const path = copyOfSound();
    const writer = new DatabaseSync(path);
    const reader = openReadOnly(path);
    const meanwhile = function* (): Generator<ChainHead> {
      writer.exec(`update payments set version = 9`);
      yield anchorOf(ENTRIES);
    };
    expect(verifyLog(reader, meanwhile())).toMatchObject({ anchorsChecked: 1, faults: [] });
    expect(verifyLog(reader, []).faults).toHaveLength(1);
    reader.close();
    writer.close();
  });

  test.each([255, 256, 257, 512, 513])('is sound with %i entries more than one page', (more) => {
    const database = openForAttack(copyOfSound());
    append(database, more);
    expect(verifyLog(database, [])).toMatchObject({
      head: { sequence: ENTRIES + more },
      faults: [],
    });
    const bad = ENTRIES + more - 1;
    database.exec(`update events set actor = 'nobody' where sequence = ${bad}`);
    expect(verifyLog(database, []).faults[0]?.message).toBe(`entry ${bad} was changed`);
    database.exec(`delete from events where sequence = ${bad}`);
    expect(verifyLog(database, []).faults[0]?.message).toBe(`entry ${bad} is missing`);
    database.close();
  });

  /** Entries that are about no payment. */
  function append(database: DatabaseSync, count: number): void {
    const insert = database.prepare('insert into events values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    let previous = head.hash;
    for (let sequence = ENTRIES + 1; sequence <= ENTRIES + count; sequence += 1) {
      const columns: EntryColumns = [null, null, 'rules.changed', 0, 'req-1', 'test', '{}', '{}'];
      const hash = hashEntry(previous, WRITER, sequence, columns);
      const hashes = [previous, hash].map((hex) => Buffer.from(hex, 'hex'));
      insert.run(sequence, ...columns, ...hashes);
      previous = hash;
    }
  }
});

describe('the chain', () => {
  test.each<[string, string, number, string]>([
    ['changed data', `data = '{}' where sequence = 9`, 9, 'entry 9 was changed'],
    ['a changed first entry', `actor = '' where sequence = 1`, 1, 'entry 1 was changed'],
    ['a changed last entry', `actor = '' where sequence = 12`, 12, 'entry 12 was changed'],
    ['a changed hash', `hash = zeroblob(32) where sequence = 9`, 9, 'entry 9 was changed'],
    ['a changed link', `prev_hash = zeroblob(32) where sequence = 9`, 9, 'entry 9 was changed'],
    ['a wrong beginning', `prev_hash = hash where sequence = 1`, 1, 'entry 1 was changed'],
    ['a hash too short', `hash = x'00' where sequence = 9`, 9, 'entry 9 was changed'],
    ['no payment any more', `payment_id = null where sequence = 9`, 9, 'entry 9 was changed'],
    ['a huge number', `at_ms = ${2n ** 62n} where sequence = 9`, 9, 'entry 9 was changed'],
    [
      'bytes that are read as the text that stood there',
      `data = cast(replace(cast(data as blob), x'efbfbd', x'ff') as text) where sequence = 2`,
      2,
      'entry 2 was changed',
    ],
    [
      'an entry far behind the end',
      `sequence = ${2n ** 62n} where sequence = 12`,
      12,
      'entry 12 is missing',
    ],
    [
      'an entry before the first one',
      `sequence = -3 where sequence = 9`,
      -3,
      'entry -3 stands before the first one',
    ],
  ])('shows %s', (_, change, sequence, message) => {
    expect(verifyAfter(`update events set ${change}`).faults).toEqual([
      { part: 'chain', sequence, message },
    ]);
  });

  test('shows a missing entry and a missing beginning', () => {
    const deleted = verifyAfter('delete from events where sequence in (5, 7)');
    expect(deleted.faults[0]?.message).toBe('entry 5 is missing');
    expect(deleted.head.sequence).toBe(4);
    const beheaded = verifyAfter('delete from events where sequence < 3');
    expect(beheaded.faults[0]?.message).toBe('entry 1 is missing');
  });

  test('shows that the writer was renamed', () => {
    const { faults } = verifyAfter(`update meta set value = 'other' where name = 'writer'`);
    expect(faults[0]?.message).toBe('entry 1 was changed');
  });

  test('names an entry that was changed and hashed, by what the next one says', () => {
    const database = openForAttack(copyOfSound());
    database.exec(`update events set actor = 'nobody' where sequence = 5`);
    rehash(database, { first: 5, last: 5 });
    expect(verifyLog(database, []).faults).toEqual([
      {
        part: 'chain',
        sequence: 5,
        message: 'entry 5 is not the one that entry 6 was written after',
      },
    ]);
    database.close();
  });

  test('has to begin with the beginning', () => {
    const database = openForAttack(copyOfSound());
    rehash(database, { first: 1, last: ENTRIES, after: Buffer.alloc(32, 0xff) });
    expect(verifyLog(database, []).faults).toEqual([
      { part: 'chain', sequence: 1, message: 'entry 1 was changed' },
    ]);
    database.close();
  });

  test('names the entry that cannot be read', () => {
    const path = copyOfSound();
    const database = openForAttack(path);
    const filling = `data = printf('%.*c', 3500, 'x')`;
    database.exec(`update events set ${filling}; pragma wal_checkpoint(truncate)`);
    rehash(database, { first: 1, last: ENTRIES });
    // Now an entry fills a page: the ninth one's is overwritten.
    const hash = hashAt(database, 9) ?? '';
    database.close();
    const bytes = readFileSync(path);
    const page = Math.floor(bytes.indexOf(hash, 0, 'hex') / 4096) * 4096;
    bytes.fill(0xff, page, page + 4096);
    writeFileSync(path, bytes);
    const broken = openReadOnly(path);
    expect(verifyLog(broken, []).faults).toEqual([
      {
        part: 'chain',
        sequence: 9,
        message: 'entry 9 cannot be read: database disk image is malformed',
      },
    ]);
    broken.close();
  });
});

describe('anchors', () => {
  test('are compared in any order, and more than once', () => {
    const anchors = [anchorOf(12), anchorOf(3), anchorOf(3)];
    expect(verifyAfter('', anchors)).toMatchObject({
      anchorsChecked: 3,
      anchorsStrange: 0,
      faults: [],
    });
  });

  test('of another log are only counted, unless a reset ended it', () => {
    const other: ChainHead = { writer: 'other', sequence: 900, hash: CHAIN_START };
    const { anchorsChecked, anchorsStrange, faults } = verifyAfter('', [
      other,
      anchorOf(12),
      other,
    ]);
    expect({ anchorsChecked, anchorsStrange, faults }).toEqual({
      anchorsChecked: 1,
      anchorsStrange: 2,
      faults: [],
    });
  });

  describe('after a reset', () => {
    const FORMER = { writer: 'former', entries: 900, hash: 'a'.repeat(64) };
    const formerAnchor = (sequence: number, hash: string): ChainHead => ({
      writer: FORMER.writer,
      sequence,
      hash,
    });
    const afterReset = (anchors: readonly ChainHead[], data = { previous: FORMER }) =>
      verifyRewritten(
        `delete from events where sequence > 1; delete from payments;
         update events set payment_id = null, payment_sequence = null, type = 'data.reset',
           data = '${JSON.stringify(data)}'`,
        anchors,
      );

    test('of the engine are those of the former log', async () => {
      const path = join(folder, 'reset.db');
      const { store, engine } = openStore(path, ['one', 'two']);
      await mustDecide(engine, createCommand());
      const former = await store.logHead();
      await execute(engine, requestOf({ type: 'reset_data' }));
      await mustDecide(engine, createCommand());
      const anchors = [former, await store.logHead()];
      const reader = openReadOnly(path);
      expect(verifyLog(reader, anchors)).toMatchObject({
        head: { writer: 'two', sequence: 2 },
        anchorsChecked: 1,
        anchorsStrange: 0,
        faults: [],
      });
      const further = { ...former, sequence: former.sequence + 1 };
      expect(verifyLog(reader, [further]).faults).toHaveLength(1);
      reader.close();
      await store.close();
    });

    test('are of the former log, as far as it went', () => {
      const anchors = [
        { ...formerAnchor(7_000, 'b'.repeat(64)), writer: 'before the former' },
        formerAnchor(899, 'b'.repeat(64)),
        formerAnchor(900, FORMER.hash),
      ];
      expect(afterReset(anchors)).toMatchObject({
        head: { sequence: 1 },
        anchorsChecked: 0,
        anchorsStrange: 0,
        faults: [],
      });
    });

    test.each([
      [901, FORMER.hash, 'but it once went on to 901'],
      [900, 'b'.repeat(64), 'but with another one than was anchored'],
    ])('show that it had another end, by entry %i of hash %s', (sequence, hash, end) => {
      expect(afterReset([formerAnchor(sequence, hash)]).faults).toEqual([
        {
          part: 'anchors',
          sequence: 1,
          message: `entry 1 records that the log before it ended with entry 900, ${end}`,
        },
      ]);
    });

    test('are strange when it recorded nothing', () => {
      const { anchorsStrange, faults } = afterReset([formerAnchor(1, FORMER.hash)], {} as never);
      expect({ anchorsStrange, faults }).toEqual({ anchorsStrange: 1, faults: [] });
    });
  });

  test.each([8, 0])('show that the tail was cut off after entry %i', (left) => {
    const anchors = [anchorOf(3), anchorOf(11)];
    const { faults, anchorsChecked } = verifyAfter(
      `delete from events where sequence > ${left}`,
      anchors,
    );
    expect(anchorsChecked).toBe(2);
    expect(faults).toEqual([
      {
        part: 'anchors',
        sequence: left + 1,
        message: expect.stringMatching(
          `entry ${left + 1} is missing: the log ends before it, but once went on to 11$`,
        ) as string,
      },
    ]);
  });

  test('show a log that was chained anew, and between which of them', () => {
    const change = `update events set actor = 'nobody' where sequence = 5`;
    const anchors = [3, 8, 11].map(anchorOf);
    expect(verifyRewritten(change, anchors).faults).toEqual([
      {
        part: 'anchors',
        sequence: 8,
        message: 'entry 8 is not the one that was anchored; what was changed lies in 4 to 8',
      },
    ]);
    expect(verifyRewritten(change, [anchorOf(4), anchorOf(5)]).faults[0]?.message).toBe(
      'entry 5 is not the one that was anchored',
    );
  });

  test('show what was changed in them, too', () => {
    const changed = { ...anchorOf(8), hash: anchorOf(9).hash };
    const { faults } = verifyAfter('', [changed, anchorOf(11)]);
    expect(faults[0]?.message).toBe(
      'entry 8 is not the one that was anchored; what was changed lies in 1 to 8',
    );
  });

  test('come before what the chain shows behind them, and say nothing about that', () => {
    const database = openForAttack(copyOfSound());
    database.exec(`update events set actor = 'nobody' where sequence = 2`);
    rehash(database, { first: 1, last: ENTRIES });
    database.exec(`update events set actor = 'nobody' where sequence = 7`);
    const { faults, anchorsChecked, head: reached } = verifyLog(database, [3, 11].map(anchorOf));
    expect(faults.map(({ part, sequence }) => [part, sequence])).toEqual([
      ['anchors', 3],
      ['chain', 7],
    ]);
    expect([anchorsChecked, reached.sequence]).toEqual([1, 6]);
    database.close();
  });

  test('end what can be shown: behind the last one a log can be chained anew', () => {
    const change = `update events set actor = 'nobody' where sequence = 12`;
    expect(verifyRewritten(change, [anchorOf(11)]).faults).toEqual([]);
  });
});

describe('the payments', () => {
  const STRAY = '01980000-0000-7000-8000-00000000000f';
  const ID = '[0-9a-f-]{36}';
  const UNKNOWN_PAYMENT = `
    create temp table copied as select * from payments where ordinal = 1;
    update copied set ordinal = 5, payment_id = '${STRAY}';
    insert into payments select * from copied`;
  /** After a deletion: entries count up from 1 again. */
  const PLACES_CLOSED = `
    create temp table places as select sequence, row_number() over (order by sequence) as place
      from events;
    update events set sequence =
      -(select place from places where places.sequence = events.sequence);
    update events set sequence = -sequence`;

  test.each<[string, string, number | null, string]>([
    [
      'one that is ahead of its entries',
      'update payments set version = 4 where ordinal = 2',
      10,
      `payment ${ID} is at version 4, but its last entry, 10, is number 3`,
    ],
    [
      'one that is behind its entries',
      'update payments set version = 2 where ordinal = 2',
      10,
      `payment ${ID} is at version 2, but its last entry, 10, is number 3`,
    ],
    [
      'the end of the log that was cut off behind the last anchor',
      'delete from events where sequence > 11',
      8,
      `payment ${ID} is at version 3, but its last entry, 8, is number 2`,
    ],
    [
      'a version that nobody can count to',
      `update payments set version = ${2n ** 62n} where ordinal = 2`,
      10,
      `payment ${ID} is at version ${2n ** 62n}, but its last entry, 10, is number 3`,
    ],
    [
      'one that the log does not know',
      UNKNOWN_PAYMENT,
      null,
      `payment ${STRAY} is at version 3, but the log does not know it`,
    ],
    [
      'entries of one that is not there',
      'delete from payments where ordinal = 3',
      3,
      `entry 3 tells of payment ${ID}, which is not there`,
    ],
    [
      'a history with a hole',
      'update events set payment_sequence = 4 where sequence = 10',
      10,
      `entry 10 is number 4 of payment ${ID}, where number 3 is due`,
    ],
    [
      'a history without a beginning',
      'update events set payment_sequence = payment_sequence + 1 where sequence in (2, 6, 10)',
      2,
      `entry 2 is number 2 of payment ${ID}, where number 1 is due`,
    ],
    [
      'a history told twice',
      'update events set payment_sequence = 2 where sequence = 10',
      10,
      `entry 10 is number 2 of payment ${ID}, where number 3 is due`,
    ],
    [
      'a history in the wrong order',
      `update events set payment_sequence = 3 - payment_sequence where sequence in (2, 6)`,
      2,
      `entry 2 is number 2 of payment ${ID}, but the number before it comes later, as entry 6`,
    ],
    [
      'the first of several',
      `update payments set version = 9 where ordinal = 4; update payments set version = 9
         where ordinal = 2; delete from events where payment_id =
         (select payment_id from payments where ordinal = 1); ${PLACES_CLOSED}`,
      7,
      `payment ${ID} is at version 9, but its last entry, 7, is number 3`,
    ],
    [
      'the first that has an entry',
      `${UNKNOWN_PAYMENT}; delete from payments where ordinal = 3`,
      3,
      `entry 3 tells of payment ${ID}, which is not there`,
    ],
    [
      'the first of several kinds',
      `update events set payment_sequence = 4 where sequence = 9;
       delete from payments where ordinal = 3`,
      3,
      `entry 3 tells of payment ${ID}, which is not there`,
    ],
  ])('show %s', (_, change, sequence, message) => {
    expect(verifyRewritten(change).faults).toEqual([
      {
        part: 'payments',
        sequence,
        message: expect.stringMatching(new RegExp(`^${message}$`)) as string,
      },
    ]);
  });

  test('are not looked at where the chain does not hold', () => {
    const { faults } = verifyAfter('delete from events where sequence = 6');
    expect(faults.map(({ part }) => part)).toEqual(['chain']);
  });
});
