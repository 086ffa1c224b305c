/**
 * What becomes of an attempt. What is invalid stays invalid; then what was asked for (simulate, an expired card, a test
 * card, an amount tail); then the rules. A card is scored whatever decides, so that every answer shows its risk.
 */
import { outcomeOfTail } from '../amount-tails.ts';
import { assert } from '../assert.ts';
import { AttemptFacts, type CardKnowledge } from '../attempt-facts.ts';
import { NO_CURRENCY } from '../currencies.ts';
import { subjectKeys } from '../entity.ts';
import type { RiskCause, Verdict } from '../events.ts';
import type { Payment } from '../payment.ts';
import { applyPipeline, APPROVED, type PipelineVerdict } from '../pipeline.ts';
import { type Assessment, assess } from '../risk.ts';
import { forcedOutcome, limitMinor, type Outcome, type Settings } from '../scenario.ts';
import { testCardNamed } from '../test-cards.ts';
import type { Facts, Moment, Seen } from './decision.ts';

export interface Judged {
  readonly verdict: Verdict;
  /** Null for a payment from an account. */
  readonly risk: Assessment | null;
}

/** Judges the payment's current attempt. */
export function judge(payment: Payment, facts: Facts, moment: Moment): Judged {
  const card = knowledgeOf(payment, facts, moment);
  const verdict = verdictFor(payment, card, facts, moment);
  const isSound = verdict.outcome !== 'APPROVE' || payment.amountMinor > 0n;
  return {
    verdict: isSound ? bookable(payment, verdict) : UNBOOKABLE,
    risk: card?.assessment ?? null,
  };
}

/** Rules can be changed to let everything pass; what has no amount still cannot be booked. */
const UNBOOKABLE: Verdict = {
  outcome: 'INVALID_AMOUNT',
  rule: 'ledger_needs_an_amount',
  draws: {},
};

function bookable({ currency }: Payment, verdict: Verdict): Verdict {
  if (verdict.outcome !== 'APPROVE' || currency !== NO_CURRENCY) return verdict;
  return { outcome: 'INVALID_REQUEST', rule: 'ledger_needs_a_currency', draws: {} };
}

function verdictFor(
  payment: Payment,
  card: CardKnowledge | null,
  facts: Facts,
  moment: Moment,
): Verdict {
  const { settings, rules } = facts.controls;
  const known = new AttemptFacts(payment, settings, card, rules.lists, moment.nowMs);
  const draw = (purpose: string) => moment.draw(payment.ordinal, payment.attempts, purpose);
  const invalid = applyPipeline(rules.invalid, known, draw);
  if (invalid.outcome !== 'APPROVE') return verdictOf(invalid);
  const wished = forcedBy(payment, settings);
  if (wished !== null) return verdictOf({ ...invalid, ...wished });
  const decided = applyPipeline(card === null ? rules.account : rules.card, known, draw);
  return verdictOf(joined(invalid, decided));
}

/** What rules that let it pass have noted, in front of what came after them. */
function joined(passed: PipelineVerdict, decided: PipelineVerdict): PipelineVerdict {
  if (passed === APPROVED) return decided;
  return {
    ...decided,
    draws: { ...passed.draws, ...decided.draws },
    fired: [...passed.fired, ...decided.fired],
    shadow: [...passed.shadow, ...decided.shadow],
    review: passed.review || decided.review,
    errors: [...passed.errors, ...decided.errors],
  };
}

function knowledgeOf(payment: Payment, facts: Facts, moment: Moment): CardKnowledge | null {
  const { card, currency, deviceId, ip } = payment;
  if (card === null) return null;
  const { settings } = facts.controls;
  const subjects = { card: card.fingerprint, deviceId, ip };
  const histories = facts.historiesOf(subjectKeys(subjects));
  const assessment = assess({
    ...subjects,
    nowMs: moment.nowMs,
    amountMinor: payment.amountMinor > 0n ? payment.amountMinor : 0n,
    currency: currency.code,
    minorDigits: currency.minorDigits,
    highAmountThresholdMinor: limitMinor(settings.highAmountThreshold, currency),
    histories,
    blockScore: settings.riskBlockScore,
    modelScore: payment.modelScore,
  });
  return { assessment, histories };
}

/** What the request, its card or its amount asked for, in order of precedence; null when none does. */
function forcedBy(payment: Payment, settings: Settings): Forced | null {
  const { scenario, attempts, amountMinor } = payment;
  const asked = forcedOutcome(scenario, attempts);
  if (asked !== null) return forced('outcome_asked_for', asked);
  if (scenario?.isCardExpired === true) return forced('card_expired', 'EXPIRED_CARD');
  if (scenario?.testCard !== undefined && scenario.testCard !== null) {
    const card = testCardNamed(scenario.testCard);
    assert(card !== null, 'a payment keeps the name of a test card that there is');
    return forced('test_card', card.outcome);
  }
  const hasTail = settings.hasAmountTails && amountMinor > 0n;
  const tail = hasTail ? outcomeOfTail(amountMinor) : null;
  return tail === null ? null : forced('amount_tail', tail);
}

type Forced = Pick<PipelineVerdict, 'outcome' | 'rule'>;

function forced(rule: string, outcome: Outcome): Forced {
  return { outcome, rule };
}

/** Most verdicts have nothing to say beside rule and draws: what is empty is left out of the log. */
function verdictOf(verdict: PipelineVerdict): Verdict {
  const { outcome, rule, draws, message, fired, shadow, review, errors } = verdict;
  const flags = fired.filter((name) => name !== rule);
  return {
    outcome,
    rule,
    draws,
    ...(message === null ? {} : { message }),
    ...(flags.length === 0 ? {} : { flags }),
    ...(shadow.length === 0 ? {} : { shadow }),
    ...(review ? { review } : {}),
    ...(errors.length === 0 ? {} : { errors }),
  };
}

/** What the decision leaves behind for those that come after it, and in the log; null for a payment from an account. */
export function seenIn(
  payment: Payment,
  { verdict, risk }: Judged,
  latencyMs: number,
  nowMs: number,
): { readonly seen: Seen; readonly cause: RiskCause } | null {
  const { card, deviceId, ip, amountMinor, currency } = payment;
  if (card === null || risk === null) return null;
  return {
    seen: {
      subjects: subjectKeys({ card: card.fingerprint, deviceId, ip }),
      observation: {
        atMs: nowMs,
        currency: currency.code,
        amountMinor: amountMinor > 0n ? amountMinor : 0n,
        isApproved: verdict.outcome === 'APPROVE',
        card: card.fingerprint,
      },
      latencyMs,
    },
    cause: {
      facts: {
        card: card.fingerprint,
        device: deviceId,
        ip,
        amount_minor: String(amountMinor > 0n ? amountMinor : 0n),
        currency: currency.code,
      },
      risk: {
        score: risk.score,
        level: risk.level,
        features: risk.features,
        contributions: risk.contributions,
        reasons: risk.reasons,
      },
      latency_ms: latencyMs,
    },
  };
}
