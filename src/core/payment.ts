/**
 * A payment and the table of what may become of it.
 *
 *              start              approve            refund_rest
 *   CREATED ──────────► PROCESSING ─────────► SUCCESS ────────────► REFUNDED
 *      │                 ▲   │  │              ▲ │ ▲ refund_part       │
 *      │ cancel    retry │   │  │ authorize    │ └─┘                   │
 *      │                 │   │  └──► AUTHORIZED┘                       │
 *      ▼                 │   │ decline   │  │ capture                  │
 *   CANCELED ◄───────────┼───┼───────────┘  │                          │
 *      cancel, expire    │   ▼              SUCCESS ◄──────────────────┘
 *                        └─ FAILED                     fail_refund
 *
 * A card that is authorized at once (API B) has an arc of its own: from nothing straight to SUCCESS, AUTHORIZED
 * or FAILED. A refund that the network fails later gives REFUNDED back to SUCCESS. Disputes are objects of their
 * own beside a payment, never a status of it.
 *
 * Always true: the status only moves along this table; `version` is the number of events the payment has;
 * 0 <= refunded <= captured <= amount (an amount at or below zero is never captured).
 */
import { assert } from './assert.ts';
import type { Card } from './card.ts';
import type { Currency } from './currencies.ts';
import type { FailureReason } from './failures.ts';
import type { PaymentId, RefundId } from './ids.ts';
import type { RiskLevel } from './risk.ts';
import type { Scenario } from './scenario.ts';

export const STATUSES = [
  'CREATED',
  'PROCESSING',
  'AUTHORIZED',
  'SUCCESS',
  'FAILED',
  'CANCELED',
  'REFUNDED',
] as const;
export type Status = (typeof STATUSES)[number];

/** Every step a payment can take. */
export const STEPS = [
  'create',
  'start',
  'approve',
  'authorize',
  'decline',
  'retry',
  'capture',
  'cancel',
  'expire',
  'refund_part',
  'refund_rest',
  'fail_refund',
] as const;
export type Step = (typeof STEPS)[number];

/** Where each step leads from each status; a pair that is not listed is refused. NONE is "no payment yet". */
const TRANSITIONS: Readonly<Record<Status | 'NONE', Partial<Record<Step, Status>>>> = {
  NONE: { create: 'CREATED', approve: 'SUCCESS', authorize: 'AUTHORIZED', decline: 'FAILED' },
  CREATED: { start: 'PROCESSING', cancel: 'CANCELED' },
  PROCESSING: { approve: 'SUCCESS', authorize: 'AUTHORIZED', decline: 'FAILED' },
  AUTHORIZED: { capture: 'SUCCESS', cancel: 'CANCELED', expire: 'CANCELED' },
  SUCCESS: { refund_part: 'SUCCESS', refund_rest: 'REFUNDED', fail_refund: 'SUCCESS' },
  FAILED: { retry: 'PROCESSING' },
  CANCELED: {},
  REFUNDED: { fail_refund: 'SUCCESS' },
};

/** The status after `step`, or null when the table does not allow it. */
export function statusAfter(status: Status | 'NONE', step: Step): Status | null {
  return TRANSITIONS[status][step] ?? null;
}

/** True once an attempt has its outcome: what a caller who waits is waiting for. */
export function isSettled(status: Status): boolean {
  return status !== 'CREATED' && status !== 'PROCESSING';
}

/** One part or all of a captured amount given back. */
export interface Refund {
  readonly id: RefundId;
  readonly paymentId: PaymentId;
  /** Positive minor units of the payment's currency. */
  readonly amountMinor: bigint;
  readonly reason: string | null;
  readonly createdAtMs: number;
}

export interface PaymentRisk {
  /** 0 to 1, four decimals. */
  readonly score: number;
  readonly level: RiskLevel;
  readonly reasons: readonly string[];
}

export type Metadata = Readonly<Record<string, string | number | boolean | null>>;

export interface Payment {
  readonly id: PaymentId;
  /** Its place among all payments ever made, from 1: what its draws hang on. */
  readonly ordinal: number;
  /** The number of its events, which is the sequence of the last one. */
  readonly version: number;
  readonly status: Status;
  /** The door it came in by: POST /payments, or POST /payment. */
  readonly entry: 'payments' | 'payment';
  /** May be zero or negative: such a payment is kept and fails with INVALID_AMOUNT. */
  readonly amountMinor: bigint;
  /** NO_CURRENCY when the request named none. */
  readonly currency: Currency;
  readonly recipient: string | null;
  readonly reference: string | null;
  readonly description: string | null;
  readonly channel: string | null;
  readonly deviceId: string | null;
  readonly ip: string | null;
  /** What is kept of its card; null for a payment from an account. */
  readonly card: Card | null;
  /** An outside model's score of it, 0 to 1; null when none was asked or none answered. */
  readonly modelScore: number | null;
  /** Of its last decided attempt; null before, and for a payment from an account. */
  readonly risk: PaymentRisk | null;
  readonly metadata: Metadata;
  /** The outcomes its request asked for; null when it asked for none. */
  readonly scenario: Scenario | null;
  /** Set exactly while FAILED. */
  readonly failureReason: FailureReason | null;
  /** Attempts begun: 0 while CREATED, then 1 plus the retries. */
  readonly attempts: number;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  /** Oldest first; their amounts add up to refundedMinor. */
  readonly refunds: readonly Refund[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Asserts what must hold of every payment before it is stored and after it was read. */
export function assertPayment(payment: Payment): void {
  const { capturedMinor, refundedMinor, status } = payment;
  assert(refundedMinor >= 0n && refundedMinor <= capturedMinor, '0 <= refunded <= captured');
  assert(capturedMinor === 0n || capturedMinor <= payment.amountMinor, 'captured <= amount');
  assert(
    (status === 'FAILED') === (payment.failureReason !== null),
    'a reason exactly while FAILED',
  );
  assert(
    status !== 'REFUNDED' || refundedMinor === capturedMinor,
    'REFUNDED means that everything captured went back',
  );
  assert(payment.updatedAtMs >= payment.createdAtMs, 'time does not run backwards');
}
