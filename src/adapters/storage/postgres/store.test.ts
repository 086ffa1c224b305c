import { afterAll } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../../test/support/postgres.ts';
import type { StoreUnderTest } from '../../../../test/support/store-under-test.ts';
import { describeControls } from '../controls.contract.ts';
import { describeLists } from '../lists.contract.ts';
import { describeStore } from '../store.contract.ts';
import { describeTimeSeries } from '../time-series.contract.ts';
import { openPostgresStore } from './store.ts';

let database: TestDatabase | null = null;
let logs = 0;
afterAll(() => database?.drop());

const postgres: StoreUnderTest = {
  async open(publish, nowMs) {
    if (database === null) throw new Error('a database is made before each test');
    return openPostgresStore({
      url: database.url,
      newLog: () => `writer-${(logs += 1)}`,
      publish,
      nowMs,
      reach: () => {},
    });
  },
  async reset() {
    database ??= await testDatabase();
    await database.query('drop schema public cascade; create schema public');
  },
  async hashes() {
    const rows = await database?.query(
      `select prev_hash, hash from log_order join events using (writer_no, sequence)
         order by position`,
    );
    return [String(rows?.[0]?.['prev_hash']), ...(rows ?? []).map((row) => String(row['hash']))];
  },
};

for (const describeContract of [
  describeStore,
  describeLists,
  describeControls,
  describeTimeSeries,
]) {
  describeContract('Postgres', postgres);
}
