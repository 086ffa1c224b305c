/** What can be asked of a payment. Everything that changes one is a command, elapsed time included. */
import type { Card } from './card.ts';
import type { Currency } from './currencies.ts';
import type { PaymentId } from './ids.ts';
import type { Metadata } from './payment.ts';
import type { CompiledRules } from './pipeline.ts';
import type { Scenario } from './scenario.ts';
import type { SimulationChange } from './simulation.ts';

export interface CreatePayment extends PaymentAsked {
  readonly type: 'create_payment';
}

/** A card is authorized at once. */
export interface AuthorizeCard extends PaymentAsked {
  readonly type: 'authorize_card';
  readonly card: Card;
}

interface PaymentAsked {
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly recipient: string | null;
  readonly reference: string | null;
  readonly description: string | null;
  readonly channel: string | null;
  readonly deviceId: string | null;
  readonly ip: string | null;
  /** What is kept of the card; null for a payment from an account. */
  readonly card: Card | null;
  /** An outside risk model's score, 0 to 1; null when none was asked or none answered. */
  readonly modelScore: number | null;
  readonly metadata: Metadata;
  readonly scenario: Scenario | null;
}

export interface RefundPayment {
  readonly type: 'refund_payment';
  readonly paymentId: PaymentId;
  /** The exact text of a decimal number in major units; null for all that is left. */
  readonly amount: string | null;
  readonly reason: string | null;
}

export interface RetryPayment {
  readonly type: 'retry_payment';
  readonly paymentId: PaymentId;
  /** Null for the card it has. */
  readonly card: OtherCard | null;
  /** The outside model's score with the other card. */
  readonly modelScore: number | null;
}

export interface OtherCard {
  readonly card: Card;
  readonly testCard: string | null;
  readonly isExpired: boolean;
}

export interface ChangeSimulation extends SimulationChange {
  readonly type: 'change_simulation';
}

export interface ChangeRules {
  readonly type: 'change_rules';
  readonly rules: CompiledRules;
}

/** Everything but settings and rules is taken out. */
export interface ResetData {
  readonly type: 'reset_data';
}

/** A timer came due. `attempt` tells a stale one: the payment has moved on since it was set. */
export interface TimerElapsed {
  readonly type: 'timer_elapsed';
  readonly timer: Timer;
}

export type Command =
  | CreatePayment
  | AuthorizeCard
  | RefundPayment
  | RetryPayment
  | TimerElapsed
  | ChangeSimulation
  | ChangeRules
  | ResetData;

/** Time is a row: what to do, with which payment, and when. */
export interface Timer {
  readonly dueAtMs: number;
  /** Null when it is about no payment. */
  readonly paymentId: PaymentId | null;
  readonly kind: TimerKind;
  /** The payment's `attempts`, or the simulation's version, when the timer was set. */
  readonly attempt: number;
}
export const TIMER_KINDS = ['start', 'complete', 'simulation_expires'] as const;
export type TimerKind = (typeof TIMER_KINDS)[number];

/** The payment a command is about; null when it makes one, or is about none. */
export function subjectOf(command: Command): PaymentId | null {
  if (command.type === 'timer_elapsed') return command.timer.paymentId;
  return 'paymentId' in command ? command.paymentId : null;
}
