/** The model's idea of what decides an attempt, from the contract: what is invalid, what was asked for, then the rules. */
import type { ModelPayment } from './model.ts';
import type { ModelRisk } from './risk.ts';
import { isAbove, type WireSettings } from './settings.ts';

/** The test cards that the workload knows, by the names they are kept under. */
export const TEST_CARDS: Readonly<Record<string, string>> = {
  visa: 'APPROVE',
  disputed: 'APPROVE',
  declined: 'CARD_DECLINED',
  insufficient_funds: 'INSUFFICIENT_FUNDS',
  processing_error: 'PROCESSING_ERROR',
  velocity_exceeded: 'CARD_VELOCITY_EXCEEDED',
  fraud_blocked: 'FRAUD_SUSPECTED',
};

/** Last two digits of an amount. */
const TAILS: Readonly<Record<string, string>> = {
  '05': 'DO_NOT_HONOR',
  '51': 'INSUFFICIENT_FUNDS',
  '54': 'EXPIRED_CARD',
  '91': 'ISSUER_UNAVAILABLE',
};

/** As it stands in the log. */
export interface ModelVerdict {
  readonly outcome: string;
  readonly rule: string;
  readonly draws: Readonly<Record<string, number>>;
  readonly message?: string;
  readonly shadow?: readonly object[];
}

export interface Judging {
  readonly settings: WireSettings;
  /** Null for a payment from an account. */
  readonly risk: ModelRisk | null;
  /** Who may not be paid by card. */
  readonly blocked: readonly string[];
  readonly draw: (rule: string) => number;
}

export function verdictOn(payment: ModelPayment, judging: Judging): ModelVerdict {
  const { amountMinor, currency, recipient } = payment.asked;
  if (amountMinor <= 0n) return plain('INVALID_AMOUNT', 'amount_must_be_positive');
  if (recipient === null || currency.code === 'XXX') {
    return plain('INVALID_REQUEST', 'recipient_and_currency_required');
  }
  return wished(payment, judging.settings) ?? ruled(payment, judging);
}

function plain(outcome: string, rule: string): ModelVerdict {
  return { outcome, rule, draws: {} };
}

function wished({ asked, attempts }: ModelPayment, settings: WireSettings): ModelVerdict | null {
  const { scenario, amountMinor } = asked;
  const wishes = scenario?.outcomes ?? [];
  const wish = wishes[Math.min(attempts, wishes.length) - 1];
  if (wish !== undefined) return plain(wish, 'outcome_asked_for');
  if (scenario?.isCardExpired === true) return plain('EXPIRED_CARD', 'card_expired');
  const ofCard = TEST_CARDS[scenario?.testCard ?? ''];
  if (ofCard !== undefined) return plain(ofCard, 'test_card');
  const tail = settings.amount_tails ? TAILS[String(amountMinor).padStart(2, '0').slice(-2)] : null;
  return tail === null || tail === undefined ? null : plain(tail, 'amount_tail');
}

function ruled(payment: ModelPayment, judging: Judging): ModelVerdict {
  const { settings, risk } = judging;
  const { amountMinor, currency, recipient } = payment.asked;
  if (settings.outage === 'unavailable') return plain('ISSUER_UNAVAILABLE', 'issuer_unavailable');
  if (settings.outage === 'timeout') return plain('ISSUER_TIMEOUT', 'issuer_timeout');
  if (risk !== null && judging.blocked.includes(recipient ?? '')) {
    return plain('RULE_BLOCKED', 'block_list');
  }
  const isSuspect = isAbove(amountMinor, currency, settings.fraud_threshold);
  if (payment.entry === 'payments' && isSuspect) {
    return plain('FRAUD_SUSPECTED', 'fraud_threshold');
  }
  if (risk === null) {
    const failure = { rule: 'random_failure', rate: settings.failure_rate };
    return drawn(judging, { ...failure, outcome: 'PROCESSING_ERROR' });
  }
  if (risk.score >= settings.risk_block_score) return plain('RISK_BLOCKED', 'risk_block');
  const shadow = { rule: 'card_testing', outcome: 'CARD_VELOCITY_EXCEEDED' };
  const verdict = isAbove(amountMinor, currency, settings.high_amount_threshold)
    ? drawn(judging, {
        rule: 'high_amount',
        rate: settings.high_amount_decline_rate,
        outcome: 'HIGH_AMOUNT',
        message: 'High amount flagged by risk rules.',
      })
    : drawn(judging, {
        rule: 'random_decline',
        rate: settings.random_decline_rate,
        outcome: 'CARD_DECLINED',
        message: 'Random decline to simulate the network.',
      });
  return risk.isCardTesting ? { ...verdict, shadow: [shadow] } : verdict;
}

/** Fails when what is drawn for the rule is below its rate. */
function drawn(
  { draw }: Judging,
  {
    rule,
    rate,
    outcome,
    message,
  }: { rule: string; rate: number; outcome: string; message?: string },
): ModelVerdict {
  const draws = { [rule]: draw(rule) };
  if ((draws[rule] ?? 0) >= rate) return { outcome: 'APPROVE', rule: 'no_objection', draws };
  return { outcome, rule, draws, ...(message === undefined ? {} : { message }) };
}
