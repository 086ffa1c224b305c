/**
 * What an expression is made of once it is compiled: typed closures over closures. Nothing here looks a name up
 * in an object, so that there is none whose inside an expression could reach.
 */
import type { ArithmeticOperator, OrderOperator } from './nodes.ts';

/** The value for these facts; throws where there is none (a division by zero, a null text that is read). */
export type Run<Facts, Value> = (facts: Facts) => Value;

/** All numbers are doubles, as in JSON. */
export type Term<Facts> =
  | { readonly type: 'number'; readonly run: Run<Facts, number> }
  | { readonly type: 'text'; readonly run: Run<Facts, string> }
  | { readonly type: 'text_or_null'; readonly run: Run<Facts, string | null> }
  | { readonly type: 'bool'; readonly run: Run<Facts, boolean> }
  | { readonly type: 'null'; readonly run: Run<Facts, null> };
export type TermType = Term<never>['type'];

/** What a text that may be null can be chosen from. */
export function isTextOrNull<F>(
  term: Term<F>,
): term is Extract<Term<F>, { readonly run: Run<F, string | null> }> {
  return term.type !== 'number' && term.type !== 'bool';
}

/** The facts an expression may name, by their whole names (`card.bin`); each reads itself from `Facts`. */
export type Vocabulary<Facts> = ReadonlyMap<string, Term<Facts>>;

// Made once: making an error takes its stack, which costs more than a whole pipeline.
const DIVISION_BY_ZERO = new Error('division by zero');
const TEXT_IS_NULL = new Error('the text is null');

type Join<Operand, Result> = <F>(left: Run<F, Operand>, right: Run<F, Operand>) => Run<F, Result>;

export const ARITHMETIC: Readonly<Record<ArithmeticOperator, Join<number, number>>> = {
  '+': (left, right) => (facts) => left(facts) + right(facts),
  '-': (left, right) => (facts) => left(facts) - right(facts),
  '*': (left, right) => (facts) => left(facts) * right(facts),
  '/': (left, right) => (facts) => left(facts) / divisor(right(facts)),
  '%': (left, right) => (facts) => left(facts) % divisor(right(facts)),
};

export const ORDER: Readonly<Record<OrderOperator, Join<number, boolean>>> = {
  '<': (left, right) => (facts) => left(facts) < right(facts),
  '<=': (left, right) => (facts) => left(facts) <= right(facts),
  '>': (left, right) => (facts) => left(facts) > right(facts),
  '>=': (left, right) => (facts) => left(facts) >= right(facts),
};

export const EQUALITY: Readonly<Record<'==' | '!=', Join<unknown, boolean>>> = {
  '==': (left, right) => (facts) => left(facts) === right(facts),
  '!=': (left, right) => (facts) => left(facts) !== right(facts),
};

/** As in CEL, a side that settles it alone does so even where the other side has no value. */
export const LOGIC: Readonly<Record<'&&' | '||', Join<boolean, boolean>>> = {
  '&&': (left, right) => (facts) => {
    try {
      if (!left(facts)) return false;
    } catch (error) {
      if (!right(facts)) return false;
      throw error;
    }
    return right(facts);
  },
  '||': (left, right) => (facts) => {
    try {
      if (left(facts)) return true;
    } catch (error) {
      if (right(facts)) return true;
      throw error;
    }
    return right(facts);
  },
};

export function choiceOf<F, Value>(
  condition: Run<F, boolean>,
  yes: Run<F, Value>,
  no: Run<F, Value>,
): Run<F, Value> {
  return (facts) => (condition(facts) ? yes(facts) : no(facts));
}

/** The text, which must not be null when it is read. */
export function present<F>(text: Run<F, string | null>): Run<F, string> {
  return (facts) => {
    const value = text(facts);
    if (value === null) throw TEXT_IS_NULL;
    return value;
  };
}

function divisor(value: number): number {
  if (value === 0) throw DIVISION_BY_ZERO;
  return value;
}
