import { afterAll, beforeEach, expect, test } from 'vitest';
import { testDatabase } from '../../../../test/support/postgres.ts';
import { connect } from './connection.ts';
import { migrate } from './migrate.ts';
import { processTable } from './presence.ts';

const DATABASE = await testDatabase();
await migrate(DATABASE.url);
const connections = connect(DATABASE.url);
const processes = processTable(connections);
afterAll(async () => {
  await connections.close();
  await DATABASE.drop();
});
beforeEach(async () => {
  await DATABASE.query('delete from processes');
});

const API = { id: 'api-1', kind: 'api' } as const;
const WORKER = { id: 'worker-1', kind: 'worker' } as const;
const ageBy = (id: string, ms: number) =>
  DATABASE.query(
    `update processes set started_at_ms = started_at_ms - ${ms}, beat_at_ms = beat_at_ms - ${ms}
       where id = '${id}'`,
  );
const beatAt = async (id: string) =>
  Number(
    (await DATABASE.query(`select beat_at_ms from processes where id = '${id}'`))[0]?.[
      'beat_at_ms'
    ],
  );

test('everybody who lives is seen by the others, and not by itself', async () => {
  expect(await processes.beat(API)).toEqual({ workers: 0, apis: 0 });
  expect(await processes.beat(WORKER)).toEqual({ workers: 0, apis: 1 });
  expect(await processes.beat(API)).toEqual({ workers: 1, apis: 0 });
  expect(await processes.beat({ id: 'api-2', kind: 'api' })).toEqual({ workers: 1, apis: 1 });
});

test('who goes is not seen any more; nor is who has been silent for ten seconds, until it beats again', async () => {
  await processes.beat(WORKER);
  await ageBy(WORKER.id, 9_000);
  expect((await processes.beat(API)).workers).toBe(1);
  await ageBy(WORKER.id, 1_500);
  expect((await processes.beat(API)).workers).toBe(0);
  await processes.beat(WORKER);
  expect((await processes.beat(API)).workers).toBe(1);
  await processes.leave(WORKER.id);
  expect((await processes.beat(API)).workers).toBe(0);
});

test('a row is written every other second only, and forgotten when nobody is behind it', async () => {
  await processes.beat(API);
  const first = await beatAt(API.id);
  await processes.beat(API);
  expect(await beatAt(API.id)).toBe(first);
  await ageBy(API.id, 2_000);
  await processes.beat(API);
  expect(await beatAt(API.id)).toBeGreaterThanOrEqual(first);
  await processes.beat(WORKER);
  await ageBy(API.id, 11 * 60_000);
  await processes.beat(WORKER);
  expect(await DATABASE.query('select id from processes')).toEqual([{ id: WORKER.id }]);
});
