/** From a tree to typed closures; whatever does not fit together is a fault, and never runs. */
import { FUNCTIONS } from './functions.ts';
import { adviceOnFact, adviceOnFunction } from './names.ts';
import type {
  BinaryNode,
  CallNode,
  ChoiceNode,
  FactNode,
  MembershipNode,
  Node,
  UnaryNode,
} from './nodes.ts';
import {
  ARITHMETIC,
  choiceOf,
  EQUALITY,
  isTextOrNull,
  LOGIC,
  ORDER,
  present,
  type Run,
  type Term,
  type TermType,
  type Vocabulary,
} from './terms.ts';
import type { FaultAt } from './tokens.ts';

const TYPE_NAMES: Readonly<Record<TermType, string>> = {
  number: 'a number',
  text: 'a text',
  text_or_null: 'a text or null',
  bool: 'true or false',
  null: 'null',
};

/** What can equal what. A pair that never can is a mistake of whoever wrote it. */
const COMPARABLE: Readonly<Record<TermType, readonly TermType[]>> = {
  number: ['number'],
  text: ['text', 'text_or_null'],
  text_or_null: ['text', 'text_or_null', 'null'],
  bool: ['bool'],
  null: ['null', 'text_or_null'],
};

/** Checks one tree, from left to right. A method that answers null has left its faults. */
export class Checker<Facts> {
  readonly faults: FaultAt[] = [];
  private readonly vocabulary: Vocabulary<Facts>;

  constructor(vocabulary: Vocabulary<Facts>) {
    this.vocabulary = vocabulary;
  }

  /** `whose` begins the sentence about what was expected: «&& takes». */
  bool(node: Node, whose: string): Run<Facts, boolean> | null {
    const term = this.term(node);
    if (term === null) return null;
    if (term.type === 'bool') return term.run;
    return this.mistaken(node, `${whose} true or false`, term);
  }

  private number(node: Node, whose: string): Run<Facts, number> | null {
    const term = this.term(node);
    if (term === null) return null;
    if (term.type === 'number') return term.run;
    return this.mistaken(node, `${whose} numbers`, term);
  }

  private text(node: Node, whose: string): Run<Facts, string> | null {
    const term = this.term(node);
    if (term === null) return null;
    if (term.type === 'text') return term.run;
    if (term.type === 'text_or_null') return present(term.run);
    return this.mistaken(node, `${whose} texts`, term);
  }

  private term(node: Node): Term<Facts> | null {
    switch (node.kind) {
      case 'number':
        return { type: 'number', run: () => node.value };
      case 'text':
        return { type: 'text', run: () => node.value };
      case 'bool':
        return { type: 'bool', run: () => node.value };
      case 'null':
        return { type: 'null', run: () => null };
      case 'fact':
        return this.vocabulary.get(node.name) ?? this.unknownFact(node);
      case 'unary':
        return this.unary(node);
      case 'binary':
        return this.binary(node);
      case 'in':
        return this.membership(node);
      case 'choice':
        return this.choice(node);
      case 'call':
        return this.call(node);
    }
  }

  private unknownFact({ name, at }: FactNode): null {
    return this.fail('unknown_fact', at, adviceOnFact(name, [...this.vocabulary.keys()]));
  }

  private unary({ operator, operand }: UnaryNode): Term<Facts> | null {
    if (operator === '!') {
      const run = this.bool(operand, '! takes');
      return run && { type: 'bool', run: (facts) => !run(facts) };
    }
    const run = this.number(operand, '- takes');
    return run && { type: 'number', run: (facts) => -run(facts) };
  }

  private binary(node: BinaryNode): Term<Facts> | null {
    const { operator } = node;
    switch (operator) {
      case '&&':
      case '||': {
        const left = this.bool(node.left, `${operator} takes`);
        const right = this.bool(node.right, `${operator} takes`);
        return left && right && { type: 'bool', run: LOGIC[operator](left, right) };
      }
      case '==':
      case '!=':
        return this.equality(node, operator);
      case '<':
      case '<=':
      case '>':
      case '>=': {
        const sides = this.numbers(node);
        return sides && { type: 'bool', run: ORDER[operator](...sides) };
      }
      case '+':
      case '-':
      case '*':
      case '/':
      case '%': {
        const sides = this.numbers(node);
        return sides && { type: 'number', run: ARITHMETIC[operator](...sides) };
      }
    }
  }

  private numbers(node: BinaryNode): [Run<Facts, number>, Run<Facts, number>] | null {
    const left = this.number(node.left, `${node.operator} takes`);
    const right = this.number(node.right, `${node.operator} takes`);
    return left && right && [left, right];
  }

  private equality(node: BinaryNode, operator: '==' | '!='): Term<Facts> | null {
    const left = this.term(node.left);
    const right = this.term(node.right);
    if (left === null || right === null) return null;
    if (COMPARABLE[left.type].includes(right.type)) {
      return { type: 'bool', run: EQUALITY[operator](left.run, right.run) };
    }
    const pair = `${TYPE_NAMES[left.type]} with ${TYPE_NAMES[right.type]}`;
    return this.fail('wrong_type', node.at, `${operator} compares ${pair}, which are never equal`);
  }

  private membership({ item: node, list }: MembershipNode): Term<Facts> | null {
    const item = this.term(node);
    if (item === null) return null;
    if (item.type === 'bool' || item.type === 'null') {
      return this.mistaken(node, 'in looks for a number or a text', item);
    }
    const wanted = item.type === 'number' ? 'number' : 'string';
    const wrong = list.find(({ value }) => typeof value !== wanted);
    if (wrong !== undefined) {
      const kind = wanted === 'number' ? 'a number' : 'a text';
      const detail = `in looks for ${kind}, so that the list holds nothing else`;
      return this.fail('wrong_type', wrong.at, detail);
    }
    const values = new Set<unknown>(list.map(({ value }) => value));
    return { type: 'bool', run: (facts) => values.has(item.run(facts)) };
  }

  private choice(node: ChoiceNode): Term<Facts> | null {
    const condition = this.bool(node.condition, '? takes');
    const yes = this.term(node.yes);
    const no = this.term(node.no);
    if (condition === null || yes === null || no === null) return null;
    if (yes.type === 'number' && no.type === 'number') {
      return { type: 'number', run: choiceOf(condition, yes.run, no.run) };
    }
    if (yes.type === 'bool' && no.type === 'bool') {
      return { type: 'bool', run: choiceOf(condition, yes.run, no.run) };
    }
    if (yes.type === 'text' && no.type === 'text') {
      return { type: 'text', run: choiceOf(condition, yes.run, no.run) };
    }
    if (isTextOrNull(yes) && isTextOrNull(no)) {
      return { type: 'text_or_null', run: choiceOf(condition, yes.run, no.run) };
    }
    const pair = `${TYPE_NAMES[yes.type]} and ${TYPE_NAMES[no.type]}`;
    return this.fail('wrong_type', node.at, `? chooses between values of one type, not ${pair}`);
  }

  private call({ name, receiver, parameters, at }: CallNode): Term<Facts> | null {
    const called = receiver === null ? name : `.${name}`;
    const known = FUNCTIONS.get(called);
    if (known === undefined) return this.fail('unknown_fact', at, adviceOnFunction(called));
    const operands = receiver === null ? parameters : [receiver, ...parameters];
    const texts = operands.map((operand) => this.text(operand, `${name} takes`));
    if (texts.includes(null)) return null;
    const [first, second, third] = texts;
    if (known.texts === 1 && first && !second) return known.make(first);
    if (known.texts === 2 && first && second && !third) return known.make(first, second);
    return this.fail('wrong_type', at, `this is not how it is called: ${known.usage}`);
  }

  private mistaken(node: Node, expected: string, { type }: Term<Facts>): null {
    return this.fail('wrong_type', node.at, `${expected}; this is ${TYPE_NAMES[type]}`);
  }

  private fail(code: FaultAt['code'], at: number, detail: string): null {
    this.faults.push({ code, at, detail });
    return null;
  }
}
