import { describe, expect, test } from 'vitest';
import { paymentOf } from '../../test/support/payment.ts';
import {
  assertPayment,
  isSettled,
  STATUSES,
  statusAfter,
  STEPS,
  type Status,
  type Step,
} from './payment.ts';

/** Every status and step; a pair that is not here must be refused. */
const LEGAL: readonly (readonly [Status | 'NONE', Step, Status])[] = [
  ['NONE', 'create', 'CREATED'],
  ['NONE', 'approve', 'SUCCESS'],
  ['NONE', 'authorize', 'AUTHORIZED'],
  ['NONE', 'decline', 'FAILED'],
  ['CREATED', 'start', 'PROCESSING'],
  ['CREATED', 'cancel', 'CANCELED'],
  ['PROCESSING', 'approve', 'SUCCESS'],
  ['PROCESSING', 'authorize', 'AUTHORIZED'],
  ['PROCESSING', 'decline', 'FAILED'],
  ['AUTHORIZED', 'capture', 'SUCCESS'],
  ['AUTHORIZED', 'cancel', 'CANCELED'],
  ['AUTHORIZED', 'expire', 'CANCELED'],
  ['SUCCESS', 'refund_part', 'SUCCESS'],
  ['SUCCESS', 'refund_rest', 'REFUNDED'],
  ['SUCCESS', 'fail_refund', 'SUCCESS'],
  ['FAILED', 'retry', 'PROCESSING'],
  ['REFUNDED', 'fail_refund', 'SUCCESS'],
];

describe('the transition table', () => {
  const pairs = (['NONE', ...STATUSES] as const).flatMap((status) =>
    STEPS.map((step) => [status, step] as const),
  );
  test.each(pairs)('%s + %s', (status, step) => {
    const legal = LEGAL.find(([from, by]) => from === status && by === step);
    expect(statusAfter(status, step)).toBe(legal?.[2] ?? null);
  });

  test('leaves nothing but CREATED and PROCESSING unsettled', () => {
    expect(STATUSES.filter((status) => !isSettled(status))).toEqual(['CREATED', 'PROCESSING']);
  });
});

describe('assertPayment', () => {
  test('lets a sound payment pass', () => {
    assertPayment(paymentOf({}));
    assertPayment(paymentOf({ status: 'FAILED', failureReason: 'LOST_CARD' }));
    assertPayment(paymentOf({ status: 'REFUNDED', capturedMinor: 5n, refundedMinor: 5n }));
    assertPayment(paymentOf({ amountMinor: -5n }));
  });

  test.each([
    ['refunds more than it captured', { capturedMinor: 1n, refundedMinor: 2n }],
    ['refunds a negative amount', { refundedMinor: -1n }],
    ['captures more than its amount', { amountMinor: 1n, capturedMinor: 2n }],
    ['failed without a reason', { status: 'FAILED' }],
    ['has a reason without having failed', { failureReason: 'LOST_CARD' }],
    ['is REFUNDED in part', { status: 'REFUNDED', capturedMinor: 5n, refundedMinor: 4n }],
    ['was changed before it was made', { updatedAtMs: -1 }],
  ] as const)('stops a payment that %s', (_, changes) => {
    expect(() => assertPayment(paymentOf(changes))).toThrow('assertion failed');
  });
});
