import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  expectPayment,
  expectProblem,
  jsonOf,
  PAYMENT,
  type TestApp,
  testApp,
  type WireList,
  type WirePayment,
} from '../../../../test/property/app.ts';
import { requestOf, START_MS } from '../../../../test/support/engine.ts';
import { WIRE_NAMES } from '../../../core/simulation.ts';
import { execute } from '../../../engine/execute.ts';
import { SimulationPatchSchema, SimulationSchema } from '../simulation-schemas.ts';

/** As the tests' applications begin. */
const BEGINNING = {
  failure_rate: 0,
  high_amount_decline_rate: 0.3,
  random_decline_rate: 0.1,
  risk_block_score: 0.85,
  fraud_threshold: '10000',
  high_amount_threshold: '500',
  processing_start_delay_ms: 0,
  processing_delay_ms: 500,
  processing_jitter_ms: 0,
  max_retries: 3,
  amount_tails: false,
  outage: 'none',
  temporary: [],
  expires_at: null,
};

const CARD = { card_number: '4000001234567890', amount: 100, merchant: 'Coffee Shop' };

interface WireEvent {
  readonly type: string;
  readonly payment_id: string | null;
  readonly request_id: string;
  readonly actor: string;
  readonly cause: unknown;
  readonly data: unknown;
}

const opened: TestApp[] = [];
afterEach(async () => {
  for (const api of opened.splice(0)) await api.close();
});

async function open(options: Parameters<typeof testApp>[0] = {}): Promise<TestApp> {
  const api = await testApp(options);
  opened.push(api);
  return api;
}

function patch(api: TestApp, body: unknown, headers = {}): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return api.send('PATCH', '/simulation', text, { 'content-type': 'application/json', ...headers });
}

async function changed(api: TestApp, body: object): Promise<Record<string, unknown>> {
  const answer = await patch(api, body);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^200 /);
  return jsonOf(answer);
}

async function simulation(api: TestApp): Promise<Record<string, unknown>> {
  const answer = await api.get('/simulation');
  expect(answer.statusCode).toBe(200);
  return jsonOf(answer);
}

async function log(api: TestApp): Promise<readonly WireEvent[]> {
  return jsonOf<WireList<WireEvent>>(await api.get('/events?limit=500')).data;
}

async function settle(api: TestApp, answer: Answer): Promise<WirePayment> {
  const { payment_id: id } = expectPayment(answer, 201);
  await api.runTimers();
  return expectPayment(await api.get(`/payments/${id}`));
}

describe('GET /simulation', () => {
  test('says how the network behaves', async () => {
    expect(await simulation(await open())).toEqual(BEGINNING);
  });

  test('and PATCH know the same names as the settings', () => {
    const names = Object.values(WIRE_NAMES);
    expect(Object.keys(SimulationPatchSchema.properties).sort()).toEqual(
      [...names, 'expires_in'].sort(),
    );
    expect(Object.keys(SimulationSchema.properties).sort()).toEqual(
      [...names, 'max_retries', 'temporary', 'expires_at'].sort(),
    );
  });
});

describe('PATCH /simulation', () => {
  test.each([
    [{ failure_rate: 0 }, {}],
    [{ failure_rate: 1 }, {}],
    [{ failure_rate: 0.25 }, {}],
    [{ high_amount_decline_rate: 0.5 }, {}],
    [{ random_decline_rate: 1e-3 }, { random_decline_rate: 0.001 }],
    [{ risk_block_score: 1 }, {}],
    [{ fraud_threshold: 0 }, { fraud_threshold: '0' }],
    [{ fraud_threshold: 99.5 }, { fraud_threshold: '99.5' }],
    [{ fraud_threshold: '10000,JPY:1500000' }, {}],
    [{ fraud_threshold: ' 7.10 , jpy:5 ' }, { fraud_threshold: '7.1,JPY:5' }],
    [{ high_amount_threshold: 999_999_999_999 }, { high_amount_threshold: '999999999999' }],
    [{ high_amount_threshold: '0.0001' }, {}],
    [{ processing_start_delay_ms: 1 }, {}],
    [{ processing_delay_ms: 0 }, {}],
    [{ processing_jitter_ms: 86_400_000 }, {}],
    [{ amount_tails: true }, {}],
    [{ outage: 'unavailable' }, {}],
    [{ outage: 'timeout' }, {}],
    [{ outage: 'timeout', expires_in: null }, { outage: 'timeout' }],
    [{ outage: 'timeout', failure_rate: 1, amount_tails: true }, {}],
  ])('takes %j and answers with the new state', async (body, shown) => {
    const api = await open();
    const { expires_in: _, ...fields } = { expires_in: null, ...body };
    const expected = { ...BEGINNING, ...fields, ...shown };
    expect(await changed(api, body)).toEqual(expected);
    expect(await simulation(api)).toEqual(expected);
  });

  const RATES = ['failure_rate', 'high_amount_decline_rate', 'random_decline_rate'];
  const DELAYS = ['processing_start_delay_ms', 'processing_delay_ms', 'processing_jitter_ms'];
  const LIMITS = ['fraud_threshold', 'high_amount_threshold'];
  const NO_LIMITS = ['', ' ', 'x', '-1', '1e3', '10,', '1.00001', '10:5', '10,JPY', '10,ABC:5'];
  const BAD: readonly (readonly [names: readonly string[], values: readonly unknown[]])[] = [
    [
      [...RATES, 'risk_block_score'],
      [-0.001, 1.001, 1.7e308, '0.5', null, true, [], {}],
    ],
    [DELAYS, [-1, 0.5, 86_400_001, '500', null, false, [0], {}]],
    [LIMITS, [-1, -0.5, 0.00001, 1e21, 1_000_000_000_000, null, true, [], {}]],
    [LIMITS, [...NO_LIMITS.filter((text) => text !== '10,'), '10,JPY:1:2', '9'.repeat(5_000)]],
    [['amount_tails'], ['on', 'true', 1, null, []]],
    [['outage'], ['down', 'UNAVAILABLE ', '', null, true, 0, []]],
    [['expires_in'], [0, -1, 1.5, 2_592_001, '60', true, []]],
  ];
  const REFUSED = BAD.flatMap(([names, values]) =>
    names.flatMap((name) => values.map((value) => [name, JSON.stringify(value), value] as const)),
  );

  let shared: TestApp;
  beforeAll(async () => {
    shared = await testApp();
  });
  afterAll(() => shared.close());

  test.each(REFUSED)('refuses %s: %s, and nothing changes', async (name, _, value) => {
    const api = shared;
    const untouched = await api.footprint();
    const other = name === 'amount_tails' ? { failure_rate: 1 } : { amount_tails: true };
    const problem = expectProblem(
      await patch(api, { [name]: value, ...other }),
      400,
      'validation_failed',
    );
    expect(problem.errors.map(({ pointer }) => pointer)).toContain(`/${name}`);
    expect(await api.footprint()).toEqual(untouched);
    expect(await simulation(api)).toEqual(BEGINNING);
  });

  test.each([
    ['failure_rte', 'did you mean failure_rate?'],
    ['failureRate', 'did you mean failure_rate?'],
    ['expires_at', 'did you mean expires_in?'],
    ['Outage', 'did you mean outage?'],
    ['max_retries', 'there are'],
    ['retriesMax', 'there are'],
    ['temporary', 'there are'],
  ])('knows no %s, and says what was meant', async (name, expected) => {
    const answer = await patch(await open(), { [name]: 1, failure_rate: 0.5 });
    const [fault, ...others] = expectProblem(answer, 400, 'validation_failed').errors;
    expect(fault).toMatchObject({ pointer: `/${name}`, code: 'unknown_field' });
    expect(fault?.detail).toContain(expected);
    expect(others).toEqual([]);
  });

  test('says all that is wrong at once', async () => {
    const api = await open();
    const body = { outage: 'nine', failure_rate: 2, processing_delay_ms: -1, expires_in: 0 };
    const { errors } = expectProblem(await patch(api, body), 400, 'validation_failed');
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(
      Object.keys(body)
        .map((name) => `/${name}`)
        .sort(),
    );
    const limits = await patch(api, { fraud_threshold: 'x', high_amount_threshold: 'y' });
    expect(expectProblem(limits, 400, 'validation_failed').errors).toHaveLength(2);
  });

  test.each([[{}], [{ expires_in: 60 }], [{ expires_in: null }], [undefined], [[]], [null], ['x']])(
    'is not for %j, which changes nothing',
    async (body) => {
      const api = await open();
      const untouched = await api.footprint();
      expectProblem(await patch(api, body), 400, 'validation_failed');
      expect(await api.footprint()).toEqual(untouched);
    },
  );

  test('is written down, with who asked', async () => {
    const api = await open();
    const answer = await patch(api, { outage: 'timeout' }, { 'x-request-id': 'req-7' });
    expect(await log(api)).toEqual([
      {
        id: 'evt_abc123_1',
        cursor: expect.stringMatching(/./) as unknown,
        type: 'simulation.changed',
        payment_id: null,
        payment_sequence: null,
        created_at: new Date(START_MS).toISOString(),
        request_id: 'req-7',
        actor: 'anonymous',
        cause: { command: 'change_simulation' },
        data: jsonOf(answer),
      },
    ]);
  });

  test('is for keys that may write', async () => {
    const sha256 = (await import('node:crypto')).hash('sha256', 'a-secret-of-16-chars');
    const api = await open({ http: { apiKeys: [{ name: 'eve', sha256, mayWrite: false }] } });
    const key = { authorization: 'Bearer a-secret-of-16-chars' };
    expect((await api.get('/simulation', key)).statusCode).toBe(200);
    expectProblem(await patch(api, { failure_rate: 1 }, key), 403, 'read_only_key');
    expectProblem(await patch(api, { failure_rate: 1 }), 401, 'unauthorized');
  });

  test('100 times at once: each is in the log, and the last one holds', async () => {
    const api = await open();
    const rates = Array.from({ length: 100 }, (_, index) => (index + 1) / 100);
    const answers = await Promise.all(rates.map((rate) => changed(api, { failure_rate: rate })));
    // Each is answered with what it made itself, not with what came after it.
    expect(answers.map((answer) => answer['failure_rate'])).toEqual(rates);
    const events = await log(api);
    expect(events.map(({ type }) => type)).toEqual(rates.map(() => 'simulation.changed'));
    expect(events.map(({ data }) => data)).toEqual(answers);
    expect((await simulation(api))['failure_rate']).toBe(1);
    const kept = JSON.parse((await api.engine.store.setting('simulation')) ?? '') as object;
    expect(kept).toMatchObject({ version: 100, lasting: { failureRate: 1 } });
  });
});

describe('a change for a time', () => {
  const inSeconds = (seconds: number) => new Date(START_MS + seconds * 1000).toISOString();

  test('says what it changed and when that ends, and ends then', async () => {
    const api = await open();
    const during = await changed(api, { outage: 'unavailable', failure_rate: 1, expires_in: 60 });
    expect(during).toEqual({
      ...BEGINNING,
      outage: 'unavailable',
      failure_rate: 1,
      temporary: ['failure_rate', 'outage'],
      expires_at: inSeconds(60),
    });
    await api.runTimers();
    expect(api.clock.nowMs()).toBe(START_MS + 60_000);
    expect(await simulation(api)).toEqual(BEGINNING);
    const [, ended] = await log(api);
    expect(ended).toMatchObject({ type: 'simulation.changed', data: BEGINNING });
    expect(ended?.cause).toEqual({ command: 'timer_elapsed' });
  });

  test('leaves what is changed for good meanwhile', async () => {
    const api = await open();
    await changed(api, { outage: 'timeout', failure_rate: 1, expires_in: 60 });
    api.clock.advance(10_000);
    const both = await changed(api, { failure_rate: 0.5, processing_delay_ms: 0 });
    expect(both).toMatchObject({ temporary: ['outage'], expires_at: inSeconds(60) });
    await api.runTimers();
    const lasting = { failure_rate: 0.5, processing_delay_ms: 0 };
    expect(await simulation(api)).toEqual({ ...BEGINNING, ...lasting });
  });

  test('ends later when there is another one', async () => {
    const api = await open();
    await changed(api, { outage: 'timeout', expires_in: 60 });
    api.clock.advance(30_000);
    const both = await changed(api, { failure_rate: 1, expires_in: 60 });
    expect(both).toMatchObject({ outage: 'timeout', failure_rate: 1, expires_at: inSeconds(90) });
    api.clock.advance(30_000);
    await api.runTimers();
    expect(await simulation(api)).toEqual(BEGINNING);
    expect(api.clock.nowMs()).toBe(START_MS + 90_000);
    expect((await log(api)).map(({ type }) => type)).toHaveLength(3);
  });

  test('100 times in one millisecond ends once', async () => {
    const api = await open();
    const bodies = Array.from({ length: 100 }, (_, index) => ({
      failure_rate: index / 100,
      expires_in: 60 + (index % 2) * 60,
    }));
    const answers = await Promise.all(bodies.map((body) => changed(api, body)));
    expect(answers.at(-1)).toMatchObject({ failure_rate: 0.99, expires_at: inSeconds(120) });
    await api.runTimers();
    expect(await simulation(api)).toEqual(BEGINNING);
    expect(await log(api)).toHaveLength(101);
    expect(api.errors).toEqual([]);
  });

  test('ends also when something is changed for good between its timer and its end', async () => {
    const api = await open();
    await changed(api, { outage: 'timeout', expires_in: 60 });
    api.clock.advance(60_000);
    const [timer] = await api.engine.store.dueTimers(api.clock.nowMs(), 1);
    if (timer === undefined) throw new Error('its time has come');
    await changed(api, { failure_rate: 1 });
    const late = await execute(api.engine, requestOf({ type: 'timer_elapsed', timer }));
    expect(late.kind).toBe('refused');
    await api.runTimers();
    expect(await simulation(api)).toEqual({ ...BEGINNING, failure_rate: 1 });
  });

  test('stays through a reset, and still ends', async () => {
    const api = await open();
    await changed(api, { outage: 'timeout', expires_in: 60 });
    expect((await api.send('DELETE', '/admin/reset')).statusCode).toBe(200);
    expect(await simulation(api)).toMatchObject({ outage: 'timeout', expires_at: inSeconds(60) });
    await api.runTimers();
    expect(await simulation(api)).toEqual(BEGINNING);
  });
});

describe('a change holds at once', () => {
  const BY_CARD = { ...PAYMENT, card: { number: '4000001234567890' } };
  test.each([
    [{ failure_rate: 1 }, PAYMENT, 'PROCESSING_ERROR'],
    [{ fraud_threshold: 99 }, PAYMENT, 'FRAUD_SUSPECTED'],
    [{ fraud_threshold: '10000,USD:99.99' }, PAYMENT, 'FRAUD_SUSPECTED'],
    [{ fraud_threshold: '10000,EUR:1' }, PAYMENT, null],
    [{ random_decline_rate: 1 }, BY_CARD, 'CARD_DECLINED'],
    [{ high_amount_threshold: 99, high_amount_decline_rate: 1 }, BY_CARD, 'HIGH_AMOUNT'],
    [{ risk_block_score: 0 }, BY_CARD, 'RISK_BLOCKED'],
    [{ amount_tails: true }, { ...PAYMENT, amount: 10.51 }, 'INSUFFICIENT_FUNDS'],
    [{ outage: 'unavailable' }, PAYMENT, 'ISSUER_UNAVAILABLE'],
    [{ outage: 'timeout' }, BY_CARD, 'ISSUER_TIMEOUT'],
  ])('%j: %j ends with %s', async (change, body, reason) => {
    const api = await open({ settings: { randomDeclineRate: 0 } });
    const before = await settle(api, await api.post('/payments', body));
    expect(before.failure_reason).toBeNull();
    await changed(api, change);
    const after = await settle(api, await api.post('/payments', body));
    expect(after.failure_reason).toBe(reason);
  });

  test('for delays', async () => {
    const api = await open();
    await changed(api, { processing_start_delay_ms: 7_000, processing_delay_ms: 11_000 });
    await api.settled(PAYMENT);
    expect(api.clock.nowMs()).toBe(START_MS + 18_000);
  });
});

describe.each([
  ['unavailable', 'ISSUER_UNAVAILABLE', 'The issuer could not be reached.'],
  ['timeout', 'ISSUER_TIMEOUT', 'The issuer answered too late.'],
] as const)('an outage «%s»', (outage, reason, sentence) => {
  const APPROVED = '4242424242424242';
  const LOST = '4000000000009987';
  const OUT = { ...PAYMENT, amount: 20_000 };
  test.each<[string, object, string | null]>([
    ['an account', PAYMENT, reason],
    ['a card', { ...PAYMENT, card: { number: '4000001234567890' } }, reason],
    ['an amount above the threshold', OUT, reason],
    ['simulate', { ...PAYMENT, simulate: { outcome: 'APPROVE' } }, null],
    ['simulate', { ...PAYMENT, simulate: { outcome: 'LOST_CARD' } }, 'LOST_CARD'],
    ['a delay alone', { ...PAYMENT, simulate: { delay_ms: 5 } }, reason],
    ['a test card', { ...PAYMENT, card: { number: APPROVED } }, null],
    ['a test card', { ...PAYMENT, card: { number: LOST } }, 'LOST_CARD'],
    ['an amount tail', { ...PAYMENT, amount: 10.51 }, 'INSUFFICIENT_FUNDS'],
    ['what is invalid', { ...PAYMENT, amount: 0 }, 'INVALID_AMOUNT'],
  ])('meets at POST /payments: %s %j -> %s', async (_, body, expected) => {
    const api = await open({ settings: { randomDeclineRate: 0, hasAmountTails: true } });
    await changed(api, { outage });
    const payment = await settle(api, await api.post('/payments', body));
    expect(payment.failure_reason).toBe(expected);
    if (expected === reason) expect(payment['decline']).toMatchObject({ message: sentence });
  });

  test.each<[string, object, string | null]>([
    ['a card', CARD, reason],
    ['a high amount', { ...CARD, amount: 20_000 }, reason],
    ['simulate', { ...CARD, simulate: { outcome: 'APPROVE' } }, null],
    ['a test card', { ...CARD, card_number: APPROVED }, null],
    ['an amount tail', { ...CARD, amount: 10.54 }, 'EXPIRED_CARD'],
  ])('meets at POST /payment: %s %j -> %s', async (_, body, expected) => {
    const api = await open({ settings: { hasAmountTails: true } });
    await changed(api, { outage });
    const answer = await api.post('/payment', body);
    expect(answer.statusCode).toBe(201);
    expect(jsonOf(answer)['failure_reason']).toBe(expected);
    if (expected === reason) expect(jsonOf(answer)['decision_reason']).toBe(sentence);
  });

  test('meets what was made before it and completes during it', async () => {
    const api = await open();
    const made = await api.post('/payments', PAYMENT);
    await changed(api, { outage });
    expect((await settle(api, made)).failure_reason).toBe(reason);
  });

  test('is over for what was made during it and completes after it', async () => {
    const api = await open();
    await changed(api, { outage });
    const made = await api.post('/payments', PAYMENT);
    await changed(api, { outage: 'none' });
    expect((await settle(api, made)).failure_reason).toBeNull();
  });

  test('lets a payment be tried again afterwards', async () => {
    const api = await open();
    await changed(api, { outage, expires_in: 60 });
    const failed = await settle(api, await api.post('/payments', PAYMENT));
    expect(failed).toMatchObject({ status: 'FAILED', retryable: true });
    expectPayment(await api.post(`/payments/${failed.payment_id}/retry`));
    await api.runTimers();
    const payment = expectPayment(await api.get(`/payments/${failed.payment_id}`));
    expect(payment).toMatchObject({ status: 'SUCCESS', attempts: 2 });
  });
});
