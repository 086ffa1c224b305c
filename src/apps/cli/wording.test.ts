import { expect, test } from 'vitest';
import { age, amountText, count } from './wording.ts';

test.each([
  [250, 'USD', '250.00 USD'],
  [19.9, 'EUR', '19.90 EUR'],
  [-5, 'USD', '-5.00 USD'],
  [500, 'JPY', '500 JPY'],
  [12.345, 'KWD', '12.345 KWD'],
  [0.0001, 'CLF', '0.0001 CLF'],
  [9999999999.99, 'USD', '9999999999.99 USD'],
  [1.5, null, '1.50 ---'],
])('%d %s is shown as %s', (amount, currency, expected) => {
  expect(amountText(amount, currency)).toBe(expected);
});

test.each([
  [0, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [3_599_999, '59m'],
  [3_600_000, '1h'],
  [86_400_000, '1d'],
  [86_400_000 * 400, '400d'],
  [-5_000, '0s'],
])('%d ms ago is %s', (elapsedMs, expected) => {
  const then = Date.UTC(2026, 0, 1);
  expect(age(new Date(then).toISOString(), then + elapsedMs)).toBe(expected);
});

test('what is counted has a number', () => {
  expect([count(0, 'check'), count(1, 'check'), count(2, 'entry', 'entries')]).toEqual([
    '0 checks',
    '1 check',
    '2 entries',
  ]);
});
