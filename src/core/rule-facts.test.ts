import { expect, test } from 'vitest';
import { ruleFactsOf } from '../../test/support/rule-facts.ts';
import { RULE_VOCABULARY, type RuleFacts } from './rule-facts.ts';

/** The same object with every leaf's own whole name in its place. */
function named(value: object, prefix = ''): object {
  const entries = Object.entries(value).map(([name, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null
      ? [name, named(inner, `${prefix}${name}.`)]
      : [name, prefix + name],
  );
  return Object.fromEntries(entries) as object;
}

function leaves(value: object): readonly unknown[] {
  return Object.values(value).flatMap((inner: unknown) =>
    typeof inner === 'object' && inner !== null ? leaves(inner) : [inner],
  );
}

test('a rule can name every fact there is, and reads that very one', () => {
  const facts = named(ruleFactsOf()) as RuleFacts;
  for (const [name, { run }] of RULE_VOCABULARY) expect(run(facts)).toBe(name);
  expect(new Set(RULE_VOCABULARY.keys())).toEqual(new Set(leaves(facts)));
});

test('a fact has the type it says', () => {
  const types = { number: 'number', text: 'string', bool: 'boolean', null: 'object' };
  for (const [name, { type, run }] of RULE_VOCABULARY) {
    const value = run(ruleFactsOf()) ?? 'a text or null';
    expect([name, typeof value]).toEqual([name, type === 'text_or_null' ? 'string' : types[type]]);
  }
});
