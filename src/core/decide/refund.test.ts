import { describe, expect, test } from 'vitest';
import { decided, NEW_ID, NOW_MS, refusal, success } from '../../../test/support/decide.ts';
import { cardOf, PAYMENT_ID, paymentOf } from '../../../test/support/payment.ts';
import type { Command } from '../commands.ts';
import { currencyOf } from '../currencies.ts';
import { refundIdOf } from '../ids.ts';
import { REFUNDS_PER_PAYMENT_MAX } from '../limits.ts';
import { STATUSES } from '../payment.ts';

const refund = (amount: string | null): Command => ({
  type: 'refund_payment',
  paymentId: PAYMENT_ID,
  amount,
  reason: 'why',
});

describe('refunding', () => {
  test('gives back all that is left when no amount is named', () => {
    const before = success({ refundedMinor: 1n, refunds: [] });
    const { payment, event, entries, refund: made, timer } = decided(refund(null), before);
    expect(payment).toMatchObject({ status: 'REFUNDED', refundedMinor: 10_000n });
    expect(event).toEqual({
      type: 'payment.refunded',
      cause: { command: 'refund_payment', refund_id: `re_${NEW_ID}` },
    });
    expect(made).toEqual({
      id: `re_${NEW_ID}`,
      paymentId: PAYMENT_ID,
      amountMinor: 9_999n,
      reason: 'why',
      createdAtMs: NOW_MS,
    });
    expect(entries).toEqual([
      {
        paymentId: PAYMENT_ID,
        kind: 'refund',
        operation: `re_${NEW_ID}`,
        debit: 'merchant_payable',
        credit: 'network_receivable',
        currency: currencyOf('USD'),
        amountMinor: 9_999n,
        atMs: NOW_MS,
      },
    ]);
    expect(timer).toBeNull();
  });

  test('in part leaves the payment in SUCCESS', () => {
    const { payment, event } = decided(refund('30'), success());
    expect(payment).toMatchObject({ status: 'SUCCESS', refundedMinor: 3_000n, version: 4 });
    expect(payment.refunds).toHaveLength(1);
    expect(event.type).toBe('payment.partially_refunded');
  });

  test('of exactly the rest ends in REFUNDED', () => {
    expect(decided(refund('100.00'), success()).payment.status).toBe('REFUNDED');
  });

  test('of a card payment is no attempt of its card', () => {
    expect(decided(refund(null), success({ card: cardOf() })).seen).toBeNull();
  });

  test.each([
    ['there is no payment', null, null, 'payment_not_found'],
    ['it asks for more than is left', '100.01', success(), 'refund_exceeds_remaining'],
    ['it asks for far too much', '1e15', success(), 'refund_exceeds_remaining'],
    ['it asks for zero', '0', success(), 'refund_amount_not_positive'],
    ['it asks for less than zero', '-1', success(), 'refund_amount_not_positive'],
    ['it has too many digits', '1.001', success(), 'invalid_amount_precision'],
  ] as const)('is refused when %s', (_, amount, payment, code) => {
    expect(refusal(refund(amount), payment)).toBe(code);
  });

  test.each(STATUSES.filter((status) => status !== 'SUCCESS'))('is refused while %s', (status) => {
    const failureReason = status === 'FAILED' ? 'LOST_CARD' : null;
    expect(refusal(refund(null), paymentOf({ status, failureReason }))).toBe('refund_not_allowed');
  });

  test('is refused when there were too many', () => {
    const one = {
      id: refundIdOf(NEW_ID),
      paymentId: PAYMENT_ID,
      amountMinor: 1n,
      reason: null,
      createdAtMs: 0,
    };
    const refunds = Array.from({ length: REFUNDS_PER_PAYMENT_MAX }, () => one);
    const payment = success({ refunds, refundedMinor: BigInt(refunds.length) });
    expect(refusal(refund(null), payment)).toBe('refund_limit_reached');
  });
});
