/** Rules for people: one line a rule, in the order in which they are asked. */
import { PIPELINES } from '../../core/rules-document.ts';
import { note, printable, printTable } from './output.ts';
import { type Fields, isRecord, list, record, text } from './wire.ts';
import { count } from './wording.ts';

interface WireRule {
  readonly pipeline: string;
  readonly name: string;
  /** `decline LOST_CARD at 0.5, in shadow`. */
  readonly does: string;
  readonly when: string;
}

export interface WireRules {
  readonly rules: readonly WireRule[];
  /** How many entries the lists have. */
  readonly blocked: number;
  readonly allowed: number;
}

export function rulesFrom(value: unknown): WireRules {
  const document = record(value);
  const lists = record(document['lists']);
  return {
    rules: PIPELINES.flatMap((pipeline) =>
      list(document, pipeline).map((rule) => ruleFrom(pipeline, record(rule))),
    ),
    blocked: entriesIn(lists['block']),
    allowed: entriesIn(lists['allow']),
  };
}

function ruleFrom(pipeline: string, fields: Fields): WireRule {
  const { decline, approve, probability, shadow, when } = fields;
  const action = approve === true ? 'approve' : 'review';
  const parts = [
    typeof decline === 'string' ? `decline ${decline}` : action,
    ...(typeof probability === 'number' || typeof probability === 'string'
      ? [`at ${probability}`]
      : []),
  ].join(' ');
  return {
    pipeline,
    name: text(fields, 'name'),
    does: shadow === true ? `${parts}, in shadow` : parts,
    when: typeof when === 'string' ? when : 'always',
  };
}

function entriesIn(lists: unknown): number {
  const kinds = isRecord(lists) ? Object.values(lists) : [];
  return kinds.reduce<number>((sum, kind) => sum + (Array.isArray(kind) ? kind.length : 0), 0);
}

export function printRules({ rules, blocked, allowed }: WireRules): void {
  printTable(
    [{ title: 'ASKED OF' }, { title: 'RULE' }, { title: 'DOES' }, { title: 'WHEN', isCut: true }],
    rules.map(({ pipeline, name, does, when }) => [
      { text: printable(pipeline) },
      { text: printable(name) },
      { text: printable(does) },
      { text: printable(when) },
    ]),
  );
  if (blocked + allowed > 0) note(`Listed: ${blocked} to block, ${allowed} to allow; see --json.`);
}

/** `2 rules in invalid, 4 in account, 9 in card`. */
export function rulesCount({ rules }: WireRules): string {
  return PIPELINES.map((pipeline, index) => {
    const number = rules.filter((rule) => rule.pipeline === pipeline).length;
    return `${index === 0 ? count(number, 'rule') : number} in ${pipeline}`;
  }).join(', ');
}
