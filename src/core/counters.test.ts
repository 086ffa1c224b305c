import { describe, expect, test } from 'vitest';
import { paymentOf } from '../../test/support/payment.ts';
import { countAuthorization, type CounterName, countChange, timeToOutcome } from './counters.ts';
import { currencyOf } from './currencies.ts';
import type { Payment } from './payment.ts';

function counted(before: Payment | null, after: Payment) {
  const totals = new Map<CounterName, bigint>();
  countChange(totals, before, after);
  return Object.fromEntries(totals);
}

const failed = paymentOf({
  status: 'FAILED',
  failureReason: 'LOST_CARD',
  attempts: 1,
  updatedAtMs: 9,
});

describe('counting', () => {
  test('adds a new payment to its status', () => {
    expect(counted(null, paymentOf({}))).toEqual({ 'status:CREATED': 1n });
  });
  test('moves a payment from status to status, with its reason', () => {
    const processing = paymentOf({ status: 'PROCESSING' });
    expect(counted(processing, failed)).toEqual({
      'status:PROCESSING': -1n,
      'status:FAILED': 1n,
      'reason:LOST_CARD': 1n,
    });
    expect(counted(failed, processing)).toEqual({
      'status:FAILED': -1n,
      'status:PROCESSING': 1n,
      'reason:LOST_CARD': -1n,
    });
  });
  test('adds what was captured, and takes nothing off for a refund', () => {
    const success = paymentOf({ status: 'SUCCESS', capturedMinor: 5n });
    expect(counted(paymentOf({ status: 'PROCESSING' }), success)).toMatchObject({
      'volume:USD': 5n,
    });
    expect(counted(success, { ...success, refundedMinor: 1n })).toEqual({});
  });
});

describe('counting authorizations', () => {
  test('adds up how many were approved and declined, and the amounts of both, by currency', () => {
    const totals = new Map<CounterName, bigint>();
    const pounds = currencyOf('GBP');
    countAuthorization(totals, paymentOf({ status: 'SUCCESS', amountMinor: 5n }));
    countAuthorization(totals, { ...failed, amountMinor: 7n });
    countAuthorization(totals, { ...failed, amountMinor: 100n, currency: pounds });
    countAuthorization(totals, { ...failed, amountMinor: 11n, currency: pounds });
    expect(Object.fromEntries(totals)).toEqual({
      'card_approved:USD': 1n,
      'card_declined:USD': 1n,
      'card_amount:USD': 12n,
      'card_declined:GBP': 2n,
      'card_amount:GBP': 111n,
    });
  });

  test('takes an amount of zero or less for none', () => {
    const totals = new Map<CounterName, bigint>();
    for (const amountMinor of [0n, -5n]) countAuthorization(totals, { ...failed, amountMinor });
    expect(Object.fromEntries(totals)).toEqual({ 'card_declined:USD': 2n });
  });
});

describe('the time to the outcome', () => {
  const processing = paymentOf({ status: 'PROCESSING', attempts: 1 });
  test('is taken at the first outcome only', () => {
    expect(timeToOutcome(processing, failed)).toBe(9);
    expect(timeToOutcome(null, failed)).toBeNull();
    expect(timeToOutcome(processing, processing)).toBeNull();
    expect(timeToOutcome(failed, failed)).toBeNull();
    expect(timeToOutcome(processing, { ...failed, attempts: 2 })).toBeNull();
  });
});
