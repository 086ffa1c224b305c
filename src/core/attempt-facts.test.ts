import { describe, expect, test } from 'vitest';
import { controlsOf, SETTINGS } from '../../test/support/engine.ts';
import { cardOf, paymentOf } from '../../test/support/payment.ts';
import { AttemptFacts, type CardKnowledge } from './attempt-facts.ts';
import { currencyOf, NO_CURRENCY } from './currencies.ts';
import { observe, type Observation } from './history.ts';
import { assess } from './risk.ts';
import { RULE_VOCABULARY } from './rule-facts.ts';
import type { RuleList } from './rule-lists.ts';
import type { Histories } from './velocity.ts';

const NOW_MS = Date.UTC(2026, 0, 1, 12);
const HOUR_MS = 3_600_000;
const NO_LISTS = controlsOf(SETTINGS).rules.lists;
const card = cardOf();
const byCard = paymentOf({ card, deviceId: 'd-1', ip: '192.0.2.7', attempts: 2 });

function knowledge(histories: Partial<Histories>): CardKnowledge {
  const all = { card: null, device: null, ip: null, ...histories };
  const assessment = assess({
    card: card.fingerprint,
    deviceId: 'd-1',
    ip: '192.0.2.7',
    nowMs: NOW_MS,
    amountMinor: 10_000n,
    currency: 'USD',
    minorDigits: 2,
    highAmountThresholdMinor: 50_000n,
    histories: all,
    blockScore: 0.85,
    modelScore: null,
  });
  return { assessment, histories: all };
}

const observation: Observation = {
  atMs: NOW_MS - 5 * HOUR_MS,
  sequence: 1,
  currency: 'USD',
  amountMinor: 1_250n,
  isApproved: true,
  card: card.fingerprint,
};

const factsOf = (
  payment = byCard,
  known: CardKnowledge | null = knowledge({}),
  lists: { readonly block: RuleList; readonly allow: RuleList } = NO_LISTS,
) => new AttemptFacts(payment, SETTINGS, known, lists, NOW_MS);

describe('the facts of an attempt', () => {
  test('have something to say by every name that a rule can use', () => {
    const facts = factsOf();
    const silent = [...RULE_VOCABULARY].filter(([, { run }]) => run(facts) === undefined);
    expect(silent).toEqual([]);
  });

  test('are in major units of its currency', () => {
    expect(factsOf(paymentOf({ amountMinor: 1_999n }))).toMatchObject({
      amount: 19.99,
      amount_minor: 1_999,
      currency: 'USD',
    });
    const yen = paymentOf({ amountMinor: -5n, currency: currencyOf('JPY') });
    expect(factsOf(yen)).toMatchObject({ amount: -5, amount_minor: -5, currency: 'JPY' });
    expect(factsOf(paymentOf({ currency: NO_CURRENCY })).currency).toBeNull();
  });

  test('say what the settings are at the moment', () => {
    const byCurrencyE4 = new Map([['USD', 20_000n]]);
    const settings = { ...SETTINGS, fraudThreshold: { anyE4: 1n, byCurrencyE4 }, failureRate: 0.2 };
    const facts = new AttemptFacts(
      byCard,
      { ...settings, outage: 'timeout' },
      null,
      NO_LISTS,
      NOW_MS,
    );
    expect(facts.threshold).toEqual({ fraud: 2, high_amount: 500, risk_block: 0.85 });
    expect(facts.rate).toEqual({ failure: 0.2, high_amount_decline: 0.3, random_decline: 0.1 });
    expect(facts.outage).toBe('timeout');
  });

  test('of a payment from an account know no card, no device and no risk', () => {
    const facts = factsOf(paymentOf({ deviceId: 'd-1' }), null);
    expect(facts).toMatchObject({ method: 'account', score: 0, level: 'normal' });
    expect(facts.card).toEqual({ brand: '', bin: '', last4: '', fingerprint: '', luhn: false });
    expect(facts.device).toEqual({ id: 'd-1', known: false, age_hours: 0, cards: 0, trust: 0 });
    expect(facts.ip).toEqual({ address: '', kind: '', risk: 0, known: false });
    expect(facts.velocity.card).toMatchObject({ count_24h: 0, sum_24h: 0 });
  });

  test('of a card payment know its card, its score and its attempt', () => {
    const facts = factsOf();
    expect(facts).toMatchObject({ method: 'card', entry: 'payments', attempt: 2 });
    expect(facts.card).toEqual({
      brand: 'visa',
      bin: '424242',
      last4: '4242',
      fingerprint: card.fingerprint,
      luhn: true,
    });
    expect(facts.score).toBeGreaterThan(0);
    expect(facts.level).toBe('normal');
  });

  test('tell a new device and address from known ones', () => {
    const fresh = factsOf();
    expect(fresh.device).toMatchObject({ id: 'd-1', known: false, age_hours: 0, cards: 0 });
    expect(fresh.ip).toMatchObject({ address: '192.0.2.7', kind: 'documentation', known: false });
    const histories = {
      card: observe(null, observation, 'card'),
      device: observe(null, observation, 'device'),
      ip: observe(null, observation, 'ip'),
    };
    const known = factsOf(byCard, knowledge(histories));
    expect(known.device).toMatchObject({ known: true, age_hours: 5, cards: 1 });
    expect(known.device.trust).toBeGreaterThan(0);
    expect(known.ip).toMatchObject({ known: true });
    expect(factsOf(paymentOf({ card })).device).toMatchObject({ id: '', known: false });
    expect(known.velocity.card).toMatchObject({ count_1h: 0, count_24h: 1, sum_24h: 12.5 });
  });

  test('take the country from the metadata, if there is one', () => {
    expect(factsOf(paymentOf({ metadata: { country: 'gb' } })).country).toBe('GB');
    expect(factsOf(paymentOf({ metadata: { country: 7 } })).country).toBeNull();
    expect(factsOf(paymentOf({})).country).toBeNull();
  });

  test('say who stands in a list of the rules', () => {
    const block = { ...NO_LISTS.block, merchants: new Set(['alice@example.com']) };
    const allow = { ...NO_LISTS.allow, devices: new Set(['d-1']) };
    expect(factsOf().listed).toEqual({ block: false, allow: false });
    expect(factsOf(byCard, null, { ...NO_LISTS, block }).listed.block).toBe(true);
    expect(factsOf(byCard, null, { ...NO_LISTS, allow }).listed).toEqual({
      block: false,
      allow: true,
    });
  });
});
