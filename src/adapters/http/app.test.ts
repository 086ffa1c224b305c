import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  containing,
  expectProblem,
  jsonOf,
  PAYMENT,
  expectPayment,
  type TestApp,
  type WireProblem,
  testApp,
} from '../../../test/property/app.ts';
import { type Store, StorageError } from '../../engine/ports.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const JSON_TYPE = { 'content-type': 'application/json' };

describe('a path that nothing answers at', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'])('is 404 for %s', async (method) => {
    expectProblem(await api.send(method, '/nowhere/at/all'), 404, 'not_found');
  });

  test.each([
    ['/paymnets', '/payments'],
    ['/rule', '/rules'],
    ['/simulaton', '/simulation'],
    ['/test_cards', '/test-cards'],
    ['/sumary', '/summary'],
    ['/ledger/account', '/ledger/accounts'],
    ['/helth', '/health'],
  ])('%s is answered with %s', async (path, meant) => {
    const { detail, instance } = expectProblem(await api.get(path), 404, 'not_found');
    expect(detail).toContain(`did you mean ${meant}?`);
    expect(instance).toBe(path);
  });

  test('that is like no other is answered with where to look', async () => {
    const { detail } = expectProblem(await api.get('/etc/passwd-and-more'), 404, 'not_found');
    expect(detail).toContain('/docs');
  });

  test('leaves the query out of the instance', async () => {
    const { instance } = expectProblem(await api.get('/nowhere?token=abc'), 404, 'not_found');
    expect(instance).toBe('/nowhere');
  });

  test('suggests routes, never a pattern of ours', async () => {
    for (const path of ['/x', '/*', '/docs/statc/x', '/a']) {
      const { detail } = expectProblem(await api.get(path), 404, 'not_found');
      expect(detail).not.toContain('*');
    }
  });
});

describe('a method that a path does not take', () => {
  const methods: readonly [string, string, string][] = [
    ['DELETE', '/payments', 'GET, HEAD, POST'],
    ['PUT', '/payments/', 'GET, HEAD, POST'],
    ['PATCH', '/payments/01980000-0000-7000-8000-000000000000', 'GET, HEAD'],
    ['GET', '/payments/01980000-0000-7000-8000-000000000000/refund', 'POST'],
    ['HEAD', '/payments/x/retry', 'POST'],
    ['POST', '/summary', 'GET, HEAD'],
    ['POST', '/events', 'GET, HEAD'],
    ['DELETE', '/health', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['TRACE', '/summary', 'GET, HEAD'],
    ['PUT', '/errors/not_found', 'GET, HEAD'],
    ['PUT', '/simulation', 'GET, HEAD, PATCH'],
    ['PATCH', '/rules', 'GET, HEAD, PUT'],
    ['POST', '/test-cards', 'GET, HEAD'],
  ];
  test.each(methods)('%s %s is 405 and says which ones it takes', async (method, path, allow) => {
    const answer = await api.send(method, path);
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe(allow);
    if (method !== 'HEAD') expectProblem(answer, 405, 'method_not_allowed');
  });

  test('is refused before its body is looked at', async () => {
    expectProblem(await api.send('PUT', '/payments', '{', JSON_TYPE), 405, 'method_not_allowed');
    const xml = { 'content-type': 'text/xml' };
    expectProblem(await api.send('PUT', '/payments', '<a/>', xml), 405, 'method_not_allowed');
  });
});

describe('HEAD', () => {
  test.each([
    '/payments',
    '/summary',
    '/events',
    '/health',
    '/ledger/trial-balance',
    '/openapi.json',
  ])('%s answers like GET, without the body', async (path) => {
    const get = await api.get(path);
    const head = await api.send('HEAD', path);
    expect(head.statusCode).toBe(200);
    expect(head.body).toBe('');
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });
});

describe('a path that cannot be read', () => {
  const paths = ['/payments/%zz', '/payments/%', '/%c3%28', '/payments/%E0%A4%A'];
  test.each(paths)('GET %s is a problem that says so', async (path) => {
    expectProblem(await api.get(path), 400, 'bad_request');
  });

  test('because a part of it is very long is a problem', async () => {
    const answer = await api.get(`/payments/${'a'.repeat(600)}`);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.statusCode).toBeLessThan(500);
  });

  test('does not come back whole when a part of it is very long', async () => {
    const answer = await api.get(`/payments/${'a'.repeat(3_000)}`);
    expect(answer.body.length).toBeLessThan(1_500);
  });

  test('goes through the same doors as any other', async () => {
    const answer = await api.get('/payments/%zz', { host: 'evil.example' });
    expectProblem(answer, 403, 'host_not_allowed');
  });
});

describe('the media type', () => {
  const accepted = [
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'Application/JSON',
    'application/vnd.api+json',
    'application/merge-patch+json; charset=utf-8',
  ];
  test.each(accepted)('%s is JSON', async (type) => {
    expectPayment(
      await api.post('/payments', JSON.stringify(PAYMENT), { 'content-type': type }),
      201,
    );
  });

  const refused = [
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/xml',
    'xapplication/json',
    'nonsense',
    '',
    ';',
    'application/json, text/plain',
  ];
  test.each(refused)('%j is 415, and nothing is stored', async (type) => {
    const before = await api.footprint();
    const answer = await api.post('/payments', JSON.stringify(PAYMENT), { 'content-type': type });
    const { detail } = expectProblem(answer, 415, 'unsupported_media_type');
    expect(detail).toContain('Content-Type: application/json');
    expect(await api.footprint()).toEqual(before);
  });
});

describe('the size of a body', () => {
  const bodyOf = (bytes: number) => {
    const start = '{"amount":1,"currency":"USD","recipient":"a"';
    return `${start}${' '.repeat(bytes - start.length - 1)}}`;
  };

  test('may be exactly 64 KiB', async () => {
    expectPayment(await api.post('/payments', bodyOf(65_536)), 201);
  });

  test('may not be one byte more', async () => {
    const before = await api.footprint();
    expectProblem(await api.post('/payments', bodyOf(65_537)), 413, 'body_too_large');
    expectProblem(await api.post('/payments', bodyOf(10_000_000)), 413, 'body_too_large');
    expect(await api.footprint()).toEqual(before);
  });

  test('is counted in bytes', async () => {
    const body = `{"amount":1,"description":"${'é'.repeat(33_000)}"}`;
    expectProblem(await api.post('/payments', body), 413, 'body_too_large');
  });

  test('that is not what Content-Length says is a problem', async () => {
    const answer = await api.post('/payments', JSON.stringify(PAYMENT), {
      ...JSON_TYPE,
      'content-length': '5',
    });
    expectProblem(answer, 400, 'bad_request');
  });
});

describe('the request id', () => {
  const idOf = (answer: Answer) => answer.headers['x-request-id'];
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

  test.each(['abc', 'A-1_b:c/d@e', 'x'.repeat(128)])('%s comes back', async (id) => {
    expect(idOf(await api.get('/health', { 'x-request-id': id }))).toBe(id);
    const answer = await api.get('/nowhere', { 'x-request-id': id });
    expect(expectProblem(answer, 404, 'not_found').request_id).toBe(id);
  });

  test.each(['', 'x'.repeat(129), 'two words', 'é', 'a\tb'])(
    '%j is replaced by a fresh one',
    async (id) => {
      expect(idOf(await api.get('/health', { 'x-request-id': id }))).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test('is a fresh one for each request that brings none', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => api.get('/health')));
    expect(new Set(ids.map(idOf)).size).toBe(20);
  });

  test('is the trace id of a traceparent', async () => {
    const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
    expect(idOf(await api.get('/health', { traceparent }))).toBe(trace);
    const both = { traceparent, 'x-request-id': 'mine' };
    expect(idOf(await api.get('/health', both))).toBe('mine');
    const malformed = { traceparent, 'x-request-id': 'not fit' };
    expect(idOf(await api.get('/health', malformed))).toBe(trace);
  });

  const traceparents = [
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${trace.slice(1)}-00f067aa0ba902b7-01`,
    `ff-${trace}-00f067aa0ba902b7-01`,
    'nonsense',
  ];
  test.each(traceparents)('is no part of the traceparent %s', async (traceparent) => {
    expect(idOf(await api.get('/health', { traceparent }))).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('stands in the event of what was asked', async () => {
    const answer = await api.post('/payments', PAYMENT, { 'x-request-id': 'ties-it-together' });
    const { payment_id: id } = expectPayment(answer, 201);
    const events = await api.get(`/payments/${id}/events`);
    expect(jsonOf(events)).toMatchObject({ data: [{ request_id: 'ties-it-together' }] });
  });
});

describe('an unknown field', () => {
  const fields: readonly [string, object, string, string][] = [
    ['amonut', { amonut: 1 }, '/amonut', 'did you mean amount?'],
    ['Recipient', { Recipient: 'a' }, '/Recipient', 'did you mean recipient?'],
    ['merchant_name', { merchant_name: 1 }, '/merchant_name', 'there are amount,'],
    ['constructor', { constructor: 1 }, '/constructor', 'is no field here'],
    ['hasOwnProperty', { hasOwnProperty: 1 }, '/hasOwnProperty', 'is no field here'],
    ['a/b~c', { 'a/b~c': 1 }, '/a~1b~0c', 'is no field here'],
    ['x'.repeat(41), { ['x'.repeat(41)]: 1 }, '/(unprintable)', 'is no field here'],
    ['an empty name', { '': 1 }, '/', 'is no field here'],
  ];
  test.each(fields)('%s is named, with what was probably meant', async (_, more, pointer, hint) => {
    const answer = await api.post('/payments', { ...PAYMENT, ...more });
    const { errors } = expectProblem(answer, 400, 'validation_failed');
    expect(errors).toEqual([{ pointer, code: 'unknown_field', detail: containing(hint) }]);
  });

  test('does not hide the others: every fault is said at once', async () => {
    const body = { amount: '1', currency: 5, recipeint: 'a', metadata: { a: [] } };
    const { errors, detail } = expectProblem(
      await api.post('/payments', body),
      400,
      'validation_failed',
    );
    const pointers = errors.map(({ pointer }) => pointer).toSorted();
    expect(pointers).toEqual(['/amount', '/currency', '/metadata/a', '/recipeint']);
    expect(detail).toContain('3 more');
  });

  test('among thousands costs no more than twenty entries', async () => {
    const body = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${index}`, 1]));
    const { errors } = expectProblem(await api.post('/payments', body), 400, 'validation_failed');
    expect(errors).toHaveLength(20);
  });

  test('of a refund is named too', async () => {
    const { payment_id: id } = expectPayment(await api.post('/payments', PAYMENT), 201);
    const answer = await api.post(`/payments/${id}/refund`, { amout: 1 });
    const { detail } = expectProblem(answer, 400, 'validation_failed');
    expect(detail).toContain('did you mean amount?');
  });
});

describe('an unknown value', () => {
  const bodies: readonly [string, object, string][] = [
    ['an outcome', { simulate: { outcome: 'APPROVED' } }, 'did you mean APPROVE?'],
    ['an outcome', { simulate: { outcome: 'PROCESING_ERROR' } }, 'did you mean PROCESSING_ERROR?'],
    ['an attempt', { simulate: { sequence: ['LOST_CRAD'] } }, 'did you mean LOST_CARD?'],
    ['a capture', { capture: 'automatik' }, 'did you mean automatic?'],
    ['a currency', { currency: 'EURO' }, 'did you mean EUR?'],
    ['a capture like no other', { capture: 'whenever' }, 'must be one of automatic'],
  ];
  test.each(bodies)('(%s) is answered with what was probably meant', async (_, more, hint) => {
    const answer = await api.post('/payments', { ...PAYMENT, ...more });
    expect(answer.statusCode).toBe(400);
    expect(jsonOf<WireProblem>(answer).detail).toContain(hint);
  });

  const queries: readonly [string, string][] = [
    ['/payments?status=PROCESING', 'did you mean PROCESSING?'],
    ['/payments?failure_reason=PROCESING_ERROR', 'did you mean PROCESSING_ERROR?'],
    ['/payments?method=acount', 'did you mean account?'],
    ['/payments?currency=EURO', 'did you mean EUR?'],
    ['/events?type=payment.create', 'did you mean payment.created?'],
  ];
  test.each(queries)('(GET %s) is answered with what was probably meant', async (url, hint) => {
    const answer = await api.get(url);
    expect(answer.statusCode).toBe(400);
    expect(jsonOf<WireProblem>(answer).detail).toContain(hint);
  });
});

describe('storage that fails', () => {
  const failing = (error: Error) => (store: Store) => ({
    ...store,
    batch: () => Promise.reject(error),
  });

  test('for a while is 503 with Retry-After, and reads go on', async () => {
    const full = new StorageError('unavailable', 'the disk is full');
    const other = await testApp({ wrapStore: failing(full) });
    const answer = await other.post('/payments', PAYMENT);
    expect(expectProblem(answer, 503, 'storage_unavailable').detail).toContain('disk is full');
    expect(answer.headers['retry-after']).toBe('1');
    expect((await other.get('/payments')).statusCode).toBe(200);
    await other.close();
  });

  test('for good ends the process, and the answer tells no secrets', async () => {
    const broken = new StorageError('fatal', 'SQLite failed: secret path');
    const fatal: unknown[] = [];
    const other = await testApp({
      wrapStore: failing(broken),
      onFatal: (error) => fatal.push(error),
    });
    const answer = await other.post('/payments', PAYMENT);
    expectProblem(answer, 500, 'internal_error');
    expect(answer.body).not.toContain('secret');
    expect(fatal).toEqual([broken]);
    await other.close();
  });

  test('by a bug of ours is 500, logged under the request id', async () => {
    const other = await testApp({ wrapStore: failing(new Error('assertion failed: x')) });
    const answer = await other.post('/payments', PAYMENT, { 'x-request-id': 'find-me' });
    expectProblem(answer, 500, 'internal_error');
    expect(answer.body).not.toContain('assertion');
    expect(other.errors.join('')).toContain('find-me');
    await other.close();
  });
});
