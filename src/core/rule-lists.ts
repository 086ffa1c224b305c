/** Lists of merchants, cards, devices and places that rules block or let pass. */
import type { RuleFacts } from './rule-facts.ts';

/** What a list can hold, by the names it has in the rules document. */
export const LIST_KINDS = [
  'merchants',
  'bins',
  'fingerprints',
  'devices',
  'ips',
  'countries',
] as const;
export type ListKind = (typeof LIST_KINDS)[number];

/** A set will do; so will whatever knows ranges of addresses. */
export interface Members {
  readonly size: number;
  has(entry: string): boolean;
}
export type RuleList = Readonly<Record<ListKind, Members>>;

/** What is looked up in a list. */
export type ListedFacts = Pick<RuleFacts, 'merchant' | 'card' | 'device' | 'ip' | 'country'>;

const LOOKUPS: readonly {
  readonly kind: ListKind;
  /** null and the empty text are in no list. */
  readonly entry: (facts: ListedFacts) => string | null;
}[] = [
  { kind: 'merchants', entry: (facts) => facts.merchant },
  { kind: 'bins', entry: (facts) => facts.card.bin },
  { kind: 'fingerprints', entry: (facts) => facts.card.fingerprint },
  { kind: 'devices', entry: (facts) => facts.device.id },
  { kind: 'ips', entry: (facts) => facts.ip.address },
  { kind: 'countries', entry: (facts) => facts.country },
];

/** True when the list has any of them. A fact whose own list is empty is not read. */
export function isListed(list: RuleList, facts: ListedFacts): boolean {
  for (const { kind, entry } of LOOKUPS) {
    const members = list[kind];
    if (members.size === 0) continue;
    const value = entry(facts);
    if (value !== null && value !== '' && members.has(value)) return true;
  }
  return false;
}
