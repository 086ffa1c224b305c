/**
 * What a rule may look at, by the names that rules use. A fact of its own that was not given is null; inside a
 * group what is not known is empty, zero or false. Whoever makes the facts may compute the dear ones (device, ip,
 * velocity, listed) in getters: a fact that no rule names is never read.
 */
import type { Term, Vocabulary } from './expression/terms.ts';
import type { VelocityFacts } from './velocity.ts';

export interface RuleFacts {
  /** Which door it came in by: POST /payments or POST /payment. */
  readonly entry: 'payments' | 'payment';
  readonly method: 'account' | 'card';
  /** Major units of the payment's currency; may be zero or less. */
  readonly amount: number;
  readonly amount_minor: number;
  /** ISO 4217, upper case; null when the request named none. */
  readonly currency: string | null;
  /** Who is paid: the recipient. */
  readonly merchant: string | null;
  readonly channel: string | null;
  readonly reference: string | null;
  /** ISO 3166-1 alpha-2, upper case; null when not known. */
  readonly country: string | null;
  /** From 1; more than 1 in a retry. */
  readonly attempt: number;
  /** How the simulated issuer does at the moment. */
  readonly outage: 'none' | 'unavailable' | 'timeout';
  /** Risk in [0, 1]; 0 for a payment from an account. */
  readonly score: number;
  /** What the score amounts to, in a word. */
  readonly level: string;
  /** As the settings have them for the payment's currency; amounts in major units. */
  readonly threshold: {
    readonly fraud: number;
    readonly high_amount: number;
    /** A score in [0, 1]. */
    readonly risk_block: number;
  };
  /** Probabilities in [0, 1], as the settings have them. */
  readonly rate: {
    readonly failure: number;
    readonly high_amount_decline: number;
    readonly random_decline: number;
  };
  readonly card: {
    readonly brand: string;
    /** The first six digits. */
    readonly bin: string;
    readonly last4: string;
    readonly fingerprint: string;
    /** Whether the number passes the Luhn check. */
    readonly luhn: boolean;
  };
  readonly device: {
    readonly id: string;
    /** Seen before this payment. */
    readonly known: boolean;
    /** Since it was first seen. */
    readonly age_hours: number;
    /** Different cards it has paid with. */
    readonly cards: number;
    /** In [0, 1]; more is better. */
    readonly trust: number;
  };
  readonly ip: {
    readonly address: string;
    readonly kind: string;
    /** In [0, 1]; more is worse. */
    readonly risk: number;
    readonly known: boolean;
  };
  /** What came before this payment, by the same card, from the same device or address. */
  readonly velocity: {
    readonly card: VelocityFacts;
    readonly device: VelocityFacts;
    readonly ip: VelocityFacts;
  };
  /** Whether any of its properties stands in a list of the rules. */
  readonly listed: {
    readonly block: boolean;
    readonly allow: boolean;
  };
}

/** Every fact by its whole name. Each reads itself: a rule's text never becomes the name of a property. */
export const RULE_VOCABULARY: Vocabulary<RuleFacts> = new Map<string, Term<RuleFacts>>([
  ['entry', text((facts) => facts.entry)],
  ['method', text((facts) => facts.method)],
  ['amount', number((facts) => facts.amount)],
  ['amount_minor', number((facts) => facts.amount_minor)],
  ['currency', textOrNull((facts) => facts.currency)],
  ['merchant', textOrNull((facts) => facts.merchant)],
  ['channel', textOrNull((facts) => facts.channel)],
  ['reference', textOrNull((facts) => facts.reference)],
  ['country', textOrNull((facts) => facts.country)],
  ['attempt', number((facts) => facts.attempt)],
  ['outage', text((facts) => facts.outage)],
  ['score', number((facts) => facts.score)],
  ['level', text((facts) => facts.level)],
  ['threshold.fraud', number((facts) => facts.threshold.fraud)],
  ['threshold.high_amount', number((facts) => facts.threshold.high_amount)],
  ['threshold.risk_block', number((facts) => facts.threshold.risk_block)],
  ['rate.failure', number((facts) => facts.rate.failure)],
  ['rate.high_amount_decline', number((facts) => facts.rate.high_amount_decline)],
  ['rate.random_decline', number((facts) => facts.rate.random_decline)],
  ['card.brand', text((facts) => facts.card.brand)],
  ['card.bin', text((facts) => facts.card.bin)],
  ['card.last4', text((facts) => facts.card.last4)],
  ['card.fingerprint', text((facts) => facts.card.fingerprint)],
  ['card.luhn', bool((facts) => facts.card.luhn)],
  ['device.id', text((facts) => facts.device.id)],
  ['device.known', bool((facts) => facts.device.known)],
  ['device.age_hours', number((facts) => facts.device.age_hours)],
  ['device.cards', number((facts) => facts.device.cards)],
  ['device.trust', number((facts) => facts.device.trust)],
  ['ip.address', text((facts) => facts.ip.address)],
  ['ip.kind', text((facts) => facts.ip.kind)],
  ['ip.risk', number((facts) => facts.ip.risk)],
  ['ip.known', bool((facts) => facts.ip.known)],
  ...velocity('velocity.card', (facts) => facts.velocity.card),
  ...velocity('velocity.device', (facts) => facts.velocity.device),
  ...velocity('velocity.ip', (facts) => facts.velocity.ip),
  ['listed.block', bool((facts) => facts.listed.block)],
  ['listed.allow', bool((facts) => facts.listed.allow)],
]);

function velocity(
  name: string,
  of: (facts: RuleFacts) => VelocityFacts,
): readonly (readonly [string, Term<RuleFacts>])[] {
  return [
    [`${name}.count_1m`, number((facts) => of(facts).count_1m)],
    [`${name}.count_1h`, number((facts) => of(facts).count_1h)],
    [`${name}.count_24h`, number((facts) => of(facts).count_24h)],
    [`${name}.sum_1m`, number((facts) => of(facts).sum_1m)],
    [`${name}.sum_1h`, number((facts) => of(facts).sum_1h)],
    [`${name}.sum_24h`, number((facts) => of(facts).sum_24h)],
  ];
}

function number(run: (facts: RuleFacts) => number): Term<RuleFacts> {
  return { type: 'number', run };
}

function text(run: (facts: RuleFacts) => string): Term<RuleFacts> {
  return { type: 'text', run };
}

function textOrNull(run: (facts: RuleFacts) => string | null): Term<RuleFacts> {
  return { type: 'text_or_null', run };
}

function bool(run: (facts: RuleFacts) => boolean): Term<RuleFacts> {
  return { type: 'bool', run };
}
