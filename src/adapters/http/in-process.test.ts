import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jsonOf, testApp, type TestApp } from '../../../test/property/app.ts';
import { cardNumber } from '../../../test/support/cards.ts';
import type { AskTraffic } from '../../engine/traffic/ports.ts';
import { keyedHasher } from '../system/secret-key.ts';
import { requestsInProcess } from './in-process.ts';

let api: TestApp;
let ask: AskTraffic;
beforeEach(async () => {
  api = await testApp({ settings: { randomDeclineRate: 0 } });
  ask = asking('signal');
});
afterEach(() => api.close());

function asking(luhn: 'signal' | 'enforce'): AskTraffic {
  const { engine, clock } = api;
  return requestsInProcess({
    engine,
    keyedHash: keyedHasher(Buffer.alloc(32, 7)), // as the test's application has it
    newRequestId: () => engine.random.newId(clock.nowMs()),
    luhn,
  });
}

/** The payment with this id as GET shows it, without what makes it this one. */
async function shown(id: string): Promise<Record<string, unknown>> {
  const answer = await api.get(`/payments/${id}`);
  expect(answer.statusCode).toBe(200);
  return JSON.parse(answer.body, (name, value: unknown) =>
    ['payment_id', 'refund_id'].includes(name) ? undefined : value,
  ) as Record<string, unknown>;
}

async function inProcess(path: string, body: string): Promise<string> {
  const answer = await ask({ path, body });
  if (!answer.ok) throw new Error('it is taken');
  return answer.payment.id;
}

const CARD = cardNumber(1);

describe('what is asked for in process becomes what it would become over HTTP', () => {
  test.each([
    ['/payments', `{"amount":19.99,"currency":"eur","recipient":"bob","metadata":{"n":0.10}}`],
    [
      '/payments',
      `{"amount":7,"currency":"JPY","recipient":"Pay ${CARD}","card":{"number":"${CARD}"}}`,
    ],
    ['/payments', `{"amount":0,"currency":"USD","recipient":" "}`],
    [
      '/payment',
      `{"card_number":"${CARD}","amount":12.5,"merchant":"Shop","device_id":"d","ip":"::1"}`,
    ],
    [
      '/payment',
      `{"card_number":"${CARD}","amount":1,"merchant":"Shop","simulate":{"outcome":"LOST_CARD"}}`,
    ],
  ])('%s %s', async (path, body) => {
    const answer = jsonOf<{ payment_id?: string; transaction_id?: string }>(
      await api.post(path, body),
    );
    const overHttp = await shown(answer.payment_id ?? answer.transaction_id ?? '');
    const other = await shown(await inProcess(path, body));
    // The second payment of a card has another risk than its first.
    expect({ ...other, risk: null }).toEqual({ ...overHttp, risk: null });
  });

  test('a refund and a retry, too', async () => {
    const created = '{"amount":10,"currency":"EUR","recipient":"bob"}';
    const id = await inProcess('/payments', created);
    await api.runTimers();
    await inProcess(`/payments/${id}/refund`, '{"amount":2.5,"reason":"half of a half"}');
    expect(await shown(id)).toMatchObject({
      amount_refunded: 2.5,
      refunds: [{ amount: 2.5, reason: 'half of a half' }],
    });
    const failing = created.replace(
      '}',
      ',"simulate":{"sequence":["PROCESSING_ERROR","APPROVE"]}}',
    );
    const failed = await inProcess('/payments', failing);
    await api.runTimers();
    await inProcess(`/payments/${failed}/retry`, '');
    await api.runTimers();
    expect(await shown(failed)).toMatchObject({ status: 'SUCCESS', attempts: 2 });
  });
});

test('a refusal of the engine is an answer', async () => {
  const id = await inProcess('/payments', '{"amount":10,"currency":"EUR","recipient":"bob"}');
  expect(await ask({ path: `/payments/${id}/refund`, body: '{}' })).toEqual({ ok: false });
  const nobody = '00000000-0000-7000-8000-000000000000';
  expect(await ask({ path: `/payments/${nobody}/retry`, body: '' })).toEqual({ ok: false });
});

test.each([
  ['/payments', '{"amount":1', 'Expected'],
  ['/payments', '{"amount":1,"amount":2}', 'each key only once'],
  ['/payments', '{"amount":1.999,"currency":"EUR"}', 'fraction digits'],
  ['/payments', '{"amount":1,"currency":"XTS"}', 'currency is not an active ISO 4217 code'],
  ['/payments', '{"amount":1,"amont":1}', 'did you mean amount?'],
  ['/payment', '{"amount":1,"merchant":"Shop"}', '/card_number: is needed'],
  ['/payments/x/refund', '{}', 'no payment with this id'],
  ['/admin/reset', '', 'only what is listed here'],
])('what cannot be read is thrown: %s %s', async (path, body, expected) => {
  const before = await api.footprint();
  await expect(ask({ path, body })).rejects.toThrow(expected);
  expect(await api.footprint()).toEqual(before);
});

test('card numbers are read as the server reads them', async () => {
  ask = asking('enforce');
  const body = '{"card_number":"4000001234567890","amount":1,"merchant":"Shop"}';
  await expect(ask({ path: '/payment', body })).rejects.toThrow('Luhn');
});
