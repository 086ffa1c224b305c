import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  expectProblem,
  jsonOf,
  like,
  matching,
  PAYMENT,
  expectPayment,
  type TestApp,
  testApp,
  type WirePayment,
} from '../../../../test/property/app.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UNKNOWN = '01980000-0000-7000-8000-000000000000';

let api: TestApp;
beforeEach(async () => {
  api = await testApp();
});
afterEach(() => api.close());

/** `{"amount": 100, …}` with these fields changed; undefined takes one out. */
function bodyWith(changes: object): object {
  return { ...PAYMENT, ...changes };
}

describe('making a payment', () => {
  test('is answered 201 with the whole payment, before anything was decided', async () => {
    const answer = await api.post('/payments', { ...PAYMENT, description: 'Invoice #1042' });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const payment = expectPayment(answer, 201);
    expect(payment).toEqual({
      payment_id: matching(UUID_V7),
      status: 'CREATED',
      amount: 100,
      currency: 'USD',
      recipient: 'alice@example.com',
      description: 'Invoice #1042',
      failure_reason: null,
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: '2026-01-01T00:00:00.000Z',
      reference: null,
      method: 'account',
      card: null,
      channel: null,
      device_id: null,
      amount_captured: 0,
      amount_refunded: 0,
      refunds: [],
      attempts: 0,
      retryable: false,
      decline: null,
      risk: null,
      metadata: {},
    });
  });

  test('keeps every field that was sent, exactly', async () => {
    const sent = {
      amount: 19.99,
      currency: 'eur',
      recipient: 'Zoë \u{1f600} "quoted" \\ /',
      reference: 'order 7',
      description: 'line\nbreak\tand tab',
      capture: 'automatic',
      channel: 'pos',
      device_id: 'd-1',
      metadata: { a: 1.5, b: null, c: true, d: 'text', constructor: 'c', toString: 't' },
      simulate: null,
    };
    const { capture: _capture, simulate: _simulate, ...kept } = { ...sent, currency: 'EUR' };
    const made = expectPayment(await api.post('/payments', sent), 201);
    expect(made).toMatchObject(kept);
    expect(expectPayment(await api.get(`/payments/${made.payment_id}`))).toEqual(made);
  });

  test('goes from CREATED to PROCESSING to SUCCESS, each after its time', async () => {
    const { payment_id: id } = expectPayment(await api.post('/payments', PAYMENT), 201);
    await api.runTimers();
    const payment = expectPayment(await api.get(`/payments/${id}`));
    expect(payment).toMatchObject({
      status: 'SUCCESS',
      amount_captured: 100,
      attempts: 1,
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: '2026-01-01T00:00:00.500Z',
    });
  });

  test('finds a payment by its id in any case', async () => {
    const { payment_id: id } = expectPayment(await api.post('/payments', PAYMENT), 201);
    const answer = await api.get(`/payments/${id.toUpperCase()}`);
    expect(expectPayment(answer).payment_id).toBe(id);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  });
});

describe('what is kept as a payment that failed', () => {
  const failing: readonly [string, object | string, string, object?][] = [
    ['an amount of zero', bodyWith({ amount: 0 }), 'INVALID_AMOUNT', { amount: 0 }],
    ['a negative zero', '{"amount":-0,"currency":"USD","recipient":"a"}', 'INVALID_AMOUNT'],
    ['an amount below zero', bodyWith({ amount: -5.5 }), 'INVALID_AMOUNT', { amount: -5.5 }],
    ['the smallest amount', bodyWith({ amount: -9999999999.99 }), 'INVALID_AMOUNT'],
    ['an amount of zero and nothing else', { amount: 0 }, 'INVALID_AMOUNT'],
    ['no recipient', bodyWith({ recipient: undefined }), 'INVALID_REQUEST', { recipient: null }],
    ['a recipient of null', bodyWith({ recipient: null }), 'INVALID_REQUEST'],
    ['a blank recipient', bodyWith({ recipient: ' \t ' }), 'INVALID_REQUEST', { recipient: null }],
    ['no currency', bodyWith({ currency: undefined }), 'INVALID_REQUEST', { currency: null }],
    ['a currency of null', bodyWith({ currency: null }), 'INVALID_REQUEST', { currency: null }],
    ['a blank currency', bodyWith({ currency: '  ' }), 'INVALID_REQUEST', { currency: null }],
    ['an amount alone', { amount: 1 }, 'INVALID_REQUEST', { recipient: null, currency: null }],
    [
      'two digits without a currency',
      { amount: 1.25, recipient: 'a' },
      'INVALID_REQUEST',
      { amount: 1.25 },
    ],
    ['more than 10000', bodyWith({ amount: 10000.01 }), 'FRAUD_SUSPECTED'],
    ['the largest amount', bodyWith({ amount: 9999999999.99 }), 'FRAUD_SUSPECTED'],
    ['much without a recipient', bodyWith({ amount: 20000, recipient: '' }), 'INVALID_REQUEST'],
    [
      'zero with a wish',
      bodyWith({ amount: 0, simulate: { outcome: 'APPROVE' } }),
      'INVALID_AMOUNT',
    ],
    [
      'no recipient with a wish',
      bodyWith({ recipient: null, simulate: { outcome: 'APPROVE' } }),
      'INVALID_REQUEST',
    ],
  ];
  test.each(failing)('%s is 201 CREATED, then FAILED', async (_name, body, reason, shown = {}) => {
    const made = expectPayment(await api.post('/payments', body), 201);
    expect(made).toMatchObject({ status: 'CREATED', failure_reason: null, ...shown });
    await api.runTimers();
    const failed = expectPayment(await api.get(`/payments/${made.payment_id}`));
    expect(failed).toMatchObject({
      status: 'FAILED',
      failure_reason: reason,
      retryable: false,
      amount_captured: 0,
      ...shown,
    });
    const summary = jsonOf(await api.get('/summary'));
    expect(summary).toMatchObject({ total: 1, failed: 1, failure_reasons: { [reason]: 1 } });
  });

  test('an amount at the threshold is no fraud', async () => {
    expect((await api.settled(bodyWith({ amount: 10000 }))).status).toBe('SUCCESS');
  });

  test('a currency may have a threshold of its own', async () => {
    await api.close();
    const fraudThreshold = { anyE4: 100_000_000n, byCurrencyE4: new Map([['JPY', 1_000_000n]]) };
    api = await testApp({ settings: { fraudThreshold } });
    const yen = (amount: number) => api.settled(bodyWith({ amount, currency: 'JPY' }));
    expect((await yen(100)).status).toBe('SUCCESS');
    expect((await yen(101)).failure_reason).toBe('FRAUD_SUSPECTED');
  });

  test('the decline carries an ISO 8583 code, a sentence and what to do', async () => {
    const error = await api.settled(bodyWith({ simulate: { outcome: 'PROCESSING_ERROR' } }));
    expect(error).toMatchObject({
      retryable: true,
      decline: { code: '96', message: matching(/\w/), retry: 'later' },
    });
    const lost = await api.settled(bodyWith({ simulate: { outcome: 'LOST_CARD' } }));
    const declined = await api.settled(bodyWith({ simulate: { outcome: 'CARD_DECLINED' } }));
    const messageOf = (payment: WirePayment) => (payment['decline'] as { message: string }).message;
    expect(messageOf(lost)).toBe(messageOf(declined));
    expect(lost['decline']).toMatchObject({ code: '41', retry: 'other_card' });
  });
});

describe('null and blank', () => {
  const fields = ['reference', 'description', 'channel', 'device_id', 'metadata', 'simulate'];
  test.each(fields)('%s of null is the same as absent', async (field) => {
    const without = await api.settled(PAYMENT);
    const withNull = await api.settled(bodyWith({ [field]: null }));
    expect({ ...withNull, payment_id: '', created_at: '', updated_at: '' }).toEqual({
      ...without,
      payment_id: '',
      created_at: '',
      updated_at: '',
    });
  });

  test.each(['reference', 'description', 'channel', 'device_id'])(
    'a blank %s is the same as absent',
    async (field) => {
      const payment = expectPayment(
        await api.post('/payments', bodyWith({ [field]: ' \n ' })),
        201,
      );
      expect(payment[field]).toBeNull();
    },
  );

  test('capture of null is the same as automatic', async () => {
    expect((await api.settled(bodyWith({ capture: null }))).status).toBe('SUCCESS');
  });
});

describe('the currency', () => {
  test.each([
    ['usd', 'USD'],
    ['uSd', 'USD'],
    [' USD ', 'USD'],
    ['jpy', 'JPY'],
    ['XCG', 'XCG'],
  ])('%j is taken as %s', async (sent, kept) => {
    const body = bodyWith({ currency: sent });
    expect(expectPayment(await api.post('/payments', body), 201).currency).toBe(kept);
  });

  test.each(['XXX', 'xxx', 'XTS', 'XAU', 'XAG', 'BGN', 'US', 'DOLLAR', 'UЅD', 'uſd', 'U5D'])(
    '%s is refused, and nothing is stored',
    async (currency) => {
      const before = await api.footprint();
      const answer = await api.post('/payments', bodyWith({ currency }));
      const problem = expectProblem(answer, 400, 'unknown_currency');
      expect(problem.errors).toMatchObject([{ pointer: '/currency' }]);
      expect(await api.footprint()).toEqual(before);
    },
  );

  test('a slip of the pen is answered with the nearest code', async () => {
    const problem = expectProblem(
      await api.post('/payments', bodyWith({ currency: 'USDD' })),
      400,
      'unknown_currency',
    );
    expect(problem.detail).toContain('did you mean USD?');
  });
});

describe('simulate', () => {
  test.each(['CARD_DECLINED', 'RULE_BLOCKED', 'ISSUER_TIMEOUT', 'FRAUD_SUSPECTED'])(
    'an outcome of %s is what the payment ends with',
    async (outcome) => {
      const payment = await api.settled(bodyWith({ simulate: { outcome } }));
      expect(payment).toMatchObject({ status: 'FAILED', failure_reason: outcome });
    },
  );

  test('APPROVE wins over the fraud threshold and over chance', async () => {
    await api.close();
    api = await testApp({ settings: { failureRate: 1 } });
    const body = bodyWith({ amount: 20000, simulate: { outcome: 'APPROVE' } });
    expect((await api.settled(body)).status).toBe('SUCCESS');
    expect((await api.settled(PAYMENT)).failure_reason).toBe('PROCESSING_ERROR');
  });

  test('a sequence gives one outcome per attempt, and its last to all further ones', async () => {
    const sequence = ['PROCESSING_ERROR', 'ISSUER_UNAVAILABLE', 'APPROVE'];
    const first = await api.settled(bodyWith({ simulate: { sequence } }));
    expect(first.failure_reason).toBe('PROCESSING_ERROR');
    const url = `/payments/${first.payment_id}`;
    const reasons: unknown[] = [];
    for (let retry = 0; retry < 2; retry += 1) {
      expectPayment(await api.post(`${url}/retry`));
      await api.runTimers();
      const { status, failure_reason: reason } = expectPayment(await api.get(url));
      reasons.push(reason ?? status);
    }
    expect(reasons).toEqual(['ISSUER_UNAVAILABLE', 'SUCCESS']);
  });

  test('delay_ms takes the place of the delay, also of none', async () => {
    const made = expectPayment(
      await api.post('/payments', bodyWith({ simulate: { delay_ms: 60_000 } })),
      201,
    );
    await api.runTimers();
    const slow = expectPayment(await api.get(`/payments/${made.payment_id}`));
    expect(slow['updated_at']).toBe('2026-01-01T00:01:00.000Z');
    const fast = await api.settled(bodyWith({ simulate: { delay_ms: 0 } }));
    expect(fast['updated_at']).toBe(fast.created_at);
  });

  const refused: readonly [string, unknown, string][] = [
    ['an unknown outcome', { outcome: 'APPROVED' }, '/simulate/outcome'],
    ['a negative delay', { delay_ms: -1 }, '/simulate/delay_ms'],
    ['a fraction of a millisecond', { delay_ms: 1.5 }, '/simulate/delay_ms'],
    ['more than an hour', { delay_ms: 3_600_001 }, '/simulate/delay_ms'],
    ['an empty sequence', { sequence: [] }, '/simulate/sequence'],
    ['a long sequence', { sequence: Array(11).fill('APPROVE') }, '/simulate/sequence'],
    ['outcome and sequence', { outcome: 'APPROVE', sequence: ['APPROVE'] }, '/simulate'],
    ['an unknown field', { outcom: 'APPROVE' }, '/simulate/outcom'],
    ['a text', 'APPROVE', '/simulate'],
  ];
  test.each(refused)('%s is refused', async (_name, simulate, pointer) => {
    const answer = await api.post('/payments', bodyWith({ simulate }));
    const { errors } = expectProblem(answer, 400, 'validation_failed');
    expect(errors).toContainEqual(like({ pointer }));
    expect((await api.footprint()).rows['payments']).toBe(0);
  });
});

describe('metadata', () => {
  const facts = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
  const accepted: readonly [string, object][] = [
    ['fifty facts', facts(50)],
    ['a key of forty characters', { ['k'.repeat(40)]: 1 }],
    ['a text of 500 characters', { text: 'é'.repeat(500) }],
    ['fifteen digits', { big: 123456789.012345 }],
    ['names of Object.prototype', { constructor: 1, hasOwnProperty: 2, valueOf: 'x' }],
    ['signs of JSON pointers', { 'a/b~c': 1 }],
  ];
  test.each(accepted)('%s are kept and given back', async (_name, metadata) => {
    const made = expectPayment(await api.post('/payments', bodyWith({ metadata })), 201);
    expect(made['metadata']).toEqual(metadata);
    const read = expectPayment(await api.get(`/payments/${made.payment_id}`));
    expect(read['metadata']).toEqual(metadata);
  });

  const refused: readonly [string, string][] = [
    ['fifty-one facts', JSON.stringify(facts(51))],
    ['an empty key', '{"":1}'],
    ['a key of forty-one characters', `{"${'k'.repeat(41)}":1}`],
    ['a text of 501 characters', `{"a":"${'x'.repeat(501)}"}`],
    ['an object', '{"a":{}}'],
    ['a list', '{"a":[1]}'],
    ['a list in its place', '[]'],
    ['a text in its place', '"a"'],
    ['sixteen digits', '{"a":1234567890.123456}'],
    ['what a double rounds', '{"a":9007199254740993}'],
    ['what is too large for a double', '{"a":1e400}'],
    ['what is too small for a double', '{"a":1e-400}'],
  ];
  test.each(refused)('%s is refused, and nothing is stored', async (_name, metadata) => {
    const body = `{"amount":1,"currency":"USD","recipient":"a","metadata":${metadata}}`;
    const before = await api.footprint();
    const { errors } = expectProblem(await api.post('/payments', body), 400, 'validation_failed');
    expect(errors[0]?.pointer).toMatch(/^\/metadata/);
    expect(await api.footprint()).toEqual(before);
  });

  test('a digit that a double cannot hold is not changed on its way to a refusal', async () => {
    const body = '{"amount":1,"currency":"USD","recipient":"a","metadata":{"n":9007199254740993}}';
    const answer = await api.post('/payments', body);
    expect(answer.body).not.toContain('9007199254740992');
  });
});

describe('lengths', () => {
  const limits = [
    ['recipient', 255],
    ['reference', 255],
    ['description', 1000],
    ['channel', 64],
    ['device_id', 128],
  ] as const;
  test.each(limits)('%s takes %i characters and not one more', async (field, most) => {
    const longest = '\u{1f600}'.repeat(most);
    const made = expectPayment(await api.post('/payments', bodyWith({ [field]: longest })), 201);
    expect(made[field]).toBe(longest);
    const answer = await api.post('/payments', bodyWith({ [field]: `${longest}x` }));
    const { errors } = expectProblem(answer, 400, 'validation_failed');
    expect(errors).toMatchObject([{ pointer: `/${field}`, code: 'too_long' }]);
  });
});

describe('a payment that is not there', () => {
  const ids = [UNKNOWN, 'nope', 'a'.repeat(500), '..%2f', "'%20or%201=1", '%00', `${UNKNOWN}0`];
  const paths = ['', '/events'];
  test.each(ids.flatMap((id) => paths.map((path) => `/payments/${id}${path}`)))(
    'GET %s is 404',
    async (url) => {
      expectProblem(await api.get(url), 404, 'payment_not_found');
    },
  );

  test.each(ids.flatMap((id) => ['/refund', '/retry'].map((path) => `/payments/${id}${path}`)))(
    'POST %s is 404, and nothing is stored',
    async (url) => {
      const before = await api.footprint();
      expectProblem(await api.post(url), 404, 'payment_not_found');
      expect(await api.footprint()).toEqual(before);
    },
  );
});
