/** A payment is made; nothing is decided about it yet. */
import type { CreatePayment } from '../commands.ts';
import { paymentIdOf } from '../ids.ts';
import type { Payment, Status } from '../payment.ts';
import {
  type Decided,
  type Facts,
  type Moment,
  moved,
  paymentDecision,
  timerFor,
} from './decision.ts';

export function create(command: CreatePayment, facts: Facts, moment: Moment): Decided {
  const payment = newPayment(command, 'payments', moved('NONE', 'create'), facts, moment);
  const { startDelayMs } = facts.controls.settings;
  return paymentDecision(
    null,
    payment,
    { type: 'payment.created', cause: { command: 'create_payment' } },
    { timer: timerFor(payment, 'start', moment.nowMs + startDelayMs) },
  );
}

/** The payment that a command asks for, as yet without an attempt. */
export function newPayment(
  asked: Omit<CreatePayment, 'type'>,
  entry: Payment['entry'],
  status: Status,
  facts: Facts,
  moment: Moment,
): Payment {
  return {
    id: paymentIdOf(moment.newId()),
    ordinal: facts.nextOrdinal,
    version: 1,
    status,
    entry,
    amountMinor: asked.amountMinor,
    currency: asked.currency,
    recipient: asked.recipient,
    reference: asked.reference,
    description: asked.description,
    channel: asked.channel,
    deviceId: asked.deviceId,
    ip: asked.ip,
    card: asked.card,
    modelScore: asked.modelScore,
    metadata: asked.metadata,
    scenario: asked.scenario,
    risk: null,
    failureReason: null,
    attempts: 0,
    capturedMinor: 0n,
    refundedMinor: 0n,
    refunds: [],
    createdAtMs: moment.nowMs,
    updatedAtMs: moment.nowMs,
  };
}
