import { afterAll, afterEach, expect, test } from 'vitest';
import { lentDatabase } from '../support/postgres.ts';
import { endServers } from '../support/server.ts';
import { RACES, runRaces } from './races.ts';

const database = await lentDatabase();
afterEach(endServers);
afterAll(() => database.drop());

test.each(RACES)(
  'of a hundred at once through two servers one wins: %s, 50 payments',
  { timeout: 120_000 },
  async (kind) => {
    const options = { databaseUrl: database.url, payments: 50, width: 100, atOnce: 4 };
    const { faults } = await runRaces({ ...options, kinds: [kind] });
    expect(faults).toEqual([]);
  },
);
