/**
 * Conditions over named facts, checked before they are used: every name is known, every operator gets the types
 * it takes, and the whole is true or false. A compiled condition only reads facts, in time linear in its length.
 */
import { Checker } from './check.ts';
import { parseExpression } from './parse.ts';
import type { Vocabulary } from './terms.ts';
import type { FaultAt } from './tokens.ts';

/** Longer conditions are two rules. It also bounds how deep reading, checking and asking one can go. */
export const EXPRESSION_CHARACTERS_MAX = 500;

export interface ExpressionFault {
  readonly code: FaultAt['code'];
  /** From 1. */
  readonly line: number;
  /** In UTF-16 code units, from 1. */
  readonly column: number;
  /** What was expected and what to do; of the expression it repeats nothing but names and signs. */
  readonly detail: string;
}

/** Throws where the facts leave it without a value (a division by zero, a null text that is read). */
export type Condition<Facts> = (facts: Facts) => boolean;

/** The condition that `source` says over these facts, or every fault in it, in its order. Never throws. */
export function compileExpression<Facts>(
  source: string,
  vocabulary: Vocabulary<Facts>,
):
  | { readonly ok: true; readonly condition: Condition<Facts> }
  | { readonly ok: false; readonly faults: readonly ExpressionFault[] } {
  if (source.length > EXPRESSION_CHARACTERS_MAX) {
    const detail = `must have at most ${EXPRESSION_CHARACTERS_MAX} characters; make it two rules`;
    return { ok: false, faults: [placed(source, { code: 'too_long', at: 0, detail })] };
  }
  const parsed = parseExpression(source);
  if (!parsed.ok) return { ok: false, faults: [placed(source, parsed.fault)] };
  const checker = new Checker(vocabulary);
  const condition = checker.bool(parsed.node, 'a condition is');
  if (condition !== null) return { ok: true, condition };
  return { ok: false, faults: checker.faults.map((fault) => placed(source, fault)) };
}

function placed(source: string, { code, at, detail }: FaultAt): ExpressionFault {
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  return { code, line, column: at - before.lastIndexOf('\n'), detail };
}
