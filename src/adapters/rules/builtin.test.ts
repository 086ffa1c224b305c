import { describe, expect, test } from 'vitest';
import { ruleFactsOf } from '../../../test/support/rule-facts.ts';
import { applyPipeline, type CompiledRules } from '../../core/pipeline.ts';
import type { RuleFacts } from '../../core/rule-facts.ts';
import type { PipelineName } from '../../core/rules-document.ts';
import { BUILTIN_RULES } from './builtin.ts';
import { compileRules } from './compile.ts';

const RULES = compiled();

function compiled(): CompiledRules {
  const result = compileRules(BUILTIN_RULES);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.rules;
}

/** The outcome, the rule and the draws, for these facts and a draw that is the same for all rules. */
function decided(pipeline: PipelineName, changes: Partial<RuleFacts>, drawn = 0.999) {
  const verdict = applyPipeline(RULES[pipeline], ruleFactsOf(changes), () => drawn);
  expect(verdict.errors).toEqual([]);
  return verdict;
}

describe('the built-in rules', () => {
  test('are valid, complete and come back as they are', () => {
    expect(RULES.document).toEqual(BUILTIN_RULES);
    expect(compileRules(JSON.parse(JSON.stringify(BUILTIN_RULES)))).toMatchObject({ ok: true });
  });

  test('cannot be changed by whoever holds them', () => {
    expect(Object.isFrozen(BUILTIN_RULES.lists.block.ips)).toBe(true);
    expect(BUILTIN_RULES.card.every(Object.isFrozen)).toBe(true);
  });

  test('are asked in this order', () => {
    const names = (pipeline: PipelineName) => RULES[pipeline].map(({ name }) => name);
    expect(names('invalid')).toEqual([
      'amount_must_be_positive',
      'recipient_and_currency_required',
    ]);
    expect(names('account')).toEqual([
      'issuer_unavailable',
      'issuer_timeout',
      'fraud_threshold',
      'random_failure',
    ]);
    expect(names('card')).toEqual([
      'issuer_unavailable',
      'issuer_timeout',
      'block_list',
      'allow_list',
      'fraud_threshold',
      'risk_block',
      'card_testing',
      'high_amount',
      'random_decline',
    ]);
  });
});

describe('a payment that is invalid', () => {
  test.each<[Partial<RuleFacts>, string]>([
    [{ amount: 0 }, 'INVALID_AMOUNT'],
    [{ amount: -0.01 }, 'INVALID_AMOUNT'],
    [{ amount: 0.01 }, 'APPROVE'],
    [{ merchant: null }, 'INVALID_REQUEST'],
    [{ currency: null }, 'INVALID_REQUEST'],
    [{ amount: 0, merchant: null }, 'INVALID_AMOUNT'],
  ])('by %o ends with %s', (changes, outcome) => {
    expect(decided('invalid', changes).outcome).toBe(outcome);
  });
});

describe('a payment from an account', () => {
  test.each<[Partial<RuleFacts>, number, string, string]>([
    [{}, 0.2, 'APPROVE', 'no_objection'],
    [{}, 0.1999, 'PROCESSING_ERROR', 'random_failure'],
    [{ amount: 10_000 }, 0.9, 'APPROVE', 'no_objection'],
    [{ amount: 10_000.01 }, 0.9, 'FRAUD_SUSPECTED', 'fraud_threshold'],
    [{ amount: 10_000.01, outage: 'unavailable' }, 0, 'ISSUER_UNAVAILABLE', 'issuer_unavailable'],
    [{ outage: 'timeout' }, 0, 'ISSUER_TIMEOUT', 'issuer_timeout'],
  ])('with %o and a draw of %d ends with %s by %s', (changes, drawn, outcome, rule) => {
    expect(decided('account', changes, drawn)).toMatchObject({ outcome, rule, message: null });
  });

  test('says what it drew, also when it is let pass', () => {
    expect(decided('account', {}, 0.7).draws).toEqual({ random_failure: 0.7 });
  });
});

describe('a payment by card', () => {
  const listed = { block: true, allow: true };
  const busy = { ...ruleFactsOf().velocity.card, count_1m: 5 };
  const { velocity, device } = ruleFactsOf();

  test.each<[Partial<RuleFacts>, number, string, string]>([
    [{}, 0.1, 'APPROVE', 'no_objection'],
    [{}, 0.0999, 'CARD_DECLINED', 'random_decline'],
    [{ amount: 500 }, 0.2, 'APPROVE', 'no_objection'],
    [{ amount: 500 }, 0.05, 'CARD_DECLINED', 'random_decline'],
    [{ amount: 500.01 }, 0.2, 'HIGH_AMOUNT', 'high_amount'],
    [{ amount: 500.01 }, 0.3, 'APPROVE', 'no_objection'],
    [{ amount: 10_000.01 }, 0, 'FRAUD_SUSPECTED', 'fraud_threshold'],
    [{ amount: 10_000.01, entry: 'payment' }, 0.9, 'APPROVE', 'no_objection'],
    [{ score: 0.85 }, 0.9, 'RISK_BLOCKED', 'risk_block'],
    [{ score: 0.849 }, 0.9, 'APPROVE', 'no_objection'],
    [{ listed, score: 1 }, 0, 'RULE_BLOCKED', 'block_list'],
    [{ listed: { block: false, allow: true }, score: 1 }, 0, 'APPROVE', 'allow_list'],
    [{ listed, outage: 'unavailable' }, 0, 'ISSUER_UNAVAILABLE', 'issuer_unavailable'],
    [{ outage: 'timeout' }, 0, 'ISSUER_TIMEOUT', 'issuer_timeout'],
  ])('with %o and a draw of %d ends with %s by %s', (changes, drawn, outcome, rule) => {
    expect(decided('card', changes, drawn)).toMatchObject({ outcome, rule });
  });

  test('says in so many words why it was declined', () => {
    expect(decided('card', { amount: 501 }, 0).message).toBe('High amount flagged by risk rules.');
    expect(decided('card', {}, 0).message).toBe('Random decline to simulate the network.');
  });

  test('draws once, for the amount it has', () => {
    expect(decided('card', {}, 0.7).draws).toEqual({ random_decline: 0.7 });
    expect(decided('card', { amount: 501 }, 0.7).draws).toEqual({ high_amount: 0.7 });
  });

  test.each<[Partial<RuleFacts>, boolean]>([
    [{}, false],
    [{ velocity: { ...velocity, card: busy } }, true],
    [{ velocity: { ...velocity, device: busy } }, false],
    [{ velocity: { ...velocity, device: busy }, device: { ...device, cards: 5 } }, true],
    [{ device: { ...device, cards: 5 } }, false],
  ])('that looks like card testing is noted, not declined: %o, %s', (changes, isNoted) => {
    const verdict = decided('card', changes);
    expect(verdict.outcome).toBe('APPROVE');
    const noted = [{ rule: 'card_testing', outcome: 'CARD_VELOCITY_EXCEEDED' }];
    expect(verdict.shadow).toEqual(isNoted ? noted : []);
  });
});
