import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Body,
  expectProblem,
  jsonOf,
  matching,
  PAYMENT,
  expectPayment,
  type TestApp,
  testApp,
  type WireList,
  type WirePayment,
} from '../../../../test/property/app.ts';

let api: TestApp;
beforeEach(async () => {
  api = await testApp();
});
afterEach(() => api.close());

const refund = (payment: WirePayment, body?: Body) =>
  api.post(`/payments/${payment.payment_id}/refund`, body);

const succeeded = (amount: number | string, currency = 'USD') =>
  api.settled(`{"amount":${amount},"currency":"${currency}","recipient":"alice"}`);

interface Entry {
  readonly kind: string;
  readonly amount: number;
}

async function entriesOf({ payment_id: id }: WirePayment): Promise<readonly Entry[]> {
  return jsonOf<WireList<Entry>>(await api.get(`/ledger/entries?payment_id=${id}`)).data;
}

describe('a refund', () => {
  const everything: readonly [string, Body | undefined][] = [
    ['no body', undefined],
    ['an empty object', {}],
    ['an amount of null', { amount: null }],
    ['a body of null', 'null'],
    ['all of it', { amount: 100 }],
    ['all of it with zeros', '{"amount":100.00}'],
    ['all of it with an exponent', '{"amount":1.0E+2}'],
  ];
  test.each(everything)('with %s gives everything back', async (_name, body) => {
    const refunded = expectPayment(await refund(await succeeded(100), body));
    expect(refunded).toMatchObject({
      status: 'REFUNDED',
      amount_captured: 100,
      amount_refunded: 100,
      refunds: [{ amount: 100 }],
    });
    const kinds = (await entriesOf(refunded)).map(({ kind, amount }) => `${kind} ${amount}`);
    expect(kinds).toEqual(['capture 100', 'refund 100']);
  });

  test('of a part leaves SUCCESS, and a later one without an amount takes the rest', async () => {
    const payment = await succeeded(100);
    const part = expectPayment(await refund(payment, { amount: 30.01, reason: 'one of two' }));
    expect(part).toMatchObject({ status: 'SUCCESS', amount_refunded: 30.01 });
    const rest = expectPayment(await refund(payment));
    expect(rest).toMatchObject({ status: 'REFUNDED', amount_refunded: 100 });
    expect(rest.refunds.map(({ amount }) => amount)).toEqual([30.01, 69.99]);
  });

  test('can be read by its id, in any case, with every field', async () => {
    const refunded = expectPayment(
      await refund(await succeeded(100), { amount: 1, reason: 'late' }),
    );
    const [made] = refunded.refunds;
    const answer = await api.get(`/refunds/${made?.refund_id.toUpperCase()}`);
    expect(answer.statusCode).toBe(200);
    expect(jsonOf(answer)).toEqual({
      refund_id: matching(/^re_[0-9a-f-]{36}$/),
      payment_id: refunded.payment_id,
      amount: 1,
      currency: 'USD',
      reason: 'late',
      status: 'SUCCEEDED',
      created_at: '2026-01-01T00:00:00.500Z',
    });
    expect(jsonOf(answer)).toEqual(made);
  });

  test.each(['re_01980000-0000-7000-8000-000000000000', 'nope', '%00', 'x'.repeat(300)])(
    'that is not there (%s) is 404',
    async (id) => {
      expectProblem(await api.get(`/refunds/${id}`), 404, 'refund_not_found');
    },
  );

  test.each([null, '', '  '])('with the reason %j has none', async (reason) => {
    const refunded = expectPayment(await refund(await succeeded(100), { reason }));
    expect(refunded.refunds).toMatchObject([{ reason: null }]);
  });
});

describe('the amount of a refund', () => {
  const exact: readonly [string, string | number, string][] = [
    ['USD', '100', '0.01'],
    ['JPY', '100', '1'],
    ['KWD', '1', '0.001'],
    ['CLF', '1', '0.0001'],
    ['USD', '0.03', '1e-2'],
    ['USD', '0.03', '0.010000000000000000000000000'],
  ];
  test.each(exact)('in %s of %s may be %s', async (currency, amount, part) => {
    const payment = await succeeded(amount, currency);
    const refunded = expectPayment(await refund(payment, `{"amount":${part}}`));
    expect(refunded).toMatchObject({ status: 'SUCCESS', amount_refunded: Number(part) });
  });

  const refused: readonly [string, string, number, string][] = [
    ['JPY', '0.5', 400, 'invalid_amount_precision'],
    ['JPY', '1.5', 400, 'invalid_amount_precision'],
    ['USD', '0.001', 400, 'invalid_amount_precision'],
    ['USD', '1.005', 400, 'invalid_amount_precision'],
    ['USD', '1e-3', 400, 'invalid_amount_precision'],
    ['USD', '0.0100000000000000000000000001', 400, 'invalid_amount_precision'],
    ['KWD', '0.0001', 400, 'invalid_amount_precision'],
    ['USD', '0', 400, 'refund_amount_not_positive'],
    ['USD', '-0', 400, 'refund_amount_not_positive'],
    ['USD', '0e5', 400, 'refund_amount_not_positive'],
    ['USD', '-1', 400, 'refund_amount_not_positive'],
    ['USD', '100.01', 409, 'refund_exceeds_remaining'],
    ['USD', '99999999999999999999', 409, 'refund_exceeds_remaining'],
    ['USD', '1e999', 409, 'refund_exceeds_remaining'],
    ['USD', '"1"', 400, 'validation_failed'],
    ['USD', 'true', 400, 'validation_failed'],
    ['USD', '[1]', 400, 'validation_failed'],
  ];
  test.each(refused)(
    'in %s of %s is refused with %i %s, and nothing moves',
    async (currency, amount, status, code) => {
      const payment = await succeeded(100, currency);
      const before = await api.footprint();
      expectProblem(await refund(payment, `{"amount":${amount}}`), status, code);
      expect(await api.footprint()).toEqual(before);
    },
  );

  test('that exceeds what is left is told how much that is', async () => {
    const payment = await succeeded(100);
    expectPayment(await refund(payment, { amount: 99.5 }));
    const problem = expectProblem(
      await refund(payment, { amount: 0.51 }),
      409,
      'refund_exceeds_remaining',
    );
    expect(problem.detail).toContain('0.5 USD');
  });
});

describe('a payment', () => {
  test('that is not SUCCESS cannot be refunded, whatever the amount', async () => {
    const created = expectPayment(await api.post('/payments', PAYMENT), 201);
    expectProblem(await refund(created), 409, 'refund_not_allowed');
    const failed = await api.settled({ ...PAYMENT, amount: 0 });
    expectProblem(await refund(failed, { amount: -1 }), 409, 'refund_not_allowed');
    const payment = await succeeded(5);
    expectPayment(await refund(payment));
    const again = expectProblem(await refund(payment), 409, 'refund_not_allowed');
    expect(again.detail).toContain('REFUNDED');
  });

  test('takes fifty refunds and not one more', async () => {
    const payment = await succeeded(100);
    for (let made = 0; made < 50; made += 1) expectPayment(await refund(payment, { amount: 1 }));
    expectProblem(await refund(payment, { amount: 1 }), 409, 'refund_limit_reached');
    expect(expectPayment(await api.get(`/payments/${payment.payment_id}`)).refunds).toHaveLength(
      50,
    );
  });

  test('asked for its full refund 200 times at once gives it once', async () => {
    const payment = await succeeded(100);
    const answers = await Promise.all(Array.from({ length: 200 }, () => refund(payment)));
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(199);
    for (const answer of answers) {
      if (answer.statusCode === 409) expectProblem(answer, 409, 'refund_not_allowed');
    }
    expect(await entriesOf(payment)).toHaveLength(2);
    expect((await api.footprint()).rows).toMatchObject({ refunds: 1, events: 4 });
  });

  test('of 100 asked ten times at once for 30 gives three of them', async () => {
    const payment = await succeeded(100);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => refund(payment, { amount: 30 })),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(3);
    for (const answer of answers) {
      if (answer.statusCode !== 200) expectProblem(answer, 409, 'refund_exceeds_remaining');
    }
    const after = expectPayment(await api.get(`/payments/${payment.payment_id}`));
    expect(after).toMatchObject({ status: 'SUCCESS', amount_refunded: 90 });
    expect(expectPayment(await refund(payment)).refunds.at(-1)?.amount).toBe(10);
  });
});
