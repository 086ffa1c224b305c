import { describe, expect, test } from 'vitest';
import { decided, elapsed, type Given, processing, run } from '../../../test/support/decide.ts';
import {
  authorizeCommand,
  controlsOf,
  createCommand,
  SETTINGS,
} from '../../../test/support/engine.ts';
import { cardOf, scenarioOf } from '../../../test/support/payment.ts';
import type { AuthorizeCard } from '../commands.ts';
import type { Controls } from '../controls.ts';
import { currencyOf, NO_CURRENCY } from '../currencies.ts';
import { observe } from '../history.ts';
import type { CompiledRule, CompiledRules } from '../pipeline.ts';

type Asked = Partial<Omit<AuthorizeCard, 'type'>>;

/** The three ways in which an attempt is made: from an account, by a card that was created, by one authorized at once. */
const DOORS = {
  account: (asked: Asked, given: Given) => afterTimer({ ...asked, card: null }, given),
  'card at /payments': (asked: Asked, given: Given) =>
    afterTimer({ card: cardOf(), ...asked }, given),
  'card at /payment': (asked: Asked, given: Given) => decided(authorizeCommand(asked), null, given),
};
type Door = keyof typeof DOORS;
const ALL_DOORS: readonly Door[] = ['account', 'card at /payments', 'card at /payment'];
const CARD_DOORS: readonly Door[] = ['card at /payments', 'card at /payment'];

function afterTimer(
  asked: Partial<Omit<AuthorizeCard, 'type' | 'card'>> & { card: AuthorizeCard['card'] | null },
  given: Given,
) {
  const { payment } = decided(createCommand(asked));
  const underWay = { ...payment, status: 'PROCESSING', attempts: 1, version: 2 } as const;
  return decided(elapsed('complete', 1), underWay, given);
}

/** What became of it, and by which rule. */
function verdictAt(door: Door, asked: Asked, given: Given = {}): readonly [string, string] {
  const { payment, event } = DOORS[door](asked, given);
  const rule = 'verdict' in event.cause ? event.cause.verdict.rule : '';
  return [payment.failureReason ?? payment.status, rule];
}

/** Chance that never declines, and chance that always does. */
const LUCKY: Given = { draw: () => 0.999 };
const UNLUCKY: Given = { draw: () => 0 };

const APPROVE = scenarioOf({ outcomes: ['APPROVE'] });
const TAILS = { ...LUCKY, settings: { hasAmountTails: true } };

describe('what decides an attempt, in order:', () => {
  const cases: readonly (readonly [string, readonly Door[], Asked, Given, string, string])[] = [
    [
      'an invalid amount stays so, whatever is asked for',
      ALL_DOORS,
      { amountMinor: 0n, recipient: null, scenario: APPROVE },
      LUCKY,
      'INVALID_AMOUNT',
      'amount_must_be_positive',
    ],
    [
      'an amount below zero has no tail',
      ALL_DOORS,
      { amountMinor: -51n },
      TAILS,
      'INVALID_AMOUNT',
      'amount_must_be_positive',
    ],
    [
      'nobody to pay stays invalid, whatever is asked for',
      ALL_DOORS,
      { recipient: null, scenario: APPROVE },
      LUCKY,
      'INVALID_REQUEST',
      'recipient_and_currency_required',
    ],
    [
      'no currency stays invalid, whatever is asked for',
      ALL_DOORS,
      { currency: NO_CURRENCY, scenario: APPROVE },
      LUCKY,
      'INVALID_REQUEST',
      'recipient_and_currency_required',
    ],
    [
      'an approval asked for comes before the card, the tail and every rule',
      ALL_DOORS,
      {
        amountMinor: 999_999_951n,
        scenario: { ...APPROVE, testCard: 'declined', isCardExpired: true },
        modelScore: 1,
      },
      { ...UNLUCKY, settings: { hasAmountTails: true, outage: 'timeout', failureRate: 1 } },
      'SUCCESS',
      'outcome_asked_for',
    ],
    [
      'so does a failure asked for',
      ALL_DOORS,
      { scenario: scenarioOf({ outcomes: ['LOST_CARD'], testCard: 'visa' }) },
      LUCKY,
      'LOST_CARD',
      'outcome_asked_for',
    ],
    [
      'a card that has expired comes before the test card that it is',
      CARD_DOORS,
      { scenario: scenarioOf({ testCard: 'visa', isCardExpired: true }) },
      LUCKY,
      'EXPIRED_CARD',
      'card_expired',
    ],
    [
      'a test card that approves comes before the tail and every rule',
      CARD_DOORS,
      { amountMinor: 999_999_951n, scenario: scenarioOf({ testCard: 'visa' }), modelScore: 1 },
      { ...UNLUCKY, settings: { hasAmountTails: true, outage: 'unavailable' } },
      'SUCCESS',
      'test_card',
    ],
    [
      'a test card declines as it says',
      CARD_DOORS,
      { amountMinor: 1_091n, scenario: scenarioOf({ testCard: 'insufficient_funds' }) },
      TAILS,
      'INSUFFICIENT_FUNDS',
      'test_card',
    ],
    [
      'a test card that is disputed later is approved',
      CARD_DOORS,
      { scenario: scenarioOf({ testCard: 'disputed' }) },
      UNLUCKY,
      'SUCCESS',
      'test_card',
    ],
    [
      'a wish for a delay alone decides nothing',
      ALL_DOORS,
      { scenario: scenarioOf({ delayMs: 5 }) },
      LUCKY,
      'SUCCESS',
      'no_objection',
    ],
    [
      'an amount’s tail comes before every rule',
      ALL_DOORS,
      { amountMinor: 999_999_905n },
      { ...UNLUCKY, settings: { hasAmountTails: true, outage: 'timeout', failureRate: 1 } },
      'DO_NOT_HONOR',
      'amount_tail',
    ],
    [
      'an amount without a tail is left to the rules',
      ALL_DOORS,
      { amountMinor: 1_050n },
      TAILS,
      'SUCCESS',
      'no_objection',
    ],
    [
      'a tail means nothing while tails are off',
      ALL_DOORS,
      { amountMinor: 1_051n },
      LUCKY,
      'SUCCESS',
      'no_objection',
    ],
    [
      'an issuer that is down comes before risk and chance',
      ALL_DOORS,
      { amountMinor: 999_999_900n, modelScore: 1 },
      { ...UNLUCKY, settings: { outage: 'unavailable' } },
      'ISSUER_UNAVAILABLE',
      'issuer_unavailable',
    ],
    [
      'so does an issuer that does not answer',
      ALL_DOORS,
      {},
      { ...UNLUCKY, settings: { outage: 'timeout' } },
      'ISSUER_TIMEOUT',
      'issuer_timeout',
    ],
    [
      'an amount at the fraud threshold passes',
      ['account', 'card at /payments'],
      { amountMinor: 1_000_000n },
      LUCKY,
      'SUCCESS',
      'no_objection',
    ],
    [
      'one above it is suspected, before risk and chance',
      ['account', 'card at /payments'],
      { amountMinor: 1_000_001n, modelScore: 1 },
      UNLUCKY,
      'FRAUD_SUSPECTED',
      'fraud_threshold',
    ],
    [
      'at POST /payment there is no such limit',
      ['card at /payment'],
      { amountMinor: 1_000_001n },
      LUCKY,
      'SUCCESS',
      'no_objection',
    ],
    [
      'a score at the block score declines, before chance',
      CARD_DOORS,
      { modelScore: 0.85 },
      UNLUCKY,
      'RISK_BLOCKED',
      'risk_block',
    ],
    [
      'a score below it does not',
      CARD_DOORS,
      { modelScore: 0.8499 },
      LUCKY,
      'SUCCESS',
      'no_objection',
    ],
    ['an account has no risk', ['account'], { modelScore: 1 }, LUCKY, 'SUCCESS', 'no_objection'],
  ];
  const rows = cases.flatMap(([name, doors, ...rest]) =>
    doors.map((door) => [name, door, ...rest] as const),
  );

  test.each(rows)('%s (%s)', (_, door, asked, given, outcome, rule) => {
    expect(verdictAt(door, asked, given)).toEqual([outcome, rule]);
  });

  test('one outcome per attempt is asked for, the last one for all further attempts', () => {
    const scenario = scenarioOf({ outcomes: ['PROCESSING_ERROR', 'LOST_CARD'] });
    const reasons = [1, 2, 3].map((attempts) => {
      const payment = processing({ scenario, attempts });
      return decided(elapsed('complete', attempts), payment).payment.failureReason;
    });
    expect(reasons).toEqual(['PROCESSING_ERROR', 'LOST_CARD', 'LOST_CARD']);
  });

  test('a test card that nobody knows is a bug', () => {
    const scenario = scenarioOf({ testCard: 'made up' });
    expect(() => run(authorizeCommand({ scenario }))).toThrow('assertion failed');
  });
});

describe('chance', () => {
  const rates = { failureRate: 0.2, highAmountDeclineRate: 0.3, randomDeclineRate: 0.1 };
  const drawn = (door: Door, amountMinor: bigint, draw: number) =>
    verdictAt(door, { amountMinor }, { settings: rates, draw: () => draw });

  test.each([
    ['account', 10_000n, 0.2, 'PROCESSING_ERROR', 'random_failure'],
    ['card at /payments', 50_000n, 0.1, 'CARD_DECLINED', 'random_decline'],
    ['card at /payment', 50_000n, 0.1, 'CARD_DECLINED', 'random_decline'],
    ['card at /payments', 50_001n, 0.3, 'HIGH_AMOUNT', 'high_amount'],
    ['card at /payment', 50_001n, 0.3, 'HIGH_AMOUNT', 'high_amount'],
  ] as const)('%s, %d: below %d it fails, at it it passes', (door, amount, rate, reason, rule) => {
    expect(drawn(door, amount, rate - 1e-9)).toEqual([reason, rule]);
    expect(drawn(door, amount, rate)).toEqual(['SUCCESS', 'no_objection']);
  });
});

describe('a limit of a currency takes the place of the common one:', () => {
  const limit = { anyE4: 1n, byCurrencyE4: new Map([['JPY', 1_500_000n * 10_000n]]) };
  const yen = (door: Door, amountMinor: bigint, given: Given) =>
    verdictAt(door, { amountMinor, currency: currencyOf('JPY') }, given)[0];

  test('fraud', () => {
    const given = { ...LUCKY, settings: { fraudThreshold: limit } };
    expect(yen('account', 1_500_000n, given)).toBe('SUCCESS');
    expect(yen('account', 1_500_001n, given)).toBe('FRAUD_SUSPECTED');
  });

  test('high amounts', () => {
    const settings = { highAmountThreshold: limit, highAmountDeclineRate: 1 };
    const given = { ...LUCKY, settings };
    expect(yen('card at /payment', 1_500_000n, given)).toBe('SUCCESS');
    expect(yen('card at /payment', 1_500_001n, given)).toBe('HIGH_AMOUNT');
  });
});

function withRules(rules: Partial<CompiledRules>, settings = SETTINGS): Controls {
  const controls = controlsOf(settings);
  return { ...controls, rules: { ...controls.rules, ...rules } };
}

function ruleOf(name: string, changes: Partial<CompiledRule> = {}): CompiledRule {
  return {
    name,
    isShadow: false,
    when: () => true,
    action: { kind: 'decline', reason: 'RULE_BLOCKED' },
    probability: () => null,
    message: null,
    ...changes,
  };
}

describe('rules that let everything pass', () => {
  const nothing = { invalid: [], account: [], card: [] };
  const given: Given = { controls: withRules(nothing) };
  const withTails: Given = { controls: withRules(nothing, { ...SETTINGS, hasAmountTails: true }) };

  test.each(ALL_DOORS)('cannot have an amount of zero or less booked (%s)', (door) => {
    for (const amountMinor of [0n, -1n, -51n]) {
      const expected = ['INVALID_AMOUNT', 'ledger_needs_an_amount'];
      expect(verdictAt(door, { amountMinor }, given)).toEqual(expected);
      expect(verdictAt(door, { amountMinor, scenario: APPROVE }, given)).toEqual(expected);
      expect(verdictAt(door, { amountMinor }, withTails)).toEqual(expected);
    }
  });

  test.each(ALL_DOORS)('cannot have an amount of no currency booked (%s)', (door) => {
    const expected = ['INVALID_REQUEST', 'ledger_needs_a_currency'];
    expect(verdictAt(door, { currency: NO_CURRENCY }, given)).toEqual(expected);
    expect(verdictAt(door, { currency: NO_CURRENCY, scenario: APPROVE }, given)).toEqual(expected);
  });

  test('can decline either for a reason of their own', () => {
    const strict = { controls: withRules({ ...nothing, account: [ruleOf('closed')] }) };
    const expected = ['RULE_BLOCKED', 'closed'];
    expect(verdictAt('account', { amountMinor: 0n }, strict)).toEqual(expected);
    expect(verdictAt('account', { currency: NO_CURRENCY }, strict)).toEqual(expected);
  });

  test('let pass what has an amount and a currency, even with nobody to pay', () => {
    expect(verdictAt('account', { recipient: null }, given)).toEqual(['SUCCESS', 'no_objection']);
  });
});

describe('the verdict in the log', () => {
  test('says all that the rules said, and leaves out what is empty', () => {
    const noAnswer = () => {
      throw new Error('no answer');
    };
    const card = [
      ruleOf('look', { action: { kind: 'review' } }),
      ruleOf('would', { isShadow: true }),
      ruleOf('broken', { when: noAnswer }),
      ruleOf('drawn', { probability: () => 0.1 }),
      ruleOf('closed', { message: 'Not today.' }),
    ];
    const { event } = decided(authorizeCommand(), null, { controls: withRules({ card }) });
    expect(event.cause).toMatchObject({
      verdict: {
        outcome: 'RULE_BLOCKED',
        rule: 'closed',
        draws: { drawn: 0.5 },
        message: 'Not today.',
        flags: ['look'],
        shadow: [{ rule: 'would', outcome: 'RULE_BLOCKED' }],
        review: true,
        errors: ['broken'],
      },
    });
    const { event: quiet } = decided(authorizeCommand(), null, {
      controls: withRules({ card: [] }),
    });
    expect('verdict' in quiet.cause ? quiet.cause.verdict : null).toStrictEqual({
      outcome: 'APPROVE',
      rule: 'no_objection',
      draws: {},
    });
  });

  test('names what was forced, and then draws nothing', () => {
    const asked = { scenario: scenarioOf({ testCard: 'lost_card' }) };
    const { event } = decided(authorizeCommand(asked), null, {
      draw: () => {
        throw new Error('nothing is drawn');
      },
    });
    const { cause } = event;
    const forced = { outcome: 'LOST_CARD', rule: 'test_card', draws: {} };
    expect('verdict' in cause ? cause.verdict : null).toStrictEqual(forced);
  });

  test('tells of a rule in shadow that it would have declined', () => {
    const now = { sequence: 1, currency: 'USD', amountMinor: 1n, isApproved: true };
    let card = null;
    for (let sequence = 1; sequence <= 5; sequence += 1) {
      card = observe(card, { ...now, sequence, atMs: 1_000, card: cardOf().fingerprint }, 'card');
    }
    const histories = { card, device: null, ip: null };
    const { event } = decided(authorizeCommand(), null, {
      ...LUCKY,
      historiesOf: () => histories,
    });
    expect(event.cause).toMatchObject({
      verdict: {
        outcome: 'APPROVE',
        shadow: [{ rule: 'card_testing', outcome: 'CARD_VELOCITY_EXCEEDED' }],
      },
    });
  });
});

describe('rules that are asked first and let it pass', () => {
  const { rules } = controlsOf(SETTINGS);
  const invalid = [
    ...rules.invalid,
    ruleOf('quiet', { isShadow: true }),
    ruleOf('looked_at', { action: { kind: 'review' } }),
    ruleOf('drawn', { probability: () => 0.5 }),
    ruleOf('puzzled', {
      when: () => {
        throw new Error('no answer');
      },
    }),
  ];
  const given: Given = { ...LUCKY, controls: withRules({ invalid }) };
  const notes = {
    draws: { drawn: 0.999 },
    flags: ['looked_at'],
    shadow: [{ rule: 'quiet', outcome: 'RULE_BLOCKED' }],
    review: true,
    errors: ['puzzled'],
  };

  test.each(ALL_DOORS)('are noted beside what comes after them (%s)', (door) => {
    expect(DOORS[door]({}, given).event.cause).toMatchObject({
      verdict: { outcome: 'APPROVE', rule: 'no_objection', ...notes },
    });
  });

  test.each(ALL_DOORS)('are noted beside an outcome that was asked for (%s)', (door) => {
    expect(DOORS[door]({ scenario: APPROVE }, given).event.cause).toMatchObject({
      verdict: { outcome: 'APPROVE', rule: 'outcome_asked_for', ...notes },
    });
  });

  test('are noted in front of those that come after them', () => {
    const card = [
      ruleOf('also', { action: { kind: 'review' } }),
      ruleOf('seen', { isShadow: true }),
    ];
    const both: Given = { ...LUCKY, controls: withRules({ invalid, card }) };
    expect(DOORS['card at /payment']({}, both).event.cause).toMatchObject({
      verdict: {
        flags: ['looked_at', 'also'],
        shadow: [{ rule: 'quiet' }, { rule: 'seen' }],
      },
    });
    const quiet = [...rules.invalid, ruleOf('quiet', { isShadow: true })];
    const later: Given = { ...LUCKY, controls: withRules({ invalid: quiet, card }) };
    expect(DOORS['card at /payment']({}, later).event.cause).toMatchObject({
      verdict: { flags: ['also'], review: true },
    });
  });
});
