import { afterEach, beforeEach, expect, test } from 'vitest';
import { jsonOf, PAYMENT, testApp, type TestApp } from '../../../../test/property/app.ts';

let api: TestApp;
beforeEach(async () => {
  api = await testApp();
});
afterEach(() => api.close());

const summary = async () => jsonOf(await api.get('/summary'));

const NOTHING = {
  total: 0,
  success: 0,
  failed: 0,
  refunded: 0,
  failure_reasons: {},
  created: 0,
  processing: 0,
  authorized: 0,
  canceled: 0,
  volume: {},
  time_to_outcome_ms: { p50: null, p95: null, p99: null },
};

test('of nothing is all zeros', async () => {
  expect(await summary()).toEqual(NOTHING);
});

test('counts each payment once, where it stands now', async () => {
  const { payment_id: refunded } = await api.settled(PAYMENT);
  await api.post(`/payments/${refunded}/refund`);
  const { payment_id: partly } = await api.settled({ ...PAYMENT, amount: 20.5 });
  await api.post(`/payments/${partly}/refund`, { amount: 1 });
  await api.settled({ ...PAYMENT, amount: 0 });
  await api.settled({ ...PAYMENT, amount: 0 });
  await api.settled({ ...PAYMENT, amount: 20000 });
  await api.settled({ ...PAYMENT, currency: 'JPY', amount: 7 });
  await api.post('/payments', PAYMENT);
  expect(await summary()).toMatchObject({
    total: 7,
    success: 2,
    failed: 3,
    refunded: 1,
    failure_reasons: { INVALID_AMOUNT: 2, FRAUD_SUSPECTED: 1 },
    created: 1,
    processing: 0,
    volume: { USD: 120.5, JPY: 7 },
  });
});

test('forgets the failure of a payment that a retry made good', async () => {
  const sequence = ['PROCESSING_ERROR', 'APPROVE'];
  const { payment_id: id } = await api.settled({ ...PAYMENT, simulate: { sequence } });
  expect(await summary()).toMatchObject({ failed: 1, failure_reasons: { PROCESSING_ERROR: 1 } });
  await api.post(`/payments/${id}/retry`);
  expect(await summary()).toMatchObject({ failed: 0, processing: 1, failure_reasons: {} });
  await api.runTimers();
  expect(await summary()).toMatchObject({ total: 1, success: 1, volume: { USD: 100 } });
});

test('tells the time to the first outcome within one percent', async () => {
  for (const delay of [100, 200, 300, 10_000]) {
    await api.settled({ ...PAYMENT, simulate: { delay_ms: delay } });
  }
  const times = (await summary())['time_to_outcome_ms'] as Record<string, number>;
  expect(times['p50']).toBeGreaterThan(200 * 0.989);
  expect(times['p50']).toBeLessThan(200 * 1.011);
  expect(times['p99']).toBeGreaterThan(10_000 * 0.989);
  expect(times['p99']).toBeLessThan(10_000 * 1.011);
});
