/**
 * An ordered pipeline of rules: the first that declines or approves settles it, and what no rule settles is
 * approved. Pure and total: a rule that has no answer for these facts is left out and named, never thrown.
 *
 *   condition   drawn         what happens
 *   no answer   -             named in `errors`; the next rule is asked
 *   false       -             the next rule is asked
 *   true        not below     noted in `draws`; the next rule is asked
 *   true        below, or no  in shadow: noted in `shadow`; the next rule is asked
 *               need to draw  review: flagged; the next rule is asked
 *                             decline, approve: settled
 */
import type { FailureReason } from './failures.ts';
import type { RuleFacts } from './rule-facts.ts';
import type { RuleList } from './rule-lists.ts';
import type { RulesDocument } from './rules-document.ts';
import type { Outcome } from './scenario.ts';

/** All rules and lists, ready to be asked. */
export interface CompiledRules {
  /** Where they come from, with what was left out filled in. */
  readonly document: RulesDocument;
  readonly lists: { readonly block: RuleList; readonly allow: RuleList };
  readonly invalid: readonly CompiledRule[];
  readonly account: readonly CompiledRule[];
  readonly card: readonly CompiledRule[];
}

export interface CompiledRule {
  readonly name: string;
  readonly isShadow: boolean;
  /** May throw where the facts leave it without an answer. */
  readonly when: (facts: RuleFacts) => boolean;
  readonly action: RuleAction;
  /** In [0, 1]; null: certain, and nothing is drawn. */
  readonly probability: (facts: RuleFacts) => number | null;
  /** Goes out with a decline; null for the sentence of its reason. */
  readonly message: string | null;
}

export type RuleAction =
  | { readonly kind: 'decline'; readonly reason: FailureReason }
  | { readonly kind: 'approve' }
  | { readonly kind: 'review' };

export interface PipelineVerdict {
  readonly outcome: Outcome;
  /** The rule that settled it; `no_objection` when none did. */
  readonly rule: string;
  readonly message: string | null;
  /** What was drawn, by the rule that asked for it, whether it declined or not; those in shadow too. */
  readonly draws: Readonly<Record<string, number>>;
  /** Rules that settled or flagged it, in their order. */
  readonly fired: readonly string[];
  /** What rules in shadow would have done. */
  readonly shadow: readonly ShadowVerdict[];
  readonly review: boolean;
  /** Rules that had no answer for these facts. */
  readonly errors: readonly string[];
}

export interface ShadowVerdict {
  readonly rule: string;
  readonly outcome: Outcome | 'REVIEW';
}

/** No rule may have this name. */
export const NO_OBJECTION = 'no_objection';

/** The verdict where no rule has anything to say: one for all such payments. */
export const APPROVED: PipelineVerdict = Object.freeze({
  outcome: 'APPROVE',
  rule: NO_OBJECTION,
  message: null,
  draws: Object.freeze({}),
  fired: Object.freeze([]),
  shadow: Object.freeze([]),
  review: false,
  errors: Object.freeze([]),
});

/**
 * Asks the rules in their order. `draw` gives a uniform number in [0, 1) for a rule's name, for the same name
 * always the same one, so that a rule in shadow changes nothing for the others.
 */
export function applyPipeline(
  rules: readonly CompiledRule[],
  facts: RuleFacts,
  draw: (purpose: string) => number,
): PipelineVerdict {
  let verdict = APPROVED;
  for (const rule of rules) {
    const chance = chanceOf(rule, facts);
    if (chance === 'none') continue;
    verdict = afterRule(verdict, rule, chance, draw);
    if (verdict.rule !== NO_OBJECTION) return verdict;
  }
  return verdict;
}

/** Whether the rule acts: not at all, surely, with a probability, or nobody knows. */
type Chance = 'none' | 'certain' | 'unknown' | number;

function chanceOf(rule: CompiledRule, facts: RuleFacts): Chance {
  try {
    return rule.when(facts) ? (rule.probability(facts) ?? 'certain') : 'none';
  } catch {
    return 'unknown';
  }
}

/** The verdict so far with what this rule adds to it. */
function afterRule(
  verdict: PipelineVerdict,
  rule: CompiledRule,
  chance: Exclude<Chance, 'none'>,
  draw: (purpose: string) => number,
): PipelineVerdict {
  if (chance === 'unknown') return { ...verdict, errors: [...verdict.errors, rule.name] };
  if (chance === 'certain') return afterAction(verdict, rule);
  const drawn = draw(rule.name);
  const noted = { ...verdict, draws: { ...verdict.draws, [rule.name]: drawn } };
  return drawn < chance ? afterAction(noted, rule) : noted;
}

function afterAction(verdict: PipelineVerdict, rule: CompiledRule): PipelineVerdict {
  const { name, action, message } = rule;
  if (rule.isShadow) {
    return { ...verdict, shadow: [...verdict.shadow, { rule: name, outcome: outcomeOf(action) }] };
  }
  const fired = [...verdict.fired, name];
  const outcome = outcomeOf(action);
  if (outcome === 'REVIEW') return { ...verdict, fired, review: true };
  return { ...verdict, outcome, rule: name, message, fired };
}

function outcomeOf(action: RuleAction): Outcome | 'REVIEW' {
  switch (action.kind) {
    case 'decline':
      return action.reason;
    case 'approve':
      return 'APPROVE';
    case 'review':
      return 'REVIEW';
  }
}
