/**
 * What a decision changes in the totals: how many payments stand in each status, failed for which reason, and
 * the captured volume per currency. Totals move with the payment in the same commit, so that reading them costs
 * the same at a thousand payments and at ten million.
 */
import type { Payment } from './payment.ts';
import { isSettled } from './payment.ts';

/**
 * A counter's name: `status:FAILED`, `reason:PROCESSING_ERROR`, `volume:USD` (minor units), and of card authorizations
 * `card_approved:GBP`, `card_declined:GBP` (how many) and `card_amount:GBP` (minor units, of both).
 */
export type CounterName =
  | `${'status' | 'reason' | 'volume'}:${string}`
  | `${'card_approved' | 'card_declined' | 'card_amount'}:${string}`;

/** Adds to `totals` what changed between two states of one payment; `before` is null for a new one. */
export function countChange(
  totals: Map<CounterName, bigint>,
  before: Payment | null,
  after: Payment,
): void {
  if (before?.status !== after.status) {
    if (before !== null) add(totals, `status:${before.status}`, -1n);
    add(totals, `status:${after.status}`, 1n);
  }
  const reasonBefore = before?.failureReason ?? null;
  if (reasonBefore !== after.failureReason) {
    if (reasonBefore !== null) add(totals, `reason:${reasonBefore}`, -1n);
    if (after.failureReason !== null) add(totals, `reason:${after.failureReason}`, 1n);
  }
  const captured = after.capturedMinor - (before?.capturedMinor ?? 0n);
  if (captured !== 0n) add(totals, `volume:${after.currency.code}`, captured);
}

/** Adds a card authorization: a payment's first decided attempt by card. */
export function countAuthorization(totals: Map<CounterName, bigint>, payment: Payment): void {
  const { code } = payment.currency;
  add(totals, payment.status === 'FAILED' ? `card_declined:${code}` : `card_approved:${code}`, 1n);
  if (payment.amountMinor > 0n) add(totals, `card_amount:${code}`, payment.amountMinor);
}

/** Milliseconds from creation to the first outcome, when this change is that outcome; else null. */
export function timeToOutcome(before: Payment | null, after: Payment): number | null {
  const isOutcome = before !== null && !isSettled(before.status) && isSettled(after.status);
  return isOutcome && after.attempts === 1 ? after.updatedAtMs - after.createdAtMs : null;
}

function add(totals: Map<CounterName, bigint>, name: CounterName, by: bigint): void {
  totals.set(name, (totals.get(name) ?? 0n) + by);
}
