import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ruleFactsOf } from '../../../test/support/rule-facts.ts';
import { applyPipeline, type CompiledRules } from '../../core/pipeline.ts';
import type { RuleFacts } from '../../core/rule-facts.ts';
import { isListed } from '../../core/rule-lists.ts';
import { BUILTIN_RULES } from './builtin.ts';
import { compileRules } from './compile.ts';
import { FAULTS_MAX, LIST_ENTRIES_MAX, RULES_PER_PIPELINE_MAX } from './limits.ts';

type Json = Readonly<Record<string, unknown>>;

/** The built-in document with some parts in the place of its own. */
function documentWith(parts: Json): Json {
  return { ...BUILTIN_RULES, ...parts };
}

function withRule(rule: unknown): Json {
  return documentWith({ card: [rule] });
}

function withBlocked(kind: string, entries: unknown): Json {
  return documentWith({ lists: { block: { [kind]: entries } } });
}

/** Every fault as «pointer code: detail»; empty when there is none. */
function faultsOf(document: unknown): readonly string[] {
  const compiled = compileRules(document);
  if (compiled.ok) return [];
  return compiled.faults.map(({ pointer, code, detail }) => `${pointer} ${code}: ${detail}`);
}

function compiledOf(document: unknown): CompiledRules {
  const compiled = compileRules(document);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled.rules;
}

const RULE = { name: 'rule', decline: 'CARD_DECLINED' };

describe('a document', () => {
  test.each([[null], [[]], ['rules'], [7], [undefined]])('is an object, not %j', (value) => {
    expect(faultsOf(value)).toEqual([' wrong_type: must be an object']);
  });

  test('has all its pipelines: none is emptied by being forgotten', () => {
    expect(faultsOf({})).toEqual([
      '/invalid missing_field: is needed',
      '/account missing_field: is needed',
      '/card missing_field: is needed',
    ]);
    expect(faultsOf(documentWith({ card: {} }))).toEqual(['/card wrong_type: must be an array']);
  });

  test('may leave out lists, and shows them all the same', () => {
    const whole = compiledOf(BUILTIN_RULES).document;
    for (const lists of [undefined, null, {}, { block: null }, { allow: { ips: null } }]) {
      expect(compiledOf(documentWith({ lists })).document).toEqual(whole);
    }
  });

  test('has no other fields, and names the one that was meant', () => {
    expect(faultsOf(documentWith({ cards: [] }))).toEqual([
      '/cards unknown_field: is no field here; did you mean card?',
    ]);
    expect(faultsOf(documentWith({ lists: { blocked: {}, weather: {} } }))).toEqual([
      '/lists/blocked unknown_field: is no field here; did you mean block?',
      '/lists/weather unknown_field: is no field here; there are block, allow',
    ]);
    expect(faultsOf(documentWith({ lists: { block: { bin: [] } } }))).toEqual([
      '/lists/block/bin unknown_field: is no field here; did you mean bins?',
    ]);
  });

  test('says all that is wrong at once, but no more than helps', () => {
    const rules = Array.from({ length: RULES_PER_PIPELINE_MAX }, () => ({}));
    expect(faultsOf(documentWith({ account: rules, card: rules }))).toHaveLength(FAULTS_MAX);
  });

  test('keeps what makes a payment sound', () => {
    const [amount, request] = BUILTIN_RULES.invalid;
    expect(faultsOf(documentWith({ invalid: [request] }))).toEqual([
      '/invalid required_rule: must have the rule amount_must_be_positive as it is built in: decline INVALID_AMOUNT when amount <= 0',
    ]);
    for (const change of [
      { when: 'amount < 0' },
      { decline: 'RULE_BLOCKED' },
      { probability: 0.5 },
      { shadow: true },
    ]) {
      expect(faultsOf(documentWith({ invalid: [request, { ...amount, ...change }] }))).toHaveLength(
        1,
      );
    }
    const more = { name: 'no_cents', when: 'amount % 1 != 0', decline: 'INVALID_AMOUNT' };
    expect(
      faultsOf(documentWith({ invalid: [more, request, { ...amount, shadow: false }] })),
    ).toEqual([]);
  });
});

describe('a rule', () => {
  test.each<[unknown, string]>([
    ['rule', '/card/0 wrong_type: must be an object'],
    [{}, '/card/0/name missing_field: is needed'],
    [{ ...RULE, name: 7 }, '/card/0/name wrong_type: must be a text'],
    [{ ...RULE, name: null }, '/card/0/name wrong_type: must be a text'],
    [{ ...RULE, name: 'No Spaces' }, '/card/0/name wrong_format: must be in snake_case'],
    [{ ...RULE, name: '__proto__' }, '/card/0/name wrong_format: must be in snake_case'],
    [{ ...RULE, name: 'no_objection' }, '/card/0/name wrong_format: must not be no_objection'],
    [{ ...RULE, name: 'a'.repeat(65) }, '/card/0/name too_long: must have at most 64'],
    [{ ...RULE, message: 'a'.repeat(201) }, '/card/0/message too_long: must have at most 200'],
    [{ ...RULE, description: 7 }, '/card/0/description wrong_type: must be a text'],
    [{ ...RULE, shadow: 'yes' }, '/card/0/shadow wrong_type: must be true or false'],
    [{ ...RULE, wen: 'true' }, '/card/0/wen unknown_field: is no field here; did you mean when?'],
    [{ name: 'rule' }, '/card/0 missing_field: needs one of decline, approve, review'],
    [{ ...RULE, approve: true }, '/card/0 contradiction: can decline or approve, not both'],
    [{ name: 'rule', review: 1 }, '/card/0/review wrong_type: must be true, or left out'],
    [{ name: 'rule', approve: false }, '/card/0/approve wrong_type: must be true, or left out'],
    [{ ...RULE, decline: 'CARD_DECLINE' }, 'INCORRECT_CVC'],
    [{ ...RULE, decline: 'CARD_DECLINE' }, '; did you mean CARD_DECLINED?'],
    [{ ...RULE, decline: 7 }, '/card/0/decline not_one_of: must be one of INVALID_AMOUNT, '],
    [{ ...RULE, probability: 1.1 }, '/card/0/probability out_of_range: must be a number from 0'],
    [{ ...RULE, probability: -0.1 }, '/card/0/probability out_of_range: must be a number from 0'],
    [{ ...RULE, probability: 'score' }, 'or one of rate.failure, rate.high_amount_decline, rate.'],
    [{ ...RULE, probability: true }, '/card/0/probability out_of_range: must be a number from 0'],
    [
      { name: 'rule', review: true, probability: 0.5 },
      '/card/0/probability contradiction: goes with decline only',
    ],
    [
      { name: 'rule', approve: true, message: 'Yes.' },
      '/card/0/message contradiction: goes with decline only',
    ],
    [{ ...RULE, when: 7 }, '/card/0/when wrong_type: must be a text'],
    [{ ...RULE, when: '' }, '/card/0/when syntax_error: column 1: the expression ends here'],
    [
      { ...RULE, when: 'amount' },
      '/card/0/when wrong_type: column 1: a condition is true or false',
    ],
    [
      { ...RULE, when: 'true &&\n  amout > 5' },
      '/card/0/when unknown_fact: line 2, column 3: amout is no fact; did you mean amount?',
    ],
    [{ ...RULE, when: ' '.repeat(501) }, '/card/0/when too_long: column 1: must have at most 500'],
  ])('%j is refused where it is wrong', (rule, fault) => {
    expect(faultsOf(withRule(rule)).join('\n')).toContain(fault);
  });

  test('comes back as it was sent', () => {
    const rules = [
      { name: 'one', description: 'First.', when: 'card.luhn', decline: 'LOST_CARD', shadow: true },
      { name: 'two', decline: 'HIGH_AMOUNT', probability: 0.25, message: 'Too high.' },
      { name: 'three', decline: 'HIGH_AMOUNT', probability: 'rate.failure' },
      { name: 'four', review: true },
      { name: 'five', approve: true, when: 'amount in [1, 2]' },
    ];
    expect(compiledOf(documentWith({ card: rules })).document.card).toEqual(rules);
    const nulls = { ...RULE, when: null, approve: null, probability: null, shadow: null };
    expect(compiledOf(withRule(nulls)).document.card).toEqual([RULE]);
  });

  test('is asked as it says', () => {
    const [rule] = compiledOf(
      withRule({ ...RULE, when: 'amount > 5', probability: 'rate.failure', message: 'No.' }),
    ).card;
    expect(rule).toMatchObject({ name: 'rule', isShadow: false, message: 'No.' });
    expect(rule?.action).toEqual({ kind: 'decline', reason: 'CARD_DECLINED' });
    expect(rule?.when(ruleFactsOf({ amount: 5 }))).toBe(false);
    expect(rule?.when(ruleFactsOf({ amount: 6 }))).toBe(true);
    expect(rule?.probability(ruleFactsOf())).toBe(0.2);
    const [always] = compiledOf(withRule({ ...RULE, probability: 0 })).card;
    expect(always?.when(ruleFactsOf())).toBe(true);
    expect(always?.probability(ruleFactsOf())).toBe(0);
    const [certain] = compiledOf(withRule(RULE)).card;
    expect(certain?.probability(ruleFactsOf())).toBeNull();
  });

  test('has a name of its own in its pipeline, and in that alone', () => {
    const twice = documentWith({ card: [RULE, { ...RULE, when: 'false' }] });
    expect(faultsOf(twice)).toEqual([
      '/card/1/name duplicate_name: is the name of an earlier rule here',
    ]);
    expect(faultsOf(documentWith({ card: [RULE], account: [RULE] }))).toEqual([]);
  });

  test('cannot approve what is invalid', () => {
    const invalid = [...BUILTIN_RULES.invalid, { name: 'rule', approve: true }];
    expect(faultsOf(documentWith({ invalid }))).toEqual([
      '/invalid/2/approve contradiction: belongs in account or card: what is invalid cannot be approved',
    ]);
  });

  test('is one of so many', () => {
    const rules = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...RULE, name: `rule_${index}` }));
    expect(faultsOf(documentWith({ card: rules(RULES_PER_PIPELINE_MAX) }))).toEqual([]);
    expect(faultsOf(documentWith({ card: rules(RULES_PER_PIPELINE_MAX + 1) }))).toEqual([
      '/card too_many: must have at most 50 entries',
    ]);
  });
});

describe('a list', () => {
  test.each<[string, readonly string[]]>([
    ['merchants', ['Acme Ltd', 'alice@example.com']],
    ['bins', ['424242', '000000']],
    ['fingerprints', ['0123456789abcdef0123456789abcdef', '4242424242424242424242424242424a']],
    ['devices', ['phone-1', '01980000-0000-7000-8000-000000000001']],
    ['ips', ['192.0.2.7', '10.0.0.0/8', '::1', '2001:db8::/32']],
    ['countries', ['GB', 'KP']],
  ])('of %s takes %j', (kind, entries) => {
    const { document } = compiledOf(withBlocked(kind, entries));
    expect(document.lists.block).toEqual({ ...BUILTIN_RULES.lists.block, [kind]: entries });
  });

  test.each<[string, unknown, string]>([
    ['merchants', '', 'wrong_format: must have 1 to 255 characters'],
    ['merchants', '  ', 'wrong_format: must have 1 to 255 characters'],
    ['merchants', 'a'.repeat(256), 'wrong_format: must have 1 to 255 characters'],
    ['merchants', 7, 'wrong_type: must be a text'],
    ['bins', '42424', 'wrong_format: must be the first 6 digits'],
    ['bins', '42424242', 'wrong_format: must be the first 6 digits'],
    ['bins', 424242, 'wrong_type: must be a text'],
    ['fingerprints', '0123', 'wrong_format: must be 32 lower-case hexadecimal digits'],
    ['ips', '192.0.2.300', 'wrong_format: must be an IP address or a range of them'],
    ['ips', 'fe80::1%eth0', 'wrong_format: must be an IP address or a range of them'],
    ['countries', 'gb', 'wrong_format: must be an ISO 3166-1 code'],
    ['countries', 'GBR', 'wrong_format: must be an ISO 3166-1 code'],
  ])('of %s does not take %j', (kind, entry, fault) => {
    const faults = faultsOf(withBlocked(kind, ['GB', entry].slice(1)));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`/lists/block/${kind}/0 ${fault}`);
  });

  test('is an array of so many entries', () => {
    expect(faultsOf(withBlocked('ips', '192.0.2.7'))).toEqual([
      '/lists/block/ips wrong_type: must be an array',
    ]);
    expect(faultsOf(documentWith({ lists: { allow: [] } }))).toEqual([
      '/lists/allow wrong_type: must be an object',
    ]);
    const entries = Array.from({ length: LIST_ENTRIES_MAX + 1 }, (_, index) => `m${index}`);
    expect(faultsOf(withBlocked('merchants', entries.slice(1)))).toEqual([]);
    expect(faultsOf(withBlocked('merchants', entries))).toEqual([
      '/lists/block/merchants too_many: must have at most 4000 entries',
    ]);
  });

  test('knows who is in it', () => {
    const lists = { block: { ips: ['192.0.2.0/24'] }, allow: { merchants: ['Acme Ltd'] } };
    const { block, allow } = compiledOf(documentWith({ lists })).lists;
    expect(isListed(block, ruleFactsOf())).toBe(true);
    expect(isListed(allow, ruleFactsOf())).toBe(false);
    expect(isListed(allow, ruleFactsOf({ merchant: 'Acme Ltd' }))).toBe(true);
  });
});

describe('a card number', () => {
  const NUMBERS = ['4242424242424242', '4000 0012 3456 7890', '4242-4242-4242-4242'];
  const places = (number: string): readonly (readonly [string, Json])[] => [
    ...['merchants', 'bins', 'fingerprints', 'devices'].map(
      (kind) => [`/lists/block/${kind}/0`, withBlocked(kind, [number])] as const,
    ),
    ['/card/0/name', withRule({ ...RULE, name: number })],
    ['/card/0/description', withRule({ ...RULE, description: number })],
    ['/card/0/message', withRule({ ...RULE, message: number })],
    ['/card/0/when', withRule({ ...RULE, when: number })],
  ];

  test.each(NUMBERS)('%s is refused wherever it stands, and never repeated', (number) => {
    for (const [pointer, document] of places(number)) {
      const faults = faultsOf(document).join('\n');
      expect(faults).toContain(`${pointer} card_number: holds what looks like a card number`);
      expect(faults).not.toContain(number);
    }
  });

  test('is refused inside a text', () => {
    const rule = { ...RULE, when: 'card.fingerprint == "x4242424242424242"' };
    expect(faultsOf(withRule(rule)).join()).toContain('/card/0/when card_number');
    const hash = { ...RULE, when: 'card.fingerprint == "4242424242424242abcdef0123456789"' };
    expect(faultsOf(withRule(hash))).toEqual([]);
  });

  test('is not repeated when it is a field or a fact', () => {
    const faults = faultsOf({
      ...withRule({ ...RULE, 4242424242424242: 1 }),
      '4000001234567890': 1,
    });
    expect(faults).toHaveLength(2);
    expect(faults.join()).not.toMatch(/\d{6}/);
  });
});

describe('any document', () => {
  const names = fc.constantFrom('name', 'when', 'decline', 'lists', 'card', 'block', 'ips', 'x');
  const json = fc.oneof(
    fc.jsonValue(),
    fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, 0, -1, 0.5, '', 'amount > 5', 'LOST_CARD', 'rate.failure'),
        fc.array(tie('value')),
        fc.dictionary(names, tie('value')),
      ),
    })).value,
  );

  test('has rules or faults', () => {
    fc.assert(
      fc.property(json, (value) => expectAnswer(value)),
      { numRuns: 500 },
    );
  });

  test('that was valid until something in it changed has rules or faults', () => {
    const paths = pathsOf(BUILTIN_RULES);
    const changed = fc
      .record({ path: fc.constantFrom(...paths), value: json })
      .map(({ path, value }) => replaced(BUILTIN_RULES, path, value));
    fc.assert(
      fc.property(changed, (value) => expectAnswer(value)),
      { numRuns: 2000 },
    );
  });

  function expectAnswer(value: unknown): void {
    const compiled = compileRules(value);
    if (compiled.ok) {
      // What is shown can be sent back, and is then the same.
      expect(compiledOf(compiled.rules.document).document).toEqual(compiled.rules.document);
      return;
    }
    expect(compiled.faults.length).toBeGreaterThan(0);
    for (const { pointer, detail } of compiled.faults) {
      expect(pointer).toMatch(/^(?:\/[\w()]+)*$/);
      expect(detail.length).toBeGreaterThan(5);
    }
  }
});

describe('any well-formed condition', () => {
  // An ASCII text without quotes and escapes, and without digits enough for a card number.
  const texts = fc.stringMatching(/^[A-Za-z ]{0,5}$/).map((text) => `"${text}"`);
  const numbers = fc.constantFrom(
    '0',
    '1',
    '2.5',
    '1e3',
    'amount',
    'score',
    'device.cards',
    'attempt',
  );
  const infix = (operators: readonly string[], side: fc.Arbitrary<unknown>) =>
    fc.tuple(side, fc.constantFrom(...operators), side).map((parts) => `(${parts.join(' ')})`);
  const { condition } = fc.letrec<{ condition: string; number: string; text: string }>((tie) => ({
    number: fc.oneof(
      { maxDepth: 3 },
      numbers,
      infix(['+', '-', '*', '/', '%'], tie('number')),
      tie('text').map((text) => `size(${text})`),
    ),
    text: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('entry', 'merchant', 'currency', 'card.bin', 'ip.address'),
      texts,
      tie('text').map((text) => `${text}.lowerAscii()`),
    ),
    condition: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('true', 'card.luhn', 'listed.block', '(merchant == null)'),
      infix(['<', '<=', '>', '>=', '==', '!='], tie('number')),
      infix(['==', '!='], tie('text')),
      infix(['&&', '||'], tie('condition')),
      tie('condition').map((inner) => `!${inner}`),
      tie('text').map((text) => `${text}.contains("a")`),
      tie('text').map((text) => `(${text} in ["a", "USD"])`),
      fc
        .tuple(tie('condition'), tie('condition'), tie('condition'))
        .map(([first, second, third]) => `(${first} ? ${second} : ${third})`),
    ),
  }));
  const rule = fc.record({
    when: condition.filter((text) => text.length <= 500),
    decline: fc.constantFrom('LOST_CARD', 'HIGH_AMOUNT'),
    probability: fc.constantFrom(null, 0, 0.5, 1, 'rate.failure'),
    shadow: fc.boolean(),
  });
  const rules = fc
    .array(rule, { maxLength: 6 })
    .map((some) => some.map((one, index) => ({ name: `rule_${index}`, ...one })));
  const amounts = fc.oneof(fc.double(), fc.constantFrom(0, NaN, Infinity, -1));
  const changes = fc.record({
    amount: amounts,
    score: amounts,
    merchant: fc.option(fc.string()),
    attempt: amounts,
  });
  const factsOf = (some: Partial<RuleFacts>): RuleFacts => ({
    ...ruleFactsOf(some),
    get ip(): never {
      throw new Error('nobody knows');
    },
  });
  const draw = (purpose: string): number => Number(purpose.slice(-1)) / 6;

  test('compiles, and its pipeline has a verdict for any facts', () => {
    fc.assert(
      fc.property(rules, changes, (card, some) => {
        const facts = factsOf(some);
        const { outcome, errors } = applyPipeline(
          compiledOf(documentWith({ card })).card,
          facts,
          draw,
        );
        expect(['APPROVE', 'LOST_CARD', 'HIGH_AMOUNT']).toContain(outcome);
        expect(new Set(errors).size).toBe(errors.length);
      }),
      { numRuns: 1000 },
    );
  });

  test('changes nothing while it is in shadow', () => {
    fc.assert(
      fc.property(rules, changes, (card, some) => {
        const all = compiledOf(documentWith({ card })).card;
        const effective = all.filter(({ isShadow }) => !isShadow);
        const facts = factsOf(some);
        const seen = applyPipeline(all, facts, draw);
        const alone = applyPipeline(effective, facts, draw);
        const { outcome, rule: by, message, fired, review } = alone;
        expect(seen).toMatchObject({ outcome, rule: by, message, fired, review });
        expect(seen.draws).toMatchObject(alone.draws);
      }),
      { numRuns: 1000 },
    );
  });
});

type Path = readonly (string | number)[];

/** The path to every value in it. */
function pathsOf(value: unknown): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const inner = Object.entries(value).flatMap(([key, member]) =>
    pathsOf(member).map((path) => [Array.isArray(value) ? Number(key) : key, ...path]),
  );
  return [[], ...inner];
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === step ? replaced(item, rest, by) : item));
  }
  const fields = value as Json;
  return { ...fields, [step]: replaced(fields[step], rest, by) };
}
