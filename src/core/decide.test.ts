import { describe, expect, test } from 'vitest';
import {
  decided,
  elapsed,
  failed,
  NOW_MS,
  processing,
  refusal,
  run,
  success,
} from '../../test/support/decide.ts';
import { PAYMENT_ID, paymentOf, scenarioOf } from '../../test/support/payment.ts';
import type { Command, Timer } from './commands.ts';
import { type Payment, type Status, STATUSES } from './payment.ts';

describe('a timer that elapsed', () => {
  test('starts the first attempt', () => {
    const { payment, event, timer, entries } = decided(elapsed('start', 0), paymentOf({}));
    expect(payment).toEqual(
      paymentOf({ status: 'PROCESSING', attempts: 1, version: 2, updatedAtMs: NOW_MS }),
    );
    expect(event).toEqual({ type: 'payment.processing', cause: { command: 'timer_elapsed' } });
    expect(timer).toEqual({
      dueAtMs: NOW_MS + 500,
      paymentId: PAYMENT_ID,
      kind: 'complete',
      attempt: 1,
    });
    expect(entries).toEqual([]);
  });

  test('starts an attempt that lasts as long as the settings of the moment say, or the request', () => {
    const settings = { processingDelayMs: 100, processingJitterMs: 50 };
    const drawn = { settings, draw: () => 0 };
    expect(decided(elapsed('start', 0), paymentOf({}), drawn).timer?.dueAtMs).toBe(NOW_MS + 50);
    const wish = paymentOf({ scenario: scenarioOf({ delayMs: 7 }) });
    expect(decided(elapsed('start', 0), wish, drawn).timer?.dueAtMs).toBe(NOW_MS + 7);
  });

  /** Every status and kind of timer of a payment; a pair that is not here is stale. */
  const CURRENT: Readonly<Record<string, Status>> = {
    'CREATED start': 'PROCESSING',
    'PROCESSING complete': 'SUCCESS',
  };
  const pairs = STATUSES.flatMap((status) =>
    (['start', 'complete'] as const).map((kind) => [status, kind] as const),
  );
  const inStatus = (status: Status): Payment => {
    const captured = status === 'SUCCESS' || status === 'REFUNDED' ? 10_000n : 0n;
    return paymentOf({
      status,
      failureReason: status === 'FAILED' ? 'PROCESSING_ERROR' : null,
      attempts: status === 'CREATED' ? 0 : 1,
      capturedMinor: captured,
      refundedMinor: status === 'REFUNDED' ? captured : 0n,
    });
  };

  test.each(pairs)('does to a %s payment what a %s timer does, or nothing', (status, kind) => {
    const payment = inStatus(status);
    const command = elapsed(kind, payment.attempts);
    const next = CURRENT[`${status} ${kind}`];
    if (next === undefined) expect(refusal(command, payment)).toBe('stale_timer');
    else expect(decided(command, payment).payment.status).toBe(next);
  });

  test.each([
    ['there is no payment', elapsed('start', 0), null],
    ['the payment started already', elapsed('start', 1), processing()],
    ['the attempt is over', elapsed('complete', 1), success()],
    ['another attempt is under way', elapsed('complete', 1), processing({ attempts: 2 })],
    ['it has failed again meanwhile', elapsed('complete', 1), failed({ attempts: 2 })],
  ] as const)('is stale when %s', (_, command, payment) => {
    expect(refusal(command, payment)).toBe('stale_timer');
  });

  test('of an unknown kind is a bug', () => {
    const timer = { dueAtMs: 0, paymentId: PAYMENT_ID, kind: 'explode', attempt: 0 };
    const command = { type: 'timer_elapsed', timer: timer as unknown as Timer } as const;
    expect(() => run(command, paymentOf({}))).toThrow('unexpected value');
  });
});

describe('decide', () => {
  test('treats an unknown command as a bug', () => {
    expect(() => run({ type: 'explode' } as unknown as Command)).toThrow('unexpected value');
  });

  test('lets no payment out that cannot be', () => {
    const captured = success({ amountMinor: 1n });
    const command = { type: 'refund_payment', paymentId: PAYMENT_ID, amount: '1', reason: null };
    expect(() => run(command as Command, captured)).toThrow('captured <= amount');
  });

  test('gives the same answer to the same arguments', () => {
    const attempt = () => run(elapsed('complete', 1), processing());
    expect(attempt()).toEqual(attempt());
  });
});
