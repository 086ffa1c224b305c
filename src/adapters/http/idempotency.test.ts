import { hash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answer,
  expectProblem,
  jsonOf,
  expectList,
  PAYMENT,
  expectPayment,
  testApp,
  type TestApp,
} from '../../../test/property/app.ts';
import { type Store, StorageError } from '../../engine/ports.ts';

let api: TestApp;
beforeEach(async () => {
  api = await testApp();
});
afterEach(() => api.close());

const keyed = (key: string) => ({ 'idempotency-key': key });
const pay = (key: string, body: object | string = PAYMENT) =>
  api.post('/payments', body, keyed(key));

function expectReplay(first: Answer, again: Answer): void {
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect(again.statusCode).toBe(first.statusCode);
  expect(again.rawPayload.equals(first.rawPayload)).toBe(true);
  expect(again.headers['content-type']).toBe(first.headers['content-type']);
}

describe('the same key with the same request', () => {
  test('gets the same bytes, and stores nothing more', async () => {
    const first = await pay('k');
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    const after = await api.footprint();
    expectReplay(first, await pay('k'));
    expectReplay(first, await pay('k'));
    expect(await api.footprint()).toEqual(after);
  });

  test('gets them although the payment has moved on', async () => {
    const first = await pay('k');
    const { payment_id: id } = expectPayment(first, 201);
    await api.runTimers();
    await api.post(`/payments/${id}/refund`);
    expectReplay(first, await pay('k'));
    expect(jsonOf(first)).toMatchObject({ status: 'CREATED' });
  });

  const same: readonly [string, string, string][] = [
    ['white space', '{"amount":1,"currency":"USD"}', ' {\n"amount" : 1 ,\t"currency":"USD" }\r\n'],
    ['the order of keys', '{"amount":1,"currency":"USD"}', '{"currency":"USD","amount":1}'],
    [
      'escapes',
      '{"amount":1,"recipient":"a/é"}',
      '{"amount":1,"\\u0072ecipient":"\\u0061\\/\\u00e9"}',
    ],
    [
      'the order of keys further in',
      '{"amount":1,"metadata":{"a":1,"b":2.50,"c":"x"}}',
      '{"metadata":{"c":"x","b":2.50,"a":1},"amount":1}',
    ],
  ];
  test.each(same)('does not mind %s', async (_name, one, other) => {
    expectReplay(await pay('k', one), await pay('k', other));
  });

  test('does not mind other headers', async () => {
    const first = await pay('k');
    const again = await api.post('/payments', PAYMENT, {
      ...keyed('k'),
      'x-request-id': 'another',
      'content-type': 'application/vnd.x+json; charset=utf-8',
      'user-agent': 'other',
    });
    expectReplay(first, again);
    expect(again.headers['x-request-id']).toBe('another');
  });

  test('moves money once: refunds and retries too', async () => {
    const { payment_id: id } = await api.settled(PAYMENT);
    const refund = () => api.post(`/payments/${id}/refund`, { amount: 60 }, keyed('refund'));
    expectReplay(await refund(), await refund());
    const failing = { ...PAYMENT, simulate: { outcome: 'PROCESSING_ERROR' } };
    const { payment_id: failed } = await api.settled(failing);
    const retry = () => api.post(`/payments/${failed}/retry`, undefined, keyed('retry'));
    expectReplay(await retry(), await retry());
    expect((await api.footprint()).rows).toMatchObject({ refunds: 1, replies: 2 });
  });

  test('sent 200 times at once makes one payment and gives 200 equal answers', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => pay('k')));
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    const replayed = answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true');
    expect(replayed).toHaveLength(199);
    expect((await api.footprint()).rows).toMatchObject({ payments: 1, events: 1, replies: 1 });
  });
});

describe('the same key with another request', () => {
  const others: readonly [string, string, string][] = [
    ['another amount', '{"amount":1}', '{"amount":2}'],
    ['the same amount in other digits', '{"amount":1.0}', '{"amount":1.00}'],
    ['the same amount with an exponent', '{"amount":10}', '{"amount":1e1}'],
    ['a null for nothing', '{"amount":1}', '{"amount":1,"reference":null}'],
    ['a number for a text', '{"amount":1,"metadata":{"a":1}}', '{"amount":1,"metadata":{"a":"1"}}'],
    ['an amount that a double cannot tell apart', '{"amount":0.1}', '{"amount":0.10}'],
    ['a key moved elsewhere', '{"amount":1,"channel":"x"}', '{"amount":1,"device_id":"x"}'],
  ];
  test.each(others)('(%s) is 422, and nothing is stored', async (_name, one, other) => {
    const first = await pay('k', one);
    const after = await api.footprint();
    const refused = await pay('k', other);
    expectProblem(refused, 422, 'idempotency_key_reused');
    expect(refused.headers).not.toHaveProperty('idempotent-replayed');
    expect(await api.footprint()).toEqual(after);
    expectReplay(first, await pay('k', one));
  });

  test('is one for another path, too', async () => {
    const { payment_id: one } = await api.settled(PAYMENT);
    const { payment_id: two } = await api.settled(PAYMENT);
    expectPayment(await api.post(`/payments/${one}/refund`, undefined, keyed('k')));
    const after = await api.footprint();
    const answer = await api.post(`/payments/${two}/refund`, undefined, keyed('k'));
    expectProblem(answer, 422, 'idempotency_key_reused');
    const retry = await api.post(`/payments/${one}/retry`, undefined, keyed('k'));
    expectProblem(retry, 422, 'idempotency_key_reused');
    expect(await api.footprint()).toEqual(after);
  });

  test('is refused also when both come at once', async () => {
    const bodies = Array.from({ length: 100 }, (_, index) => ({ ...PAYMENT, amount: index + 1 }));
    const answers = await Promise.all(bodies.map((body) => pay('k', body)));
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1);
    expect(answers.filter(({ statusCode }) => statusCode === 422)).toHaveLength(99);
    expect((await api.footprint()).rows).toMatchObject({ payments: 1, replies: 1 });
  });
});

describe('a refusal', () => {
  test('of the engine is stored and given again, even when it would no longer be one', async () => {
    const { payment_id: id } = expectPayment(await api.post('/payments', PAYMENT), 201);
    const refund = (key: string) => api.post(`/payments/${id}/refund`, undefined, keyed(key));
    const refused = await refund('early');
    expectProblem(refused, 409, 'refund_not_allowed');
    await api.runTimers();
    expectReplay(refused, await refund('early'));
    expectPayment(await refund('later'));
  });

  test('of a payment that is not there is stored too, and not one event', async () => {
    const url = '/payments/01980000-0000-7000-8000-000000000000/refund';
    const first = await api.post(url, undefined, keyed('k'));
    expectProblem(first, 404, 'payment_not_found');
    expectReplay(first, await api.post(url, undefined, keyed('k')));
    expect((await api.footprint()).rows).toMatchObject({ replies: 1, events: 0 });
  });

  const edge: readonly [string, string, number][] = [
    ['malformed JSON', '{', 400],
    ['a field too many', '{"amount":1,"x":1}', 400],
    ['an unknown currency', '{"amount":1,"currency":"XXX"}', 400],
    ['too many digits', '{"amount":1.001,"currency":"USD"}', 400],
  ];
  test.each(edge)(
    'of the edge (%s) is not stored: the key is still free',
    async (_, body, status) => {
      expect((await pay('k', body)).statusCode).toBe(status);
      expect((await api.footprint()).rows['replies']).toBe(0);
      expectPayment(await pay('k'), 201);
    },
  );

  test('by storage is not stored: asking again runs it', async () => {
    await api.close();
    let isFull = true;
    const wrapStore = (store: Store): Store => ({
      ...store,
      batch: (requests, decideAll) =>
        isFull
          ? Promise.reject(new StorageError('unavailable', 'the disk is full'))
          : store.batch(requests, decideAll),
    });
    api = await testApp({ wrapStore });
    expectProblem(await pay('k'), 503, 'storage_unavailable');
    isFull = false;
    const made = await pay('k');
    expectPayment(made, 201);
    expect(made.headers).not.toHaveProperty('idempotent-replayed');
  });
});

describe('the key', () => {
  const right: readonly [string, string][] = [
    ['one character', 'a'],
    ['255 characters', 'x'.repeat(255)],
    ['quotes', '"quoted"'],
    ['the first and the last sign of ASCII', '!~'],
    ['commas', 'k,with;signs'],
  ];
  test.each(right)('may be of %s', async (_name, key) => {
    expectReplay(await pay(key), await pay(key));
  });

  const wrong: readonly [string, string][] = [
    ['nothing', ''],
    ['256 characters', 'x'.repeat(256)],
    ['a space', 'two words'],
    ['a tab', 'two\twords'],
    ['non-ASCII', 'clé'],
    ['a control character', 'a\u007fb'],
  ];
  test.each(wrong)('of %s is none: 400, and nothing is stored', async (_name, key) => {
    const before = await api.footprint();
    const { detail } = expectProblem(await pay(key), 400, 'invalid_header');
    expect(detail).toContain('Idempotency-Key');
    expect(await api.footprint()).toEqual(before);
  });

  test('sent twice is none, whatever it says', async () => {
    for (const keys of [
      ['a', 'b'],
      ['a', 'a'],
    ]) {
      const answer = await api.post('/payments', PAYMENT, { 'idempotency-key': keys });
      expectProblem(answer, 400, 'invalid_header');
    }
    expect((await api.footprint()).rows['payments']).toBe(0);
  });

  test('is told apart by case', async () => {
    expectPayment(await pay('Key'), 201);
    expect((await pay('key')).headers).not.toHaveProperty('idempotent-replayed');
  });

  test('means nothing to a GET', async () => {
    const first = expectList(await api.get('/payments', keyed('k')));
    await pay('other');
    expect(expectList(await api.get('/payments', keyed('k'))).data).not.toEqual(first.data);
  });

  test('is never on disk, nor is a plain hash of it or of the body', async () => {
    const key = 'order-7-of-alice';
    const body = JSON.stringify(PAYMENT);
    await pay(key, body);
    const file = await api.place.everything();
    expect(file).toContain('alice@example.com');
    for (const text of [key, hash('sha256', key), hash('sha256', body), hash('md5', key)]) {
      expect(file.includes(text)).toBe(false);
    }
  });

  test('is kept for thirty days by the clock of the engine, and not longer', async () => {
    const day = 24 * 60 * 60 * 1000;
    const first = await pay('k');
    api.clock.advance(30 * day - 1);
    expectReplay(first, await pay('k'));
    api.clock.advance(1);
    const anew = await pay('k', { ...PAYMENT, amount: 2 });
    expect(expectPayment(anew, 201).amount).toBe(2);
    expectReplay(anew, await pay('k', { ...PAYMENT, amount: 2 }));
  });

  test('belongs to the caller', async () => {
    await api.close();
    const secrets = ['secret-of-one-0123456789', 'secret-of-two-0123456789'];
    const apiKeys = secrets.map((secret) => ({
      name: secret.slice(10, 13),
      sha256: hash('sha256', secret),
      mayWrite: true,
    }));
    api = await testApp({ http: { apiKeys } });
    const payAs = (secret = '', amount = 1) =>
      api.post(
        '/payments',
        { ...PAYMENT, amount },
        { ...keyed('k'), authorization: `Bearer ${secret}` },
      );
    const one = await payAs(secrets[0]);
    const two = await payAs(secrets[1], 2);
    expect(expectPayment(two, 201).amount).toBe(2);
    expectReplay(one, await payAs(secrets[0]));
    expectReplay(two, await payAs(secrets[1], 2));
  });
});
