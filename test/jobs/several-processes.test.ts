/** Several processes on one Postgres share their jobs: each is run by one of them, and none is lost with its process. */
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { expectEventually } from '../property/store.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { endServers, startServer } from '../support/server.ts';
import { isOver, type Service, startService } from './service.ts';

const databases: TestDatabase[] = [];
afterAll(async () => {
  for (const database of databases) await database.drop();
});

let database: TestDatabase;
const services: Service[] = [];
beforeEach(async () => {
  database = await testDatabase();
  databases.push(database);
});
afterEach(async () => {
  for (const service of services.splice(0)) service.close();
  await endServers();
});

const environment = () => ({ DATABASE_URL: database.url, RATE_LIMIT_PER_MINUTE: '0' });

async function startApi(): Promise<Service> {
  const service = await startService({ database: '', environment: environment() });
  services.push(service);
  return service;
}

const COUNT = 2_000;
const SEEDING = { count: COUNT, batch_size: 25 };

test('jobs asked for through both run once each', { timeout: 120_000 }, async () => {
  const [a, b] = await Promise.all([startApi(), startApi()]);
  const jobs = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      (index % 2 === 0 ? a : b).create('seed_synthetic_transactions', {
        count: 100,
        batch_size: 20,
      }),
    ),
  );
  for (const { id } of jobs) {
    expect(await a.until(id, isOver)).toMatchObject({ status: 'succeeded', attempts: 1 });
  }
  expect(await b.payments()).toBe(800);
});

test(
  'what a killed process had in hand another goes on with, and each payment is made once',
  { timeout: 120_000 },
  async () => {
    const [a, b] = await Promise.all([startApi(), startApi()]);
    // While one stands still, the other is the one that works.
    b.server.send('SIGSTOP');
    const { id } = await a.create('seed_synthetic_transactions', SEEDING);
    await a.until(id, ({ progress }) => progress.done > 0);
    await a.server.end('SIGKILL');
    b.server.send('SIGCONT');
    expect(await b.until(id, isOver)).toMatchObject({
      status: 'succeeded',
      progress: { done: COUNT, total: COUNT },
    });
    expect(await b.payments()).toBe(COUNT);
    const [made] = await database.query(
      "select count(distinct writer_no) as writers from events where actor = 'job'",
    );
    expect(Number(made?.['writers'])).toBe(2);
  },
);

test(
  'a worker runs them while it lives, and API processes when it does not',
  { timeout: 120_000 },
  async () => {
    const worker = await startServer({
      command: 'worker',
      database: '',
      environment: environment(),
    });
    const api = await startApi();
    const writers = async () => {
      const rows = await database.query(
        `select actor, count(distinct writer_no) as writers, min(writer_no) as writer from events
           where actor <> 'timer' group by actor order by actor`,
      );
      return rows.map(({ actor, writers: count, writer }) => [
        actor,
        Number(count),
        Number(writer),
      ]);
    };
    const payment = { amount: 5, currency: 'GBP', recipient: 'alice@example.com' };
    expect((await api.post('/payments', payment)).status).toBe(201);
    const first = await api.create('seed_synthetic_transactions', { count: 50, batch_size: 10 });
    await api.until(first.id, isOver);
    const [byHand, byJob] = await writers();
    expect([byHand?.[0], byJob?.[0]]).toEqual(['anonymous', 'job']);
    expect(byJob?.[1]).toBe(1);
    expect(byJob?.[2]).not.toBe(byHand?.[2]);

    const second = await api.create('seed_synthetic_transactions', SEEDING);
    await api.until(second.id, ({ progress }) => progress.done > 0);
    await worker.end('SIGKILL');
    expect(await api.until(second.id, isOver)).toMatchObject({ status: 'succeeded' });
    await expectEventually(async () => (await api.payments()) === COUNT + 51);
    expect((await writers())[1]?.[1]).toBe(2);
  },
);
