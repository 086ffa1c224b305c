import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AMOUNT_TAILS, outcomeOfTail } from './amount-tails.ts';
import { currencyOf } from './currencies.ts';
import { declineOf } from './failures.ts';
import { parseAmount } from './money.ts';

describe('the tail of an amount', () => {
  test.each([
    ['10.05', 'USD', 'DO_NOT_HONOR'],
    ['10.51', 'USD', 'INSUFFICIENT_FUNDS'],
    ['10.54', 'USD', 'EXPIRED_CARD'],
    ['10.91', 'USD', 'ISSUER_UNAVAILABLE'],
    ['0.05', 'USD', 'DO_NOT_HONOR'],
    ['9999999999.51', 'USD', 'INSUFFICIENT_FUNDS'],
    ['10.50', 'USD', null],
    ['10.5', 'USD', null],
    ['51', 'USD', null],
    ['51', 'JPY', 'INSUFFICIENT_FUNDS'],
    ['1051', 'JPY', 'INSUFFICIENT_FUNDS'],
    ['1.051', 'BHD', 'INSUFFICIENT_FUNDS'],
    ['1.510', 'BHD', null],
    ['1.0051', 'CLF', 'INSUFFICIENT_FUNDS'],
    ['0', 'USD', null],
  ])('of %s %s asks for %s', (amount, code, outcome) => {
    const amountMinor = parseAmount(amount, currencyOf(code).minorDigits);
    expect(outcomeOfTail(amountMinor.ok ? amountMinor.value : -1n)).toBe(outcome);
  });

  test.each(AMOUNT_TAILS)('$tail is the response code of $outcome', ({ tail, outcome }) => {
    expect(declineOf(outcome).code).toBe(tail);
    expect(outcomeOfTail(BigInt(tail))).toBe(outcome);
  });

  test('is all that counts', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 12n), fc.bigInt(0n, 99n), (hundreds, tail) => {
        expect(outcomeOfTail(hundreds * 100n + tail)).toBe(outcomeOfTail(tail));
      }),
    );
  });

  test('is one of four', () => {
    const asking = Array.from({ length: 100 }, (_, tail) => outcomeOfTail(BigInt(tail)));
    expect(asking.filter((outcome) => outcome !== null)).toHaveLength(AMOUNT_TAILS.length);
  });

  test('of an amount below zero is a bug', () => {
    expect(() => outcomeOfTail(-51n)).toThrow('below zero');
  });
});
