/**
 * Ten thousand card numbers, put wherever a client can put one. None may be found in any file beside the database, in
 * an answer (its headers included) or in a log. Half of them fail the Luhn check: those are cards only because the
 * request says so, and then its other texts are masked too.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cardNumber } from '../support/cards.ts';
import { type Answer, type Service, testService } from './app.ts';

const CANARIES = 10_000;
const DIGITS = 16;

let service: Service;
beforeAll(async () => {
  service = await testService({ FAILURE_RATE: '0.2', PROCESSING_DELAY_MS: '1' });
});
afterAll(() => service.close());

const canaries = new Set<string>();

/** A fresh number; `isRight` says whether its check digit is. */
function canary(isRight: boolean): string {
  const right = cardNumber(canaries.size, '516732');
  const wrong = right.slice(0, -1) + String((Number(right.at(-1)) + 5) % 10);
  const number = isRight ? right : wrong;
  canaries.add(number);
  return number;
}

const spaced = (number: string) => number.replace(/(\d{4})(?=\d)/g, '$1 ');
const dashed = (number: string) => number.replace(/(\d{4})(?=\d)/g, '$1-');

type Sending = (service: Service) => Promise<Answer>;

/** One request each, with a number in it that must not stay. */
const SENDINGS: readonly (() => Sending)[] = [
  ...[true, false].flatMap((isRight) => [
    // The card of the request, alone and repeated in everything else that it can carry.
    () => {
      const number = canary(isRight);
      const body = { card_number: number, amount: 5, merchant: 'shop' };
      return (to: Service) => to.post('/payment', body);
    },
    () => {
      const number = canary(isRight);
      const text = `card ${spaced(number)} of ${dashed(number)}, ${number}`;
      const body = {
        card_number: number,
        amount: 5,
        merchant: text,
        channel: number,
        device_id: `device-${number}`,
        ip: spaced(number),
        metadata: { [number]: number, note: text, long: `1${number}2` },
      };
      return (to: Service) => to.post('/payment', body, { 'x-request-id': `r-${number}` });
    },
    () => {
      const number = canary(isRight);
      const body = {
        card: { number: dashed(number), exp_month: 12, exp_year: 30 },
        amount: 5,
        currency: 'EUR',
        recipient: number,
        reference: spaced(number),
        description: `paid by ${number}`,
        metadata: { card: number },
      };
      return (to: Service) => to.post('/payments', body, { 'idempotency-key': number });
    },
    // Refused: what was wrong is said without saying what it was.
    () => {
      const number = canary(isRight);
      return (to: Service) => to.post('/payment', `{"card_number":${number},"amount":5}`);
    },
    () => {
      const number = canary(isRight);
      return (to: Service) => to.post('/payment', `{"card_number":"${number}","amount":`);
    },
    () => {
      const number = canary(isRight);
      return (to: Service) => to.post('/payment', { [number]: 1, card_number: number });
    },
    () => {
      const number = canary(isRight);
      return (to: Service) => to.post('/payments', { amount: 5, metadata: { [number]: {} } });
    },
    () => {
      const number = canary(isRight);
      return (to: Service) => to.post('/payments', { amount: 5, capture: number, card: number });
    },
    () => {
      const number = canary(isRight);
      return (to: Service) => to.post('/payments', `{"a":1,"a":"${number}"}`);
    },
    () => {
      const number = canary(isRight);
      return (to: Service) => to.post('/payments', `{"${number}":1,"${number}":2}`);
    },
    () => {
      const number = canary(isRight);
      return (to: Service) => to.get(`/transaction/${number}`);
    },
    () => {
      const number = canary(isRight);
      return (to: Service) => to.get(`/payments?card=${number}&status=${number}`);
    },
    () => {
      const number = canary(isRight);
      return (to: Service) => to.get(`/${number}/x?${number}=1`);
    },
    () => {
      const number = canary(isRight);
      return (to: Service) => to.send('PUT', '/rules', { lists: { block: { bins: [number] } } });
    },
    () => {
      const number = canary(isRight);
      return (to: Service) => to.send('PATCH', '/simulation', { outage: number, [number]: 1 });
    },
  ]),
  // A number in a free text of a request without a card: masked when its check digit is right.
  () => {
    const number = canary(true);
    const body = { amount: 5, currency: 'EUR', recipient: spaced(number), description: number };
    return (to: Service) => to.post('/payments', body, { 'x-request-id': number });
  },
  () => {
    const number = canary(true);
    const headers = { 'user-agent': number, authorization: `Bearer ${number}`, cookie: number };
    return (to: Service) => to.get(`/summary?${number}`, headers);
  },
  () => {
    const number = canary(true);
    const headers = { traceparent: `00-${number}${number}-${number}-01`, origin: number };
    return (to: Service) => to.post('/payments', { amount: 5 }, headers);
  },
];

test(`${CANARIES} card numbers leave no trace`, { timeout: 120_000 }, async () => {
  const said: string[] = [];
  while (canaries.size < CANARIES) {
    const round = SENDINGS.map((prepare) => prepare()(service));
    for (const answer of await Promise.all(round)) {
      expect(`${answer.statusCode} ${answer.body}`).toMatch(/^[234]/);
      said.push(`${answer.body} ${JSON.stringify(answer.headers)}`);
    }
  }
  expect(said.filter((text) => leakIn(text) !== null).slice(0, 5)).toEqual([]);
  for (const url of [
    '/events?limit=500',
    '/payments?limit=100',
    '/metrics',
    '/rules',
    '/requests',
  ]) {
    expect([url, leakIn((await service.get(url)).body)]).toEqual([url, null]);
  }
  for (const { ordinal } of service.app.requestLog.list()) {
    const { body } = await service.get(`/requests/req_${ordinal}`);
    expect([body.slice(0, 200), leakIn(body)]).toEqual([body.slice(0, 200), null]);
  }
  expect(service.requestLines.length).toBeGreaterThan(CANARIES / 2);
  for (const line of [...service.errors, ...service.requestLines]) expect(leakIn(line)).toBeNull();
  const stored = await service.place.everything();
  expect(stored.length).toBeGreaterThan(CANARIES * 100);
  expect(leakIn(stored)).toBeNull();
});

test('the search itself finds a number, however it is written', () => {
  const number = canary(true);
  for (const text of [number, spaced(number), dashed(number), `x12${number}9`, `"${number}`]) {
    expect(leakIn(`before ${text} after`)).toBe(number);
  }
});

/** The first canary in the text, with or without single spaces and hyphens between its digits. */
function leakIn(text: string): string | null {
  for (const [run] of text.matchAll(/\d(?:[ -]?\d){15,}/g)) {
    const digits = run.replace(/[ -]/g, '');
    for (let start = 0; start + DIGITS <= digits.length; start += 1) {
      const window = digits.slice(start, start + DIGITS);
      if (canaries.has(window)) return window;
    }
  }
  return null;
}
