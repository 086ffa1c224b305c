import { describe, expect, test } from 'vitest';
import { decided, elapsed, failed, NOW_MS, refusal, run } from '../../../test/support/decide.ts';
import { retryCommand } from '../../../test/support/engine.ts';
import { cardOf, PAYMENT_ID, paymentOf, scenarioOf } from '../../../test/support/payment.ts';
import { declineOf, FAILURE_REASONS, isRetryable } from '../failures.ts';
import { type Payment, STATUSES } from '../payment.ts';

const retry = retryCommand(PAYMENT_ID);
const other = { card: cardOf('9995'), testCard: 'insufficient_funds', isExpired: true };
const withOther = retryCommand(PAYMENT_ID, { card: other, modelScore: 0.25 });
const declined = (changes: Partial<Payment> = {}) =>
  failed({ card: cardOf(), failureReason: 'INSUFFICIENT_FUNDS', ...changes });

describe('retrying', () => {
  test('begins another attempt of a payment that failed for a passing reason', () => {
    const { payment, event, timer, entries, seen } = decided(retry, failed());
    expect(payment).toMatchObject({ status: 'PROCESSING', attempts: 2, failureReason: null });
    expect(payment).toMatchObject({ version: 4, updatedAtMs: NOW_MS });
    expect(event).toEqual({ type: 'payment.retried', cause: { command: 'retry_payment' } });
    expect(timer).toEqual({
      dueAtMs: NOW_MS + 500,
      paymentId: PAYMENT_ID,
      kind: 'complete',
      attempt: 2,
    });
    expect([entries, seen]).toEqual([[], null]);
  });

  test('waits as long as the request asked for', () => {
    const scenario = scenarioOf({ delayMs: 7 });
    expect(decided(retry, failed({ scenario })).timer?.dueAtMs).toBe(NOW_MS + 7);
  });

  test('is refused without a payment', () => {
    expect(refusal(retry)).toBe('payment_not_found');
  });

  test.each(STATUSES.filter((status) => status !== 'FAILED'))('is refused while %s', (status) => {
    expect(refusal(retry, paymentOf({ status }))).toBe('retry_not_allowed');
    expect(refusal(withOther, paymentOf({ status, card: cardOf() }))).toBe('retry_not_allowed');
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

describe('retrying with another card', () => {
  test('takes the card, its story and its score in the place of the first one’s', () => {
    const before = declined({
      modelScore: 0.9,
      scenario: scenarioOf({ testCard: 'declined' }),
      risk: { score: 0.9, level: 'highest', reasons: [] },
    });
    const { payment, event } = decided(withOther, before);
    expect(payment).toEqual({
      ...before,
      version: 4,
      status: 'PROCESSING',
      card: other.card,
      modelScore: 0.25,
      scenario: scenarioOf({ testCard: 'insufficient_funds', isCardExpired: true }),
      failureReason: null,
      attempts: 2,
      updatedAtMs: NOW_MS,
    });
    expect(event).toEqual({ type: 'payment.retried', cause: { command: 'retry_payment' } });
  });

  test('leaves what the request itself asked for', () => {
    const scenario = scenarioOf({ outcomes: ['CARD_DECLINED', 'APPROVE'], delayMs: 7 });
    const { payment, timer } = decided(withOther, declined({ scenario }));
    expect(payment.scenario).toMatchObject({ outcomes: ['CARD_DECLINED', 'APPROVE'], delayMs: 7 });
    expect(timer?.dueAtMs).toBe(NOW_MS + 7);
    const ended = decided(elapsed('complete', 2), payment).payment;
    expect(ended.status).toBe('SUCCESS');
  });

  test('decides by the other card alone', () => {
    const first = declined({ scenario: scenarioOf({ testCard: 'declined', isCardExpired: true }) });
    const visa = { card: cardOf('4242'), testCard: 'visa', isExpired: false };
    const { payment } = decided(retryCommand(PAYMENT_ID, { card: visa }), first);
    expect(decided(elapsed('complete', 2), payment).payment.status).toBe('SUCCESS');
  });

  test('with the same card and no new score keeps both', () => {
    const before = failed({ card: cardOf(), modelScore: 0.4 });
    expect(decided(retry, before).payment).toMatchObject({ card: cardOf(), modelScore: 0.4 });
  });

  test.each(FAILURE_REASONS)(
    'after %s is accepted unless the reason says never',
    (failureReason) => {
      const isNever = declineOf(failureReason).retry === 'never';
      expect(run(withOther, declined({ failureReason })).ok).toBe(!isNever);
      if (isNever)
        expect(refusal(withOther, declined({ failureReason }))).toBe('retry_not_allowed');
    },
  );

  test.each([
    ['of a payment from an account', failed(), 'retry_not_allowed'],
    ['beyond the limit', declined({ attempts: 4 }), 'retry_limit_reached'],
  ] as const)('is refused %s', (_, payment, code) => {
    expect(refusal(withOther, payment)).toBe(code);
  });
});
