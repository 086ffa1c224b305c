/** The frontend of the stack: nginx with the shipped configuration, before real API processes. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { INSTALL_MS_MAX } from '../support/debian.ts';
import {
  configurationFor,
  type Frontend,
  freePort,
  nginxProgram,
  startFrontend,
} from '../support/frontend.ts';
import { type NameServer, startNameServer } from '../support/names.ts';
import { endServers, startServer } from '../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-stack-'));
/** All of 127.0.0.0/8 is this machine: each API process has an address of its own, and one port, as containers do. */
const FIRST = '127.0.0.2';
const SECOND = '127.0.0.3';

let names: NameServer;
let frontend: Frontend;
let apiPort: number;
let count = 0;

beforeAll(() => void nginxProgram(), INSTALL_MS_MAX);
beforeEach(async () => {
  names = await startNameServer();
  apiPort = await freePort();
  frontend = await startFrontend({ nameServerPort: names.port, apiPort });
});
afterEach(async () => {
  await frontend.stop();
  names.stop();
  await endServers();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function startApi(address: string) {
  count += 1;
  const environment = { HOST: address, PORT: String(apiPort), ALLOWED_HOSTS: address };
  return startServer({ database: join(folder, `${count}.db`), environment });
}

const PAYMENT = { amount: 5, currency: 'EUR', recipient: 'frontend' };

async function pay(headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${frontend.url}/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(PAYMENT),
  });
}

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  return (await response.json()) as Record<string, unknown>;
}

test('nginx takes the configuration', () => {
  const file = join(folder, 'checked.conf');
  const places = { nameServerPort: 53, apiPort: 8080, port: 8080, folder };
  writeFileSync(file, configurationFor(places));
  const run = () => execFileSync(nginxProgram(), ['-t', '-q', '-c', file], { stdio: 'pipe' });
  expect(run().toString()).toBe('');
  writeFileSync(file, configurationFor(places).replace('proxy_pass', 'proxy_passes'));
  expect(run).toThrow(/unknown directive/);
});

test('payments, pages and documents come from the API, as it answers them', async () => {
  const api = await startApi(FIRST);
  names.answer([FIRST]);
  const made = await pay({ prefer: 'wait=5' });
  expect(made.status).toBe(201);
  const { payment_id: id } = (await made.json()) as { payment_id: string };
  const path = `/payments/${id}`;
  const [through, direct] = await Promise.all(
    [frontend.url, api.url].map((url) => fetch(url + path)),
  );
  expect(await through?.text()).toBe(await direct?.text());
  expect((await fetch(`${frontend.url}/payments/no%2Fsuch?x=%20`)).status).toBe(404);
  for (const page of ['/docs/', '/redoc', '/openapi.json', '/readyz', '/metrics']) {
    expect([page, (await fetch(frontend.url + page)).status]).toEqual([page, 200]);
  }
});

test('the live feed passes event by event, and lasts', async () => {
  await startApi(FIRST);
  names.answer([FIRST]);
  const ended = new AbortController();
  const feed = await fetch(`${frontend.url}/events/stream?after=`, { signal: ended.signal });
  expect(feed.headers.get('content-type')).toBe('text/event-stream');
  const reader = feed.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const readUntil = async (words: string) => {
    while (!text.includes(words)) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done) throw new Error(`the feed ended before «${words}»:\n${text}`);
      text += value;
    }
  };
  await readUntil('retry:');
  // The answer never ends: an event that arrives was not held back until it did.
  for (const round of [1, 2]) {
    const { payment_id: id } = (await (await pay()).json()) as { payment_id: string };
    await readUntil(`"payment_id":"${id}"`);
    expect(text.match(/payment\.created/g)?.length).toBeGreaterThanOrEqual(round);
  }
  ended.abort();
});

test('a body above 1 MiB is refused by the frontend, one above 64 KiB by the API', async () => {
  await startApi(FIRST);
  names.answer([FIRST]);
  const send = (path: string, bytes: number) =>
    fetch(frontend.url + path, { method: 'POST', body: 'x'.repeat(bytes) });
  const tooLarge = await problemOf(await send('/payments', 1024 * 1024 + 1));
  expect(tooLarge).toMatchObject({ status: 413, code: 'body_too_large' });
  expect(tooLarge['detail']).toContain('1 MiB');
  const byApi = await problemOf(
    await fetch(`${frontend.url}/payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...PAYMENT, description: 'x'.repeat(65 * 1024) }),
    }),
  );
  expect(byApi).toMatchObject({ status: 413, code: 'body_too_large' });
  expect(byApi['detail']).toContain('64 KiB');
  expect((await send('/sinks/large', 1000 * 1024)).status).toBe(200);
});

test('the API is told who asks, by which name and how', async () => {
  const seen: IncomingHttpHeaders[] = [];
  const echo = createServer((asked, answer) => {
    seen.push(asked.headers);
    answer.end('ok');
  });
  echo.listen(apiPort, FIRST);
  await once(echo, 'listening');
  names.answer([FIRST]);
  await fetch(`${frontend.url}/summary`, {
    headers: {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
      'x-request-id': 'r1',
    },
  });
  await fetch(`${frontend.url}/summary`);
  const host = new URL(frontend.url).host;
  expect(seen).toMatchObject([
    {
      host,
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': host,
      'x-real-ip': '127.0.0.1',
      'x-request-id': 'r1',
    },
    { host, 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' },
  ]);
  expect(seen[1]).not.toHaveProperty('x-request-id');
  echo.close();
});

test('processes come and go: each that is there is asked, and none that is not fails a request', async () => {
  const first = await startApi(FIRST);
  names.answer([FIRST]);
  expect((await pay()).status).toBe(201);
  const second = await startApi(SECOND);
  names.answer([FIRST, SECOND]);
  // Names are kept for two seconds.
  await expect.poll(askedAddresses, { timeout: 15_000 }).toEqual([FIRST, SECOND]);
  await first.end('SIGKILL');
  for (let round = 0; round < 20; round += 1) expect((await pay()).status).toBe(201);
  names.answer([SECOND]);
  for (let round = 0; round < 20; round += 1) expect((await pay()).status).toBe(201);
  expect((await second.end('SIGTERM')).code).toBe(0);
});

async function askedAddresses(): Promise<string[]> {
  await pay();
  const found = frontend.output().matchAll(/ (127\.0\.0\.[23]):\d+/g);
  return [...new Set([...found].map(([, address = '']) => address))].sort();
}

test('without any process the answer is 502, a problem that says what to do; the frontend itself lives', async () => {
  names.answer([FIRST]);
  const response = await pay();
  expect(response.status).toBe(502);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await problemOf(response)).toMatchObject({ status: 502, code: 'api_unreachable' });
  names.answer([]);
  expect((await fetch(`${frontend.url}/frontend/livez`)).status).toBe(200);
  await startApi(FIRST);
  names.answer([FIRST]);
  await expect.poll(async () => (await pay()).status, { timeout: 15_000 }).toBe(201);
});

test('what stands behind the question mark is not logged', async () => {
  await startApi(FIRST);
  names.answer([FIRST]);
  await fetch(`${frontend.url}/payments?search=4000001234567890`);
  await expect.poll(() => frontend.output()).toContain('"GET /payments" ');
  expect(frontend.output()).not.toContain('4000001234567890');
});

test('a request that is no HTTP, or has two names for the host, reaches no process', async () => {
  await startApi(FIRST);
  names.answer([FIRST]);
  const { hostname, port } = new URL(frontend.url);
  const asked = request({ hostname, port, path: '/summary', headers: ['Host', 'a', 'Host', 'b'] });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
  answer.resume();
  expect(answer.statusCode).toBe(400);
});
