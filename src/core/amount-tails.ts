/**
 * Amounts that ask for an outcome by their last two digits, for clients that can send nothing else. The digits are
 * the ISO 8583 response code (field 39) that the payment then fails with: 10.51 is declined with code 51.
 *
 * It is the amount in minor units modulo 100, whatever the currency: the last two digits of the amount as it is
 * written out in full. With two fraction digits that is all of the fraction (USD 10.51), with none the end of the
 * whole number (JPY 1051), with three the last two of the fraction (BHD 1.051).
 */
import { assert } from './assert.ts';
import type { FailureReason } from './failures.ts';

export interface AmountTail {
  /** Two digits. */
  readonly tail: string;
  readonly outcome: FailureReason;
}

/** Every tail that means something; all others leave the outcome to the rules. */
export const AMOUNT_TAILS: readonly AmountTail[] = [
  { tail: '05', outcome: 'DO_NOT_HONOR' },
  { tail: '51', outcome: 'INSUFFICIENT_FUNDS' },
  { tail: '54', outcome: 'EXPIRED_CARD' },
  { tail: '91', outcome: 'ISSUER_UNAVAILABLE' },
];

const OUTCOMES: ReadonlyMap<bigint, FailureReason> = new Map(
  AMOUNT_TAILS.map(({ tail, outcome }) => [BigInt(tail), outcome]),
);

/** The failure that the amount's tail asks for; null when it asks for none. The amount is in minor units, never negative. */
export function outcomeOfTail(amountMinor: bigint): FailureReason | null {
  assert(amountMinor >= 0n, 'an amount below zero has failed before its tail is looked at');
  return OUTCOMES.get(amountMinor % 100n) ?? null;
}
