import { afterEach, expect, test } from 'vitest';
import { endServers, spawnServer } from '../support/server.ts';

afterEach(endServers);

test('a worker of a SQLite database ends with 2, and says what to set', async () => {
  const environment = { DATABASE_URL: 'sqlite::memory:' };
  const worker = spawnServer({ database: '', environment, command: 'worker' });
  expect(await worker.ended).toEqual({ code: 2, signal: null });
  expect(worker.output()).toBe(
    'error: a worker shares its database with other processes; set DATABASE_URL=postgres://…\n',
  );
});
