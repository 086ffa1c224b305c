import { describe, expect, test } from 'vitest';
import { ruleFactsOf } from '../../test/support/rule-facts.ts';
import { applyPipeline, type CompiledRule, NO_OBJECTION, type RuleAction } from './pipeline.ts';

const FACTS = ruleFactsOf();
const HALF = (): number => 0.5;

const DECLINE: RuleAction = { kind: 'decline', reason: 'RULE_BLOCKED' };
const APPROVE: RuleAction = { kind: 'approve' };
const REVIEW: RuleAction = { kind: 'review' };

function ruleOf(name: string, changes: Partial<CompiledRule> = {}): CompiledRule {
  return {
    name,
    isShadow: false,
    when: () => true,
    action: DECLINE,
    probability: () => null,
    message: null,
    ...changes,
  };
}

function noAnswer(): never {
  throw new Error('division by zero');
}

const PLAIN_VERDICT = {
  outcome: 'APPROVE',
  rule: NO_OBJECTION,
  message: null,
  draws: {},
  fired: [],
  shadow: [],
  review: false,
  errors: [],
};

describe('a pipeline', () => {
  test('approves what no rule objects to', () => {
    expect(applyPipeline([], FACTS, HALF)).toEqual(PLAIN_VERDICT);
    const rules = [ruleOf('never', { when: () => false })];
    expect(applyPipeline(rules, FACTS, HALF)).toEqual(PLAIN_VERDICT);
  });

  test('ends with the first rule that declines or approves', () => {
    const declined = [ruleOf('first', { message: 'No.' }), ruleOf('second', { action: APPROVE })];
    expect(applyPipeline(declined, FACTS, HALF)).toEqual({
      ...PLAIN_VERDICT,
      outcome: 'RULE_BLOCKED',
      rule: 'first',
      message: 'No.',
      fired: ['first'],
    });
    const approved = [ruleOf('first', { action: APPROVE }), ruleOf('second')];
    const verdict = applyPipeline(approved, FACTS, HALF);
    expect(verdict).toEqual({ ...PLAIN_VERDICT, rule: 'first', fired: ['first'] });
  });

  test('asks no rule behind the one that settles it', () => {
    const asked: string[] = [];
    const watched = (name: string, action: RuleAction) =>
      ruleOf(name, { action, when: () => asked.push(name) > 0 });
    applyPipeline([watched('first', DECLINE), watched('second', DECLINE)], FACTS, HALF);
    expect(asked).toEqual(['first']);
  });

  test('shows the facts to conditions and probabilities', () => {
    const rule = ruleOf('high', {
      when: (facts) => facts.amount > facts.threshold.high_amount,
      probability: (facts) => facts.rate.high_amount_decline,
    });
    const draw = () => 0.29;
    expect(applyPipeline([rule], ruleFactsOf({ amount: 500 }), draw).draws).toEqual({});
    const high = ruleFactsOf({ amount: 500.01 });
    expect(applyPipeline([rule], high, draw).outcome).toBe('RULE_BLOCKED');
    expect(applyPipeline([rule], high, () => 0.3).outcome).toBe('APPROVE');
  });

  test('flags for review and goes on', () => {
    const rules = [ruleOf('look', { action: REVIEW }), ruleOf('look_again', { action: REVIEW })];
    expect(applyPipeline(rules, FACTS, HALF)).toEqual({
      ...PLAIN_VERDICT,
      fired: ['look', 'look_again'],
      review: true,
    });
    const declined = applyPipeline([...rules, ruleOf('stop')], FACTS, HALF);
    expect(declined).toMatchObject({ rule: 'stop', review: true });
    expect(declined.fired).toEqual(['look', 'look_again', 'stop']);
  });
});

describe('a probability', () => {
  test.each([
    [0, 0, false],
    [0, 0.1, true],
    [0.0999, 0.1, true],
    [0.1, 0.1, false],
    [0.9999, 1, true],
  ])('drawn %d of %d declines: %s', (drawn, probability, isDeclined) => {
    const rules = [ruleOf('chance', { probability: () => probability })];
    const verdict = applyPipeline(rules, FACTS, () => drawn);
    expect(verdict.outcome).toBe(isDeclined ? 'RULE_BLOCKED' : 'APPROVE');
    expect(verdict.rule).toBe(isDeclined ? 'chance' : NO_OBJECTION);
    expect(verdict.fired).toEqual(isDeclined ? ['chance'] : []);
    expect(verdict.draws).toEqual({ chance: drawn });
  });

  test('is drawn once per rule, by its name, and only where its condition holds', () => {
    const drawn: string[] = [];
    const draw = (purpose: string) => {
      drawn.push(purpose);
      return 0.9;
    };
    const chance = { probability: () => 0.5 };
    const rules = [
      ruleOf('first', chance),
      ruleOf('second', { ...chance, when: () => false }),
      ruleOf('third', chance),
    ];
    expect(applyPipeline(rules, FACTS, draw).draws).toEqual({ first: 0.9, third: 0.9 });
    expect(drawn).toEqual(['first', 'third']);
  });
});

describe('a rule in shadow', () => {
  test('is noted with what it would have done, and does nothing', () => {
    const rules = [
      ruleOf('decline', { isShadow: true, message: 'No.' }),
      ruleOf('approve', { isShadow: true, action: APPROVE }),
      ruleOf('review', { isShadow: true, action: REVIEW }),
      ruleOf('never', { isShadow: true, when: () => false }),
    ];
    expect(applyPipeline(rules, FACTS, HALF)).toEqual({
      ...PLAIN_VERDICT,
      shadow: [
        { rule: 'decline', outcome: 'RULE_BLOCKED' },
        { rule: 'approve', outcome: 'APPROVE' },
        { rule: 'review', outcome: 'REVIEW' },
      ],
    });
  });

  test('draws, and would have done nothing when it was not drawn', () => {
    const rule = ruleOf('chance', { isShadow: true, probability: () => 0.5 });
    const drawn = applyPipeline([rule], FACTS, () => 0.4);
    expect(drawn.shadow).toEqual([{ rule: 'chance', outcome: 'RULE_BLOCKED' }]);
    expect(drawn.draws).toEqual({ chance: 0.4 });
    expect(applyPipeline([rule], FACTS, HALF)).toEqual({
      ...PLAIN_VERDICT,
      draws: { chance: 0.5 },
    });
  });

  test('leaves everything else as it is without it', () => {
    const others = [
      ruleOf('look', { action: REVIEW }),
      ruleOf('chance', { probability: () => 0.6 }),
    ];
    const shadow = ruleOf('shadow', { isShadow: true, probability: () => 0.9 });
    const alone = applyPipeline(others, FACTS, HALF);
    for (const place of [0, 1]) {
      const verdict = applyPipeline(others.toSpliced(place, 0, shadow), FACTS, HALF);
      expect(verdict).toEqual({
        ...alone,
        shadow: [{ rule: 'shadow', outcome: 'RULE_BLOCKED' }],
        draws: { shadow: 0.5, chance: 0.5 },
      });
    }
  });
});

describe('a rule without an answer', () => {
  test.each([
    ['condition', { when: noAnswer }],
    ['probability', { probability: noAnswer }],
    ['condition, in shadow', { when: noAnswer, isShadow: true }],
  ])('to its %s is left out and named', (_, changes) => {
    const rules = [ruleOf('broken', changes), ruleOf('chance', { probability: () => 0.1 })];
    expect(applyPipeline(rules, FACTS, HALF)).toEqual({
      ...PLAIN_VERDICT,
      draws: { chance: 0.5 },
      errors: ['broken'],
    });
  });

  test('does not hide the next one', () => {
    const broken = { when: noAnswer };
    const rules = [ruleOf('one', broken), ruleOf('two', broken), ruleOf('stop')];
    expect(applyPipeline(rules, FACTS, HALF)).toMatchObject({
      outcome: 'RULE_BLOCKED',
      errors: ['one', 'two'],
    });
  });
});

test('one verdict leaves no trace in the next', () => {
  const rules = [ruleOf('look', { action: REVIEW }), ruleOf('broken', { when: noAnswer })];
  const first = applyPipeline(rules, FACTS, HALF);
  expect(applyPipeline([], FACTS, HALF)).toEqual(PLAIN_VERDICT);
  expect(applyPipeline(rules, FACTS, HALF)).toEqual(first);
});
