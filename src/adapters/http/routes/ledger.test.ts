import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  expectProblem,
  jsonOf,
  matching,
  PAYMENT,
  type TestApp,
  testApp,
} from '../../../../test/property/app.ts';

let api: TestApp;
beforeEach(async () => {
  api = await testApp();
});
afterEach(() => api.close());

test('an empty ledger is balanced', async () => {
  const answer = await api.get('/ledger/trial-balance');
  expect(jsonOf(answer)).toEqual({ balanced: true, currencies: {}, accounts: [] });
  expect(jsonOf(await api.get('/ledger/accounts'))).toEqual({
    data: [],
    has_more: false,
    next_cursor: null,
  });
});

test('captures and refunds stand on both sides, per currency', async () => {
  const { payment_id: id } = await api.settled(PAYMENT);
  await api.post(`/payments/${id}/refund`, { amount: 30.01 });
  await api.settled({ ...PAYMENT, amount: 500, currency: 'JPY' });
  await api.settled({ ...PAYMENT, amount: 0 });
  expect(jsonOf(await api.get('/ledger/trial-balance'))).toEqual({
    balanced: true,
    currencies: {
      JPY: { debits: 500, credits: 500 },
      USD: { debits: 130.01, credits: 130.01 },
    },
    accounts: [
      { name: 'merchant_payable', currency: 'JPY', balance: 500 },
      { name: 'merchant_payable', currency: 'USD', balance: 69.99 },
      { name: 'network_receivable', currency: 'JPY', balance: 500 },
      { name: 'network_receivable', currency: 'USD', balance: 69.99 },
    ],
  });
});

test('the chart of accounts says what each one means and on which side it stands', async () => {
  await api.settled(PAYMENT);
  const { data } = jsonOf<{ data: unknown[] }>(await api.get('/ledger/accounts'));
  expect(data).toEqual([
    {
      name: 'merchant_payable',
      currency: 'USD',
      balance: 100,
      normal_side: 'credit',
      meaning: matching(/\w/),
    },
    {
      name: 'network_receivable',
      currency: 'USD',
      balance: 100,
      normal_side: 'debit',
      meaning: matching(/\w/),
    },
  ]);
});

test('a payment that did not move money has no entries', async () => {
  const { payment_id: id } = await api.settled({ ...PAYMENT, amount: 0 });
  const answer = await api.get(`/ledger/entries?payment_id=${id}`);
  expect(jsonOf(answer)).toMatchObject({ data: [] });
});

test('an entry names what it was made for', async () => {
  const { payment_id: id } = await api.settled(PAYMENT);
  const refunded = jsonOf<{ refunds: [{ refund_id: string }] }>(
    await api.post(`/payments/${id}/refund`, { amount: 0.5 }),
  );
  const { data } = jsonOf<{ data: unknown[] }>(await api.get(`/ledger/entries?payment_id=${id}`));
  const common = { payment_id: id, currency: 'USD', created_at: '2026-01-01T00:00:00.500Z' };
  expect(data).toEqual([
    {
      ...common,
      kind: 'capture',
      operation: '1',
      debit: 'network_receivable',
      credit: 'merchant_payable',
      amount: 100,
    },
    {
      ...common,
      kind: 'refund',
      operation: refunded.refunds[0].refund_id,
      debit: 'merchant_payable',
      credit: 'network_receivable',
      amount: 0.5,
    },
  ]);
});

test('entries come in the order in which they were made', async () => {
  const { payment_id: id } = await api.settled(PAYMENT);
  for (let amount = 1; amount <= 5; amount += 1) {
    await api.post(`/payments/${id}/refund`, { amount });
    api.clock.advance(1);
  }
  const { data } = jsonOf<{ data: { amount: number }[] }>(
    await api.get(`/ledger/entries?payment_id=${id}`),
  );
  expect(data.map(({ amount }) => amount)).toEqual([100, 1, 2, 3, 4, 5]);
});

describe('entries of a payment that cannot be', () => {
  test.each(['nope', '', '%00'])('(%j) are 404', async (id) => {
    expectProblem(await api.get(`/ledger/entries?payment_id=${id}`), 404, 'payment_not_found');
  });

  test('need an id', async () => {
    const { errors } = expectProblem(await api.get('/ledger/entries'), 400, 'validation_failed');
    expect(errors).toMatchObject([{ pointer: '?payment_id', code: 'missing_field' }]);
  });
});

test('sums beyond what a double holds go out to the last digit', async () => {
  await api.close();
  const fraudThreshold = { anyE4: 10n ** 18n, byCurrencyE4: new Map() };
  api = await testApp({ settings: { fraudThreshold } });
  const body = '{"amount":99999999.9999,"currency":"CLF","recipient":"a"}';
  await Promise.all(Array.from({ length: 1_000 }, () => api.post('/payments', body)));
  await api.runTimers();
  const answer = await api.get('/ledger/trial-balance');
  expect(answer.body).toContain('"CLF":{"debits":99999999999.9,"credits":99999999999.9}');
  const summary = await api.get('/summary');
  expect(summary.body).toContain('"volume":{"CLF":99999999999.9}');
});
