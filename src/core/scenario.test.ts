import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../../test/support/engine.ts';
import { paymentOf, scenarioOf } from '../../test/support/payment.ts';
import { currencyOf } from './currencies.ts';
import {
  forcedOutcome,
  limitMinor,
  majorLimit,
  processingDelay,
  readLimit,
  tenThousandths,
} from './scenario.ts';

describe('the outcome asked for', () => {
  test('is one per attempt, the last one for all further attempts', () => {
    const scenario = scenarioOf({ outcomes: ['PROCESSING_ERROR', 'APPROVE'] });
    expect([1, 2, 3].map((attempt) => forcedOutcome(scenario, attempt))).toEqual([
      'PROCESSING_ERROR',
      'APPROVE',
      'APPROVE',
    ]);
  });

  test('is none when nothing was asked for', () => {
    expect(forcedOutcome(null, 1)).toBeNull();
    expect(forcedOutcome(scenarioOf({ delayMs: 5 }), 1)).toBeNull();
  });
});

describe('the delay', () => {
  const settings = { ...SETTINGS, processingDelayMs: 500, processingJitterMs: 100 };
  test('is as set when there is no jitter', () => {
    expect(processingDelay(paymentOf({}), SETTINGS, () => 0.9)).toBe(500);
  });
  test.each([
    [0, 400],
    [0.5, 500],
    [0.999999, 600],
  ])('at a draw of %d lies %d ms away', (drawn, delayMs) => {
    expect(processingDelay(paymentOf({}), settings, () => drawn)).toBe(delayMs);
  });
  test('is never negative', () => {
    const wide = { ...settings, processingDelayMs: 10 };
    expect(processingDelay(paymentOf({}), wide, () => 0)).toBe(0);
  });
  test('is the one asked for', () => {
    const scenario = scenarioOf({ delayMs: 7 });
    expect(processingDelay(paymentOf({ scenario }), settings, () => 0)).toBe(7);
    const none = scenarioOf({ outcomes: ['APPROVE'] });
    expect(processingDelay(paymentOf({ scenario: none }), SETTINGS, () => 0)).toBe(500);
  });
});

describe('a limit', () => {
  test('counts in major units whatever the digits of the currency', () => {
    const limit = { anyE4: 10_000n, byCurrencyE4: new Map() };
    const limits = ['USD', 'JPY', 'KWD', 'CLF'].map((code) => limitMinor(limit, currencyOf(code)));
    expect(limits).toEqual([100n, 1n, 1_000n, 10_000n]);
  });

  test('between two minor units is passed by the upper one alone', () => {
    const limit = { anyE4: 10_050n, byCurrencyE4: new Map() };
    expect(limitMinor(limit, currencyOf('USD'))).toBe(100n);
    expect(limitMinor(limit, currencyOf('JPY'))).toBe(1n);
  });

  test('of a currency takes the place of the common one', () => {
    const limit = readLimit('10000,JPY:1500000');
    if (limit === null) throw new Error('this is a limit');
    expect(limitMinor(limit, currencyOf('JPY'))).toBe(1_500_000n);
    expect(limitMinor(limit, currencyOf('USD'))).toBe(1_000_000n);
    expect(majorLimit(limit, 'JPY')).toBe(1_500_000);
    expect(majorLimit(limit, 'USD')).toBe(10_000);
  });

  test.each([
    ['10000', { anyE4: 100_000_000n, byCurrencyE4: new Map() }],
    ['0.5', { anyE4: 5_000n, byCurrencyE4: new Map() }],
    [' 1 , usd:2 ,', { anyE4: 10_000n, byCurrencyE4: new Map([['USD', 20_000n]]) }],
    ['', null],
    [',USD:1', null],
    ['1,USD', null],
    ['1,USD:', null],
    ['1,USD:1:2', null],
    ['1,NIX:1', null],
    ['1,USD:-1', null],
  ])('is read from %s', (text, expected) => {
    expect(readLimit(text)).toEqual(expected);
  });
});

describe('ten-thousandths', () => {
  test.each([
    ['1', 10_000n],
    ['0.0001', 1n],
    ['10000.5', 100_005_000n],
    ['999999999999', 9_999_999_999_990_000n],
    ['1.00001', null],
    ['-1', null],
    ['', null],
    ['1e3', null],
    ['1234567890123', null],
  ])('of %s', (text, expected) => {
    expect(tenThousandths(text)).toBe(expected);
  });
});
