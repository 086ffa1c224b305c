import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  type Body,
  type Headers,
  PAYMENT,
  expectPayment,
  testApp,
  type TestApp,
} from '../../../test/property/app.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp({ settings: { failureRate: 0 } });
});
afterAll(() => api.close());

/** A number that every developer knows and no other test here sends. */
const PAN = '4242424242424242';
const SPACED = '4242 4242 4242 4242';
const DASHED = '4242-4242-4242-4242';
const AMEX = '378282246310005';
const DINERS = '30569309025904';
const MASKED = '************4242';

/** Its check digit is wrong; it begins as the other does. */
const PAN_BUT_FOR_CHECK = '4242424242424241';

function percentEncoded(digits: string): string {
  return [...digits].map((digit) => `%3${digit}`).join('');
}

/** The text without what may stand between the digits of a card number. */
function joined(text: string): string {
  const decoded = text.replaceAll(/%(20|2d|3\d)/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return decoded.replaceAll(/[ -]/g, '');
}

/** Not even most of a number comes back. */
function expectNoCard(answer: Answer): void {
  const said = joined(`${answer.body} ${JSON.stringify(answer.headers)}`);
  for (const pan of [PAN, AMEX, DINERS]) expect(said).not.toContain(pan.slice(0, 12));
}

/** Nothing that is stored holds a number in any of its forms, nor does the log of errors. */
async function expectNoCardOnDisk(): Promise<void> {
  for (const text of [await api.place.everything(), ...api.errors]) {
    for (const pan of [PAN, SPACED, DASHED, AMEX, DINERS]) expect(text.includes(pan)).toBe(false);
  }
}
afterEach(expectNoCardOnDisk);

describe('a card number', () => {
  const texts = ['recipient', 'reference', 'description', 'channel', 'device_id'];
  const forms: readonly [string, string][] = [
    [PAN, MASKED],
    [SPACED, MASKED],
    [DASHED, MASKED],
    ['4242 424242424242', MASKED],
    ['4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2', MASKED],
    [`card ${PAN}, please`, `card ${MASKED}, please`],
    [`x${PAN}y`, `x${MASKED}y`],
    [`12 ${PAN}`, `12 ${MASKED}`],
    [AMEX, '***********0005'],
    [DINERS, '**********5904'],
    [`${PAN} ${AMEX}`, `${MASKED} ***********0005`],
    ['6011000990139424000', '6011000990139424000'],
  ];
  test.each(
    texts.flatMap((field) => forms.map(([text, masked]) => [field, text, masked] as const)),
  )('in %s (%s) is kept as %s', async (field, text, masked) => {
    const answer = await api.post('/payments', { ...PAYMENT, [field]: text });
    const payment = expectPayment(answer, 201);
    expect(payment[field]).toBe(masked);
    for (const url of [`/payments/${payment.payment_id}`, '/payments', '/events?limit=500']) {
      expectNoCard(await api.get(url));
    }
  });

  test('in an escaped text is seen', async () => {
    const escaped = [...PAN].map((digit) => `\\u003${digit}`).join('');
    const body = `{"amount":1,"currency":"USD","recipient":"${escaped}"}`;
    expect(expectPayment(await api.post('/payments', body), 201)['recipient']).toBe(MASKED);
  });

  test('in metadata is masked, as a value and as a key', async () => {
    const metadata = { note: SPACED, [PAN]: 'x', plain: 'y' };
    const payment = expectPayment(await api.post('/payments', { ...PAYMENT, metadata }), 201);
    expect(payment['metadata']).toEqual({ note: MASKED, [MASKED]: 'x', plain: 'y' });
  });

  test('of which two keys of metadata are made does not lose one of them', async () => {
    const metadata = { [PAN]: 'first', '4000000000024242': 'second', '5555552000084242': 'third' };
    const answer = await api.post('/payments', { ...PAYMENT, metadata });
    expectNoCard(answer);
    const kept = Object.values(expectPayment(answer, 201)['metadata'] as object).map(String);
    expect(kept.toSorted()).toEqual(['first', 'second', 'third']);
  });

  test('in the reason of a refund is masked', async () => {
    const { payment_id: id } = await api.settled(PAYMENT);
    const answer = await api.post(`/payments/${id}/refund`, { reason: `wrong card ${DASHED}` });
    expect(expectPayment(answer).refunds).toMatchObject([{ reason: `wrong card ${MASKED}` }]);
    expectNoCard(await api.get('/events?limit=500'));
  });

  test('in the request id is masked wherever that goes', async () => {
    for (const id of [PAN, DASHED, `req-${PAN}`]) {
      const answer = await api.post('/payments', PAYMENT, { 'x-request-id': id });
      expectNoCard(answer);
      expect(answer.headers['x-request-id']).toContain('4242');
      expectNoCard(await api.get('/nowhere', { 'x-request-id': id }));
    }
    expectNoCard(await api.get('/events?limit=500'));
  });

  test('as an idempotency key is used and never kept', async () => {
    const key = { 'idempotency-key': PAN };
    const first = await api.post('/payments', PAYMENT, key);
    const again = await api.post('/payments', PAYMENT, key);
    expect(again.body).toBe(first.body);
    const refused = await api.post('/payments', { ...PAYMENT, amount: 2 }, key);
    for (const answer of [first, again, refused]) expectNoCard(answer);
  });
});

describe('a card number in metadata as a number', () => {
  test.each([AMEX, DINERS, '4222222222222', '4000000000000010', '6304000000000000'])(
    '(%s) is neither shown nor kept',
    async (pan) => {
      const other = await testApp();
      const body = `{"amount":1,"currency":"USD","recipient":"a","metadata":{"card":${pan}}}`;
      const answer = await other.post('/payments', body);
      const events = await other.get('/events');
      const file = await other.place.everything();
      await other.close();
      for (const text of [answer.body, events.body, file]) expect(text.includes(pan)).toBe(false);
    },
  );
});

describe('a refusal never repeats a card number', () => {
  const bodies: readonly [string, Body][] = [
    ['as the amount', `{"amount":${PAN}}`],
    ['as a text in place of the amount', { amount: PAN }],
    ['as the currency', { amount: 1, currency: PAN }],
    ['as the currency with spaces', { amount: 1, currency: SPACED.slice(0, 16) }],
    ['as a field', { amount: 1, [PAN]: 1 }],
    ['as a field with spaces', { amount: 1, [SPACED]: 1 }],
    ['as the capture', { amount: 1, capture: PAN }],
    ['as the outcome', { amount: 1, simulate: { outcome: PAN } }],
    ['as a key of metadata with a list in it', { amount: 1, metadata: { [PAN]: [] } }],
    ['as a key of metadata with spaces', { amount: 1, metadata: { [SPACED]: {} } }],
    ['as a key of metadata, too long', { amount: 1, metadata: { [`${PAN}${'x'.repeat(30)}`]: 1 } }],
    ['as a key beside a number too exact', `{"amount":1,"metadata":{"${PAN}":9007199254740993}}`],
    ['as a key twice', `{"amount":1,"metadata":{"${PAN}":1,"${PAN}":2}}`],
    ['as a key before broken JSON', `{"amount":1,"metadata":{"${SPACED}":tru}}`],
    ['as broken JSON', `{"amount":1,"recipient":${SPACED}}`],
    ['as the whole body', PAN],
    ['as the whole text', `"${PAN}"`],
    ['in a recipient too long', { amount: 1, recipient: PAN.repeat(20) }],
  ];
  test.each(bodies)('%s', async (_name, body) => {
    const answer = await api.post('/payments', body, { 'idempotency-key': 'card' });
    expect(answer.statusCode).toBe(400);
    expectNoCard(answer);
  });

  const requests: readonly [string, string, string, Headers?][] = [
    ['in a path', 'GET', `/payments/${PAN}`],
    ['in a path with spaces', 'GET', `/payments/${SPACED.replaceAll(' ', '%20')}`],
    ['in a path with hyphens', 'POST', `/payments/${DASHED}/refund`],
    ['in a path, escaped', 'GET', `/payments/%34${PAN.slice(1)}`],
    ['in a path, all escaped', 'GET', `/payments/${percentEncoded(PAN)}`],
    ['in an unknown path', 'GET', `/card/${PAN}`],
    ['with a wrong check digit, all escaped', 'GET', `/card/${percentEncoded(PAN_BUT_FOR_CHECK)}`],
    ['in a refund', 'GET', `/refunds/${PAN}`],
    ['in an error code', 'GET', `/errors/${PAN}`],
    ['in a path that cannot be read', 'GET', `/payments/${PAN}%zz`],
    ['in a path where it is cut', 'GET', `/${'x'.repeat(184)}${PAN}`],
    ['in a very long path', 'GET', `/payments/${PAN}${'x'.repeat(600)}`],
    ['in a query', 'GET', `/payments?status=${PAN}`],
    ['as a query parameter', 'GET', `/payments?${PAN}=1`],
    ['as a limit', 'GET', `/payments?limit=${PAN}`],
    ['as a cursor', 'GET', `/payments?cursor=${PAN}`],
    ['as an event type', 'GET', `/events?type=${PAN}`],
    ['as a payment of an event', 'GET', `/events?payment_id=${PAN}`],
    ['as a host', 'GET', '/payments', { host: PAN }],
    ['as an origin', 'GET', '/payments', { origin: `http://${PAN}.example` }],
    ['as a media type', 'POST', '/payments', { 'content-type': `application/${PAN}` }],
    ['as an idempotency key with spaces', 'POST', '/payments', { 'idempotency-key': SPACED }],
  ];
  test.each(requests)('%s', async (_name, method, url, headers) => {
    const body = method === 'POST' ? JSON.stringify(PAYMENT) : undefined;
    const answer = await api.send(method, url, body, headers);
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expectNoCard(answer);
  });
});

describe('what only looks like a card number', () => {
  const others = [
    '4242424242424241',
    '1234567890123456',
    '42424242424',
    '4242_4242_4242_4242',
    '01980000-0000-7000-8000-000000000000',
    '12345678901234567890123',
    '+49 171 2345679',
    '2026-02-26 10:00:00',
    '4242  4242  4242  4242',
  ];
  test.each(others)('(%s) is kept as it is', async (text) => {
    const body = { ...PAYMENT, description: text, metadata: { text } };
    const payment = expectPayment(await api.post('/payments', body), 201);
    expect(payment).toMatchObject({ description: text, metadata: { text } });
  });
});
