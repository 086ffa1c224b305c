/**
 * Every refusal that the engine can decide: expected, final or worth another try, and never an exception. What
 * the HTTP edge refuses by itself (bad JSON, no access) stands in adapters/http/problems.ts, beside the status
 * that each of these is given.
 */

export const REJECTION_CODES = [
  'payment_not_found',
  'refund_not_allowed',
  'refund_exceeds_remaining',
  'refund_amount_not_positive',
  'refund_limit_reached',
  'retry_not_allowed',
  'retry_limit_reached',
  'invalid_amount_precision',
  'amount_too_large',
  'stale_timer',
  'idempotency_key_reused',
  'idempotency_key_in_use',
] as const;
export type RejectionCode = (typeof REJECTION_CODES)[number];

export interface Rejection {
  readonly code: RejectionCode;
  /** One or two sentences: what was expected, and what to do next. */
  readonly detail: string;
}

/** Whether the same request may ever succeed: retryable later, or final for this state of things. */
export const REJECTION_RETRY: Readonly<Record<RejectionCode, 'retryable' | 'final'>> = {
  payment_not_found: 'final',
  refund_not_allowed: 'retryable',
  refund_exceeds_remaining: 'final',
  refund_amount_not_positive: 'final',
  refund_limit_reached: 'final',
  retry_not_allowed: 'retryable',
  retry_limit_reached: 'final',
  invalid_amount_precision: 'final',
  amount_too_large: 'final',
  stale_timer: 'final',
  idempotency_key_reused: 'final',
  idempotency_key_in_use: 'retryable',
};

/** A refusal as a value. */
export function reject(code: RejectionCode, detail: string): { ok: false; rejection: Rejection } {
  return { ok: false, rejection: { code, detail } };
}
