import { beforeAll, expect, test } from 'vitest';
import { cardNumberAt } from '../../../adapters/traffic/card-numbers.ts';
import { shopperAt } from '../../../adapters/traffic/shoppers.ts';
import { isLuhn } from '../../../core/card.ts';
import { findTestCard } from '../../../core/test-cards.ts';
import { requestAt, type SeedRequest } from './requests.ts';

const CARDS = 200;
const COUNT = 5_000;

interface Body {
  readonly card_number?: string;
  readonly amount: number;
  readonly currency: string;
  readonly merchant?: string;
  readonly channel?: string;
  readonly device_id?: string;
  readonly ip?: string;
}

let requests: SeedRequest[];
let authorizations: Body[];

beforeAll(() => {
  requests = some('demo', COUNT);
  authorizations = requests.filter(({ path }) => path === '/payment').map(bodyOf);
});

function some(seed: string, count: number): SeedRequest[] {
  return Array.from({ length: count }, (_, index) => requestAt(seed, index, CARDS));
}

function bodyOf({ body }: SeedRequest): Body {
  return JSON.parse(body) as Body;
}

function shareOf<Item>(items: readonly Item[], isCounted: (item: Item) => boolean): number {
  return items.filter(isCounted).length / items.length;
}

test('the same seed gives the same requests, and another one others', () => {
  expect(some('demo', 100)).toEqual(requests.slice(0, 100));
  const others = new Set(some('other', 100).map(({ body }) => body));
  expect(requests.filter(({ body }) => others.has(body))).toEqual([]);
});

test('the first requests of a seed stay as they are', () => {
  expect(requests.slice(0, 4).map(({ body }) => body)).toEqual([
    '{"card_number":"4100001003184347","amount":66.99,"currency":"USD","merchant":"Fern & Field Clothing","channel":"ecommerce","device_id":"dev-91a6e0ab11827a3c","ip":"100.64.3.1"}',
    '{"amount":23.99,"currency":"EUR","recipient":"carol.chen@example.com","description":"Invoice #1001","reference":"inv-1001"}',
    '{"card_number":"3566001497611465","amount":34.5,"currency":"USD","merchant":"Second Spring Pharmacy","channel":"ecommerce","device_id":"dev-01da93f2491d6420","ip":"100.64.1.7"}',
    '{"card_number":"5200822374004681","amount":8170,"currency":"JPY","merchant":"Northside Fuel","channel":"pos"}',
  ]);
});

test('three of four are card authorizations, and all are plausible', () => {
  expect(shareOf(requests, ({ path }) => path === '/payment')).toBeCloseTo(0.75, 1);
  for (const { path, body } of requests) {
    const { amount, currency, ...rest } = JSON.parse(body) as Body & Record<string, unknown>;
    expect(amount).toBeGreaterThan(0);
    expect(amount).toBeLessThan(currency === 'JPY' ? 10_000_000 : 50_000);
    expect(currency).toMatch(/^[A-Z]{3}$/);
    expect(Object.keys(rest)).toContain(path === '/payment' ? 'merchant' : 'recipient');
  }
});

test('card numbers pass the check, are of the cards asked for, and force nothing', () => {
  const known = new Set(
    Array.from({ length: CARDS }, (_, index) => shopperAt('demo', index).cardNumber),
  );
  expect(known.size).toBe(CARDS);
  for (const { card_number: number = '' } of authorizations) expect(known).toContain(number);
  for (const number of known) {
    expect(isLuhn(number)).toBe(true);
    expect(findTestCard(number)).toBeNull();
  }
});

test('no two of a hundred thousand cards have the same number, whatever the shift', () => {
  for (const shift of [0, 999_999]) {
    const numbers = new Set(
      Array.from({ length: 100_000 }, (_, index) => cardNumberAt(index, shift)),
    );
    expect(numbers.size).toBe(100_000);
  }
});

test('a number that is a test card is replaced by another one of its range', () => {
  // 4000056655665556 is of this range: these are its place and shift.
  const [index, shift] = [3, 65_566_555];
  const number = cardNumberAt(index, shift);
  expect(number).toMatch(/^4000056\d{9}$/);
  expect(number).not.toBe('4000056655665556');
  expect(isLuhn(number)).toBe(true);
});

test('devices belong to cards, with few exceptions', () => {
  const owners = new Map<string, Set<string>>();
  for (const { device_id: device, card_number: number = '' } of authorizations) {
    if (device !== undefined) owners.set(device, (owners.get(device) ?? new Set()).add(number));
  }
  expect(owners.size).toBeGreaterThan(CARDS / 2);
  expect(shareOf([...owners.values()], (cards) => cards.size === 1)).toBeGreaterThan(0.8);
  const inShops = authorizations.filter(({ channel }) => channel === 'pos');
  expect(inShops.filter((body) => body.device_id !== undefined || body.ip !== undefined)).toEqual(
    [],
  );
  expect(new Set(authorizations.map(({ ip }) => ip)).size).toBeLessThan(60);
});

test('most prices are small, few are high, and many end in 99', () => {
  const pounds = authorizations.filter(({ currency }) => currency === 'GBP');
  const amounts = pounds.map(({ amount }) => amount).sort((left, right) => left - right);
  const median = amounts[Math.floor(amounts.length / 2)] ?? 0;
  expect(median).toBeLessThan(60);
  expect(amounts.at(-1)).toBeGreaterThan(median * 20);
  expect(shareOf(amounts, (amount) => amount > 500)).toBeGreaterThan(0.02);
  expect(shareOf(amounts, (amount) => Math.round(amount * 100) % 100 === 99)).toBeCloseTo(0.45, 1);
});
