import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  expectProblem,
  jsonOf,
  type Service,
  type TestApp,
  testApp,
  testService,
  type WireProblem,
} from '../../../../test/property/app.ts';
import { cardNumber } from '../../../../test/support/cards.ts';

interface Authorization {
  readonly transaction_id: string;
  readonly status: 'Approved' | 'Declined';
  readonly decision_reason: string | null;
  readonly score: number;
  readonly latency_ms: number;
  readonly features: {
    readonly spending_velocity: number;
    readonly device_trust_score: number;
    readonly ip_risk_score: number;
  };
  readonly failure_reason: string | null;
  readonly contributions: Readonly<Record<string, number>>;
  readonly shadow?: readonly { readonly rule: string; readonly outcome: string }[];
}

interface Stats {
  readonly total: number;
  readonly approved: number;
  readonly declined: number;
  readonly approval_rate: number;
  readonly avg_amount: number;
  readonly p95_latency: number | null;
}

interface AuditEntry {
  readonly request_payload: Readonly<Record<string, unknown>>;
  readonly decision_payload: Readonly<Record<string, unknown>>;
}

const CARD = '4000001234567890';
const BODY = { card_number: CARD, amount: 150.75, currency: 'GBP', merchant: 'Coffee Shop' };

let api: TestApp;
beforeEach(async () => {
  api = await testApp();
});
afterEach(() => api.close());

async function authorize(body: object): Promise<Authorization> {
  const answer = await api.post('/payment', body);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^201 /);
  return jsonOf<Authorization>(answer);
}

const stats = async () => jsonOf<Stats>(await api.get('/stats'));

describe('POST /payment', () => {
  test.each([150.75, 650])('of %s answers with B’s shape', async (amount) => {
    const answer = await authorize({ ...BODY, amount, channel: 'ecommerce', device_id: 'd-1' });
    const { transaction_id: id, status, decision_reason: reason } = answer;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(['Approved', 'Declined']).toContain(status);
    expect(reason === null).toBe(status === 'Approved');
    expect(answer.score).toBeGreaterThanOrEqual(0);
    expect(answer.score).toBeLessThanOrEqual(1);
    expect(Object.keys(answer.features)).toEqual([
      'spending_velocity',
      'device_trust_score',
      'ip_risk_score',
    ]);

    const shown = jsonOf<Record<string, unknown>>(await api.get(`/transaction/${id}`));
    expect(shown).toEqual({
      id,
      card_last4: '7890',
      amount,
      currency: 'GBP',
      merchant: 'Coffee Shop',
      channel: 'ecommerce',
      device_id: 'd-1',
      status,
      risk_flag: reason,
      created_at: expect.stringMatching(/Z$/) as string,
    });
    const [entry] = jsonOf<AuditEntry[]>(await api.get(`/audit/${id}`));
    expect(entry).toMatchObject({
      transaction_id: id,
      latency_ms: answer.latency_ms,
      request_payload: { card_number: '************7890', amount, merchant: 'Coffee Shop' },
      decision_payload: { status, score: answer.score, reason, features: answer.features },
    });
  });

  test('is a payment like any other: listed, counted, in the log and in the ledger', async () => {
    const { transaction_id: id } = await authorize({ ...BODY, simulate: { outcome: 'APPROVE' } });
    const payment = jsonOf<Record<string, unknown>>(await api.get(`/payments/${id}`));
    expect(payment).toMatchObject({ status: 'SUCCESS', method: 'card', card: { last4: '7890' } });
    const list = jsonOf<{ data: object[] }>(await api.get('/payments?method=card'));
    expect(list.data).toHaveLength(1);
    expect(jsonOf(await api.get('/summary'))).toMatchObject({ total: 1, success: 1 });
    const log = jsonOf<{ data: { type: string }[] }>(await api.get(`/payments/${id}/events`));
    expect(log.data.map(({ type }) => type)).toEqual(['payment.succeeded']);
    const entries = jsonOf<{ data: object[] }>(await api.get(`/ledger/entries?payment_id=${id}`));
    expect(entries.data).toHaveLength(1);
  });

  test('keeps showing its decision after a refund', async () => {
    const { transaction_id: id } = await authorize({ ...BODY, simulate: { outcome: 'APPROVE' } });
    await api.post(`/payments/${id}/refund`, {});
    expect(jsonOf(await api.get(`/transaction/${id}`))).toMatchObject({ status: 'Approved' });
    expect(jsonOf(await api.get(`/payments/${id}`))).toMatchObject({ status: 'REFUNDED' });
  });

  test('has defaults of its own, and keeps an explicit null', async () => {
    const { currency: _, ...rest } = BODY;
    const { transaction_id: id } = await authorize(rest);
    expect(jsonOf(await api.get(`/transaction/${id}`))).toMatchObject({
      currency: 'GBP',
      channel: 'ecommerce',
      device_id: null,
    });
    const bare = await authorize({ ...BODY, channel: null, device_id: null });
    expect(jsonOf(await api.get(`/transaction/${bare.transaction_id}`))).toMatchObject({
      channel: null,
      device_id: null,
    });
  });

  const bad: readonly [string, object, string][] = [
    ['no card', { card_number: undefined }, '/card_number'],
    ['a number for a card', { card_number: 4_000_001_234_567_890 }, '/card_number'],
    ['a short card', { card_number: '40000012345' }, '/card_number'],
    ['a long card', { card_number: '40000012345678901234' }, '/card_number'],
    ['letters in the card', { card_number: '4000001234567x90' }, '/card_number'],
    ['spaces in the card', { card_number: '4000 0012 3456 7890' }, '/card_number'],
    ['no amount', { amount: undefined }, '/amount'],
    ['an amount of zero', { amount: 0 }, '/amount'],
    ['an amount below zero', { amount: -1 }, '/amount'],
    ['an amount as text', { amount: '1.00' }, '/amount'],
    ['too many digits', { amount: 1.005 }, '/amount'],
    ['too much', { amount: 10_000_000_000 }, '/amount'],
    ['no merchant', { merchant: undefined }, '/merchant'],
    ['an empty merchant', { merchant: '' }, '/merchant'],
    ['a blank merchant', { merchant: '  ' }, '/merchant'],
    ['a number for a merchant', { merchant: 5 }, '/merchant'],
    ['an unknown currency', { currency: 'GBX' }, '/currency'],
    ['a channel of another type', { channel: 5 }, '/channel'],
    ['a device of another type', { device_id: {} }, '/device_id'],
    ['an unknown field', { merchantt: 'x' }, '/merchantt'],
    ['an unknown outcome', { simulate: { outcome: 'NO' } }, '/simulate/outcome'],
  ];
  test.each(bad)('with %s is a 400 that names the field', async (_name, changes, pointer) => {
    const answer = await api.post('/payment', { ...BODY, ...changes });
    const problem = expectProblem(answer, 400, jsonOf<WireProblem>(answer).code);
    expect(problem.errors.map((fault) => fault.pointer)).toContain(pointer);
    expect(answer.body).not.toContain('40000012345');
    expect((await stats()).total).toBe(0);
  });

  test.each(['/transaction/', '/audit/'])('%s of nothing is a 404', async (path) => {
    for (const id of ['x', CARD, '01980000-0000-7000-8000-000000000001']) {
      expectProblem(await api.get(path + id), 404, 'transaction_not_found');
    }
  });

  test('under a key is made once, and answered the same', async () => {
    const headers = { 'idempotency-key': 'k-1' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => api.post('/payment', BODY, headers)),
    );
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect((await stats()).total).toBe(1);
  });
});

describe('4,000 authorizations of distinct cards', () => {
  let service: Service;
  beforeEach(async () => {
    // One of its own for each run would be beyond three sigma in one run of two hundred.
    service = await testService({ SIMULATION_SEED: 'four thousand' });
  });
  afterEach(() => service.close());

  test.each([
    [100, 0.1, 'Random decline to simulate the network.'],
    [650, 0.3, 'High amount flagged by risk rules.'],
  ])('at %s are declined at the rate of %s, and counted as they are', async (amount, rate, why) => {
    const answers: Authorization[] = [];
    for (let first = 0; first < 4_000; first += 100) {
      const batch = Array.from({ length: 100 }, (_, index) =>
        service.post('/payment', { ...BODY, amount, card_number: cardNumber(first + index) }),
      );
      for (const answer of await Promise.all(batch)) answers.push(jsonOf<Authorization>(answer));
    }
    const declined = answers.filter(({ status }) => status === 'Declined');
    const sigma = Math.sqrt((rate * (1 - rate)) / 4_000);
    expect(Math.abs(declined.length / 4_000 - rate)).toBeLessThan(3 * sigma);
    expect(new Set(declined.map((answer) => answer.decision_reason))).toEqual(new Set([why]));

    const counted = jsonOf<Stats>(await service.get('/stats'));
    expect(counted).toMatchObject({
      total: 4_000,
      declined: declined.length,
      approved: 4_000 - declined.length,
      // Exact: every odd number of declines is a half of the last digit.
      approval_rate: Math.round((4_000 - declined.length) * 2.5) / 10_000,
      avg_amount: amount,
    });
    expect(counted).toMatchObject(await recount());
    const sorted = answers.map((answer) => answer.latency_ms).sort((a, b) => a - b);
    const exact = sorted[Math.ceil(0.95 * 4_000) - 1] ?? 0;
    expect(Math.abs((counted.p95_latency ?? 0) - exact)).toBeLessThanOrEqual(0.0101 * exact);
  });

  /** What the rows themselves say. */
  async function recount() {
    const [row] = await service.place.query(
      `select cast(count(*) as integer) as total,
         cast(count(case when status = 'SUCCESS' then 1 end) as integer) as approved,
         cast(count(case when status = 'FAILED' then 1 end) as integer) as declined
         from payments where card is not null`,
    );
    return { ...row };
  }
});

describe('risk', () => {
  const approve = { simulate: { outcome: 'APPROVE' } };

  test('contributions sum to the score, whatever it is made of', async () => {
    for (let index = 0; index < 60; index += 1) {
      const { contributions, score } = await authorize({
        ...BODY,
        amount: 1 + index * 40,
        card_number: cardNumber(index % 7),
        device_id: `d-${index % 5}`,
        ip: index % 2 === 0 ? '203.0.113.9' : '8.8.8.8',
      });
      const sum = Object.values(contributions).reduce((total, part) => total + part, 0);
      expect(Math.round(sum * 10_000)).toBe(Math.round(score * 10_000));
    }
  });

  test('a burst on one card raises its velocity, and a rule in shadow sees it', async () => {
    const answers: Authorization[] = [];
    for (let index = 0; index < 12; index += 1)
      answers.push(await authorize({ ...BODY, ...approve }));
    const velocities = answers.map(({ features }) => features.spending_velocity);
    expect(velocities[0]).toBe(0);
    expect(velocities.at(-1)).toBe(1);
    expect(velocities).toEqual([...velocities].sort((a, b) => a - b));
    const later = await authorize(BODY);
    expect(later.shadow).toEqual([{ rule: 'card_testing', outcome: 'CARD_VELOCITY_EXCEEDED' }]);
    expect(later.failure_reason).not.toBe('CARD_VELOCITY_EXCEEDED');
  });

  test('a burst in one batch is seen payment by payment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => authorize({ ...BODY, ...approve })),
    );
    const velocities = answers.map(({ features }) => features.spending_velocity);
    expect(new Set(velocities).size).toBeGreaterThan(5);
    expect(Math.max(...velocities)).toBe(1);
  });

  test('a new device with eight cards loses its trust', async () => {
    const trust: number[] = [];
    for (let index = 0; index < 8; index += 1) {
      const card_number = cardNumber(index);
      const { features } = await authorize({ ...BODY, ...approve, card_number, device_id: 'new' });
      trust.push(features.device_trust_score);
    }
    const [first = 0] = trust;
    expect(trust.at(-1)).toBeLessThan(0.3);
    expect(trust.at(-1)).toBeLessThan(first / 2);
  });
});

describe('DELETE /admin/reset', () => {
  test('removes everything, and the new log begins with the old one’s head', async () => {
    for (let index = 0; index < 5; index += 1) await authorize(BODY);
    await api.post('/payments', { amount: 1, currency: 'USD', recipient: 'alice' });
    const answer = await api.send('DELETE', '/admin/reset');
    expect(answer.statusCode).toBe(200);
    const zero = { total: 0, approved: 0, declined: 0, approval_rate: 0, avg_amount: 0 };
    expect(jsonOf(answer)).toEqual({ ...zero, p95_latency: null, by_currency: {} });
    expect(await stats()).toMatchObject(zero);
    expect(jsonOf(await api.get('/summary'))).toMatchObject({ total: 0 });
    expect(jsonOf(await api.get('/payments'))).toMatchObject({ data: [] });
    const log = jsonOf<{ data: { type: string; data: unknown }[] }>(await api.get('/events'));
    expect(log.data).toMatchObject([{ type: 'data.reset', data: { previous: { entries: 6 } } }]);
    const { features } = await authorize(BODY);
    expect(features.spending_velocity).toBe(0);
  });

  test('starts the draws anew: the same requests have the same history', async () => {
    const history = async () => {
      const seen: string[] = [];
      for (let index = 0; index < 40; index += 1) {
        const { status, score } = await authorize({ ...BODY, card_number: cardNumber(index) });
        seen.push(`${status} ${score}`);
      }
      return seen;
    };
    const first = await history();
    await api.send('DELETE', '/admin/reset');
    expect(await history()).toEqual(first);
  });
});
