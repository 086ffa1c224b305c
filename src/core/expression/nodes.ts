/** The tree of an expression, as it was read: nothing in it has been checked. */

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type OrderOperator = '<' | '<=' | '>' | '>=';
export type BinaryOperator = ArithmeticOperator | OrderOperator | '==' | '!=' | '&&' | '||';

/** `at` is where a fault of the node itself is shown: its operator, or its first character. */
export type Node =
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'text'; readonly value: string; readonly at: number }
  | { readonly kind: 'bool'; readonly value: boolean; readonly at: number }
  | { readonly kind: 'null'; readonly at: number }
  | FactNode
  | UnaryNode
  | BinaryNode
  | MembershipNode
  | ChoiceNode
  | CallNode;

/** A fact by its whole name, dots included. */
export interface FactNode {
  readonly kind: 'fact';
  readonly name: string;
  readonly at: number;
}

export interface UnaryNode {
  readonly kind: 'unary';
  readonly operator: '!' | '-';
  readonly operand: Node;
  readonly at: number;
}

export interface BinaryNode {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
  readonly at: number;
}

/** `item in [1, 2]`: the list holds nothing but numbers and texts, so that it is made once. */
export interface MembershipNode {
  readonly kind: 'in';
  readonly item: Node;
  readonly list: readonly ListItem[];
  readonly at: number;
}
export interface ListItem {
  readonly value: number | string;
  readonly at: number;
}

export interface ChoiceNode {
  readonly kind: 'choice';
  readonly condition: Node;
  readonly yes: Node;
  readonly no: Node;
  readonly at: number;
}

export interface CallNode {
  readonly kind: 'call';
  readonly name: string;
  /** A method's receiver is not among `parameters`; null for a function. */
  readonly receiver: Node | null;
  readonly parameters: readonly Node[];
  readonly at: number;
}
