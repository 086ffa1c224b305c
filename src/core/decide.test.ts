import { describe, expect, test } from 'vitest';
import { createCommand, SETTINGS } from '../../test/support/engine.ts';
import { PAYMENT_ID, paymentOf } from '../../test/support/payment.ts';
import type { Command, Timer } from './commands.ts';
import { currencyOf, NO_CURRENCY } from './currencies.ts';
import { decide, type Decision, type Moment } from './decide.ts';
import { FAILURE_REASONS, isRetryable } from './failures.ts';
import { refundIdOf } from './ids.ts';
import { REFUNDS_PER_PAYMENT_MAX } from './limits.ts';
import { type Payment, STATUSES } from './payment.ts';
import type { Settings } from './scenario.ts';

const NEW_ID = '01980000-0000-7000-8000-00000000000f';

function moment(drawn = 0.5): Moment {
  return { nowMs: 1_000, newId: () => NEW_ID, draw: () => drawn };
}

function run(
  command: Command,
  payment: Payment | null,
  options: { settings?: Partial<Settings>; drawn?: number } = {},
) {
  const settings = { ...SETTINGS, ...options.settings };
  return decide(command, { payment, nextOrdinal: 7, settings }, moment(options.drawn));
}

function decided(...args: Parameters<typeof run>): Decision {
  const result = run(...args);
  if (!result.ok) throw new Error(`refused: ${result.rejection.code}`);
  return result.value;
}

function refusal(...args: Parameters<typeof run>): string {
  const result = run(...args);
  if (result.ok) throw new Error('expected a refusal');
  return result.rejection.code;
}

const elapsed = (kind: Timer['kind'], attempt: number): Command => ({
  type: 'timer_elapsed',
  timer: { dueAtMs: 1_000, paymentId: PAYMENT_ID, kind, attempt },
});
const refund = (amount: string | null): Command => ({
  type: 'refund_payment',
  paymentId: PAYMENT_ID,
  amount,
  reason: 'why',
});
const retry: Command = { type: 'retry_payment', paymentId: PAYMENT_ID };

const processing = (changes: Partial<Payment> = {}) =>
  paymentOf({ status: 'PROCESSING', attempts: 1, version: 2, ...changes });
const success = (changes: Partial<Payment> = {}) =>
  paymentOf({ status: 'SUCCESS', attempts: 1, version: 3, capturedMinor: 10_000n, ...changes });
const failed = (changes: Partial<Payment> = {}) =>
  paymentOf({
    status: 'FAILED',
    attempts: 1,
    version: 3,
    failureReason: 'PROCESSING_ERROR',
    ...changes,
  });

describe('creating', () => {
  test('makes a payment in CREATED, with a timer to start it', () => {
    const { payment, event, timer, before } = decided(createCommand(), null, {
      settings: { startDelayMs: 40 },
    });
    expect(before).toBeNull();
    expect(payment).toMatchObject({
      id: NEW_ID,
      ordinal: 7,
      version: 1,
      status: 'CREATED',
      attempts: 0,
    });
    expect(event.type).toBe('payment.created');
    expect(timer).toEqual({ dueAtMs: 1_040, paymentId: NEW_ID, kind: 'start', attempt: 0 });
  });
});

describe('an elapsed timer', () => {
  test('starts the first attempt', () => {
    const { payment, event, timer } = decided(elapsed('start', 0), paymentOf({}));
    expect(payment).toMatchObject({ status: 'PROCESSING', attempts: 1, version: 2 });
    expect(event.type).toBe('payment.processing');
    expect(timer).toMatchObject({ kind: 'complete', attempt: 1, dueAtMs: 1_500 });
  });

  test('completes an attempt: success captures the whole amount and posts it', () => {
    const { payment, event, entries, timer } = decided(elapsed('complete', 1), processing());
    expect(payment).toMatchObject({ status: 'SUCCESS', capturedMinor: 10_000n, version: 3 });
    expect(event.type).toBe('payment.succeeded');
    expect(timer).toBeNull();
    expect(entries).toEqual([
      {
        paymentId: PAYMENT_ID,
        kind: 'capture',
        operation: '1',
        debit: 'network_receivable',
        credit: 'merchant_payable',
        currency: currencyOf('USD'),
        amountMinor: 10_000n,
        atMs: 1_000,
      },
    ]);
  });

  test('completes an attempt: failure posts nothing and says why', () => {
    const { payment, event, entries } = decided(elapsed('complete', 1), processing(), {
      settings: { failureRate: 0.6 },
    });
    expect(payment).toMatchObject({
      status: 'FAILED',
      failureReason: 'PROCESSING_ERROR',
      capturedMinor: 0n,
    });
    expect(event).toEqual({
      type: 'payment.failed',
      cause: {
        command: 'timer_elapsed',
        verdict: {
          outcome: 'PROCESSING_ERROR',
          rule: 'random_failure',
          draws: { random_failure: 0.5 },
        },
      },
    });
    expect(entries).toEqual([]);
  });

  test.each([
    ['there is no payment', elapsed('start', 0), null],
    ['the payment started already', elapsed('start', 1), processing()],
    ['the attempt is over', elapsed('complete', 1), success()],
    ['another attempt is under way', elapsed('complete', 1), processing({ attempts: 2 })],
  ] as const)('is stale when %s', (_, command, payment) => {
    expect(refusal(command, payment)).toBe('stale_timer');
  });

  test('of an unknown kind is a bug', () => {
    const timer = { dueAtMs: 0, paymentId: PAYMENT_ID, kind: 'explode', attempt: 0 };
    const command = { type: 'timer_elapsed', timer } as unknown as Command;
    expect(() => run(command, paymentOf({}))).toThrow('unexpected value');
  });
});

describe('retrying', () => {
  test('begins another attempt of a payment that failed for a passing reason', () => {
    const { payment, event, timer } = decided(retry, failed());
    expect(payment).toMatchObject({ status: 'PROCESSING', attempts: 2, failureReason: null });
    expect(event.type).toBe('payment.retried');
    expect(timer).toMatchObject({ kind: 'complete', attempt: 2, dueAtMs: 1_500 });
  });

  test('is refused without a payment', () => {
    expect(refusal(retry, null)).toBe('payment_not_found');
  });

  test.each(STATUSES.filter((status) => status !== 'FAILED'))('is refused while %s', (status) => {
    expect(refusal(retry, paymentOf({ status }))).toBe('retry_not_allowed');
  });

  test.each(FAILURE_REASONS)(
    'after %s is accepted exactly when it is retryable',
    (failureReason) => {
      expect(run(retry, failed({ failureReason })).ok).toBe(isRetryable(failureReason));
    },
  );

  test('is refused once there were as many retries as are allowed', () => {
    expect(run(retry, failed({ attempts: 3 })).ok).toBe(true);
    expect(refusal(retry, failed({ attempts: 4 }))).toBe('retry_limit_reached');
    expect(refusal(retry, failed(), { settings: { retriesMax: 0 } })).toBe('retry_limit_reached');
  });
});

describe('refunding', () => {
  test('gives back all that is left when no amount is named', () => {
    const {
      payment,
      event,
      entries,
      refund: made,
    } = decided(refund(null), success({ refundedMinor: 1n, refunds: [] }));
    expect(payment).toMatchObject({ status: 'REFUNDED', refundedMinor: 10_000n });
    expect(event.type).toBe('payment.refunded');
    expect(made).toMatchObject({ id: `re_${NEW_ID}`, amountMinor: 9_999n, reason: 'why' });
    expect(entries).toMatchObject([
      {
        kind: 'refund',
        debit: 'merchant_payable',
        credit: 'network_receivable',
        amountMinor: 9_999n,
      },
    ]);
  });

  test('in part leaves the payment in SUCCESS', () => {
    const { payment, event } = decided(refund('30'), success());
    expect(payment).toMatchObject({ status: 'SUCCESS', refundedMinor: 3_000n });
    expect(payment.refunds).toHaveLength(1);
    expect(event.type).toBe('payment.partially_refunded');
  });

  test('of exactly the rest ends in REFUNDED', () => {
    expect(decided(refund('100.00'), success()).payment.status).toBe('REFUNDED');
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

describe('the rules, in order', () => {
  const outcome = (payment: Partial<Payment>, settings: Partial<Settings> = {}, drawn = 0.5) => {
    const { payment: after, event } = decided(elapsed('complete', 1), processing(payment), {
      settings,
      drawn,
    });
    const rule = 'verdict' in event.cause ? event.cause.verdict.rule : '';
    return [after.failureReason ?? after.status, rule];
  };
  const approve = { outcomes: ['APPROVE'], delayMs: null } as const;

  test.each([
    [
      'a zero amount',
      { amountMinor: 0n, scenario: approve },
      'INVALID_AMOUNT',
      'amount_must_be_positive',
    ],
    [
      'a negative amount without recipient',
      { amountMinor: -1n, recipient: null },
      'INVALID_AMOUNT',
      'amount_must_be_positive',
    ],
    [
      'no recipient',
      { recipient: null, scenario: approve },
      'INVALID_REQUEST',
      'recipient_and_currency_required',
    ],
    [
      'no currency',
      { currency: NO_CURRENCY, scenario: approve },
      'INVALID_REQUEST',
      'recipient_and_currency_required',
    ],
    [
      'an outcome asked for above the threshold',
      { amountMinor: 9_999_999n, scenario: approve },
      'SUCCESS',
      'outcome_asked_for',
    ],
    [
      'a failure asked for',
      { scenario: { outcomes: ['LOST_CARD'], delayMs: null } },
      'LOST_CARD',
      'outcome_asked_for',
    ],
    ['an amount at the threshold', { amountMinor: 1_000_000n }, 'SUCCESS', 'no_objection'],
    [
      'an amount above the threshold',
      { amountMinor: 1_000_001n },
      'FRAUD_SUSPECTED',
      'fraud_threshold',
    ],
  ] as const)('%s', (_, payment, expected, rule) => {
    expect(outcome(payment)).toEqual([expected, rule]);
  });

  test('a draw below the rate fails, one at it passes', () => {
    expect(outcome({}, { failureRate: 0.2 }, 0.19999)).toEqual([
      'PROCESSING_ERROR',
      'random_failure',
    ]);
    expect(outcome({}, { failureRate: 0.2 }, 0.2)).toEqual(['SUCCESS', 'no_objection']);
  });

  test('the threshold of a currency takes the place of the common one', () => {
    const fraudThreshold = {
      anyE4: 10_000n * 10_000n,
      byCurrencyE4: new Map([['JPY', 1_500_000n * 10_000n]]),
    };
    const yen = (amountMinor: bigint) =>
      outcome({ amountMinor, currency: currencyOf('JPY') }, { fraudThreshold })[0];
    expect(yen(1_500_000n)).toBe('SUCCESS');
    expect(yen(1_500_001n)).toBe('FRAUD_SUSPECTED');
  });
});

describe('decide', () => {
  test('treats an unknown command as a bug', () => {
    expect(() => run({ type: 'explode' } as unknown as Command, null)).toThrow('unexpected value');
  });
});
