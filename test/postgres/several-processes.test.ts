/** Several server processes on one Postgres are one service: whatever one of them does, all of them know. */
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { openStream } from '../live-feed/stream.ts';
import { expectEventually } from '../property/store.ts';
import { type Answer, type Call, type Client, clientOf } from '../support/http.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { endServers, type ServerProcess, startServer } from '../support/server.ts';

type Json = Readonly<Record<string, unknown>>;

interface Process extends Client {
  readonly server: ServerProcess & { readonly url: string };
  ask(method: Call['method'], path: string, body?: object | null, headers?: Sent): Promise<Answer>;
}
interface Series {
  readonly points: readonly { readonly succeeded: number }[];
}
type Sent = Readonly<Record<string, string>>;

const PAYMENT = { amount: 20, currency: 'USD', recipient: 'alice@example.com' };
const CONNECTIONS = 32;

const databases: TestDatabase[] = [];
afterAll(async () => {
  for (const database of databases) await database.drop();
});

let a: Process;
let b: Process;
let answers: Answer[] = [];

beforeEach(async () => {
  const database = await testDatabase();
  databases.push(database);
  answers = [];
  [a, b] = await Promise.all([start(database), start(database)]);
});
afterEach(async () => {
  for (const each of [a, b]) each.close();
  await endServers();
  const failed = answers.find(({ status }) => status >= 500);
  if (failed !== undefined) throw new Error(`a server failed: ${failed.text}`);
});

async function start({ url }: TestDatabase): Promise<Process> {
  const environment = {
    DATABASE_URL: url,
    FAILURE_RATE: '0',
    PROCESSING_DELAY_MS: '300',
    RATE_LIMIT_PER_MINUTE: '0',
  };
  const server = await startServer({ database: '', environment });
  const client = clientOf(server.url, CONNECTIONS);
  return {
    ...client,
    server,
    async ask(method, path, body = null, headers = {}) {
      const text = body === null ? null : JSON.stringify(body);
      const answer = await client.call({ method, path, headers, body: text });
      if (answer === null) throw new Error(`no answer to ${method} ${path}`);
      answers.push(answer);
      return answer;
    },
  };
}

const jsonOf = ({ text }: Answer) => JSON.parse(text) as Json;
const waiting = { prefer: 'wait=10' };

/** So many at once, in turns through both. */
function race(count: number, work: (through: Process) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index % 2 === 0 ? a : b)));
}

async function pay(through: Process, headers: Sent = {}): Promise<Json> {
  const answer = await through.ask('POST', '/payments', PAYMENT, headers);
  expect(answer.status).toBe(201);
  return jsonOf(answer);
}

test('a payment is there through any process as soon as it is answered, and waits end wherever it settles', async () => {
  const made = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      const [here, there] = index % 2 === 0 ? [a, b] : [b, a];
      const { payment_id: id } = await pay(here);
      const seen = await there.ask('GET', `/payments/${String(id)}`);
      expect(seen.status).toBe(200);
      return id;
    }),
  );
  expect(new Set(made).size).toBe(60);
  // Whoever looks first fires a timer; those who wait hear of it either way.
  const settled = await Promise.all(
    Array.from({ length: 60 }, (_, index) => pay(index % 2 === 0 ? a : b, waiting)),
  );
  expect(new Set(settled.map(({ status }) => status))).toEqual(new Set(['SUCCESS']));
  for (const through of [a, b]) {
    await expectEventually(async () => {
      const { points } = jsonOf(
        await through.ask('GET', '/timeseries?step=1d'),
      ) as unknown as Series;
      return points.reduce((sum, { succeeded }) => sum + succeeded, 0) === 120;
    });
  }
});

test('a hundred requests under one key, through both, make one payment and get the same bytes', async () => {
  const headers = { 'idempotency-key': 'order-1', ...waiting };
  const got = await race(100, (through) => through.ask('POST', '/payments', PAYMENT, headers));
  expect(new Set(got.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(got[0]?.status).toBe(201);
  expect(jsonOf(await b.ask('GET', '/payments'))['data']).toHaveLength(1);
});

test('a hundred full refunds through both: one is made', async () => {
  const { payment_id: id } = await pay(a, waiting);
  const got = await race(100, (through) => through.ask('POST', `/payments/${String(id)}/refund`));
  expect(got.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(got.filter(({ status }) => status === 409)).toHaveLength(99);
  expect(jsonOf(await b.ask('GET', '/ledger/trial-balance'))).toMatchObject({ balanced: true });
});

test('what one changes the other obeys at once, and says within a second', async () => {
  const outage = { outage: 'unavailable' };
  for (const [here, there] of [
    [a, b],
    [b, a],
  ] as const) {
    expect((await here.ask('PATCH', '/simulation', outage)).status).toBe(200);
    const declined = await pay(there, waiting);
    expect(declined).toMatchObject({ status: 'FAILED', failure_reason: 'ISSUER_UNAVAILABLE' });
    await here.ask('PATCH', '/simulation', { outage: 'none' });
    await expectEventually(async () => {
      const simulation = jsonOf(await there.ask('GET', '/simulation'));
      return simulation['outage'] === 'none';
    });
    expect(await pay(there, waiting)).toMatchObject({ status: 'SUCCESS' });
  }
});

test('a reset through one while the other serves: nothing of before is left, and both go on', async () => {
  const over = new AbortController();
  const busy = Array.from({ length: 8 }, async (_, index) => {
    while (!over.signal.aborted) await pay(index % 2 === 0 ? a : b);
  });
  for (let resets = 0; resets < 3; resets += 1) {
    await expectEventually(
      async () => Number(jsonOf(await b.ask('GET', '/summary'))['total']) > 50,
    );
    expect((await a.ask('DELETE', '/admin/reset')).status).toBeLessThan(300);
  }
  over.abort();
  await Promise.all(busy);
  await a.ask('DELETE', '/admin/reset');
  for (const through of [a, b]) {
    expect(jsonOf(await through.ask('GET', '/summary'))).toMatchObject({ total: 0 });
  }
  const { payment_id: id } = await pay(b, waiting);
  const { data } = jsonOf(await a.ask('GET', '/payments')) as { data: Json[] };
  expect(data.map(({ payment_id: listed }) => listed)).toEqual([id]);
});

test('the live feed of one shows what the other commits, without gap or repeat', async () => {
  const port = Number(new URL(b.server.url).port);
  const stream = await openStream({ port, query: '?after=' });
  await race(40, (through) => through.ask('POST', '/payments', PAYMENT));
  await Promise.all(Array.from({ length: 40 }, () => pay(a)));
  await stream.has(240);
  const ids = stream.events.map(({ id }) => id);
  expect(new Set(ids).size).toBe(240);
  const places = new Map<string, number>();
  for (const { payment_id: id, payment_sequence: place } of stream.events) {
    expect(place).toBe((places.get(String(id)) ?? 0) + 1);
    places.set(String(id), place ?? 0);
  }
  const listed = jsonOf(await a.ask('GET', '/events?limit=100')) as { data: { id: string }[] };
  expect(ids.slice(0, 100)).toEqual(listed.data.map(({ id }) => id));
  stream.close();
});

test('cards that one process sees are known to the other', async () => {
  const card = { card_number: '4000001234567890', amount: 15, currency: 'GBP', merchant: 'Shop' };
  const authorize = (through: Process) => through.ask('POST', '/payment', card);
  const velocity = async (through: Process) => {
    const answer = jsonOf(await authorize(through));
    const { features } = answer as { features: Json };
    return Number(features['spending_velocity']);
  };
  const alone = await velocity(b);
  await Promise.all(Array.from({ length: 10 }, () => authorize(a)));
  // Its own few payments alone would not make it so.
  await expectEventually(async () => (await velocity(b)) > alone);
});

test('what a process that was killed had begun, the other finishes', async () => {
  const made = await Promise.all(Array.from({ length: 50 }, () => pay(a)));
  const dying = Array.from({ length: 20 }, () =>
    a.call({ method: 'POST', path: '/payments', body: JSON.stringify(PAYMENT) }),
  );
  a.server.send('SIGKILL');
  await Promise.all(dying);
  const open = async () => {
    const { created, processing } = jsonOf(await b.ask('GET', '/summary'));
    return Number(created) + Number(processing);
  };
  await expectEventually(async () => (await open()) === 0, 10_000);
  for (const { payment_id: id } of made) {
    expect(jsonOf(await b.ask('GET', `/payments/${String(id)}`))['status']).toBe('SUCCESS');
  }
});
