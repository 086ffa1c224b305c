/** What a decision is, what it is made from, and the small steps that all commands share. */
import { assert } from '../assert.ts';
import type { Timer } from '../commands.ts';
import type { Controls } from '../controls.ts';
import type { SubjectKeys } from '../entity.ts';
import type { Cause, ControlEventType, PaymentEventType } from '../events.ts';
import type { Observation } from '../history.ts';
import type { LedgerEntry } from '../ledger.ts';
import { type Payment, type Refund, type Step, statusAfter } from '../payment.ts';
import { type Rejection, reject } from '../rejections.ts';
import { type Draw, processingDelay, type Settings } from '../scenario.ts';
import type { Histories } from '../velocity.ts';

/** What was known before deciding. */
export interface Facts {
  /** The payment the command is about; null when there is none (yet). */
  readonly payment: Payment | null;
  /** The ordinal that the next new payment gets. */
  readonly nextOrdinal: number;
  readonly controls: Controls;
  /** What was seen of a card, a device and an address before this command. */
  readonly historiesOf: (subjects: SubjectKeys) => Histories;
  /** The last entry of the log. */
  readonly head: { readonly writer: string; readonly sequence: number; readonly hash: string };
}

/** When it is, and what chance says. */
export interface Moment {
  readonly nowMs: number;
  /** Milliseconds with fractions from some moment on; only differences mean something. */
  readonly ticksMs: () => number;
  /** A fresh UUIDv7 a call. */
  readonly newId: () => string;
  readonly draw: Draw;
}

/** What happened; everything in it is committed together. */
export type Decision = PaymentDecision | ControlDecision;

export interface PaymentDecision {
  readonly kind: 'payment';
  readonly before: Payment | null;
  readonly payment: Payment;
  readonly event: { readonly type: PaymentEventType; readonly cause: Cause };
  readonly entries: readonly LedgerEntry[];
  /** Newly made by this decision. */
  readonly refund: Refund | null;
  /** To be set; the timer that fired, if any, is gone with the commit. */
  readonly timer: Timer | null;
  /** What a decided card attempt adds to what is known of its subjects; null for all else. */
  readonly seen: Seen | null;
}

export interface Seen {
  readonly subjects: SubjectKeys;
  /** Its sequence is known once the event has its place in the log. */
  readonly observation: Omit<Observation, 'sequence'>;
  /** How long deciding took. */
  readonly latencyMs: number;
}

/** A change of how the network behaves, or a new beginning. */
export interface ControlDecision {
  readonly kind: 'control';
  readonly event: {
    readonly type: ControlEventType;
    readonly cause: Cause;
    /** What it became, in its public form. */
    readonly data: unknown;
    readonly atMs: number;
  };
  readonly controls: Controls;
  readonly timer: Timer | null;
  /** True when everything but controls is taken out and a new log begins. */
  readonly isReset: boolean;
}

export type Decided =
  | { readonly ok: true; readonly value: Decision }
  | { readonly ok: false; readonly rejection: Rejection };

export function paymentDecision(
  before: Payment | null,
  payment: Payment,
  event: PaymentDecision['event'],
  rest: Partial<Pick<PaymentDecision, 'entries' | 'refund' | 'timer' | 'seen'>>,
): Decided {
  return {
    ok: true,
    value: {
      kind: 'payment',
      before,
      payment,
      event,
      entries: [],
      refund: null,
      timer: null,
      seen: null,
      ...rest,
    },
  };
}

/** The payment with one more attempt under way. */
export function begun(payment: Payment, step: 'start' | 'retry', nowMs: number): Payment {
  return {
    ...payment,
    version: payment.version + 1,
    status: moved(payment.status, step),
    failureReason: null,
    attempts: payment.attempts + 1,
    updatedAtMs: nowMs,
  };
}

export function completion(payment: Payment, settings: Settings, moment: Moment): Timer {
  const delayMs = processingDelay(payment, settings, moment.draw);
  return timerFor(payment, 'complete', moment.nowMs + delayMs);
}

export function timerFor(payment: Payment, kind: 'start' | 'complete', dueAtMs: number): Timer {
  return { dueAtMs, paymentId: payment.id, kind, attempt: payment.attempts };
}

/** The status after a step that the caller has made sure of. */
export function moved(status: Payment['status'] | 'NONE', step: Step): Payment['status'] {
  const next = statusAfter(status, step);
  assert(next !== null, `${step} is in the transition table for ${status}`);
  return next;
}

export function notFound(): Decided {
  return reject(
    'payment_not_found',
    'There is no payment with this id; GET /payments lists those there are.',
  );
}

export function stale(): Decided {
  return reject('stale_timer', 'What this timer was set for has moved on since.');
}
