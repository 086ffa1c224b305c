/** The rules as people write them: what GET /rules answers and PUT /rules takes. */
import type { FailureReason } from './failures.ts';
import type { ListKind } from './rule-lists.ts';

export interface RulesDocument {
  readonly lists: {
    readonly block: ListDocument;
    readonly allow: ListDocument;
  };
  /** Asked of every payment, before any outcome that the request asked for. */
  readonly invalid: readonly RuleDocument[];
  /** Asked of a payment from an account. */
  readonly account: readonly RuleDocument[];
  /** Asked of a payment by card. */
  readonly card: readonly RuleDocument[];
}

export const PIPELINES = ['invalid', 'account', 'card'] as const;
export type PipelineName = (typeof PIPELINES)[number];

export type ListDocument = Readonly<Record<ListKind, readonly string[]>>;

/** Exactly one of `decline`, `approve` and `review` says what the rule does. */
export interface RuleDocument {
  /** snake_case, unique in its pipeline. */
  readonly name: string;
  /** For people. */
  readonly description?: string;
  /** An expression over the facts (rule-facts.ts); absent: always. */
  readonly when?: string;
  readonly decline?: FailureReason;
  readonly approve?: true;
  readonly review?: true;
  /** Declines with it only: a number in [0, 1] or the name of a rate; absent: certainly. */
  readonly probability?: number | string;
  /** Declines with it only: what the decline says instead of its reason's own sentence. */
  readonly message?: string;
  /** Asked and recorded, but not applied. */
  readonly shadow?: boolean;
}
