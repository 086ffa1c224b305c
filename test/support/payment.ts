/** A payment for tests of the core, a card to pay with, and what a request can ask to happen. */
import type { Card } from '../../src/core/card.ts';
import { currencyOf } from '../../src/core/currencies.ts';
import { paymentIdOf } from '../../src/core/ids.ts';
import type { Payment } from '../../src/core/payment.ts';
import type { Scenario } from '../../src/core/scenario.ts';

export const PAYMENT_ID = paymentIdOf('01980000-0000-7000-8000-000000000001');

export function paymentOf(changes: Partial<Payment>): Payment {
  return {
    id: PAYMENT_ID,
    ordinal: 1,
    version: 1,
    status: 'CREATED',
    entry: 'payments',
    amountMinor: 10_000n,
    currency: currencyOf('USD'),
    recipient: 'alice@example.com',
    reference: null,
    description: null,
    channel: null,
    deviceId: null,
    ip: null,
    card: null,
    modelScore: null,
    risk: null,
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

/** The card that ends in `last4`: the same digits are the same card. */
export function cardOf(last4 = '4242'): Card {
  const fingerprint = last4.repeat(8);
  return { brand: 'visa', bin: '424242', last4, fingerprint, isLuhnValid: true };
}

export function scenarioOf(changes: Partial<Scenario>): Scenario {
  return { outcomes: [], delayMs: null, testCard: null, isCardExpired: false, ...changes };
}
