import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../../test/support/engine.ts';
import { paymentOf } from '../../test/support/payment.ts';
import { currencyOf } from './currencies.ts';
import { forcedOutcome, isAbove, processingDelay, tenThousandths } from './scenario.ts';

describe('the outcome asked for', () => {
  test('is one per attempt, the last one for all further attempts', () => {
    const scenario = { outcomes: ['PROCESSING_ERROR', 'APPROVE'], delayMs: null } as const;
    expect([1, 2, 3].map((attempt) => forcedOutcome(scenario, attempt))).toEqual([
      'PROCESSING_ERROR',
      'APPROVE',
      'APPROVE',
    ]);
  });

  test('is none when nothing was asked for', () => {
    expect(forcedOutcome(null, 1)).toBeNull();
    expect(forcedOutcome({ outcomes: [], delayMs: 5 }, 1)).toBeNull();
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
    const scenario = { outcomes: [], delayMs: 7 };
    expect(processingDelay(paymentOf({ scenario }), settings, () => 0)).toBe(7);
    const none = { outcomes: [], delayMs: null };
    expect(processingDelay(paymentOf({ scenario: none }), SETTINGS, () => 0)).toBe(500);
  });
});

describe('a limit', () => {
  test('counts in major units whatever the digits of the currency', () => {
    const limit = { anyE4: 10_000n, byCurrencyE4: new Map() };
    expect(isAbove(limit, 100n, currencyOf('USD'))).toBe(false);
    expect(isAbove(limit, 101n, currencyOf('USD'))).toBe(true);
    expect(isAbove(limit, 1n, currencyOf('JPY'))).toBe(false);
    expect(isAbove(limit, 2n, currencyOf('JPY'))).toBe(true);
    expect(isAbove(limit, 1_001n, currencyOf('KWD'))).toBe(true);
    expect(isAbove(limit, 10_000n, currencyOf('CLF'))).toBe(false);
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
