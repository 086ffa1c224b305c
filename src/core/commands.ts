/** What can be asked of a payment. Everything that changes one is a command, elapsed time included. */
import type { Currency } from './currencies.ts';
import type { PaymentId } from './ids.ts';
import type { Metadata } from './payment.ts';
import type { Scenario } from './scenario.ts';

export interface CreatePayment {
  readonly type: 'create_payment';
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly recipient: string | null;
  readonly reference: string | null;
  readonly description: string | null;
  readonly channel: string | null;
  readonly deviceId: string | null;
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
}

/** A timer came due. `attempt` tells a stale one: the payment has moved on since it was set. */
export interface TimerElapsed {
  readonly type: 'timer_elapsed';
  readonly timer: Timer;
}

export type Command = CreatePayment | RefundPayment | RetryPayment | TimerElapsed;

/** Time is a row: what to do with a payment, and when. */
export interface Timer {
  readonly dueAtMs: number;
  readonly paymentId: PaymentId;
  readonly kind: TimerKind;
  /** The payment's `attempts` when the timer was set. */
  readonly attempt: number;
}
export type TimerKind = 'start' | 'complete';

/** The payment a command is about; null when it makes one. */
export function subjectOf(command: Command): PaymentId | null {
  if (command.type === 'create_payment') return null;
  return command.type === 'timer_elapsed' ? command.timer.paymentId : command.paymentId;
}
