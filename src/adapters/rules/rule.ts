/** One rule of a document, checked and compiled. */
import { compileExpression } from '../../core/expression/compile.ts';
import { FAILURE_REASONS, type FailureReason } from '../../core/failures.ts';
import { nearest } from '../../core/nearest.ts';
import { type CompiledRule, NO_OBJECTION, type RuleAction } from '../../core/pipeline.ts';
import { RULE_VOCABULARY } from '../../core/rule-facts.ts';
import type { PipelineName, RuleDocument } from '../../core/rules-document.ts';
import type { Faults } from './faults.ts';
import { NAME_CHARACTERS_MAX } from './limits.ts';
import { type Fields, fieldsIn, isAbsent, optionalText, textIn } from './values.ts';

export interface ReadRule {
  readonly document: RuleDocument;
  readonly rule: CompiledRule;
}

const FIELDS: readonly (keyof RuleDocument)[] = [
  'name',
  'description',
  'when',
  'decline',
  'approve',
  'review',
  'probability',
  'message',
  'shadow',
];
const ACTIONS = ['decline', 'approve', 'review'] as const;

type When = CompiledRule['when'];
type Probability = CompiledRule['probability'];

const always: When = () => true;
const certain: Probability = () => null;

/** The rates that a probability can name, and nothing else: each is in [0, 1]. */
const RATES: ReadonlyMap<string, Probability> = new Map(
  [...RULE_VOCABULARY].flatMap(([name, term]) =>
    name.startsWith('rate.') && term.type === 'number' ? [[name, term.run] as const] : [],
  ),
);

/** The rule that `value` says; after a fault one that means nothing, or null. */
export function readRule(
  value: unknown,
  pipeline: PipelineName,
  pointer: string,
  faults: Faults,
): ReadRule | null {
  const fields = fieldsIn(value, FIELDS, pointer, faults);
  if (fields === null) return null;
  const name = readName(fields['name'], `${pointer}/name`, faults);
  const description = optionalText(fields['description'], `${pointer}/description`, faults);
  const when = readWhen(fields['when'], `${pointer}/when`, faults);
  const action = readAction(fields, pipeline, pointer, faults);
  const probability = readProbability(fields['probability'], `${pointer}/probability`, faults);
  const message = optionalText(fields['message'], `${pointer}/message`, faults);
  const isShadow = readShadow(fields['shadow'], `${pointer}/shadow`, faults);
  if (name === null || action === null) return null;
  const document: RuleDocument = {
    name,
    ...(description === null ? {} : { description }),
    ...(when.text === null ? {} : { when: when.text }),
    ...documentOf(action),
    ...(probability.value === null ? {} : { probability: probability.value }),
    ...(message === null ? {} : { message }),
    ...(isShadow ? { shadow: true } : {}),
  };
  const run = { when: when.run, probability: probability.run };
  return { document, rule: { name, isShadow, action, message, ...run } };
}

function readName(value: unknown, pointer: string, faults: Faults): string | null {
  if (value === undefined) return faults.add(pointer, 'missing_field', 'is needed');
  const name = textIn(value, pointer, faults);
  if (name === null) return null;
  if (name.length > NAME_CHARACTERS_MAX) {
    return faults.add(pointer, 'too_long', `must have at most ${NAME_CHARACTERS_MAX} characters`);
  }
  if (!/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(name)) {
    return faults.add(pointer, 'wrong_format', 'must be in snake_case, like high_amount');
  }
  if (name !== NO_OBJECTION) return name;
  return faults.add(pointer, 'wrong_format', `must not be ${name}: that is where no rule decided`);
}

function readWhen(
  value: unknown,
  pointer: string,
  faults: Faults,
): { readonly text: string | null; readonly run: When } {
  const text = isAbsent(value) ? null : textIn(value, pointer, faults);
  if (text === null) return { text, run: always };
  const compiled = compileExpression(text, RULE_VOCABULARY);
  if (compiled.ok) return { text, run: compiled.condition };
  for (const { code, line, column, detail } of compiled.faults) {
    const place = text.includes('\n') ? `line ${line}, column ${column}` : `column ${column}`;
    faults.add(pointer, code, `${place}: ${detail}`);
  }
  return { text, run: always };
}

function readAction(
  fields: Fields,
  pipeline: PipelineName,
  pointer: string,
  faults: Faults,
): RuleAction | null {
  const [kind, another] = ACTIONS.filter((action) => !isAbsent(fields[action]));
  if (kind === undefined) {
    return faults.add(pointer, 'missing_field', `needs one of ${ACTIONS.join(', ')}`);
  }
  if (another !== undefined) {
    return faults.add(pointer, 'contradiction', `can ${kind} or ${another}, not both`);
  }
  if (kind === 'decline') {
    const reason = readReason(fields['decline'], `${pointer}/decline`, faults);
    return reason && { kind, reason };
  }
  if (fields[kind] !== true) {
    return faults.add(`${pointer}/${kind}`, 'wrong_type', 'must be true, or left out');
  }
  for (const field of ['probability', 'message']) {
    if (isAbsent(fields[field])) continue;
    faults.add(`${pointer}/${field}`, 'contradiction', 'goes with decline only');
  }
  if (kind === 'approve' && pipeline === 'invalid') {
    const detail = 'belongs in account or card: what is invalid cannot be approved';
    return faults.add(`${pointer}/approve`, 'contradiction', detail);
  }
  return { kind };
}

function readReason(value: unknown, pointer: string, faults: Faults): FailureReason | null {
  const reason = FAILURE_REASONS.find((known) => known === value);
  if (reason !== undefined) return reason;
  const suggestion = typeof value === 'string' ? nearest(value, FAILURE_REASONS) : null;
  const hint = suggestion === null ? '' : `; did you mean ${suggestion}?`;
  const detail = `must be one of ${FAILURE_REASONS.join(', ')}${hint}`;
  return faults.add(pointer, 'not_one_of', detail);
}

function readProbability(
  value: unknown,
  pointer: string,
  faults: Faults,
): { readonly value: number | string | null; readonly run: Probability } {
  if (isAbsent(value)) return { value: null, run: certain };
  if (typeof value === 'number' && value >= 0 && value <= 1) return { value, run: () => value };
  const rate = typeof value === 'string' ? RATES.get(value) : undefined;
  if (typeof value === 'string' && rate !== undefined) return { value, run: rate };
  const names = [...RATES.keys()].join(', ');
  faults.add(pointer, 'out_of_range', `must be a number from 0 to 1, or one of ${names}`);
  return { value: null, run: certain };
}

function readShadow(value: unknown, pointer: string, faults: Faults): boolean {
  if (isAbsent(value)) return false;
  if (typeof value !== 'boolean') faults.add(pointer, 'wrong_type', 'must be true or false');
  return value === true;
}

function documentOf(action: RuleAction): Pick<RuleDocument, 'decline' | 'approve' | 'review'> {
  switch (action.kind) {
    case 'decline':
      return { decline: action.reason };
    case 'approve':
      return { approve: true };
    case 'review':
      return { review: true };
  }
}
