/**
 * An attempt ends: at once for a card that is authorized (API B), by a timer for all others. Both are judged alike and
 * leave the same traces: a status, an event with the whole reasoning, a ledger entry when money moves.
 */
import type { AuthorizeCard } from '../commands.ts';
import type { Cause } from '../events.ts';
import { ledgerEntry } from '../ledger.ts';
import type { Payment } from '../payment.ts';
import { newPayment } from './create.ts';
import { type Decided, type Facts, type Moment, moved, paymentDecision } from './decision.ts';
import { judge, seenIn } from './judge.ts';

/** A card is authorized and captured in one commit with one event. */
export function authorize(command: AuthorizeCard, facts: Facts, moment: Moment): Decided {
  // What it becomes is decided below; until then it is like a payment whose first attempt is under way.
  const asked = newPayment(command, 'payment', 'PROCESSING', facts, moment);
  return ended(null, { ...asked, attempts: 1 }, 'authorize_card', facts, moment);
}

/** The attempt that is under way comes to its end. */
export function complete(payment: Payment, facts: Facts, moment: Moment): Decided {
  const next = { ...payment, version: payment.version + 1, updatedAtMs: moment.nowMs };
  return ended(payment, next, 'timer_elapsed', facts, moment);
}

function ended(
  before: Payment | null,
  attempted: Payment,
  command: 'authorize_card' | 'timer_elapsed',
  facts: Facts,
  moment: Moment,
): Decided {
  const startedMs = moment.ticksMs();
  const judged = judge(attempted, facts, moment);
  const latencyMs = Math.round((moment.ticksMs() - startedMs) * 1_000) / 1_000;
  const { verdict, risk } = judged;
  const traces = seenIn(attempted, judged, latencyMs, moment.nowMs);
  const cause: Cause = { command, verdict, ...traces?.cause };
  const seen = traces?.seen ?? null;
  const scored =
    risk === null
      ? attempted
      : { ...attempted, risk: { score: risk.score, level: risk.level, reasons: risk.reasons } };
  const from = before?.status ?? 'NONE';
  if (verdict.outcome !== 'APPROVE') {
    const failed: Payment = {
      ...scored,
      status: moved(from, 'decline'),
      failureReason: verdict.outcome,
    };
    return paymentDecision(before, failed, { type: 'payment.failed', cause }, { seen });
  }
  const succeeded: Payment = {
    ...scored,
    status: moved(from, 'approve'),
    capturedMinor: attempted.amountMinor,
  };
  const entries = [captureEntry(succeeded, moment)];
  return paymentDecision(
    before,
    succeeded,
    { type: 'payment.succeeded', cause },
    { entries, seen },
  );
}

function captureEntry(payment: Payment, moment: Moment) {
  return ledgerEntry({
    paymentId: payment.id,
    kind: 'capture',
    operation: String(payment.attempts),
    currency: payment.currency,
    amountMinor: payment.amountMinor,
    atMs: moment.nowMs,
  });
}
