import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Body,
  expectProblem,
  PAYMENT,
  expectPayment,
  testApp,
  type TestApp,
  type WirePayment,
} from '../../../../test/property/app.ts';

let api: TestApp;
beforeEach(async () => {
  api = await testApp();
});
afterEach(() => api.close());

const failing = (outcome: string) => api.settled({ ...PAYMENT, simulate: { outcome } });
const retry = ({ payment_id: id }: WirePayment, body?: Body) =>
  api.post(`/payments/${id}/retry`, body);

test.each(['PROCESSING_ERROR', 'ISSUER_UNAVAILABLE', 'ISSUER_TIMEOUT', 'CARD_VELOCITY_EXCEEDED'])(
  'a payment that failed with %s can be retried',
  async (reason) => {
    const failed = await failing(reason);
    expect(failed['retryable']).toBe(true);
    expect(expectPayment(await retry(failed))).toMatchObject({
      status: 'PROCESSING',
      failure_reason: null,
      decline: null,
      attempts: 2,
      retryable: false,
    });
  },
);

test.each(['INSUFFICIENT_FUNDS', 'FRAUD_SUSPECTED', 'LOST_CARD', 'EXPIRED_CARD', 'RULE_BLOCKED'])(
  'a payment that failed with %s cannot be retried',
  async (reason) => {
    const failed = await failing(reason);
    expect(failed['retryable']).toBe(false);
    const before = await api.footprint();
    expectProblem(await retry(failed), 409, 'retry_not_allowed');
    expect(await api.footprint()).toEqual(before);
  },
);

test('a payment that did not fail cannot be retried', async () => {
  const created = expectPayment(await api.post('/payments', PAYMENT), 201);
  expectProblem(await retry(created), 409, 'retry_not_allowed');
  expectProblem(await retry(await api.settled(PAYMENT)), 409, 'retry_not_allowed');
});

test('a retry that succeeds captures once, and the failures before it are gone', async () => {
  const sequence = ['PROCESSING_ERROR', 'APPROVE'];
  const failed = await api.settled({ ...PAYMENT, simulate: { sequence } });
  expectPayment(await retry(failed));
  await api.runTimers();
  const payment = expectPayment(await api.get(`/payments/${failed.payment_id}`));
  expect(payment).toMatchObject({ status: 'SUCCESS', attempts: 2, amount_captured: 100 });
  expect((await api.footprint()).rows['ledger_entries']).toBe(1);
});

test('after three retries the limit is reached, and the payment says so', async () => {
  let payment = await failing('PROCESSING_ERROR');
  const shown: unknown[] = [payment['retryable']];
  for (let made = 0; made < 3; made += 1) {
    expectPayment(await retry(payment));
    await api.runTimers();
    payment = expectPayment(await api.get(`/payments/${payment.payment_id}`));
    shown.push(payment['retryable']);
  }
  expect(shown).toEqual([true, true, true, false]);
  const before = await api.footprint();
  expectProblem(await retry(payment), 409, 'retry_limit_reached');
  expect(await api.footprint()).toEqual(before);
});

test('MAX_RETRIES=0 allows none', async () => {
  await api.close();
  api = await testApp({ settings: { retriesMax: 0 } });
  const failed = await failing('PROCESSING_ERROR');
  expect(failed['retryable']).toBe(false);
  expectProblem(await retry(failed), 409, 'retry_limit_reached');
});

test('of 50 retries at once one is taken', async () => {
  const failed = await failing('PROCESSING_ERROR');
  const answers = await Promise.all(Array.from({ length: 50 }, () => retry(failed)));
  const taken = answers.filter(({ statusCode }) => statusCode === 200);
  expect(taken).toHaveLength(1);
  for (const answer of answers) {
    if (answer.statusCode !== 200) expectProblem(answer, 409, 'retry_not_allowed');
  }
});

test.each([undefined, 'null', '{}'])('a body of %j is let in', async (body) => {
  expectPayment(await retry(await failing('PROCESSING_ERROR'), body));
});

test.each(['{"amount":1}', '[]', '"x"', '1', 'true'])(
  'a body of %s is refused, and nothing moves',
  async (body) => {
    const failed = await failing('PROCESSING_ERROR');
    const before = await api.footprint();
    expectProblem(await retry(failed, body), 400, 'validation_failed');
    expect(await api.footprint()).toEqual(before);
  },
);
