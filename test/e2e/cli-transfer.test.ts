/**
 * `farthing export | farthing import` between real servers: what was answered before is answered after, by the same bytes;
 * what was under way goes on; DATABASE_URL is all that is changed.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectEventually } from '../property/store.ts';
import { commandLine, ended, type Json, json, lines, type Run } from '../support/cli.ts';
import { type Answer, type Call, clientOf } from '../support/http.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { accept, type Receiver, startReceiver } from '../support/receivers.ts';
import { endServers, type ServerProcess, startServer } from '../support/server.ts';

const CARD = '4000001234567890';
const PAYMENT = { amount: 20, currency: 'USD', recipient: 'alice@example.com' };

const folder = mkdtempSync(join(tmpdir(), 'farthing-transfer-'));
const cli = commandLine(folder, () => ({}));
const databases: TestDatabase[] = [];
let receiver: Receiver;
let files = 0;

beforeEach(async () => {
  receiver = await startReceiver((_, response) => void response.writeHead(503).end());
});
afterEach(async () => {
  await endServers();
  await receiver.close();
});
afterAll(async () => {
  for (const database of databases) await database.drop();
  rmSync(folder, { recursive: true });
});

type Server = ServerProcess & { readonly url: string };

function serve(url: string): Promise<Server> {
  const environment = {
    DATABASE_URL: url,
    FAILURE_RATE: '0',
    RANDOM_DECLINE_RATE: '0',
    PROCESSING_DELAY_MS: '1500',
    WEBHOOK_TIME_SCALE: '0.001',
  };
  return startServer({ database: '', environment });
}

function newFile(): string {
  files += 1;
  return `sqlite:${join(folder, `${files}.db`)}`;
}

async function newPostgres(): Promise<string> {
  const database = await testDatabase();
  databases.push(database);
  return database.url;
}

async function ask(server: Server, call: Call): Promise<Answer> {
  const client = clientOf(server.url, 1);
  const answer = await client.call(call);
  client.close();
  if (answer === null) throw new Error(`no answer to ${call.method} ${call.path}`);
  return answer;
}

const post = (path: string, body: object, headers: Record<string, string> = {}): Call => ({
  method: 'POST',
  path,
  headers,
  body: JSON.stringify(body),
});
const jsonOf = ({ text }: Answer) => JSON.parse(text) as Json;

/** A list that fits one page. */
async function all(server: Server, path: string): Promise<Json[]> {
  const page = jsonOf(await ask(server, { method: 'GET', path: `${path}?limit=100` }));
  return (page as { data: Json[] }).data;
}

/** `farthing export | farthing import` */
async function move(from: string, to: string): Promise<Run> {
  const out = cli.start(['export'], { env: { DATABASE_URL: from } });
  const into = cli.start(['import', '--json'], { env: { DATABASE_URL: to } });
  const [exported, imported] = await Promise.all([
    exitOf(out),
    ended(into),
    pipeline(out.stdout, into.stdin),
  ]);
  expect(exported).toBe(0);
  return imported;
}

function exitOf(child: ReturnType<typeof cli.start>): Promise<number | null> {
  child.stderr.resume();
  return new Promise((resolve) => child.once('close', resolve));
}

async function soundAt(url: string): Promise<void> {
  for (const command of [
    ['audit', 'verify'],
    ['ledger', 'check'],
  ]) {
    const run = await cli.run(command, { env: { DATABASE_URL: url } });
    expect(`${run.code} ${run.stdout}`).toMatch(/^0 ok /);
  }
}

// Each kind to itself, and one after the other: test/transfer.
describe.each<[string, () => string | Promise<string>, () => string | Promise<string>]>([
  ['a file to Postgres', newFile, newPostgres],
  ['Postgres to a file', newPostgres, newFile],
])('from %s', (_, makeFrom, makeTo) => {
  test('nothing is missing, and everything goes on where it was', { timeout: 90_000 }, async () => {
    const [from, to] = [await makeFrom(), await makeTo()];
    const isShared = from.startsWith('postgres');
    const a = await serve(from);
    // On Postgres the log is that of two writers.
    const b = isShared ? await serve(from) : a;
    await ask(a, post('/webhook-endpoints', { url: receiver.url }));
    const keyed = post('/payments', PAYMENT, { 'idempotency-key': 'order-1', prefer: 'wait=10' });
    const first = await ask(a, keyed);
    const card = post('/payments', { ...PAYMENT, card: { number: CARD } }, { prefer: 'wait=10' });
    const paid = jsonOf(await ask(b, card));
    const { payment_id: id } = jsonOf(first);
    await ask(b, post(`/payments/${String(id)}/refund`, { amount: 5 }));
    await ask(a, { method: 'PATCH', path: '/simulation', body: '{"failure_rate": 0.001}' });
    for (const server of [a, b, a, b, a, b]) await ask(server, post('/payments', PAYMENT));
    // These are under way, and nobody has taken any delivery yet.
    for (const server of new Set([a, b])) await server.end('SIGTERM');
    expect(receiver.accepted.size).toBe(0);

    const imported = await move(from, to);
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    expect(json(imported)).toMatchObject({ ok: true, differences: 0 });
    await soundAt(to);

    receiver.behave(accept);
    const c = await serve(to);
    expect((await ask(c, keyed)).text).toBe(first.text);
    const again = jsonOf(await ask(c, card));
    expect(again['payment_id']).not.toBe(paid['payment_id']);
    expect((again['card'] as Json)['fingerprint']).toBe((paid['card'] as Json)['fingerprint']);
    expect(jsonOf(await ask(c, { method: 'GET', path: '/simulation' }))).toMatchObject({
      failure_rate: 0.001,
    });
    await expectEventually(async () =>
      (await all(c, '/payments')).every(({ status }) => status !== 'PROCESSING'),
    );
    const payments = await all(c, '/payments');
    expect(payments).toHaveLength(9);
    const created = payments.map((payment) => Date.parse(String(payment['created_at'])));
    expect(created).toEqual(created.toSorted((one, other) => other - one));
    const events = await all(c, '/events');
    await expectEventually(
      () => events.every(({ id: event }) => receiver.accepted.has(String(event))),
      20_000,
    );
    await c.end('SIGTERM');
    await soundAt(to);
  });
});

describe('an export', () => {
  let from: string;
  let made: Run;
  const exported = join(folder, 'whole.ndjson');

  beforeAll(async () => {
    from = newFile();
    const server = await serve(from);
    for (let paid = 0; paid < 3; paid += 1) await ask(server, post('/payments', PAYMENT));
    await server.end('SIGTERM');
    made = await cli.run(['export', '--output', exported], { env: { DATABASE_URL: from } });
  });

  test('is for its owner only, and written over nothing', async () => {
    expect(made).toMatchObject({ code: 0, stdout: '' });
    expect(made.stderr).toContain('it holds every secret of this database');
    expect(statSync(exported).mode & 0o777).toBe(0o600);
    const env = { DATABASE_URL: from };
    const run = await cli.run(['export', '--output', exported], { env });
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/^error: .*whole\.ndjson cannot be made: EEXIST/);
  });

  test('that was changed is refused, with the line, and nothing is left of it', async () => {
    const changed = join(folder, 'changed.ndjson');
    const text = lines(readFileSync(exported, 'utf8'));
    writeFileSync(changed, text.with(6, (text[6] ?? '').replace('"row":{', '"row":{ ')).join('\n'));
    const to = newFile();
    const env = { DATABASE_URL: to };
    const run = await cli.run(['import', '--input', changed], { env });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^error: line 7 of the export is not as it was written/);
    for (const ending of ['', '.importing', '.card-key', '.webhooks']) {
      expect(existsSync(to.slice('sqlite:'.length) + ending)).toBe(false);
    }
  });

  test('goes into an empty database only, and into none that is at work', async () => {
    const into = async (url: string) => {
      const run = await cli.run(['import', '--input', exported], { env: { DATABASE_URL: url } });
      expect(run).toMatchObject({ code: 1, stdout: '' });
      return run.stderr;
    };
    expect(await into(from)).toContain('there is a database at');
    const postgres = await newPostgres();
    const server = await serve(postgres);
    expect(await into(postgres)).toContain('a Farthing process is at work on this database');
    await ask(server, post('/payments', PAYMENT));
    await server.end('SIGTERM');
    expect(await into(postgres)).toContain('the database is not empty: there are events');
    const lost = await cli.run(['import', '--input', exported], {
      env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
    });
    expect(lost.code).toBe(3);
  });

  test('is not made of a file that a server writes to, nor of memory', async () => {
    const server = await serve(from);
    const run = await cli.run(['export'], { env: { DATABASE_URL: from } });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain('is in use by another Farthing process');
    await server.end('SIGTERM');
    const memory = await cli.run(['export'], { env: { DATABASE_URL: 'sqlite::memory:' } });
    expect(memory.code).toBe(2);
  });

  test('whose import was cut off keeps a server from starting, until it is done', async () => {
    const to = newFile();
    const path = to.slice('sqlite:'.length);
    writeFileSync(`${path}.importing`, 'half of it');
    await expect(serve(to)).rejects.toThrow('is under way or was cut off');
    const run = await cli.run(['import', '--input', exported], { env: { DATABASE_URL: to } });
    expect(run.code).toBe(0);
    expect(lines(run.stdout).at(-1)).toMatch(/^\d+ figures, 0 differences$/);
    await (await serve(to)).end('SIGTERM');
  });
});
