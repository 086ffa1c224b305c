import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { publish } from '../../../../test/support/engine.ts';
import type { StoreUnderTest } from '../../../../test/support/store-under-test.ts';
import { describeControls } from '../controls.contract.ts';
import { describeLists } from '../lists.contract.ts';
import { describeStore } from '../store.contract.ts';
import { describeTimeSeries } from '../time-series.contract.ts';
import { openSqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-store-'));
let databases = 0;
let writers = 0;
let path = '';
afterAll(() => rmSync(folder, { recursive: true }));

function hex(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}

/** Segments are small, so that the search index is at work in these tests too. */
const searchTuning = { stepPayments: 64, fanOut: 3, sliceEntries: 100, blockChars: 200 };

const sqlite = (hasWriteThread: boolean): StoreUnderTest => ({
  open: async (publishPayment, nowMs) =>
    openSqliteStore({
      path,
      hasWriteThread,
      newWriter: () => `writer-${(writers += 1)}`,
      publish: publishPayment,
      nowMs,
      searchTuning,
      onSearchError(error) {
        throw error;
      },
    }),
  async reset() {
    databases += 1;
    path = join(folder, `${databases}.db`);
  },
  async hashes() {
    const reader = new DatabaseSync(path, { readOnly: true });
    const rows = reader.prepare('select prev_hash, hash from events order by sequence').all();
    reader.close();
    return [hex(rows[0]?.['prev_hash']), ...rows.map((row) => hex(row['hash']))];
  },
});
for (const describeContract of [
  describeStore,
  describeLists,
  describeControls,
  describeTimeSeries,
]) {
  describeContract('SQLite', sqlite(false));
  describeContract('SQLite with a thread that writes', sqlite(true));
}

describe('the SQLite file', () => {
  const open = (file: string) =>
    openSqliteStore({ path: file, newWriter: () => 'abc123', publish, nowMs: () => 0 });

  test('is refused while another process has it', async () => {
    const file = join(folder, 'locked.db');
    const store = open(file);
    expect(() => open(file)).toThrow(/in use by another Farthing process/);
    await store.close();
    await open(file).close();
  });

  test('is refused when it is not ours or cannot be made', () => {
    const foreign = join(folder, 'foreign.db');
    const database = new DatabaseSync(foreign);
    database.exec('create table cats (name text)');
    database.close();
    expect(() => open(foreign)).toThrow(/not ours/);
    expect(() => open(join(folder, 'no', 'such', 'folder.db'))).toThrow(/cannot be written/);
  });

  test('is refused when a newer Farthing made it', async () => {
    const file = join(folder, 'newer.db');
    await open(file).close();
    const database = new DatabaseSync(file);
    database.exec('pragma user_version = 999');
    database.close();
    expect(() => open(file)).toThrow(/newer Farthing/);
  });

  test('does not let its log be edited', async () => {
    const file = join(folder, 'edited.db');
    await open(file).close();
    const database = new DatabaseSync(file);
    database.exec(
      `insert into events values (1, 'p', 1, 't', 0, 'r', 'a', '{}', '{}', zeroblob(32), zeroblob(32))`,
    );
    expect(() => database.exec(`update events set type = 'x'`)).toThrow(/append-only/);
    expect(() => database.exec('delete from events')).toThrow(/append-only/);
    database.close();
  });
});
