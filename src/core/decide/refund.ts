/** A part or all of what was captured is given back. */
import type { RefundPayment } from '../commands.ts';
import type { Cause } from '../events.ts';
import { refundIdOf } from '../ids.ts';
import { ledgerEntry } from '../ledger.ts';
import { REFUNDS_PER_PAYMENT_MAX } from '../limits.ts';
import { formatAmount, parseAmount } from '../money.ts';
import type { Payment, Refund } from '../payment.ts';
import { type Rejection, reject } from '../rejections.ts';
import {
  type Decided,
  type Facts,
  type Moment,
  moved,
  notFound,
  paymentDecision,
} from './decision.ts';

export function refund(command: RefundPayment, facts: Facts, moment: Moment): Decided {
  const { payment } = facts;
  if (payment === null) return notFound();
  if (payment.status !== 'SUCCESS') {
    return reject(
      'refund_not_allowed',
      `Only a SUCCESS payment can be refunded; this one is ${payment.status}.`,
    );
  }
  if (payment.refunds.length >= REFUNDS_PER_PAYMENT_MAX) {
    return reject(
      'refund_limit_reached',
      `A payment takes at most ${REFUNDS_PER_PAYMENT_MAX} refunds; this one has them.`,
    );
  }
  const amount = refundAmount(command, payment);
  if (!amount.ok) return amount;

  const made: Refund = {
    id: refundIdOf(moment.newId()),
    paymentId: payment.id,
    amountMinor: amount.value,
    reason: command.reason,
    createdAtMs: moment.nowMs,
  };
  return refunded(payment, made, moment);
}

function refunded(payment: Payment, made: Refund, moment: Moment): Decided {
  const refundedMinor = payment.refundedMinor + made.amountMinor;
  const isAll = refundedMinor === payment.capturedMinor;
  const after: Payment = {
    ...payment,
    version: payment.version + 1,
    status: moved(payment.status, isAll ? 'refund_rest' : 'refund_part'),
    refundedMinor,
    refunds: [...payment.refunds, made],
    updatedAtMs: moment.nowMs,
  };
  const entry = ledgerEntry({
    paymentId: payment.id,
    kind: 'refund',
    operation: made.id,
    currency: payment.currency,
    amountMinor: made.amountMinor,
    atMs: moment.nowMs,
  });
  const cause: Cause = { command: 'refund_payment', refund_id: made.id };
  const type = isAll ? 'payment.refunded' : 'payment.partially_refunded';
  return paymentDecision(payment, after, { type, cause }, { entries: [entry], refund: made });
}

/** The amount asked for in minor units, or all that is left. */
function refundAmount(
  { amount }: RefundPayment,
  payment: Payment,
): { ok: true; value: bigint } | { ok: false; rejection: Rejection } {
  const leftMinor = payment.capturedMinor - payment.refundedMinor;
  if (amount === null) return { ok: true, value: leftMinor };

  const { code, minorDigits } = payment.currency;
  const parsed = parseAmount(amount, minorDigits);
  if (!parsed.ok && parsed.fault === 'precision') {
    return reject(
      'invalid_amount_precision',
      `${code} amounts have at most ${minorDigits} fraction digits; round the amount yourself.`,
    );
  }
  if (parsed.ok && parsed.value <= 0n) {
    return reject('refund_amount_not_positive', 'A refund must be above zero.');
  }
  if (!parsed.ok || parsed.value > leftMinor) {
    const left = formatAmount(leftMinor, minorDigits);
    return reject(
      'refund_exceeds_remaining',
      `At most ${left} ${code} can still be refunded; ask for that much or less.`,
    );
  }
  return { ok: true, value: parsed.value };
}
