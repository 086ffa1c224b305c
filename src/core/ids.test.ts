import { expect, test } from 'vitest';
import { PAYMENT_ID } from '../../test/support/payment.ts';
import { eventIdOf, logEventIdOf, parsePaymentId, parseRefundId, refundIdOf } from './ids.ts';

test('ids are read in any case, and nothing else is taken for one', () => {
  expect(parsePaymentId(PAYMENT_ID.toUpperCase())).toBe(PAYMENT_ID);
  expect(parsePaymentId(`${PAYMENT_ID}0`)).toBeNull();
  expect(parsePaymentId('')).toBeNull();
  const refundId = refundIdOf(PAYMENT_ID);
  expect(parseRefundId(refundId.toUpperCase())).toBe(refundId);
  expect(parseRefundId(PAYMENT_ID)).toBeNull();
});

test('an event is named after its payment and its place', () => {
  expect(eventIdOf(PAYMENT_ID, 3)).toBe('evt_01980000000070008000000000000001_3');
});

test('an event about no payment is named after its log and its place there', () => {
  expect(logEventIdOf('abc123', 7)).toBe('evt_abc123_7');
});
