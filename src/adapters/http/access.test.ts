import { hash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import {
  containing,
  expectProblem,
  type Headers,
  jsonOf,
  expectList,
  PAYMENT,
  expectPayment,
  type TestApp,
  testApp,
} from '../../../test/property/app.ts';
import type { ApiKey } from './deps.ts';

let api: TestApp;
afterEach(() => api.close());

const FULL = 'full-secret-0123456789';
const READ_ONLY = 'read-only-secret-012345';
const KEYS: readonly ApiKey[] = [
  { name: 'shop', sha256: hash('sha256', FULL), mayWrite: true },
  { name: 'viewer', sha256: hash('sha256', READ_ONLY), mayWrite: false },
];
const bearer = (key: string): Headers => ({ authorization: `Bearer ${key}` });

describe('the Host header', () => {
  const allowed = [
    'localhost',
    'localhost:8000',
    'LOCALHOST:1',
    '127.0.0.1',
    '127.0.0.1:8000',
    '[::1]',
    '[::1]:8000',
    'pay.example',
    'PAY.example:443',
  ];
  test.each(allowed)('%s is let in', async (host) => {
    api = await testApp({ http: { allowedHosts: ['Pay.Example'] } });
    expect((await api.get('/summary', { host })).statusCode).toBe(200);
  });

  const foreign = [
    'evil.example',
    'localhost.evil.example',
    'evil.localhost',
    '127.0.0.1.nip.io',
    '127.0.0.2',
    '0.0.0.0',
    'localhost:8000:9',
    'localhost@evil.example',
    '::1',
    '[::1',
    ' ',
  ];
  test.each(foreign)('%j is 403 everywhere, and nothing is stored', async (host) => {
    api = await testApp();
    const before = await api.footprint();
    expectProblem(await api.get('/summary', { host }), 403, 'host_not_allowed');
    expectProblem(await api.get('/nowhere', { host }), 403, 'host_not_allowed');
    expectProblem(await api.post('/payments', PAYMENT, { host }), 403, 'host_not_allowed');
    expect(await api.footprint()).toEqual(before);
  });
});

describe('an address as Host', () => {
  const addresses = ['127.0.0.2', '172.18.0.5:8080', '[fd00::7]:8080', '[fd00::7]'];
  test.each(addresses)('(%s) is enough to be watched by, and for nothing else', async (host) => {
    api = await testApp();
    for (const path of ['/health', '/livez', '/readyz', '/metrics', '/metrics?x']) {
      expect([path, (await api.get(path, { host })).statusCode]).toEqual([path, 200]);
    }
    expectProblem(await api.get('/summary', { host }), 403, 'host_not_allowed');
    expectProblem(await api.get('/', { host }), 403, 'host_not_allowed');
    expectProblem(await api.post('/payments', PAYMENT, { host }), 403, 'host_not_allowed');
  });

  const names = ['evil.example', '1.2.3.4.evil.example', '1.2.3', '[evil.example]', '1.2.3.4:5:6'];
  test.each(names)('is not %s', async (host) => {
    api = await testApp();
    expectProblem(await api.get('/metrics', { host }), 403, 'host_not_allowed');
    expectProblem(await api.get('/livez', { host }), 403, 'host_not_allowed');
  });

  test('spares nobody the API key that /metrics asks for', async () => {
    api = await testApp({ http: { apiKeys: KEYS } });
    const host = '172.18.0.5:8080';
    expectProblem(await api.get('/metrics', { host }), 401, 'unauthorized');
    const answer = await api.get('/metrics', { host, ...bearer(READ_ONLY) });
    expect(answer.statusCode).toBe(200);
  });
});

describe('a web page of a foreign origin', () => {
  const origins = [
    'http://evil.example',
    'null',
    'http://localhost:9999',
    'https://localhost:5173',
    'http://localhost:5173.evil.example',
    'file://',
  ];
  test.each(origins)('(%s) can send nothing, not even a simple request', async (origin) => {
    api = await testApp();
    const before = await api.footprint();
    const text = { origin, 'content-type': 'text/plain' };
    const answers = [
      await api.post('/payments', JSON.stringify(PAYMENT), text),
      await api.post('/payments', PAYMENT, { origin }),
      await api.get('/payments', { origin }),
    ];
    for (const answer of answers) {
      expectProblem(answer, 403, 'origin_not_allowed');
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
    expect(await api.footprint()).toEqual(before);
  });

  test.each(origins)('(%s) gets no preflight', async (origin) => {
    api = await testApp();
    const answer = await api.send('OPTIONS', '/payments', undefined, {
      origin,
      'access-control-request-method': 'POST',
    });
    expectProblem(answer, 403, 'origin_not_allowed');
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('a web page of an allowed origin', () => {
  const origin = 'http://localhost:5173';
  const exposed = ['x-request-id', 'idempotent-replayed', 'preference-applied', 'retry-after'];

  test('may read answers and the headers that matter', async () => {
    api = await testApp();
    const { headers } = await api.get('/summary', { origin });
    expect(headers['access-control-allow-origin']).toBe(origin);
    expect(headers['vary']).toMatch(/origin/i);
    expect(String(headers['access-control-expose-headers']).split(', ')).toEqual(exposed);
  });

  const problems: readonly [string, string, number][] = [
    ['GET', '/nowhere', 404],
    ['PUT', '/payments', 405],
    ['POST', '/payments', 400],
    ['GET', '/payments?limit=0', 400],
  ];
  test.each(problems)('may read the problem of %s %s', async (method, path, status) => {
    api = await testApp();
    const answer = await api.send(method, path, undefined, { origin });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
  });

  const preflight = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type, idempotency-key, prefer, authorization',
  };
  test('may send what it asks for first', async () => {
    api = await testApp();
    const answer = await api.send('OPTIONS', '/payments', undefined, preflight);
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': containing('POST'),
      'access-control-allow-headers': preflight['access-control-request-headers'],
      'access-control-max-age': '600',
    });
  });

  test('may ask first where API keys are needed: a preflight never carries one', async () => {
    api = await testApp({ http: { apiKeys: KEYS } });
    const answer = await api.send('OPTIONS', '/payments', undefined, preflight);
    expect(answer.statusCode).toBe(204);
  });

  test('may read that its key is missing', async () => {
    api = await testApp({ http: { apiKeys: KEYS } });
    const answer = await api.get('/payments', { origin });
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
  });

  test('may be any page with CORS_ORIGINS=*', async () => {
    api = await testApp({ http: { corsOrigins: ['*'] } });
    const answer = await api.get('/summary', { origin: 'http://any.example' });
    expect(answer.statusCode).toBe(200);
    expect(['*', 'http://any.example']).toContain(answer.headers['access-control-allow-origin']);
  });

  test('is one that the server itself served', async () => {
    api = await testApp();
    const own = { host: 'localhost:8000', origin: 'http://localhost:8000' };
    expect((await api.post('/payments', PAYMENT, own)).statusCode).toBe(201);
    const other = { host: 'localhost:8000', origin: 'http://localhost:8001' };
    expectProblem(await api.post('/payments', PAYMENT, other), 403, 'origin_not_allowed');
  });

  test('sends no preflight without its headers: that is a method no path takes', async () => {
    api = await testApp();
    expectProblem(await api.send('OPTIONS', '/payments'), 405, 'method_not_allowed');
  });
});

describe('API keys', () => {
  const wrong: readonly [string, Headers][] = [
    ['none', {}],
    ['an empty one', { authorization: '' }],
    ['an unknown one', bearer('wrong-secret-0123456789')],
    ['a part of one', bearer(FULL.slice(0, -1))],
    ['one and more', bearer(`${FULL}x`)],
    ['two of them', { authorization: `Bearer ${FULL} ${READ_ONLY}` }],
    ['another scheme', { authorization: `Basic ${FULL}` }],
    ['no scheme', { authorization: FULL }],
    ['its hash', bearer(hash('sha256', FULL))],
    ['its name', bearer('shop')],
  ];
  test.each(wrong)('(%s) are 401, and nothing is stored', async (_name, headers) => {
    api = await testApp({ http: { apiKeys: KEYS } });
    const before = await api.footprint();
    const answer = await api.post('/payments', PAYMENT, headers);
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expectProblem(await api.get('/payments', headers), 401, 'unauthorized');
    expectProblem(await api.get('/nowhere', headers), 401, 'unauthorized');
    expect(await api.footprint()).toEqual(before);
  });

  test('that may do everything do', async () => {
    api = await testApp({ http: { apiKeys: KEYS } });
    const { payment_id: id } = expectPayment(
      await api.post('/payments', PAYMENT, bearer(FULL)),
      201,
    );
    const events = await api.get(`/payments/${id}/events`, { authorization: `bearer  ${FULL}` });
    expect(jsonOf(events)).toMatchObject({ data: [{ actor: 'shop' }] });
  });

  test('that may only read do not write', async () => {
    api = await testApp({ http: { apiKeys: KEYS } });
    const before = await api.footprint();
    expect(expectList(await api.get('/payments', bearer(READ_ONLY))).data).toEqual([]);
    expect((await api.send('HEAD', '/summary', undefined, bearer(READ_ONLY))).statusCode).toBe(200);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await api.send(method, '/payments', undefined, bearer(READ_ONLY));
      expectProblem(answer, 403, 'read_only_key');
    }
    expect(await api.footprint()).toEqual(before);
  });

  const open = [
    '/',
    '/health',
    '/livez',
    '/readyz',
    '/openapi.json',
    '/errors',
    '/errors/not_found',
  ];
  test.each([
    ...open,
    '/docs',
    '/docs/static/swagger-ui.css',
    '/redoc',
    '/redoc/redoc.standalone.js',
  ])('are not needed for %s', async (path) => {
    api = await testApp({ http: { apiKeys: KEYS } });
    expect((await api.get(path)).statusCode).toBe(200);
  });

  const closed = [
    '/metrics',
    '/payments',
    '/summary',
    '/events',
    '/ledger/accounts',
    '/refunds/x',
    '/simulation',
    '/rules',
    '/test-cards',
  ];
  test.each(closed)('are needed for %s', async (path) => {
    api = await testApp({ http: { apiKeys: KEYS } });
    expectProblem(await api.get(path), 401, 'unauthorized');
  });

  test('are looked at before anything of the request is read', async () => {
    api = await testApp({ http: { apiKeys: KEYS } });
    expectProblem(await api.post('/payments', '{'), 401, 'unauthorized');
    expectProblem(await api.get('/payments?limit=0'), 401, 'unauthorized');
  });
});

describe('the rate limit', () => {
  test('lets as many requests through as it says, then answers 429 with Retry-After', async () => {
    api = await testApp({ http: { rateLimitPerMinute: 3 } });
    for (let sent = 0; sent < 3; sent += 1)
      expectPayment(await api.post('/payments', PAYMENT), 201);
    const before = await api.footprint();
    const answer = await api.post('/payments', PAYMENT);
    expectProblem(answer, 429, 'rate_limited');
    expect(String(answer.headers['retry-after'])).toMatch(/^[1-9]\d?$/);
    expect(await api.footprint()).toEqual(before);
  });

  test('counts each key for itself', async () => {
    api = await testApp({ http: { apiKeys: KEYS, rateLimitPerMinute: 2 } });
    const statuses = async (key: string) => {
      const answers = [1, 2, 3].map(() => api.get('/payments', bearer(key)));
      return (await Promise.all(answers))
        .map(({ statusCode }) => statusCode)
        .toSorted((left, right) => left - right);
    };
    expect(await statuses(FULL)).toEqual([200, 200, 429]);
    expect(await statuses(READ_ONLY)).toEqual([200, 200, 429]);
  });

  test('counts paths that are not there too', async () => {
    api = await testApp({ http: { rateLimitPerMinute: 2 } });
    const answers = await Promise.all([1, 2, 3].map(() => api.get('/nowhere')));
    expect(
      answers.map(({ statusCode }) => statusCode).toSorted((left, right) => left - right),
    ).toEqual([404, 404, 429]);
  });

  test('counts by whom a trusted proxy names, and believes nobody else', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const statuses = async () => {
      const asked = ['203.0.113.1', '203.0.113.1', '203.0.113.2', '198.51.100.7, 203.0.113.1'];
      const answers = [];
      for (const address of asked) answers.push(await api.get('/summary', from(address)));
      return answers.map(({ statusCode }) => statusCode);
    };
    api = await testApp({ http: { rateLimitPerMinute: 1 } });
    expect(await statuses()).toEqual([200, 429, 429, 429]);
    await api.close();
    api = await testApp({ http: { rateLimitPerMinute: 1, trustedProxies: ['127.0.0.0/8'] } });
    expect(await statuses()).toEqual([200, 429, 200, 429]);
  });

  test('of zero is none', async () => {
    api = await testApp({ http: { rateLimitPerMinute: 0 } });
    const answers = await Promise.all(Array.from({ length: 300 }, () => api.get('/health')));
    expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
  });
});
