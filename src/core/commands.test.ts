import { expect, test } from 'vitest';
import { authorizeCommand, createCommand, retryCommand } from '../../test/support/engine.ts';
import { PAYMENT_ID } from '../../test/support/payment.ts';
import { subjectOf } from './commands.ts';
import { CONTROL_EVENT_TYPES, EVENT_TYPES, PAYMENT_EVENT_TYPES } from './events.ts';

test('a command is about a payment, unless it makes one or is about none', () => {
  const timer = { dueAtMs: 0, paymentId: PAYMENT_ID, kind: 'start', attempt: 0 } as const;
  const expiry = { dueAtMs: 0, paymentId: null, kind: 'simulation_expires', attempt: 1 } as const;
  expect(subjectOf(retryCommand(PAYMENT_ID))).toBe(PAYMENT_ID);
  expect(subjectOf({ type: 'timer_elapsed', timer })).toBe(PAYMENT_ID);
  expect(subjectOf({ type: 'timer_elapsed', timer: expiry })).toBeNull();
  expect(subjectOf(createCommand())).toBeNull();
  expect(subjectOf(authorizeCommand())).toBeNull();
  expect(subjectOf({ type: 'reset_data' })).toBeNull();
  expect(subjectOf({ type: 'change_simulation', patch: {}, expiresInMs: null })).toBeNull();
});

test('every event type says whether it belongs to a payment', () => {
  for (const type of PAYMENT_EVENT_TYPES) expect(type).toMatch(/^payment\.[a-z_]+$/);
  for (const type of CONTROL_EVENT_TYPES) expect(type).toMatch(/^(simulation|rules|data)\.[a-z]+$/);
  expect(new Set(EVENT_TYPES).size).toBe(EVENT_TYPES.length);
});
