/**
 * A card payment as API B shows it. What B calls a transaction is the payment's first decided attempt: it keeps showing
 * that decision whatever becomes of the payment later.
 */
import { assert } from '../../core/assert.ts';
import type { DecisionCause, Verdict } from '../../core/events.ts';
import { declineOf } from '../../core/failures.ts';
import { toWireNumber } from '../../core/money.ts';
import type { Payment } from '../../core/payment.ts';
import type { DecidedReply, StoredEvent } from '../../engine/ports.ts';
import { isoTime } from '../../engine/snapshot.ts';

/** The body of the answer to POST /payment. */
export function authorizationText({ payment, cause }: DecidedReply): string {
  assert('verdict' in cause && cause.risk !== undefined, 'an authorization was judged');
  const { verdict, risk, latency_ms } = cause;
  return JSON.stringify({
    transaction_id: payment.id,
    status: statusOf(verdict),
    decision_reason: reasonOf(verdict),
    score: risk.score,
    latency_ms,
    features: risk.features,
    failure_reason: payment.failureReason,
    rule: verdict.rule,
    contributions: risk.contributions,
    level: risk.level,
    ...(verdict.flags === undefined ? {} : { flags: verdict.flags }),
    ...(verdict.shadow === undefined ? {} : { shadow: verdict.shadow }),
  });
}

function statusOf({ outcome }: Verdict): 'Approved' | 'Declined' {
  return outcome === 'APPROVE' ? 'Approved' : 'Declined';
}

/** What the rule says, or its reason's sentence; null for an approval. */
function reasonOf({ outcome, message }: Verdict): string | null {
  return outcome === 'APPROVE' ? null : (message ?? declineOf(outcome).message);
}

/** The answer to GET /transaction/{id}. */
export function transactionWire(payment: Payment, { verdict }: DecisionCause) {
  return {
    id: payment.id,
    card_last4: payment.card?.last4 ?? null,
    amount: toWireNumber(payment.amountMinor, payment.currency.minorDigits),
    currency: payment.currency.code,
    merchant: payment.recipient,
    channel: payment.channel,
    device_id: payment.deviceId,
    status: statusOf(verdict),
    risk_flag: reasonOf(verdict),
    created_at: isoTime(payment.createdAtMs),
  };
}

/** One entry of GET /audit/{transaction_id}: a decision with all it was made from. */
export function auditWire(event: StoredEvent, id: string, payment: Payment) {
  const { verdict, risk, facts, latency_ms = null } = decisionCause(event);
  const then = JSON.parse(event.data) as { attempts: number; card: { last4: string } | null };
  return {
    id,
    transaction_id: payment.id,
    request_payload: {
      card_number: then.card === null ? null : `************${then.card.last4}`,
      amount: toWireNumber(payment.amountMinor, payment.currency.minorDigits),
      currency: payment.currency.code,
      merchant: payment.recipient,
      channel: payment.channel,
      device_id: payment.deviceId,
      ip: payment.ip,
      metadata: payment.metadata,
    },
    decision_payload: {
      status: statusOf(verdict),
      score: risk?.score ?? null,
      reason: reasonOf(verdict),
      latency_ms,
      features: risk?.features ?? null,
      rule: verdict.rule,
      outcome: verdict.outcome,
      draws: verdict.draws,
      flags: verdict.flags ?? [],
      shadow: verdict.shadow ?? [],
      contributions: risk?.contributions ?? null,
      reasons: risk?.reasons ?? [],
      facts: facts ?? null,
      attempt: then.attempts,
    },
    latency_ms,
    created_at: isoTime(event.atMs),
    request_id: event.requestId,
    actor: event.actor,
  };
}

/** The cause of an event that ends an attempt. */
export function decisionCause(event: StoredEvent): DecisionCause {
  const cause = JSON.parse(event.cause) as DecisionCause;
  assert('verdict' in cause, 'the end of an attempt has a verdict');
  return cause;
}
