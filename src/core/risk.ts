/**
 * How risky a payment is: a score from 0 to 1, what each feature contributed to it, and why, in sentences.
 *
 *     score = 0.4 · (1 − device_trust) + 0.3 · ip_risk + 0.2 · min(amount / (2 · threshold), 1) + 0.1 · velocity
 *
 * Features are whole thousandths, so each product is whole ten-thousandths: the contributions as printed sum to the score
 * as printed, and both follow from the features as printed. Each number is the double next to its decimal and so compares
 * with one as decimals do (score >= 0.85); but doubles do not add up as decimals do: whoever sums contributions rounds
 * the sum to four digits.
 */
import { assert } from './assert.ts';
import {
  deviceTrust,
  type Feature,
  type FeatureFacts,
  ipRisk,
  shareOf,
  spendingVelocity,
  thousandths,
} from './risk-features.ts';
import { type Velocity, velocityOf, type VelocityQuestion } from './velocity.ts';

export interface RiskFacts extends FeatureFacts {
  readonly amountMinor: bigint;
  /** From this score on a payment is blocked, 0 to 1. */
  readonly blockScore: number;
  /** The score of an outside model, 0 to 1; null when none was asked or none answered. */
  readonly modelScore: number | null;
}

/** The names are those of the wire. */
export interface RiskFeatures {
  readonly spending_velocity: number;
  readonly device_trust_score: number;
  readonly ip_risk_score: number;
}

/** What the score is made of: four decimals each. A model's score takes the place of all. */
export type Contributions =
  | {
      readonly device_trust: number;
      readonly ip_risk: number;
      readonly amount: number;
      readonly spending_velocity: number;
    }
  | { readonly model: number };

/** `highest`: at or above the block score. */
export type RiskLevel = 'normal' | 'elevated' | 'highest';

/** From here on a payment is worth a look. */
const ELEVATED_SCORE = 0.5;

/** In tenths; they sum to ten. */
const WEIGHTS = { device_trust: 4, ip_risk: 3, amount: 2, spending_velocity: 1 };

export interface Judgement {
  /** 0 to 1, four decimals. */
  readonly score: number;
  readonly level: RiskLevel;
  readonly features: RiskFeatures;
  readonly contributions: Contributions;
  /** Sentences that say what raised the score notably; they name nobody. */
  readonly reasons: readonly string[];
}

/** Judges one payment by what was seen before it. */
export function assess(facts: RiskFacts): Assessment {
  const trust = deviceTrust(facts);
  const address = ipRisk(facts);
  const velocity = spendingVelocity(facts);
  const amount = amountShare(facts);
  const features = {
    spending_velocity: velocity.thousandths / 1_000,
    device_trust_score: trust.thousandths / 1_000,
    ip_risk_score: address.thousandths / 1_000,
  };
  if (facts.modelScore !== null) return byModel(facts, facts.modelScore, features);

  const device = WEIGHTS.device_trust * (1_000 - trust.thousandths);
  const ip = WEIGHTS.ip_risk * address.thousandths;
  const size = WEIGHTS.amount * amount.thousandths;
  const speed = WEIGHTS.spending_velocity * velocity.thousandths;
  const score = (device + ip + size + speed) / 10_000;
  const judgement = {
    score,
    level: levelOf(score, facts.blockScore),
    features,
    contributions: {
      device_trust: device / 10_000,
      ip_risk: ip / 10_000,
      amount: size / 10_000,
      spending_velocity: speed / 10_000,
    },
    reasons: reasonsOf([velocity, trust, address, amount]),
  };
  return new Assessment(judgement, facts);
}

/** A judgement, and on demand the facts for the rule language. */
export class Assessment implements Judgement {
  readonly score: number;
  readonly level: RiskLevel;
  readonly features: RiskFeatures;
  readonly contributions: Contributions;
  readonly reasons: readonly string[];
  readonly #question: VelocityQuestion;
  #velocity: Velocity | null = null;

  constructor(judgement: Judgement, question: VelocityQuestion) {
    this.score = judgement.score;
    this.level = judgement.level;
    this.features = judgement.features;
    this.contributions = judgement.contributions;
    this.reasons = judgement.reasons;
    this.#question = question;
  }

  /** Made when it is first asked for: most payments meet no rule that looks. No part of the JSON. */
  get velocity(): Velocity {
    this.#velocity ??= velocityOf(this.#question);
    return this.#velocity;
  }
}

function byModel(facts: RiskFacts, modelScore: number, features: RiskFeatures): Assessment {
  assert(modelScore >= 0 && modelScore <= 1, 'a score lies between 0 and 1');
  const score = Math.round(modelScore * 10_000) / 10_000;
  const level = levelOf(score, facts.blockScore);
  const reasons = level === 'normal' ? [] : [`The risk model scored the payment ${score}.`];
  return new Assessment(
    { score, level, features, contributions: { model: score }, reasons },
    facts,
  );
}

/** Of twice the threshold, at most all. */
function amountShare({ amountMinor, highAmountThresholdMinor }: RiskFacts): Feature {
  const share = shareOf(Number(amountMinor), 2 * Number(highAmountThresholdMinor));
  const reason =
    share === 1 ? 'The amount is at least twice the threshold for high amounts.' : null;
  return { thousandths: thousandths(share), reason };
}

function levelOf(score: number, blockScore: number): RiskLevel {
  if (score >= blockScore) return 'highest';
  return score >= ELEVATED_SCORE ? 'elevated' : 'normal';
}

function reasonsOf(features: readonly Feature[]): readonly string[] {
  const reasons: string[] = [];
  for (const { reason } of features) if (reason !== null) reasons.push(reason);
  return reasons;
}
