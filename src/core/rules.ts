/**
 * The rules that decide an attempt, as an ordered pipeline: the first rule with a verdict wins, and a payment
 * that no rule stops is approved. The order is part of the contract: what is invalid stays invalid, then what
 * the request asked for, then the limits, then chance.
 */
import { NO_CURRENCY } from './currencies.ts';
import type { Payment } from './payment.ts';
import { type Draw, forcedOutcome, isAbove, type Outcome, type Settings } from './scenario.ts';

export interface RuleFacts {
  readonly payment: Payment;
  readonly settings: Settings;
  readonly draw: Draw;
}

/** What an attempt ends with, which rule said so, and the draws it looked at. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly rule: string;
  readonly draws: Readonly<Record<string, number>>;
}

interface Rule {
  readonly name: string;
  readonly apply: (facts: RuleFacts) => { outcome: Outcome; draw?: number } | null;
}

const PIPELINE: readonly Rule[] = [
  { name: 'amount_must_be_positive', apply: amountMustBePositive },
  { name: 'recipient_and_currency_required', apply: recipientAndCurrencyRequired },
  { name: 'outcome_asked_for', apply: outcomeAskedFor },
  { name: 'fraud_threshold', apply: fraudThreshold },
  { name: 'random_failure', apply: randomFailure },
];

/** The names of the rules, in the order in which they are asked. */
export const RULE_NAMES: readonly string[] = PIPELINE.map((rule) => rule.name);

/** Decides the payment's current attempt. */
export function applyRules(facts: RuleFacts): Verdict {
  const draws: Record<string, number> = {};
  for (const rule of PIPELINE) {
    const answer = rule.apply(facts);
    if (answer?.draw !== undefined) draws[rule.name] = answer.draw;
    if (answer !== null && (answer.draw === undefined || answer.outcome !== 'APPROVE')) {
      return { outcome: answer.outcome, rule: rule.name, draws };
    }
  }
  return { outcome: 'APPROVE', rule: 'no_objection', draws };
}

function amountMustBePositive({ payment }: RuleFacts) {
  return payment.amountMinor <= 0n ? { outcome: 'INVALID_AMOUNT' as const } : null;
}

function recipientAndCurrencyRequired({ payment }: RuleFacts) {
  const isComplete = payment.recipient !== null && payment.currency !== NO_CURRENCY;
  return isComplete ? null : { outcome: 'INVALID_REQUEST' as const };
}

function outcomeAskedFor({ payment }: RuleFacts) {
  const outcome = forcedOutcome(payment.scenario, payment.attempts);
  return outcome === null ? null : { outcome };
}

function fraudThreshold({ payment, settings }: RuleFacts) {
  return isAbove(settings.fraudThreshold, payment.amountMinor, payment.currency)
    ? { outcome: 'FRAUD_SUSPECTED' as const }
    : null;
}

/** Says what it drew even when it lets the payment pass, so that the log can prove the draw. */
function randomFailure({ payment, settings, draw }: RuleFacts) {
  const drawn = draw(payment.ordinal, payment.attempts, 'failure');
  const outcome: Outcome = drawn < settings.failureRate ? 'PROCESSING_ERROR' : 'APPROVE';
  return { outcome, draw: drawn };
}
