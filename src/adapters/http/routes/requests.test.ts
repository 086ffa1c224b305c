import { hash } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answer,
  anyOne,
  expectPayment,
  expectProblem,
  type Headers,
  jsonOf,
  listenOn,
  matching,
  PAYMENT,
  type Service,
  testApp,
  testService,
  type TestApp,
  type WireList,
} from '../../../../test/property/app.ts';
import { exchange, head } from '../../../../test/property/socket.ts';
import type { Store } from '../../../engine/ports.ts';

interface WireRequest {
  readonly id: string;
  readonly request_id: string;
  readonly method: string;
  readonly path: string;
  readonly query: string | null;
  readonly route: string;
  readonly status: number | null;
  readonly duration_ms: number;
  readonly actor: string | null;
  readonly idempotency: { key_present: boolean; verdict: string } | null;
  readonly payment_id: string | null;
  readonly error_code: string | null;
}
interface WithBodies extends WireRequest {
  readonly request_headers: Readonly<Record<string, string>>;
  readonly request_body: string | null;
  readonly request_truncated: boolean;
  readonly response_headers: Readonly<Record<string, string>>;
  readonly response_body: string | null;
  readonly response_truncated: boolean;
}

const PAYMENT_THAT_TAKES_LONG = { ...PAYMENT, simulate: { delay_ms: 60_000 } };

function openConnections({ app }: Service): Promise<number> {
  return new Promise((resolve, reject) => {
    app.server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

let api: TestApp;
beforeEach(async () => {
  api = await testApp();
});
afterEach(() => api.close());

async function logged(query = '', headers: Headers = {}): Promise<WireList<WireRequest>> {
  const answer = await api.get(`/requests?${query}`, headers);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^200 \{"data"/);
  return jsonOf<WireList<WireRequest>>(answer);
}

async function whole(id: string): Promise<WithBodies> {
  const answer = await api.get(`/requests/${encodeURIComponent(id)}`);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^200 \{"id"/);
  return jsonOf<WithBodies>(answer);
}

const idOf = (answer: Answer) => String(answer.headers['x-request-id']);
const last = async (answer: Answer) => whole(idOf(answer));

describe('a request in the log', () => {
  test('is there with its answer', async () => {
    const body = '{"amount":250.00,"currency":"USD","recipient":"alice@example.com"}';
    const answer = await api.post('/payments', body, { 'x-request-id': 'mine-1' });
    const payment = expectPayment(answer, 201);
    const item = {
      id: 'req_1',
      request_id: 'mine-1',
      at: payment.created_at,
      method: 'POST',
      path: '/payments',
      query: null,
      route: '/payments',
      status: 201,
      duration_ms: anyOne(Number),
      actor: 'anonymous',
      idempotency: null,
      payment_id: payment.payment_id,
      error_code: null,
    };
    expect((await logged()).data).toEqual([{ ...item, at: matching(/^2025-12-31T23:59:5.*Z$/) }]);
    expect(await whole('mine-1')).toEqual({
      ...item,
      at: matching(/^2025-12-31T23:59:5.*Z$/),
      request_headers: {
        host: 'localhost',
        'content-type': 'application/json',
        'x-request-id': 'mine-1',
        'user-agent': 'lightMyRequest',
        'content-length': String(body.length),
      },
      request_body: body,
      request_truncated: false,
      response_headers: {
        'x-request-id': 'mine-1',
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(answer.body.length),
        vary: 'Origin',
      },
      response_body: answer.body,
      response_truncated: false,
    });
  });

  test('names its payment, from the address or the answer', async () => {
    const { payment_id: id } = await api.settled(PAYMENT);
    const card = await api.post('/payment', {
      card_number: '4242424242424242',
      amount: 1,
      merchant: 'm',
    });
    const { transaction_id: other } = jsonOf<{ transaction_id: string }>(card);
    await api.get(`/payments/${id.toUpperCase()}/events`);
    await api.get(`/transaction/${other}`);
    await api.get(`/audit/${other}`);
    await api.get('/payments');
    const { data } = await logged();
    expect(data.map(({ route, payment_id: found }) => [route, found])).toEqual([
      ['/payments', null],
      ['/audit/:transaction_id', other],
      ['/transaction/:id', other],
      ['/payments/:payment_id/events', id],
      ['/payment', other],
      ['/payments/:payment_id', id],
      ['/payments', id],
    ]);
  });

  test('is found by its own id too, when a request id came twice', async () => {
    await api.post('/payments', '{', { 'x-request-id': 'twice/1' });
    await api.post('/payments', PAYMENT, { 'x-request-id': 'twice/1' });
    expect(await whole('twice/1')).toMatchObject({ id: 'req_2', status: 201 });
    expect(await whole('req_1')).toMatchObject({ status: 400, error_code: 'invalid_json' });
  });

  test('that is not there any more, or never was, is a 404', async () => {
    for (const id of ['nobody', 'req_0', 'req_1', '%00', '4242424242424242']) {
      expectProblem(await api.get(`/requests/${id}`), 404, 'request_not_found');
    }
  });

  test('keeps the beginning of what is long', async () => {
    const body = JSON.stringify({ ...PAYMENT, x: 'é'.repeat(5_000) });
    const refused = await last(await api.post('/payments', body));
    expect(refused).toMatchObject({ status: 400, request_truncated: true });
    expect(Buffer.byteLength(refused.request_body ?? '')).toBeGreaterThan(8_000);
    expect(body.startsWith(refused.request_body ?? 'none')).toBe(true);
    for (let times = 0; times < 20; times += 1) await api.settled(PAYMENT);
    const answer = await api.get('/events?limit=500');
    const read = await last(answer);
    expect(read.response_truncated).toBe(true);
    expect(answer.body.startsWith(read.response_body ?? 'none')).toBe(true);
    expect(read.response_body?.length).toBeGreaterThan(8_000);
  });

  test('never shows half of a number where a body is cut', async () => {
    const forms = ['4000001234567890', '4000 0012 3456 7890', '\\u0034000001234567\\u0038\\u00390'];
    for (const form of forms) {
      for (let cut = 0; cut < form.length + 4; cut += 1) {
        const start = '{"amount":1,"description":"';
        const body = `${start}${'x'.repeat(8_192 - start.length - cut)}${form} and more"}`;
        const { request_body: shown } = await last(await api.post('/payments', body));
        const left = shown?.replace('************7890', '') ?? '';
        expect(`${form} ${cut} ${left.slice(-30)}`).not.toMatch(/x[4\\].*$/);
      }
    }
  });
});

describe('an idempotency key', () => {
  const verdict = async (answer: Answer) => (await last(answer)).idempotency;
  const key = { 'idempotency-key': 'shop-secret-key-1' };

  test('is shown as what became of it', async () => {
    const told = { key_present: true };
    const first = await api.post('/payments', PAYMENT, key);
    expect(await verdict(first)).toEqual({ ...told, verdict: 'new' });
    const second = await api.post('/payments', PAYMENT, key);
    expect(await verdict(second)).toEqual({ ...told, verdict: 'replayed' });
    const other = await api.post('/payments', { ...PAYMENT, amount: 1 }, key);
    expect(await verdict(other)).toEqual({ ...told, verdict: 'mismatch' });
    const broken = await api.post('/payments', '{', key);
    expect(await verdict(broken)).toEqual({ ...told, verdict: 'unused' });
    const read = await api.get('/summary', key);
    expect(await verdict(read)).toEqual({ ...told, verdict: 'unused' });
    for (const answer of [first, second, other, broken, read]) {
      const said = await api.get(`/requests/${idOf(answer)}`);
      expect(said.body).not.toContain('shop-secret');
    }
  });

  test('of a request that is still being answered is waiting', async () => {
    const service = await testService();
    const first = service.post('/payments', PAYMENT_THAT_TAKES_LONG, { ...key, prefer: 'wait=30' });
    await expect.poll(async () => (await service.footprint()).rows['payments']).toBe(1);
    const second = await service.post('/payments', PAYMENT_THAT_TAKES_LONG, key);
    expectProblem(second, 409, 'idempotency_key_in_use');
    service.engine.wakeup.endWaits();
    await first;
    const list = jsonOf<WireList<WireRequest>>(await service.get('/requests'));
    expect(list.data.map(({ idempotency }) => idempotency?.verdict)).toEqual(['new', 'waiting']);
    await service.close();
  });

  test('of an endpoint too', async () => {
    const body = { url: 'http://127.0.0.1:9/' };
    const first = await api.post('/webhook-endpoints', body, key);
    const second = await api.post('/webhook-endpoints', body, key);
    expect(await verdict(first)).toMatchObject({ verdict: 'new' });
    expect(await verdict(second)).toMatchObject({ verdict: 'replayed' });
  });
});

describe('the list', () => {
  test('goes on page by page, and does not move meanwhile', async () => {
    for (let times = 1; times <= 7; times += 1) await api.get('/summary');
    const ids: string[] = [];
    for (let cursor = '', isMore = true; isMore;) {
      const page = await logged(`limit=3${cursor}`);
      ids.push(...page.data.map(({ id }) => id));
      isMore = page.has_more;
      cursor = `&cursor=${page.next_cursor}`;
      if (isMore) await api.get('/summary');
    }
    expect(ids).toEqual(['req_7', 'req_6', 'req_5', 'req_4', 'req_3', 'req_2', 'req_1']);
  });

  test('is filtered by method, status, path and request id', async () => {
    await api.post('/payments', PAYMENT, { 'x-request-id': 'a' });
    await api.post('/payments', '{', { 'x-request-id': 'b' });
    await api.get('/payments?status=FAILED', { 'x-request-id': 'b' });
    await api.get('/Nowhere');
    const found = async (query: string) => (await logged(query)).data.map(({ id }) => id);
    expect(await found('method=post')).toEqual(['req_2', 'req_1']);
    expect(await found('method=GET&status=2xx')).toEqual(['req_3']);
    expect(await found('status=4xx')).toEqual(['req_4', 'req_2']);
    expect(await found('status=404')).toEqual(['req_4']);
    expect(await found('status=5xx')).toEqual([]);
    expect(await found('path=nowhere')).toEqual(['req_4']);
    expect(await found('path=status%3Dfailed')).toEqual(['req_3']);
    expect(await found('request_id=b')).toEqual(['req_3', 'req_2']);
    expect(await found('request_id=b&method=GET')).toEqual(['req_3']);
  });

  test.each([
    'limit=0',
    'limit=101',
    'status=200x',
    'status=6xx',
    'status=ok',
    'method=G%20T',
    'path=',
    'request_id=',
    'order=asc',
  ])('?%s is refused', async (query) => {
    expectProblem(await api.get(`/requests?${query}`), 400, 'validation_failed');
  });

  test('takes no cursor of another list', async () => {
    for (const text of ['x', 'events:1', 'requests:-1', 'requests:1e9', 'messages:4']) {
      const cursor = Buffer.from(text).toString('base64url');
      expectProblem(await api.get(`/requests?cursor=${cursor}`), 400, 'invalid_cursor');
    }
  });

  test('is not about itself, nor about health checks, metrics, pages and sinks', async () => {
    const urls = ['/', '/health', '/livez', '/readyz', '/metrics', '/openapi.json', '/docs'];
    for (const url of [...urls, '/redoc', '/requests', '/requests/x']) await api.get(url);
    await api.post('/sinks/mine', { a: 1 });
    await api.send('PUT', '/sinks/mine', { a: 1 });
    await api.send('HEAD', '/health');
    expect((await logged()).data).toEqual([]);
    await api.get('/sinks/mine');
    await api.send('DELETE', '/sinks/mine');
    expect((await logged()).data.map(({ method }) => method)).toEqual(['DELETE', 'GET']);
  });

  test('is not about what the dashboard reads, but about what it changes', async () => {
    const headers = { 'farthing-client': 'dashboard' };
    await api.get('/summary', headers);
    await api.post('/payments', PAYMENT, headers);
    await api.get('/summary', { 'farthing-client': 'mine' });
    expect((await logged()).data.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  test('is read with a key that may read, and tells who asked', async () => {
    await api.close();
    const secret = 'read-only-secret-012345';
    const viewer = { name: 'viewer', sha256: hash('sha256', secret), mayWrite: false };
    api = await testApp({ http: { apiKeys: [viewer] } });
    expectProblem(await api.get('/requests'), 401, 'unauthorized');
    expectProblem(await api.get('/requests/req_1'), 401, 'unauthorized');
    const key = { authorization: `Bearer ${secret}` };
    expectProblem(await api.get('/summary'), 401, 'unauthorized');
    await api.get('/summary', key);
    expectProblem(await api.post('/payments', PAYMENT, key), 403, 'read_only_key');
    const { data } = await logged('', key);
    expect(data.map(({ status, actor }) => [status, actor])).toEqual([
      [403, null],
      [200, 'viewer'],
      [401, null],
    ]);
    const said = await api.get(`/requests/${data[1]?.id}`, key);
    expect(said.body).not.toContain(secret);
    expect(jsonOf<WithBodies>(said).request_headers['authorization']).toBe('(masked)');
  });
});

describe('a request that was refused early', () => {
  const item = (method: string, path: string, status: number, code: string) => [
    method,
    path,
    status,
    code,
  ];
  const items = async () =>
    (await logged()).data.map((one) => [one.method, one.path, one.status, one.error_code]);

  test('is there, whatever refused it', async () => {
    await api.post('/payments', { x: 'x'.repeat(70_000) });
    await api.post('/payments', 'a=1', { 'content-type': 'text/plain' });
    await api.get('/summary', { host: 'evil.example' });
    await api.get('/payments/%zz');
    await api.send('PATCH', '/payments');
    expect(await items()).toEqual([
      item('PATCH', '/payments', 405, 'method_not_allowed'),
      item('GET', '/payments/%zz', 400, 'bad_request'),
      item('GET', '/summary', 403, 'host_not_allowed'),
      item('POST', '/payments', 415, 'unsupported_media_type'),
      item('POST', '/payments', 413, 'body_too_large'),
    ]);
    const { data } = await logged();
    for (const { id, error_code: code } of data) {
      const { response_body: answer, request_body: body } = await whole(id);
      expect(answer).toContain(`"code":"${code}"`);
      expect(body).toBeNull();
    }
  });

  test('is there when there were too many', async () => {
    await api.close();
    api = await testApp({ http: { rateLimitPerMinute: 2 } });
    await api.get('/summary');
    await api.get('/summary');
    await api.get('/summary');
    const entries = api.app.requestLog.list();
    expect(entries.map(({ request: { status } }) => status)).toEqual([429, 200, 200]);
  });

  test('is there when it was no HTTP, under the request id that it was told', async () => {
    const port = await listenOn(api);
    const { body } = await exchange(port, ['nonsense 4242424242424242\r\n\r\n']);
    const expects = [
      'GET /summary HTTP/1.1',
      'Host: localhost',
      'Expect: gold',
      'Connection: close',
    ];
    await exchange(port, [head(...expects)]);
    expect(await items()).toEqual([
      item('-', '-', 417, 'expectation_failed'),
      item('-', '-', 400, 'bad_request'),
    ]);
    const { request_id: id } = JSON.parse(body) as { request_id: string };
    expect(await whole(id)).toMatchObject({ status: 400, response_body: body });
  });
});

describe('a request that was not answered as others are', () => {
  test('has no status when its answer was lost on purpose', async () => {
    const port = await listenOn(api);
    const body = JSON.stringify({
      ...PAYMENT,
      simulate: { http: { fault: 'drop', when: 'after' } },
    });
    const lines = ['POST /payments HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
    await exchange(port, [head(...lines, `Content-Length: ${body.length}`) + body]);
    const { data } = await logged('status=none');
    expect(data).toMatchObject([{ status: null, path: '/payments', error_code: null }]);
    expect(await whole(data[0]?.id ?? '')).toMatchObject({
      request_body: body,
      response_body: null,
    });
  });

  test('has none either when its client went away meanwhile', async () => {
    const service = await testService();
    const socket = connect(await listenOn(service), '127.0.0.1');
    const body = JSON.stringify(PAYMENT_THAT_TAKES_LONG);
    const lines = ['POST /payments HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
    socket.write(head(...lines, 'Prefer: wait=30', `Content-Length: ${body.length}`) + body);
    await expect.poll(async () => (await service.footprint()).rows['payments']).toBe(1);
    socket.destroy();
    await expect.poll(() => openConnections(service)).toBe(0);
    service.engine.wakeup.endWaits();
    await expect.poll(() => service.app.requestLog.list()).toHaveLength(1);
    const [entry] = service.app.requestLog.list();
    expect(entry?.request).toMatchObject({ status: null, url: '/payments' });
    await service.close();
  });

  test('is there when it fails', async () => {
    await api.close();
    const wrapStore = (store: Store): Store => ({
      ...store,
      totals: () => Promise.reject(new Error('broken')),
    });
    api = await testApp({ wrapStore });
    const answer = await api.get('/summary');
    expect(await last(answer)).toMatchObject({ status: 500, error_code: 'internal_error' });
  });

  test('is there once when it is a live feed, as soon as it began', async () => {
    const port = await listenOn(api);
    const reading = exchange(port, [head('GET /events/stream HTTP/1.1', 'Host: localhost')]);
    await expect.poll(async () => (await logged()).data).toHaveLength(1);
    expect((await logged()).data).toMatchObject([{ status: 200, route: '/events/stream' }]);
    await api.app.close();
    await reading;
    expect(api.app.requestLog.list()).toHaveLength(1);
  });

  test('has no body when it is a HEAD', async () => {
    const found = await last(await api.send('HEAD', '/summary'));
    expect(found).toMatchObject({ method: 'HEAD', status: 200, response_body: null });
  });
});
