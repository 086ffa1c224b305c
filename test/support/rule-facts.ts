/** Facts for rules: an unremarkable payment by card, and whatever a test changes about it. */
import type { RuleFacts } from '../../src/core/rule-facts.ts';
import type { VelocityFacts } from '../../src/core/velocity.ts';

const QUIET: VelocityFacts = {
  count_1m: 0,
  count_1h: 1,
  count_24h: 2,
  sum_1m: 0,
  sum_1h: 20,
  sum_24h: 45.5,
};

const PLAIN: RuleFacts = {
  entry: 'payments',
  method: 'card',
  amount: 19.99,
  amount_minor: 1999,
  currency: 'USD',
  merchant: 'alice@example.com',
  channel: 'ecommerce',
  reference: null,
  country: 'GB',
  attempt: 1,
  outage: 'none',
  score: 0.2,
  level: 'normal',
  threshold: { fraud: 10_000, high_amount: 500, risk_block: 0.85 },
  rate: { failure: 0.2, high_amount_decline: 0.3, random_decline: 0.1 },
  card: {
    brand: 'visa',
    bin: '424242',
    last4: '4242',
    fingerprint: '0123456789abcdef0123456789abcdef',
    luhn: true,
  },
  device: { id: 'phone-1', known: true, age_hours: 30, cards: 1, trust: 0.8 },
  ip: { address: '192.0.2.7', kind: 'public', risk: 0.3, known: true },
  velocity: { card: QUIET, device: QUIET, ip: QUIET },
  listed: { block: false, allow: false },
};

export function ruleFactsOf(changes: Partial<RuleFacts> = {}): RuleFacts {
  return { ...PLAIN, ...changes };
}
