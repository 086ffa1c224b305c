/** A payment for tests of the core. */
import { currencyOf } from '../../src/core/currencies.ts';
import { paymentIdOf } from '../../src/core/ids.ts';
import type { Payment } from '../../src/core/payment.ts';

export const PAYMENT_ID = paymentIdOf('01980000-0000-7000-8000-000000000001');

export function paymentOf(changes: Partial<Payment>): Payment {
  return {
    id: PAYMENT_ID,
    ordinal: 1,
    version: 1,
    status: 'CREATED',
    amountMinor: 10_000n,
    currency: currencyOf('USD'),
    recipient: 'alice@example.com',
    reference: null,
    description: null,
    channel: null,
    deviceId: null,
    metadata: {},
    scenario: null,
    failureReason: null,
    attempts: 0,
    capturedMinor: 0n,
    refundedMinor: 0n,
    refunds: [],
    createdAtMs: 0,
    updatedAtMs: 0,
    ...changes,
  };
}
