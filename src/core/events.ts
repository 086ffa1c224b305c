/** What happened: the vocabulary of the log, the timeline, the webhooks and the live feed. */
import type { ShadowVerdict } from './pipeline.ts';
import type { Judgement } from './risk.ts';
import type { Outcome } from './scenario.ts';

export const PAYMENT_EVENT_TYPES = [
  'payment.created',
  'payment.processing',
  'payment.succeeded',
  'payment.failed',
  'payment.retried',
  'payment.partially_refunded',
  'payment.refunded',
] as const;
export type PaymentEventType = (typeof PAYMENT_EVENT_TYPES)[number];

/** Events that are about no payment. */
export const CONTROL_EVENT_TYPES = ['simulation.changed', 'rules.changed', 'data.reset'] as const;
export type ControlEventType = (typeof CONTROL_EVENT_TYPES)[number];

export const EVENT_TYPES = [...PAYMENT_EVENT_TYPES, ...CONTROL_EVENT_TYPES] as const;
export type EventType = PaymentEventType | ControlEventType;

/** When each is written, for the documentation. */
export const EVENT_MEANINGS: Readonly<Record<EventType, string>> = {
  'payment.created': 'A payment was accepted; nothing has been decided yet.',
  'payment.processing': 'Its first attempt began.',
  'payment.succeeded': 'An attempt succeeded: the amount is captured and posted.',
  'payment.failed': 'An attempt failed; `failure_reason` and `decline` say why.',
  'payment.retried': 'A failed payment is tried again.',
  'payment.partially_refunded': 'A part of the captured amount was given back.',
  'payment.refunded': 'All that was captured has been given back.',
  'simulation.changed':
    'Rates, delays, thresholds or the outage changed; `data` says how they stand.',
  'rules.changed': 'The rules changed; `data` has them whole.',
  'data.reset':
    'All payments were removed and a new log began; `data` tells the last entry of the old one.',
};

/** What an attempt ends with, which rule said so, and what it looked at. What is absent was empty. */
export interface Verdict {
  readonly outcome: Outcome;
  /** A rule of the pipelines, or what came before them: `outcome_asked_for`, `card_expired`, `test_card`, `amount_tail`. */
  readonly rule: string;
  /** Uniform numbers in [0, 1), by the rule that asked for them. */
  readonly draws: Readonly<Record<string, number>>;
  /** What the rule says, in place of its reason's own sentence. */
  readonly message?: string;
  /** Rules that flagged it. */
  readonly flags?: readonly string[];
  /** What rules in shadow would have done. */
  readonly shadow?: readonly ShadowVerdict[];
  readonly review?: boolean;
  /** Rules that had no answer. */
  readonly errors?: readonly string[];
}

/** What a card attempt was judged by. From these entries alone everything that is known of cards can be made again. */
export interface RiskCause {
  readonly facts: {
    /** The card's fingerprint. */
    readonly card: string;
    readonly device: string | null;
    readonly ip: string | null;
    readonly amount_minor: string;
    readonly currency: string;
  };
  readonly risk: Judgement;
  readonly latency_ms: number;
}

/** Why it happened, beside who asked; it goes out as it stands, so that its names are those of the wire. */
export type Cause =
  | {
      readonly command:
        | 'create_payment'
        | 'retry_payment'
        | 'timer_elapsed'
        | 'change_simulation'
        | 'change_rules'
        | 'reset_data';
    }
  | DecisionCause
  | { readonly command: 'refund_payment'; readonly refund_id: string };

/** Why an attempt ended as it did. */
export interface DecisionCause extends Partial<RiskCause> {
  readonly command: 'authorize_card' | 'timer_elapsed';
  readonly verdict: Verdict;
}
