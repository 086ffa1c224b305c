/**
 * From a rules document to rules that can be asked, or everything that is wrong with it. Total: any JSON value has
 * an answer. A fault never repeats a listed value: it could be card data.
 */
import type { CompiledRule, CompiledRules } from '../../core/pipeline.ts';
import {
  PIPELINES,
  type PipelineName,
  type RuleDocument,
  type RulesDocument,
} from '../../core/rules-document.ts';
import { BUILTIN_RULES } from './builtin.ts';
import { type RuleFault, Faults } from './faults.ts';
import { RULES_PER_PIPELINE_MAX } from './limits.ts';
import { readList } from './lists.ts';
import { readRule } from './rule.ts';
import { arrayIn, fieldsIn, isAbsent } from './values.ts';

export type { RuleFault } from './faults.ts';

export type RulesCompiled =
  | { readonly ok: true; readonly rules: CompiledRules }
  | { readonly ok: false; readonly faults: readonly RuleFault[] };

interface ReadPipeline {
  readonly document: readonly RuleDocument[];
  readonly rules: readonly CompiledRule[];
}

/** The rules that a document says. Lists may be left out and are then empty; the three pipelines may not. */
export function compileRules(value: unknown): RulesCompiled {
  const faults = new Faults();
  const fields = fieldsIn(value, ['lists', ...PIPELINES], '', faults);
  if (fields === null) return { ok: false, faults: faults.all };
  const lists = isAbsent(fields['lists'])
    ? {}
    : fieldsIn(fields['lists'], ['block', 'allow'], '/lists', faults);
  const block = readList(lists?.['block'], '/lists/block', faults);
  const allow = readList(lists?.['allow'], '/lists/allow', faults);
  const invalid = readPipeline(fields['invalid'], 'invalid', faults);
  const account = readPipeline(fields['account'], 'account', faults);
  const card = readPipeline(fields['card'], 'card', faults);
  if (faults.all.length === 0) requireBuiltin(invalid.document, faults);
  if (faults.all.length > 0) return { ok: false, faults: faults.all };
  const document: RulesDocument = {
    lists: { block: block.document, allow: allow.document },
    invalid: invalid.document,
    account: account.document,
    card: card.document,
  };
  const rules = { invalid: invalid.rules, account: account.rules, card: card.rules };
  return {
    ok: true,
    rules: { document, lists: { block: block.list, allow: allow.list }, ...rules },
  };
}

function readPipeline(value: unknown, pipeline: PipelineName, faults: Faults): ReadPipeline {
  const values = arrayIn(value, RULES_PER_PIPELINE_MAX, `/${pipeline}`, faults) ?? [];
  const names = new Set<string>();
  const read = values.flatMap((rule, index) => {
    const pointer = `/${pipeline}/${index}`;
    const known = readRule(rule, pipeline, pointer, faults);
    if (known === null) return [];
    if (names.has(known.rule.name)) {
      faults.add(`${pointer}/name`, 'duplicate_name', 'is the name of an earlier rule here');
    }
    names.add(known.rule.name);
    return [known];
  });
  return { document: read.map(({ document }) => document), rules: read.map(({ rule }) => rule) };
}

/**
 * A payment that they refuse has no sound amount, or nobody to pay: were it approved, there would be nothing to
 * book. Other rules may stand beside them.
 */
function requireBuiltin(invalid: readonly RuleDocument[], faults: Faults): void {
  for (const builtin of BUILTIN_RULES.invalid) {
    const given = invalid.find(({ name }) => name === builtin.name);
    const isSame =
      given?.when === builtin.when &&
      given?.decline === builtin.decline &&
      given?.probability === undefined &&
      given?.shadow === undefined;
    if (isSame) continue;
    const detail = `must have the rule ${builtin.name} as it is built in: decline ${builtin.decline} when ${builtin.when}`;
    faults.add('/invalid', 'required_rule', detail);
  }
}
