import { expect, test } from 'vitest';
import { decided, NEW_ID, NOW_MS, run } from '../../../test/support/decide.ts';
import { createCommand } from '../../../test/support/engine.ts';
import { cardOf, scenarioOf } from '../../../test/support/payment.ts';

test('creating makes a payment in CREATED, with a timer to start it', () => {
  const { payment, event, timer, before, entries, refund, seen } = decided(createCommand(), null, {
    settings: { startDelayMs: 40 },
  });
  expect(before).toBeNull();
  expect(payment).toMatchObject({
    id: NEW_ID,
    ordinal: 7,
    version: 1,
    status: 'CREATED',
    entry: 'payments',
    attempts: 0,
  });
  expect(event).toEqual({ type: 'payment.created', cause: { command: 'create_payment' } });
  expect(timer).toEqual({
    dueAtMs: NOW_MS + 40,
    paymentId: NEW_ID,
    kind: 'start',
    attempt: 0,
  });
  expect([entries, refund, seen]).toEqual([[], null, null]);
});

test('the payment is what was asked for, and nothing has become of it yet', () => {
  const { type: _, ...asked } = createCommand({
    reference: 'order 7',
    description: 'Invoice #1042',
    channel: 'pos',
    deviceId: 'd-1',
    ip: '192.0.2.7',
    card: cardOf(),
    modelScore: 0.25,
    metadata: { a: 1 },
    scenario: scenarioOf({ outcomes: ['APPROVE'], testCard: 'visa' }),
  });
  const { payment } = decided({ type: 'create_payment', ...asked });
  expect(payment).toEqual({
    ...asked,
    id: NEW_ID,
    ordinal: 7,
    version: 1,
    status: 'CREATED',
    entry: 'payments',
    risk: null,
    failureReason: null,
    attempts: 0,
    capturedMinor: 0n,
    refundedMinor: 0n,
    refunds: [],
    createdAtMs: NOW_MS,
    updatedAtMs: NOW_MS,
  });
});

test('whatever is wrong with it is found when it is attempted, not before', () => {
  expect(run(createCommand({ amountMinor: -1n, recipient: null })).ok).toBe(true);
});
