/** A failed payment is tried again, with its card or another one. */
import { assert } from '../assert.ts';
import type { RetryPayment } from '../commands.ts';
import { isRetryable } from '../failures.ts';
import type { Payment } from '../payment.ts';
import { reject } from '../rejections.ts';
import {
  begun,
  completion,
  type Decided,
  type Facts,
  type Moment,
  notFound,
  paymentDecision,
} from './decision.ts';

export function retry(command: RetryPayment, facts: Facts, moment: Moment): Decided {
  const { payment, controls } = facts;
  if (payment === null) return notFound();
  const refusal = refusalOf(payment, command, controls.settings.retriesMax);
  if (refusal !== null) return refusal;
  const retried = begun(withCard(payment, command), 'retry', moment.nowMs);
  return paymentDecision(
    payment,
    retried,
    { type: 'payment.retried', cause: { command: command.type } },
    { timer: completion(retried, controls.settings, moment) },
  );
}

function refusalOf(payment: Payment, { card }: RetryPayment, retriesMax: number): Decided | null {
  if (payment.status !== 'FAILED') {
    return reject(
      'retry_not_allowed',
      `Only a FAILED payment can be retried; this one is ${payment.status}.`,
    );
  }
  if (card !== null && payment.card === null) {
    return reject(
      'retry_not_allowed',
      'This payment is from an account and takes no card; create a new one with the card instead.',
    );
  }
  assert(payment.failureReason !== null, 'a FAILED payment has a reason');
  if (!isRetryable(payment.failureReason, card !== null)) {
    return reject(
      'retry_not_allowed',
      `A payment that failed with ${payment.failureReason} fails again; create a new one instead.`,
    );
  }
  if (payment.attempts - 1 >= retriesMax) {
    return reject(
      'retry_limit_reached',
      `This payment was retried ${payment.attempts - 1} times, which is the limit; create a new one instead.`,
    );
  }
  return null;
}

/** Another card brings its own story; what the request asked for stays. */
function withCard(payment: Payment, { card, modelScore }: RetryPayment): Payment {
  if (card === null) return payment;
  const { outcomes = [], delayMs = null } = payment.scenario ?? {};
  return {
    ...payment,
    card: card.card,
    modelScore,
    scenario: { outcomes, delayMs, testCard: card.testCard, isCardExpired: card.isExpired },
  };
}
