/**
 * Why a payment failed: a closed list, each with the ISO 8583 response code (field 39) an acquirer would have
 * seen, a sentence for people, and what to do next. Lost, stolen, fraud and risk say no more to people than a
 * generic decline does: the person at the counter may be the thief.
 *
 * The codes are those of ISO 8583:1987 as the card networks use them. 82 is the networks' own: the standard knew no
 * security code. Several reasons share a code (05, 59): they differ in who declined, which the field does not say.
 */

export const FAILURE_REASONS = [
  'INVALID_AMOUNT',
  'INVALID_REQUEST',
  'FRAUD_SUSPECTED',
  'PROCESSING_ERROR',
  'CARD_DECLINED',
  'INSUFFICIENT_FUNDS',
  'LOST_CARD',
  'STOLEN_CARD',
  'EXPIRED_CARD',
  'INCORRECT_CVC',
  'CARD_VELOCITY_EXCEEDED',
  'DO_NOT_HONOR',
  'ISSUER_UNAVAILABLE',
  'ISSUER_TIMEOUT',
  'HIGH_AMOUNT',
  'RISK_BLOCKED',
  'RULE_BLOCKED',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export interface Decline {
  /** ISO 8583 field 39. */
  readonly code: string;
  readonly message: string;
  /** never: asking again is useless; later: the same request may pass; other_card: another card may. */
  readonly retry: 'never' | 'later' | 'other_card';
}

const GENERIC = 'The payment was declined.';

const DECLINES: Readonly<Record<FailureReason, Decline>> = {
  INVALID_AMOUNT: { code: '13', message: 'The amount must be above zero.', retry: 'never' },
  INVALID_REQUEST: {
    code: '30',
    message: 'A payment needs a recipient and a currency.',
    retry: 'never',
  },
  FRAUD_SUSPECTED: { code: '59', message: GENERIC, retry: 'never' },
  PROCESSING_ERROR: {
    code: '96',
    message: 'The processor could not complete the payment.',
    retry: 'later',
  },
  CARD_DECLINED: { code: '05', message: GENERIC, retry: 'other_card' },
  INSUFFICIENT_FUNDS: {
    code: '51',
    message: 'The account has too little money for this payment.',
    retry: 'other_card',
  },
  LOST_CARD: { code: '41', message: GENERIC, retry: 'other_card' },
  STOLEN_CARD: { code: '43', message: GENERIC, retry: 'other_card' },
  EXPIRED_CARD: { code: '54', message: 'The card has expired.', retry: 'other_card' },
  INCORRECT_CVC: { code: '82', message: 'The security code is wrong.', retry: 'other_card' },
  CARD_VELOCITY_EXCEEDED: {
    code: '65',
    message: 'The card was used too often in a short time.',
    retry: 'later',
  },
  DO_NOT_HONOR: { code: '05', message: GENERIC, retry: 'other_card' },
  ISSUER_UNAVAILABLE: { code: '91', message: 'The issuer could not be reached.', retry: 'later' },
  ISSUER_TIMEOUT: { code: '68', message: 'The issuer answered too late.', retry: 'later' },
  HIGH_AMOUNT: { code: '61', message: 'The amount is above a limit.', retry: 'other_card' },
  RISK_BLOCKED: { code: '59', message: GENERIC, retry: 'never' },
  RULE_BLOCKED: { code: '57', message: GENERIC, retry: 'never' },
};

/** What a failure means to the people and programs that see it. */
export function declineOf(reason: FailureReason): Decline {
  return DECLINES[reason];
}

/** True for a reason after which the payment may be attempted again: with the same card, or with another one. */
export function isRetryable(reason: FailureReason, hasOtherCard = false): boolean {
  const { retry } = DECLINES[reason];
  return retry === 'later' || (retry === 'other_card' && hasOtherCard);
}
