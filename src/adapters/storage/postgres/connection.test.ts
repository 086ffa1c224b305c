import { afterAll, expect, test } from 'vitest';
import { testDatabase } from '../../../../test/support/postgres.ts';
import { connect } from './connection.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

test('a statement that takes too long is unavailable, not the end of the process', async () => {
  const connections = connect(DATABASE.url);
  await expect(
    connections.using(async (queries) => {
      await queries.rows('limit', `set statement_timeout = '10ms'`);
      await queries.rows('sleep', 'select pg_sleep(10)');
    }),
  ).rejects.toMatchObject({ kind: 'unavailable' });
  await connections.close();
});

test('whoever uses a database in one process shares its connections, and the last one closes them', async () => {
  const [first, second] = [connect(DATABASE.url), connect(DATABASE.url)];
  const busy = Array.from({ length: 12 }, (_, index) =>
    (index % 2 === 0 ? first : second).rows(
      'pid',
      'select pg_backend_pid() as pid, pg_sleep(0.05)',
    ),
  );
  const pids = (await Promise.all(busy)).map(([row]) => row?.['pid']);
  expect(new Set(pids).size).toBeLessThanOrEqual(8);
  await first.close();
  expect(await second.rows('one', 'select 1 as one')).toEqual([{ one: 1 }]);
  await second.close();
});

test('tiny statements are not compiled, whatever their guessed cost', async () => {
  const connections = connect(DATABASE.url);
  expect(await connections.rows('jit', 'show jit')).toEqual([{ jit: 'off' }]);
  const line = await connections.line();
  const { rows } = await line.query<{ plan_cache_mode: string }>('show plan_cache_mode');
  expect(rows).toEqual([{ plan_cache_mode: 'force_generic_plan' }]);
  await line.end();
  await connections.close();
});
