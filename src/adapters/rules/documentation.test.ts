import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXPRESSION_CHARACTERS_MAX } from '../../core/expression/compile.ts';
import { FUNCTIONS } from '../../core/expression/functions.ts';
import { RULE_VOCABULARY } from '../../core/rule-facts.ts';
import { LIST_KINDS } from '../../core/rule-lists.ts';
import { BUILTIN_RULES } from './builtin.ts';
import { compileRules } from './compile.ts';
import {
  LIST_ENTRIES_MAX,
  NAME_CHARACTERS_MAX,
  RULES_PER_PIPELINE_MAX,
  TEXT_CHARACTERS_MAX,
} from './limits.ts';

const TEXT = readFileSync(new URL('../../../docs/rules.md', import.meta.url), 'utf8');
const [, FACTS = ''] = TEXT.split('\n## Facts\n');

describe('docs/rules.md', () => {
  test.each([...RULE_VOCABULARY.keys()])('has the fact %s', (name) => {
    const [, window = ''] = /^velocity\.\w+\.(\w+)$/.exec(name) ?? [];
    const written = window === '' ? [name] : [name.replace(window, '…'), window];
    for (const word of written) expect(TEXT).toContain(`\`${word}\``);
  });

  test('has the type of every fact', () => {
    const types = { number: 'number', text: 'text', text_or_null: 'text or null', null: 'null' };
    for (const [name, { type }] of RULE_VOCABULARY) {
      const word = name.replace(/(velocity\.\w+\.)\w+/, '$1…');
      const row = FACTS.split('\n').find(
        (line) => line.startsWith('| `') && line.includes(`\`${word}\` `),
      );
      const expected = type === 'bool' ? 'true or false' : types[type];
      expect([name, row?.split('|')[2]?.trim()]).toEqual([name, expected]);
    }
  });

  test('has every function, list and limit', () => {
    for (const { usage } of FUNCTIONS.values()) expect(TEXT).toContain(`\`${usage}\``);
    for (const kind of LIST_KINDS) expect(TEXT).toContain(`| \`${kind}\` |`);
    const limits = [
      `${RULES_PER_PIPELINE_MAX} rules in a pipeline`,
      `${EXPRESSION_CHARACTERS_MAX} characters in an expression`,
      `${NAME_CHARACTERS_MAX} in a name`,
      `${TEXT_CHARACTERS_MAX} in a message`,
      `${LIST_ENTRIES_MAX.toLocaleString('en')} entries`,
    ];
    for (const limit of limits) expect(TEXT).toContain(limit);
  });

  const examples = [...TEXT.matchAll(/```json\n([^]*?)```/g)].map(([, json = '']) => json);

  test('has examples', () => {
    expect(examples.length).toBeGreaterThan(3);
  });

  test.each(examples)('has rules that are valid: %s', (json) => {
    const rule: unknown = JSON.parse(json);
    expect(compileRules({ ...BUILTIN_RULES, card: [rule] })).toMatchObject({ ok: true });
  });
});
