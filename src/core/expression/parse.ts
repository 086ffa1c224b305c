/**
 * From text to a tree, by operator precedence (Pratt, "Top Down Operator Precedence", 1973). The language is a
 * part of CEL, the Common Expression Language: what is written here means the same there.
 */
import type { BinaryOperator, ListItem, Node } from './nodes.ts';
import { type FaultAt, type Token, tokensOf } from './tokens.ts';

/** How tightly an operator binds; all of these group to the left. */
const POWERS: ReadonlyMap<string, { readonly operator: BinaryOperator; readonly power: number }> =
  new Map(
    (
      [
        [2, ['||']],
        [3, ['&&']],
        [4, ['==', '!=', '<', '<=', '>', '>=']],
        [5, ['+', '-']],
        [6, ['*', '/', '%']],
      ] as const
    ).flatMap(([power, operators]) =>
      operators.map((operator) => [operator, { operator, power }] as const),
    ),
  );
const CHOICE_POWER = 1;
const MEMBERSHIP_POWER = 4;
const UNARY_POWER = 7;

/** The tree of the whole text, or the first place where it is no expression. Never throws. */
export function parseExpression(
  source: string,
): { readonly ok: true; readonly node: Node } | { readonly ok: false; readonly fault: FaultAt } {
  const read = tokensOf(source);
  if (!read.ok) return read;
  const parser = new Parser(read.tokens);
  const node = parser.whole();
  return parser.fault === null ? { ok: true, node } : { ok: false, fault: parser.fault };
}

/**
 * Reads the tokens once. After the first fault the rest counts as read, so that every loop below meets the end;
 * the tree that comes out then means nothing. Recursion is bounded by the length of the text.
 */
class Parser {
  fault: FaultAt | null = null;
  private readonly tokens: readonly Token[];
  private place = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  whole(): Node {
    const node = this.expression(0);
    if (this.next.kind !== 'end') this.fail('expected an operator or the end');
    return node;
  }

  private expression(powerMin: number): Node {
    let node = this.operand();
    for (;;) {
      const joined = this.joined(node, powerMin);
      if (joined === null) return node;
      node = joined;
    }
  }

  /** The node with the operator and the operand that follow it; null when nothing binds tightly enough. */
  private joined(left: Node, powerMin: number): Node | null {
    const { kind, text, at } = this.next;
    const known = kind === 'sign' ? POWERS.get(text) : undefined;
    if (known !== undefined && known.power > powerMin) {
      this.advance();
      const right = this.expression(known.power);
      return { kind: 'binary', operator: known.operator, left, right, at };
    }
    if (MEMBERSHIP_POWER > powerMin && kind === 'word' && this.takes('in')) {
      return { kind: 'in', item: left, list: this.list(), at };
    }
    if (CHOICE_POWER > powerMin && this.takes('?')) return this.choice(left, at);
    return null;
  }

  private choice(condition: Node, at: number): Node {
    const yes = this.expression(CHOICE_POWER);
    this.expect(':', 'expected : and what holds otherwise');
    return { kind: 'choice', condition, yes, no: this.expression(0), at };
  }

  private operand(): Node {
    const { kind, text, at } = this.next;
    if (kind === 'sign') {
      if (text === '!' || text === '-') {
        this.advance();
        return { kind: 'unary', operator: text, operand: this.expression(UNARY_POWER), at };
      }
      if (this.takes('(')) {
        const node = this.expression(0);
        this.expect(')', 'expected )');
        return this.methods(node);
      }
    }
    if (kind === 'number' || kind === 'text') return this.methods(this.literal());
    if (kind === 'word' && text !== 'in') return this.methods(this.named());
    this.fail('expected a fact, a number, a text in quotes, true, false, null, ! - or (');
    return { kind: 'null', at };
  }

  private literal(): Node {
    const { kind, text, at } = this.next;
    if (kind === 'text') {
      this.advance();
      return { kind, value: text, at };
    }
    return { kind: 'number', value: this.number(), at };
  }

  private number(): number {
    const value = Number(this.next.text);
    if (!Number.isFinite(value)) this.fail('is too large a number');
    this.advance();
    return value;
  }

  /** A constant, a function's call, or a fact with the dots of its name. */
  private named(): Node {
    const { text, at } = this.next;
    this.advance();
    if (text === 'true' || text === 'false') return { kind: 'bool', value: text === 'true', at };
    if (text === 'null') return { kind: 'null', at };
    if (this.takes('(')) {
      return { kind: 'call', name: text, receiver: null, parameters: this.parameters(), at };
    }
    let name = text;
    while (this.isMember()) {
      this.advance();
      name += `.${this.next.text}`;
      this.advance();
    }
    return { kind: 'fact', name, at };
  }

  /** True before a dot and a name that is no method's. */
  private isMember(): boolean {
    const [dot, word, after] = this.tokens.slice(this.place, this.place + 3);
    return dot?.text === '.' && dot.kind === 'sign' && word?.kind === 'word' && after?.text !== '(';
  }

  private methods(first: Node): Node {
    let node = first;
    while (this.takes('.')) {
      const { kind, text, at } = this.next;
      if (kind !== 'word') this.fail('expected a name after the dot');
      this.advance();
      this.expect('(', 'expected ( and the arguments of a method');
      node = { kind: 'call', name: text, receiver: node, parameters: this.parameters(), at };
    }
    return node;
  }

  private parameters(): readonly Node[] {
    const parameters: Node[] = [];
    if (this.takes(')')) return parameters;
    do parameters.push(this.expression(0));
    while (this.takes(','));
    this.expect(')', 'expected , or )');
    return parameters;
  }

  private list(): readonly ListItem[] {
    const items: ListItem[] = [];
    this.expect('[', 'expected a list after in, as in [1, 2]');
    if (this.takes(']')) return items;
    do items.push(this.item());
    while (this.takes(','));
    this.expect(']', 'expected , or ]');
    return items;
  }

  private item(): ListItem {
    const { kind, text, at } = this.next;
    if (kind === 'text') {
      this.advance();
      return { value: text, at };
    }
    const sign = this.takes('-') ? -1 : 1;
    if (this.next.kind !== 'number') this.fail('expected a number or a text: a list holds no more');
    return { value: sign * this.number(), at };
  }

  private get next(): Token {
    return this.tokens[this.place] ?? END;
  }

  private advance(): void {
    this.place += 1;
  }

  /** Takes this sign or word, if it comes next. A text that reads like it is another thing. */
  private takes(text: string): boolean {
    if (this.next.kind === 'text' || this.next.text !== text) return false;
    this.advance();
    return true;
  }

  private expect(text: string, detail: string): void {
    if (!this.takes(text)) this.fail(detail);
  }

  private fail(detail: string): void {
    const { kind, at } = this.next;
    const where = kind === 'end' ? `the expression ends here: ${detail}` : detail;
    this.fault ??= { code: 'syntax_error', at, detail: where };
    this.place = this.tokens.length;
  }
}

/** What is met behind the last token, once a fault has skipped there. */
const END: Token = { kind: 'end', text: '', at: 0 };
