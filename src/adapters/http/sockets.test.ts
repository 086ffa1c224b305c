import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listenOn, matching, PAYMENT, type TestApp, testApp } from '../../../test/property/app.ts';
import { exchange, head, type RawAnswer } from '../../../test/property/socket.ts';

let api: TestApp;
let port: number;
beforeAll(async () => {
  api = await testApp();
  port = await listenOn(api);
});
afterAll(() => api.close());

const BODY = JSON.stringify(PAYMENT);
const JSON_HEADERS = ['Content-Type: application/json', `Content-Length: ${BODY.length}`];
const CLOSE = 'Connection: close';

function expectRawProblem(answer: RawAnswer, status: number, code: string): void {
  expect(answer.text).toContain(`"code":"${code}"`);
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.body));
  expect(JSON.parse(answer.body)).toMatchObject({
    type: `/errors/${code}`,
    title: matching(/\w/),
    status,
    detail: matching(/\w.{10}/),
    code,
    request_id: matching(/\S/),
    errors: [],
  });
}

describe('the Host header', () => {
  test('twice is a problem, on both HTTP versions and whatever it says', async () => {
    for (const second of ['localhost', 'evil.example']) {
      for (const version of ['1.1', '1.0']) {
        const lines = [
          `GET /payments HTTP/${version}`,
          'Host: localhost',
          `hOST: ${second}`,
          CLOSE,
        ];
        expectRawProblem(await exchange(port, [head(...lines)]), 400, 'invalid_header');
      }
    }
  });

  test('absent is a problem on HTTP/1.1', async () => {
    const answer = await exchange(port, [head('GET /payments HTTP/1.1', CLOSE)]);
    expectRawProblem(answer, 400, 'invalid_header');
  });

  test('absent is a problem on HTTP/1.0', async () => {
    const answer = await exchange(port, [head('GET /payments HTTP/1.0', CLOSE)]);
    expectRawProblem(answer, 400, 'invalid_header');
  });

  test('of another server is refused, also with a whole URL in the request line', async () => {
    const evil = head('GET / HTTP/1.1', 'Host: evil.example', CLOSE);
    expectRawProblem(await exchange(port, [evil]), 403, 'host_not_allowed');
    const absolute = head('GET http://localhost/summary HTTP/1.1', 'Host: evil.example', CLOSE);
    expectRawProblem(await exchange(port, [absolute]), 403, 'host_not_allowed');
  });

  test('and a port of our own are fine', async () => {
    const lines = ['GET /health HTTP/1.1', `Host: 127.0.0.1:${port}`, CLOSE];
    const answer = await exchange(port, [head(...lines)]);
    expect(answer.status).toBe(200);
    expect(answer.body).toBe('{"status":"ok"}');
  });
});

describe('headers', () => {
  test('over 16 KiB are 431', async () => {
    const lines = ['GET /health HTTP/1.1', 'Host: localhost', `X-Long: ${'x'.repeat(17_000)}`];
    expectRawProblem(await exchange(port, [head(...lines)]), 431, 'headers_too_large');
  });

  test('of many small lines over 16 KiB are 431 too', async () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `X-${index}: 1234567890`);
    const answer = await exchange(port, [head('GET /health HTTP/1.1', 'Host: localhost', ...many)]);
    expectRawProblem(answer, 431, 'headers_too_large');
  });

  test('and a request line over 16 KiB are 431', async () => {
    const line = `GET /${'a'.repeat(20_000)} HTTP/1.1`;
    expectRawProblem(
      await exchange(port, [head(line, 'Host: localhost')]),
      431,
      'headers_too_large',
    );
  });

  test('just below 16 KiB are fine', async () => {
    const lines = ['GET /health HTTP/1.1', 'Host: localhost', `X-Long: ${'x'.repeat(15_000)}`];
    expect((await exchange(port, [head(...lines, CLOSE)])).status).toBe(200);
  });

  test('that drip in slower than their time are 408', async () => {
    const slow = await testApp();
    // The server's own limit is ten seconds; Node reads it anew at each look.
    slow.app.server.headersTimeout = 300;
    const slowPort = await listenOn(slow);
    const answer = await exchange(slowPort, ['GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow:']);
    expectRawProblem(answer, 408, 'request_timeout');
    await slow.close();
  });

  test('before a body that drips in slower than its time are 408', async () => {
    const slow = await testApp();
    slow.app.server.headersTimeout = 200;
    slow.app.server.requestTimeout = 300;
    const slowPort = await listenOn(slow);
    const before = await slow.footprint();
    const start = head('POST /payments HTTP/1.1', 'Host: localhost', ...JSON_HEADERS);
    const answer = await exchange(slowPort, [start + BODY.slice(0, 5)]);
    expectRawProblem(answer, 408, 'request_timeout');
    expect(await slow.footprint()).toEqual(before);
    await slow.close();
  });
});

describe('what is not HTTP', () => {
  const broken: readonly [string, string][] = [
    ['noise', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n'],
    ['text', 'hello\r\n\r\n'],
    ['a method that does not exist', 'FROB / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['an unknown version', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n'],
    ['a header with a NUL', 'GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n'],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: localhost\r\nX: a\n b\r\n\r\n'],
    [
      'a length that is no number',
      'POST /payments HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n',
    ],
    [
      'two lengths',
      'POST /payments HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    ],
    [
      'a length and chunks (request smuggling)',
      'POST /payments HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'a broken chunk',
      'POST /payments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ],
  ];
  test.each(broken)('(%s) is 400, and nothing is stored', async (_name, bytes) => {
    const before = await api.footprint();
    expectRawProblem(await exchange(port, [bytes]), 400, 'bad_request');
    expect(await api.footprint()).toEqual(before);
  });

  test('leaves the server as it was', async () => {
    const answers = await Promise.all(broken.map(([, bytes]) => exchange(port, [bytes])));
    expect(answers).toHaveLength(broken.length);
    expect((await api.get('/health')).statusCode).toBe(200);
  });

  test('an expectation that we cannot meet is a problem', async () => {
    const lines = ['POST /payments HTTP/1.1', 'Host: localhost', 'Expect: magic', ...JSON_HEADERS];
    const answer = await exchange(port, [head(...lines, CLOSE) + BODY]);
    expect(answer.status).toBe(417);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });
});

describe('a body', () => {
  const post = (...more: readonly string[]) =>
    head('POST /payments HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...more);

  test('in chunks is read like any other', async () => {
    const chunks = [...BODY].map((char) => `1\r\n${char}\r\n`).join('');
    const start = post('Transfer-Encoding: chunked', CLOSE);
    const answer = await exchange(port, [`${start}${chunks}0\r\n\r\n`]);
    expect(answer.status).toBe(201);
  });

  test('in chunks without end is cut off at 64 KiB', async () => {
    const before = await api.footprint();
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
    const start = post('Transfer-Encoding: chunked', CLOSE);
    const answer = await exchange(port, [start, ...Array<string>(8).fill(chunk)], 5);
    expectRawProblem(answer, 413, 'body_too_large');
    expect(await api.footprint()).toEqual(before);
  });

  test('that says it is too large is refused before it comes', async () => {
    const answer = await exchange(port, [post('Content-Length: 65537')]);
    expectRawProblem(answer, 413, 'body_too_large');
  });

  test('that a client breaks off stores nothing and logs no error', async () => {
    const before = await api.footprint();
    const errorsBefore = api.errors.length;
    await exchange(port, [post('Content-Length: 500') + BODY, null]);
    expect(await api.footprint()).toEqual(before);
    expect(api.errors.slice(errorsBefore)).toEqual([]);
  });

  test('of a GET is ignored', async () => {
    const lines = ['GET /summary HTTP/1.1', 'Host: localhost', ...JSON_HEADERS, CLOSE];
    expect((await exchange(port, [head(...lines) + BODY])).status).toBe(200);
    const broken = ['GET /summary HTTP/1.1', 'Host: localhost', 'Content-Length: 3', CLOSE];
    expect((await exchange(port, [`${head(...broken)}{{{`])).status).toBe(200);
  });

  test('behind another one is a request of its own', async () => {
    const before = (await api.footprint()).rows['payments'] ?? 0;
    const one = head('POST /payments HTTP/1.1', 'Host: localhost', ...JSON_HEADERS) + BODY;
    const last = head('POST /payments HTTP/1.1', 'Host: localhost', ...JSON_HEADERS, CLOSE) + BODY;
    const answer = await exchange(port, [one + one + last]);
    expect(answer.text.match(/HTTP\/1\.1 201/g)).toHaveLength(3);
    expect((await api.footprint()).rows['payments']).toBe(before + 3);
  });
});

describe('the Idempotency-Key', () => {
  const post = (...keys: readonly string[]) =>
    head('POST /payments HTTP/1.1', 'Host: localhost', ...JSON_HEADERS, ...keys, CLOSE) + BODY;

  test('twice is refused, also with one value, and nothing is stored', async () => {
    const before = await api.footprint();
    for (const second of ['k-1', 'k-2']) {
      const answer = await exchange(port, [
        post('Idempotency-Key: k-1', `idempotency-KEY: ${second}`),
      ]);
      expectRawProblem(answer, 400, 'invalid_header');
    }
    expect(await api.footprint()).toEqual(before);
  });

  test('with bytes beyond ASCII is refused', async () => {
    const answer = await exchange(port, [post('Idempotency-Key: k\xe9y')]);
    expectRawProblem(answer, 400, 'invalid_header');
  });

  test('that is empty is refused', async () => {
    expectRawProblem(await exchange(port, [post('Idempotency-Key:')]), 400, 'invalid_header');
  });

  test('has white space around it, not in it', async () => {
    const first = await exchange(port, [post('Idempotency-Key:   spaced \t')]);
    const again = await exchange(port, [post('Idempotency-Key: spaced')]);
    expect(first.status).toBe(201);
    expect(again.body).toBe(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });
});

test('an upgrade that nobody offers is an ordinary request', async () => {
  const lines = ['GET /health HTTP/1.1', 'Host: localhost', 'Upgrade: websocket'];
  const answer = await exchange(port, [head(...lines, 'Connection: Upgrade, close')]);
  expect(answer.status).toBe(200);
});
