import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createCommand,
  mustDecide,
  publish,
  runTimers,
  testClock,
  testEngine,
} from '../../../../test/support/engine.ts';
import { checkChainTail, hashAt } from './chain-tail.ts';
import { isInUse } from './lock.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-tail-'));
const sound = join(folder, 'sound.db');
let copies = 0;

beforeAll(async () => {
  const clock = testClock();
  const nowMs = () => clock.nowMs();
  const store = openSqliteStore({ path: sound, newWriter: () => 'abc123', publish, nowMs });
  const engine = testEngine(store, clock);
  for (let payment = 0; payment < 4; payment += 1) await mustDecide(engine, createCommand());
  await runTimers(engine, clock);
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Looks at the last entries of a copy after `sql` has changed it. */
function tailAfter(sql: string, entries = 1_000) {
  copies += 1;
  const path = join(folder, `copy-${copies}.db`);
  copyFileSync(sound, path);
  const database = new DatabaseSync(path);
  try {
    database.exec('drop trigger events_are_final; drop trigger events_are_kept');
    database.exec(sql);
    return checkChainTail(database, entries);
  } finally {
    database.close();
  }
}

describe('the tail of the chain', () => {
  test('is sound as it was written', () => {
    const expected = { writer: 'abc123', sequence: 12, own: 12, fault: null };
    expect(tailAfter('')).toEqual({ ...expected, checked: 12 });
    expect(tailAfter('', 5)).toEqual({ ...expected, checked: 5 });
  });

  test('of an empty log is sound', () => {
    expect(tailAfter('delete from events')).toMatchObject({ sequence: 0, checked: 0, fault: null });
  });

  test.each([
    [
      'a changed payment',
      `update events set data = '{}' where sequence = 9`,
      'entry 9 was changed',
    ],
    [
      'a changed time',
      `update events set at_ms = at_ms + 1 where sequence = 12`,
      'entry 12 was changed',
    ],
    [
      'a hash that was put in',
      `update events set hash = zeroblob(32) where sequence = 9`,
      'entry 9 was changed',
    ],
    ['a missing entry', `delete from events where sequence = 9`, 'entry 9 is missing'],
    ['a missing beginning', `delete from events where sequence < 3`, 'entry 1 is missing'],
    [
      'an entry of another chain',
      `update events set prev_hash = zeroblob(32) where sequence = 9`,
      'entry 9 does not follow entry 8',
    ],
    [
      'a beginning that follows something',
      `update events set prev_hash = hash where sequence = 1`,
      'entry 1 does not follow entry 0',
    ],
    [
      'another writer',
      `update meta set value = 'other' where name = 'writer'`,
      'entry 1 was changed',
    ],
  ])('shows %s', (_, sql, fault) => {
    expect(tailAfter(sql).fault).toBe(fault);
  });

  test('is looked at only as far as asked', () => {
    const changed = `update events set data = '{}' where sequence = 6`;
    expect(tailAfter(changed, 6).fault).toBeNull();
    expect(tailAfter(changed, 7).fault).toBe('entry 6 was changed');
  });

  test('gives the hash of one entry', () => {
    const database = new DatabaseSync(sound, { readOnly: true });
    expect(hashAt(database, 12)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashAt(database, 13)).toBeNull();
    database.close();
  });
});

test('a database is in use as long as its store is open', async () => {
  const path = join(folder, 'used.db');
  expect(isInUse(path)).toBe(false);
  const store = openSqliteStore({ path, newWriter: () => 'abc123', publish, nowMs: () => 0 });
  expect(isInUse(path)).toBe(true);
  await store.close();
  expect(isInUse(path)).toBe(false);
});
