import { expect, test } from 'vitest';
import { createCommand } from '../../test/support/engine.ts';
import { PAYMENT_ID } from '../../test/support/payment.ts';
import { subjectOf } from './commands.ts';
import { EVENT_TYPES } from './events.ts';

test('a command is about a payment, unless it makes one', () => {
  const timer = { dueAtMs: 0, paymentId: PAYMENT_ID, kind: 'start', attempt: 0 } as const;
  expect(subjectOf(createCommand())).toBeNull();
  expect(subjectOf({ type: 'retry_payment', paymentId: PAYMENT_ID })).toBe(PAYMENT_ID);
  expect(subjectOf({ type: 'timer_elapsed', timer })).toBe(PAYMENT_ID);
});

test('every event type belongs to a payment', () => {
  for (const type of EVENT_TYPES) expect(type).toMatch(/^payment\.[a-z_]+$/);
});
