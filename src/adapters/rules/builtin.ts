/**
 * The rules that Farthing begins with, as a document that anyone could have sent: payments from an account fail at a
 * limit and at random, cards are declined by lists, risk, limits and at random.
 */
import type { ListDocument, RulesDocument } from '../../core/rules-document.ts';

const NOBODY: ListDocument = {
  merchants: [],
  bins: [],
  fingerprints: [],
  devices: [],
  ips: [],
  countries: [],
};

const ISSUER_OUTAGE: RulesDocument['card'] = [
  {
    name: 'issuer_unavailable',
    description: 'The simulated issuer is down.',
    when: 'outage == "unavailable"',
    decline: 'ISSUER_UNAVAILABLE',
  },
  {
    name: 'issuer_timeout',
    description: 'The simulated issuer does not answer in time.',
    when: 'outage == "timeout"',
    decline: 'ISSUER_TIMEOUT',
  },
];

export const BUILTIN_RULES: RulesDocument = deepFrozen({
  lists: { block: NOBODY, allow: NOBODY },
  invalid: [
    {
      name: 'amount_must_be_positive',
      when: 'amount <= 0',
      decline: 'INVALID_AMOUNT',
    },
    {
      name: 'recipient_and_currency_required',
      when: 'merchant == null || currency == null',
      decline: 'INVALID_REQUEST',
    },
  ],
  account: [
    ...ISSUER_OUTAGE,
    {
      name: 'fraud_threshold',
      when: 'amount > threshold.fraud',
      decline: 'FRAUD_SUSPECTED',
    },
    {
      name: 'random_failure',
      decline: 'PROCESSING_ERROR',
      probability: 'rate.failure',
    },
  ],
  card: [
    ...ISSUER_OUTAGE,
    {
      name: 'block_list',
      when: 'listed.block',
      decline: 'RULE_BLOCKED',
    },
    {
      name: 'allow_list',
      when: 'listed.allow',
      approve: true,
    },
    {
      name: 'fraud_threshold',
      description: 'POST /payment has no such limit.',
      when: 'entry == "payments" && amount > threshold.fraud',
      decline: 'FRAUD_SUSPECTED',
    },
    {
      name: 'risk_block',
      when: 'score >= threshold.risk_block',
      decline: 'RISK_BLOCKED',
    },
    {
      name: 'card_testing',
      description: 'A card used in quick succession, or one device that tries many cards.',
      when: 'velocity.card.count_1m >= 5 || (velocity.device.count_1m >= 5 && device.cards >= 5)',
      decline: 'CARD_VELOCITY_EXCEEDED',
      message: 'Many attempts in a short time look like card testing.',
      shadow: true,
    },
    {
      name: 'high_amount',
      when: 'amount > threshold.high_amount',
      decline: 'HIGH_AMOUNT',
      probability: 'rate.high_amount_decline',
      message: 'High amount flagged by risk rules.',
    },
    {
      name: 'random_decline',
      description: 'Any other amount.',
      when: 'amount <= threshold.high_amount',
      decline: 'CARD_DECLINED',
      probability: 'rate.random_decline',
      message: 'Random decline to simulate the network.',
    },
  ],
});

function deepFrozen<Value extends object>(value: Value): Value {
  const members: readonly unknown[] = Object.values(value);
  for (const member of members) {
    if (typeof member === 'object' && member !== null) deepFrozen(member);
  }
  return Object.freeze(value);
}
