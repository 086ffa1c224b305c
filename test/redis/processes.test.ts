/** Two API processes and a worker on one Postgres and one Redis are one service, with Redis and without. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openStream } from '../live-feed/stream.ts';
import { expectEventually } from '../property/store.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { startReceiver } from '../support/receivers.ts';
import { freePort, type OwnRedis, startRedis } from '../support/redis.ts';
import { jsonOf, type Json, type Process, type Several, startSeveral } from './several.ts';

const PAYMENT = { amount: 20, currency: 'USD', recipient: 'alice@example.com' };
const WAITING = { prefer: 'wait=15' };
/** A machine that does ten other things takes its time. */
const COMES_MS = 30_000;

let database: TestDatabase;
let redis: OwnRedis | null = null;
let several: Several;
const databases: TestDatabase[] = [];

afterAll(async () => {
  for (const each of databases) await each.drop();
});

async function begin(
  environment: Readonly<Record<string, string>> = {},
  redisUrl?: string,
): Promise<void> {
  database = await testDatabase();
  databases.push(database);
  redis = redisUrl === undefined ? await startRedis() : null;
  const places = { databaseUrl: database.url, redisUrl: redisUrl ?? redis?.url ?? null };
  several = await startSeveral({ ...places, environment });
  await expectEventually(async () => (await database.query('select 1 from processes')).length > 2);
}

async function end(): Promise<void> {
  redis?.thaw();
  await several.end();
  await redis?.stop();
}

/** The one that is there for the tests in hand. */
function ownRedis(): OwnRedis {
  if (redis === null) throw new Error('no Redis was started');
  return redis;
}

async function pay(through: Process, headers = {}): Promise<Json> {
  const answer = await through.ask('POST', '/payments', PAYMENT, headers);
  expect(answer.status).toBe(201);
  return jsonOf(answer);
}

async function settled(count: number): Promise<void> {
  const { a, b } = several;
  const paid = await Promise.all(
    Array.from({ length: count }, (_, index) => pay(index % 2 === 0 ? a : b, WAITING)),
  );
  expect(new Set(paid.map(({ status }) => status))).toEqual(new Set(['SUCCESS']));
}

async function redisIs(through: Process): Promise<string> {
  const answer = await through.ask('GET', '/readyz');
  expect(answer.status).toBe(200);
  return String((jsonOf(answer)['checks'] as Json)['redis']);
}

async function expectRedis(said: RegExp): Promise<void> {
  for (const through of [several.a, several.b, several.worker]) {
    await expectEventually(async () => said.test(await redisIs(through)), COMES_MS);
  }
}

/** How many payments were brought to their end by the process that made none. */
async function endedByWorker(): Promise<number> {
  const rows = await database.query(`select count(*)::integer as n from events
    where type = 'payment.succeeded'
      and writer_no not in (select writer_no from events where type = 'payment.created')`);
  return Number(rows[0]?.['n']);
}

describe('with a Redis of their own,', () => {
  beforeAll(() => begin({ WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8' }));
  afterAll(end);

  test('what is paid through any process is brought to its end by the worker, and who waits hears of it', async () => {
    await settled(80);
    expect(await endedByWorker()).toBeGreaterThan(40);
  });

  test('the live feed of one shows what all of them commit, without gap or repeat', async () => {
    const before = Number(
      (await database.query('select count(*)::integer as n from events'))[0]?.['n'],
    );
    const port = Number(new URL(several.b.server.url).port);
    const stream = await openStream({ port, query: '?after=' });
    await settled(40);
    await stream.has(before + 120);
    expect(new Set(stream.events.map(({ id }) => id)).size).toBe(before + 120);
    const places = new Map<string, number>();
    for (const { payment_id: id, payment_sequence: place } of stream.events) {
      expect(place).toBe((places.get(String(id)) ?? 0) + 1);
      places.set(String(id), place ?? 0);
    }
    stream.close();
  });

  test('webhooks that are asked for through one process are delivered, each once', async () => {
    const receiver = await startReceiver();
    const endpoint = { url: receiver.url, events: ['payment.*'] };
    const made = await several.a.ask('POST', '/webhook-endpoints', endpoint);
    expect(made.status).toBe(201);
    await settled(20);
    await expectEventually(() => receiver.accepted.size === 60, COMES_MS);
    expect([...receiver.acceptedTimes.values()].every((times) => times === 1)).toBe(true);
    await several.b.ask('DELETE', `/webhook-endpoints/${String(jsonOf(made)['id'])}`);
    await receiver.close();
  });

  test('a process that starts takes what is known of cards from Redis', async () => {
    const card = { card_number: '4000001234567890', amount: 15, currency: 'GBP', merchant: 'Shop' };
    for (let paid = 0; paid < 10; paid += 1) await several.a.ask('POST', '/payment', card);
    await expectEventually(async () => {
      const worker = await several.startWorker();
      const said = worker.server.output();
      expect((await worker.server.end('SIGTERM')).code).toBe(0);
      return /"entities":[1-9].*read from Redis/.test(said);
    }, COMES_MS);
  });
  test('a Redis that is killed fails no request, is said, and is used again when it is back', async () => {
    const server = ownRedis();
    await settled(10);
    await expectRedis(/^ok$/);
    await server.kill();
    await settled(40);
    await expectRedis(/^unavailable: .+; using memory and the database instead$/);
    await settled(20);
    await server.restart();
    await expectRedis(/^ok$/);
    await settled(20);
  });

  test('a Redis that is frozen or flushed fails no request', async () => {
    const server = ownRedis();
    await settled(10);
    server.freeze();
    await settled(40);
    await expectRedis(/^unavailable/);
    await settled(20);
    server.thaw();
    await expectRedis(/^ok$/);
    await settled(20);
    await server.flush();
    await settled(40);
    await expectRedis(/^ok$/);
  });

  test('a worker that was killed is replaced by the servers, then by another worker', async () => {
    const made = Promise.all(Array.from({ length: 30 }, () => pay(several.a, WAITING)));
    several.worker.server.send('SIGKILL');
    for (const { status } of await made) expect(status).toBe('SUCCESS');
    await settled(10);
    await several.startWorker();
    const before = await endedByWorker();
    await expectEventually(async () => {
      await settled(4);
      return (await endedByWorker()) > before;
    }, COMES_MS);
  });
});

describe('each with processes of its own:', () => {
  afterEach(end);

  test('the limit of requests holds for all processes together', async () => {
    await begin({ RATE_LIMIT_PER_MINUTE: '60' });
    const statuses: number[] = [];
    for (let asked = 0; asked < 50; asked += 1) {
      for (const through of [several.a, several.b]) {
        statuses.push((await through.ask('GET', '/payments')).status);
      }
    }
    // A count that came too late is the process's own; were each to count for itself, all would pass.
    const passed = statuses.filter((status) => status === 200).length;
    expect(passed).toBeGreaterThanOrEqual(60);
    expect(passed).toBeLessThanOrEqual(66);
    expect(statuses.filter((status) => status === 429)).toHaveLength(100 - passed);
  });

  test('processes start without a Redis, and use it when it comes', async () => {
    const port = await freePort();
    await begin({}, `redis://127.0.0.1:${port}`);
    await expectRedis(/^unavailable: ECONNREFUSED/);
    await settled(20);
    redis = await startRedis({ port });
    await expectRedis(/^ok$/);
    await settled(20);
  });
});
