/** The closed list of the service, as the filter offers it. A reason that is missing here does not compile. */
import type { FailureReason } from '@farthing/sdk';

const REASONS: Readonly<Record<FailureReason, true>> = {
  INVALID_AMOUNT: true,
  INVALID_REQUEST: true,
  FRAUD_SUSPECTED: true,
  PROCESSING_ERROR: true,
  CARD_DECLINED: true,
  INSUFFICIENT_FUNDS: true,
  LOST_CARD: true,
  STOLEN_CARD: true,
  EXPIRED_CARD: true,
  INCORRECT_CVC: true,
  CARD_VELOCITY_EXCEEDED: true,
  DO_NOT_HONOR: true,
  ISSUER_UNAVAILABLE: true,
  ISSUER_TIMEOUT: true,
  HIGH_AMOUNT: true,
  RISK_BLOCKED: true,
  RULE_BLOCKED: true,
};

export const FAILURE_REASONS = Object.keys(REASONS);
