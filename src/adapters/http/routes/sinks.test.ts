import { hash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  containing,
  expectProblem,
  type Headers,
  jsonOf,
  listenOn,
  matching,
  PAYMENT,
  type TestApp,
  testApp,
  type WireList,
} from '../../../../test/property/app.ts';
import { START_MS } from '../../../../test/support/engine.ts';
import { encodeCursor } from '../cursors.ts';
import { SINK_BODY_BYTES_MAX, SINK_KEPT_BODY_BYTES } from '../limits.ts';

let api: TestApp;
beforeEach(async () => {
  api = await testApp();
  await api.deliver();
});
afterEach(async () => {
  // A 5xx leaves a line.
  if (api.errors.length > 0) throw new Error(api.errors.join('\n'));
  await api.close();
});

interface WireMessage {
  readonly id: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly body_encoding: string;
  readonly body_truncated: boolean;
  readonly verdict: { readonly valid: boolean; readonly reason: string };
  readonly duplicate_of: string | null;
  readonly answered: number | null;
}

interface WireSinkMessages extends WireList<WireMessage> {
  readonly sink: Readonly<Record<string, unknown>>;
}

async function messages(query = ''): Promise<WireSinkMessages> {
  const answer = await api.get(`/sinks/shop${query}`);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^200 /);
  return jsonOf(answer);
}

async function newest(): Promise<WireMessage> {
  const [message] = (await messages()).data;
  if (message === undefined) throw new Error('nothing was received');
  return message;
}

const PLAIN = { 'content-type': 'text/plain' };
const post = (body: string | Buffer, headers: Headers = PLAIN) =>
  api.post('/sinks/shop', body, headers);
const patch = (body: object | string) => api.send('PATCH', '/sinks/shop', body);

describe('what arrives', () => {
  test('is kept as it came', async () => {
    const answer = await post('hello', { ...PLAIN, 'x-own': 'yes' });
    expect([answer.statusCode, jsonOf(answer)]).toEqual([200, { id: 'msg_1' }]);
    expect(await messages()).toEqual({
      data: [
        {
          id: 'msg_1',
          received_at: new Date(START_MS).toISOString(),
          method: 'POST',
          headers: {
            host: 'localhost',
            'content-type': 'text/plain',
            'x-own': 'yes',
            'content-length': '5',
            'user-agent': 'lightMyRequest',
          },
          body: 'hello',
          body_encoding: 'utf8',
          body_truncated: false,
          verdict: { valid: false, reason: matching(/^not signed/) },
          duplicate_of: null,
          answered: 200,
        },
      ],
      has_more: false,
      next_cursor: null,
      sink: {
        name: 'shop',
        status: 200,
        delay_ms: 0,
        hang: false,
        next: null,
        messages: 1,
        last_received_at: new Date(START_MS).toISOString(),
      },
    });
  });

  const types = ['application/json', 'text/xml', 'multipart/form-data; boundary=x', 'nonsense/x'];
  test.each(types)('may be of any type (%s), and need not be sound', async (type) => {
    expect((await post('{"a":1,"a":', { 'content-type': type })).statusCode).toBe(200);
    expect(await newest()).toMatchObject({ body: '{"a":1,"a":' });
  });

  test('may be nothing at all, and may be PUT', async () => {
    expect((await api.post('/sinks/shop')).statusCode).toBe(200);
    expect((await api.send('PUT', '/sinks/shop', 'x', PLAIN)).statusCode).toBe(200);
    expect((await messages()).data).toMatchObject([
      { method: 'PUT', body: 'x' },
      { method: 'POST', body: '' },
    ]);
  });

  test('is kept as base64 when it is not UTF-8', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0, 1]);
    await post(bytes);
    expect(await newest()).toMatchObject({
      body: bytes.toString('base64'),
      body_encoding: 'base64',
    });
  });

  test('is kept in part when it is long, no character cut in two', async () => {
    await post(`x${'é'.repeat(SINK_KEPT_BODY_BYTES)}`);
    const { body, body_truncated } = await newest();
    expect(body_truncated).toBe(true);
    expect(body).toBe(`x${'é'.repeat((SINK_KEPT_BODY_BYTES - 2) / 2)}`);
    await post('y'.repeat(SINK_KEPT_BODY_BYTES));
    expect(await newest()).toMatchObject({
      body: 'y'.repeat(SINK_KEPT_BODY_BYTES),
      body_truncated: false,
    });
  });

  test('is refused when it is longer than any webhook', async () => {
    expect((await post('x'.repeat(SINK_BODY_BYTES_MAX))).statusCode).toBe(200);
    const answer = await post('x'.repeat(SINK_BODY_BYTES_MAX + 1));
    expect(expectProblem(answer, 413, 'body_too_large').detail).toContain('1024 KiB');
  });

  test('shows no credentials and no card numbers', async () => {
    const number = '4242424242424242';
    await post(`card ${number}, 4242-4242-4242-4242`, {
      ...PLAIN,
      authorization: 'Bearer secret-1',
      cookie: 'secret-2',
      'x-api-key': 'secret-3',
      'x-card': number,
    });
    const { body } = await api.get('/sinks/shop');
    expect(body).not.toMatch(/secret-|4242424242424242|4242-4242/);
    expect(await newest()).toMatchObject({
      body: 'card ************4242, ************4242',
      headers: { authorization: '(masked)', 'x-card': '************4242' },
    });
  });

  test('keeps no part of a card number that stands where the body is cut, nor in bytes', async () => {
    const number = '4242424242424242';
    await post(`${'x'.repeat(SINK_KEPT_BODY_BYTES - 14)}${number}`);
    expect((await newest()).body).toMatch(/^x+$/);
    await post(Buffer.concat([Buffer.from([0xff]), Buffer.from(number)]));
    const { body } = await newest();
    expect(Buffer.from(body, 'base64').toString('latin1')).toBe('\xff************4242');
  });

  test('is listed newest first, in pages', async () => {
    for (let index = 1; index <= 5; index += 1) await post(`${index}`);
    const first = await messages('?limit=2');
    expect(first.data.map(({ body }) => body)).toEqual(['5', '4']);
    const second = await messages(`?limit=2&cursor=${first.next_cursor}`);
    expect(second.data.map(({ body }) => body)).toEqual(['3', '2']);
    const third = await messages(`?limit=2&cursor=${second.next_cursor}`);
    expect(third).toMatchObject({ data: [{ body: '1' }], has_more: false, next_cursor: null });
    const strange = await api.get(`/sinks/shop?cursor=${encodeCursor('events', '1')}`);
    expectProblem(strange, 400, 'invalid_cursor');
    expectProblem(await api.get('/sinks/shop?limit=0'), 400, 'validation_failed');
    expectProblem(await api.get('/sinks/shop?limt=1'), 400, 'validation_failed');
  });
});

describe('a name', () => {
  const names = ['Shop', 'a b', 'a'.repeat(65), '...', 'é', 'a%2Fb', '4242424242424242'];
  test.each(names)('(%s) that is none is 400 for everything', async (name) => {
    const path = `/sinks/${encodeURIComponent(name).replaceAll('%25', '%')}`;
    const answers = [
      await api.get(path),
      await api.post(path, 'x', PLAIN),
      await api.send('PATCH', path, { status: 500 }),
      await api.send('DELETE', path),
    ];
    for (const answer of answers) {
      const { detail } = expectProblem(answer, 400, 'validation_failed');
      expect(detail).toContain('1 to 64 of a-z');
    }
    expect(jsonOf(await api.get('/sinks'))['data']).toEqual([]);
  });

  test.each(['a', 'shop-1_x.y', '.hidden', 'a'.repeat(64)])('can be %s', async (name) => {
    expect((await api.post(`/sinks/${name}`, 'x', PLAIN)).statusCode).toBe(200);
    expect(jsonOf(await api.get('/sinks'))).toMatchObject({ data: [{ name, messages: 1 }] });
  });
});

describe('PATCH /sinks/{name}', () => {
  test('says what is answered, and for how many', async () => {
    expect(jsonOf(await patch({ status: 429, next: 2 }))).toMatchObject({ status: 429, next: 2 });
    const statuses = [];
    for (let index = 0; index < 3; index += 1) statuses.push((await post('x')).statusCode);
    expect(statuses).toEqual([429, 429, 200]);
    expect((await messages()).data.map(({ answered }) => answered)).toEqual([200, 429, 429]);
  });

  test.each([204, 205, 304])('%i is answered without a body', async (status) => {
    await patch({ status });
    const answer = await post('x');
    expect([answer.statusCode, answer.body]).toEqual([status, '']);
  });

  test('lets it take its time', async () => {
    await patch({ delay_ms: 20 });
    expect((await post('x')).statusCode).toBe(200);
  });

  const bodies: readonly [object | string, string, string][] = [
    [{}, '', 'must change something: send one of status'],
    [{ status: 199 }, '/status', '>= 200'],
    [{ status: 600 }, '/status', '<= 599'],
    [{ status: '500' }, '/status', 'must be an integer'],
    [{ delay_ms: -1 }, '/delay_ms', '>= 0'],
    [{ delay_ms: 300_001 }, '/delay_ms', '<= 300000'],
    [{ hang: 1 }, '/hang', 'must be a boolean'],
    [{ next: 0 }, '/next', '>= 1'],
    [{ delay: 5 }, '/delay', 'is no field here'],
    ['[]', '', 'must be an object'],
  ];
  test.each(bodies)('with %j is 400', async (body, pointer, detail) => {
    const { errors } = expectProblem(await patch(body), 400, 'validation_failed');
    expect(errors).toContainEqual({ pointer, code: matching(/\w/), detail: containing(detail) });
    expect(jsonOf(await api.get('/sinks'))['data']).toEqual([]);
  });
});

test('DELETE empties a sink and forgets how it was to answer', async () => {
  await patch({ status: 500 });
  await post('x');
  const answer = await api.send('DELETE', '/sinks/shop');
  expect([answer.statusCode, answer.body]).toEqual([204, '']);
  expect(await messages()).toMatchObject({ data: [], sink: { status: 200, messages: 0 } });
  expect(jsonOf(await api.get('/sinks'))['data']).toEqual([]);
  expect((await api.send('DELETE', '/sinks/shop')).statusCode).toBe(204);
});

test('HEAD answers like GET, and other methods are refused', async () => {
  await post('x');
  expect((await api.send('HEAD', '/sinks/shop')).statusCode).toBe(200);
  const answer = await api.send('TRACE', '/sinks/shop');
  expect(answer.headers['allow']).toBe('DELETE, GET, HEAD, PATCH, POST, PUT');
});

describe('the verdict', () => {
  test('is right for what we send, whatever address stands for the sink', async () => {
    const port = await listenOn(api);
    await api.post('/webhook-endpoints', { url: '/sinks/shop' });
    await api.settled(PAYMENT);
    await api.deliver();
    const { data } = await messages();
    expect(data.map(({ verdict }) => verdict.valid)).toEqual([true, true, true]);
    expect(data[0]?.verdict.reason).toBe('signed with the secret of the endpoint');
    const url = `http://localhost:${port}/sinks/shop`;
    await api.post('/webhook-endpoints', { url, events: ['rules.changed'] });
    await api.send('PUT', '/rules', { invalid: [], account: [], card: [] });
    await api.deliver();
    expect((await messages()).data.slice(0, 2)).toMatchObject([
      { verdict: { valid: true } },
      { verdict: { valid: true } },
    ]);
  });

  test('says that a signature was corrupted', async () => {
    await listenOn(api);
    const faults = { corrupt_signature: { rate: 1 } };
    await api.post('/webhook-endpoints', { url: '/sinks/shop', faults });
    await api.settled(PAYMENT);
    await api.deliver();
    const { verdict } = await newest();
    expect(verdict).toMatchObject({ valid: false, reason: containing('signature is not') });
  });

  test('explains what is missing', async () => {
    const signed = {
      ...PLAIN,
      'webhook-id': 'evt_1',
      'webhook-timestamp': '1',
      'webhook-signature': 'v1,x',
    };
    await post('x', signed);
    expect((await newest()).verdict.reason).toContain('no endpoint points at this sink');
    await post('x', { ...PLAIN, 'webhook-id': 'evt_1' });
    expect((await newest()).verdict.reason).toContain('webhook-timestamp');
  });
});

describe('a sink that hangs', () => {
  /** Resolves when the server has let go of the connection. */
  function hanging(port: number): Promise<string> {
    const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: '/sinks/shop' });
    return new Promise<string>((resolve) => {
      request.once('response', ({ statusCode }) => resolve(`answered ${statusCode}`));
      request.once('error', (error) => resolve(error.message));
      request.end('x');
    });
  }

  async function untilReceived(count: number): Promise<void> {
    while ((await messages()).data.length < count) await sleep(5);
  }

  test('does not hold up the end of the server, nor does one that takes its time', async () => {
    const port = await listenOn(api);
    await patch({ hang: true, next: 1 });
    const hung = hanging(port);
    await untilReceived(1);
    expect(await newest()).toMatchObject({ answered: null });
    await patch({ delay_ms: 300_000 });
    const late = hanging(port);
    await untilReceived(2);
    await api.app.close();
    expect(await hung).toBe('socket hang up');
    expect(await late).toBe('answered 200');
  });
});

describe('with API keys', () => {
  const key = 'full-secret-0123456789';
  const bearer = { authorization: `Bearer ${key}` };
  beforeEach(async () => {
    await api.close();
    const apiKeys = [{ name: 'shop', sha256: hash('sha256', key), mayWrite: true }];
    api = await testApp({ http: { apiKeys } });
  });

  test('anybody may send to a sink, and only a key may look into it', async () => {
    expect((await post('x')).statusCode).toBe(200);
    expect((await api.send('PUT', '/sinks/shop', 'x', PLAIN)).statusCode).toBe(200);
    for (const [method, path] of [
      ['GET', '/sinks'],
      ['GET', '/sinks/shop'],
      ['HEAD', '/sinks/shop'],
      ['PATCH', '/sinks/shop'],
      ['DELETE', '/sinks/shop'],
      ['GET', '/webhook-endpoints'],
      ['GET', '/webhook-deliveries'],
    ] as const) {
      expect((await api.send(method, path)).statusCode).toBe(401);
    }
    const answer = await api.get('/sinks/shop', bearer);
    expect(jsonOf<WireSinkMessages>(answer).data).toHaveLength(2);
  });

  test('the doors stay shut to foreign hosts and pages', async () => {
    const host = await post('x', { ...PLAIN, host: 'evil.example' });
    expectProblem(host, 403, 'host_not_allowed');
    const page = await post('x', { ...PLAIN, origin: 'http://evil.example' });
    expectProblem(page, 403, 'origin_not_allowed');
  });
});

test('webhooks to sinks do not use up what a caller may ask for', async () => {
  await api.close();
  api = await testApp({ http: { rateLimitPerMinute: 3 } });
  const statuses = [];
  for (let index = 0; index < 4; index += 1) statuses.push((await post('x')).statusCode);
  expect(statuses).toEqual([200, 200, 200, 429]);
  expect((await api.get('/summary')).statusCode).toBe(200);
});
