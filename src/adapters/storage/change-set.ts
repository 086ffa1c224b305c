/**
 * Everything one batch writes, as plain rows in the order in which they are written: what the deciding thread hands
 * to the writing one. Rows are what statements bind, so that nothing is left to be thought about on the other side;
 * only the chain (sequence and hashes) is added there.
 */
import type { SQLInputValue } from 'node:sqlite';
import { IDEMPOTENCY_KEPT_MS } from '../../core/limits.ts';
import type { ControlDecision } from '../../core/decide/decision.ts';
import type { Payment } from '../../core/payment.ts';
import type { Origin } from '../../engine/ports.ts';
import type { WorkingSet } from '../../engine/working-set.ts';
import type { EntryColumns } from './chain.ts';
import { metadataText, NO_PAYMENT, scenarioText } from './rows.ts';
import type { TotalsChange } from './sqlite/running.ts';

/** Keys past their time are taken out as new ones come in: twice as many, so that the table shrinks. */
const EXPIRED_PER_NEW_REPLY = 2;

export type Values = readonly SQLInputValue[];

export interface ChangeSet {
  /** The name of the log that begins with this change, after everything but settings was taken out; else null. */
  readonly newLog: string | null;
  readonly newPayments: readonly Values[];
  /** Each must change exactly one row; its last values name the row and the version it was read at. */
  readonly changedPayments: readonly Values[];
  /** Payments that are tried again with another card. */
  readonly changedCards: readonly Values[];
  /** Without sequence and hashes. */
  readonly events: readonly EntryColumns[];
  readonly entries: readonly Values[];
  readonly refunds: readonly Values[];
  readonly timers: readonly Values[];
  readonly firedTimers: readonly Values[];
  readonly replies: readonly Values[];
  /** Replies made before this time may go, at most so many; null when none need to. */
  readonly expired: Values | null;
  readonly counters: readonly Values[];
  readonly bins: readonly Values[];
  readonly settings: readonly Values[];
  readonly ledgerTotals: readonly Values[];
}

export interface Writing {
  readonly publish: (payment: Payment) => string;
  readonly newWriter: () => string;
  readonly nowMs: number;
}

/** What a decided batch changes on disk. */
export function changesOf(
  working: WorkingSet,
  totals: TotalsChange,
  { publish, newWriter, nowMs }: Writing,
): ChangeSet {
  const newPayments: Values[] = [];
  const changedPayments: Values[] = [];
  const changedCards: Values[] = [];
  for (const { before, after } of working.touched.values()) {
    if (before === null) newPayments.push(newPayment(after));
    else changedPayments.push(changedPayment(before, after));
    if (before !== null && before.card !== after.card) changedCards.push(changedCard(after));
  }
  return {
    newLog: working.isReset ? newWriter() : null,
    newPayments,
    changedPayments,
    changedCards,
    ...historyOf(working, publish),
    firedTimers: working.firedTimers.map(({ dueAtMs, paymentId, kind, attempt }) => [
      dueAtMs,
      paymentId ?? NO_PAYMENT,
      kind,
      attempt,
    ]),
    ...repliesOf(working, nowMs),
    counters: Array.from(totals.counters, ([name, total]) => [name, String(total)]),
    bins: [
      ...binRows('time_to_outcome', totals.outcomeBins),
      ...binRows('decision_latency', totals.latencyBins),
    ],
    settings: Array.from(working.settings),
    ledgerTotals: Array.from(totals.ledger, ([name, { debitsMinor, creditsMinor }]) => [
      ...name.split(' '),
      String(debitsMinor),
      String(creditsMinor),
    ]),
  };
}

function binRows(sketch: string, bins: ReadonlyMap<number, number>): Values[] {
  return Array.from(bins, ([bin, count]) => [sketch, bin, count]);
}

/** Amounts fit a double exactly (see rows.ts), which crosses to the other thread cheaper than a bigint. */
function newPayment(payment: Payment): Values {
  return [
    payment.ordinal,
    payment.id,
    payment.version,
    payment.status,
    Number(payment.amountMinor),
    payment.currency.code,
    payment.recipient,
    payment.reference,
    payment.description,
    payment.channel,
    payment.deviceId,
    metadataText(payment.metadata),
    scenarioText(payment.scenario),
    payment.failureReason,
    payment.attempts,
    Number(payment.capturedMinor),
    Number(payment.refundedMinor),
    payment.createdAtMs,
    payment.updatedAtMs,
    payment.entry,
    payment.ip,
    riskText(payment.risk),
    ...cardValues(payment),
  ];
}

/** Last four, card, model's score. */
function cardValues({ card, modelScore }: Payment): Values {
  return [card?.last4 ?? null, card === null ? null : JSON.stringify(card), modelScore];
}

function changedCard(after: Payment): Values {
  return [...cardValues(after), scenarioText(after.scenario), after.ordinal];
}

function riskText(risk: Payment['risk']): string | null {
  return risk === null ? null : JSON.stringify(risk);
}

function changedPayment(before: Payment, after: Payment): Values {
  return [
    after.version,
    after.status,
    after.failureReason,
    after.attempts,
    Number(after.capturedMinor),
    Number(after.refundedMinor),
    riskText(after.risk),
    after.updatedAtMs,
    after.ordinal,
    before.version,
  ];
}

/** Events, and what each decision adds beside its payment. */
function historyOf(
  working: WorkingSet,
  publish: Writing['publish'],
): Pick<ChangeSet, 'events' | 'entries' | 'refunds' | 'timers'> {
  const events: EntryColumns[] = [];
  const entries: Values[] = [];
  const refunds: Values[] = [];
  const timers: Values[] = [];
  for (const { decision, origin } of working.recorded) {
    const { timer } = decision;
    if (timer !== null) {
      const { dueAtMs, paymentId, kind, attempt } = timer;
      timers.push([dueAtMs, paymentId ?? NO_PAYMENT, kind, attempt, origin.requestId]);
    }
    if (decision.kind === 'control') {
      events.push(controlEvent(decision, origin));
      continue;
    }
    const { payment, event, refund } = decision;
    events.push([
      payment.id,
      payment.version,
      event.type,
      payment.updatedAtMs,
      origin.requestId,
      origin.actor,
      JSON.stringify(event.cause),
      publish(payment),
    ]);
    for (const entry of decision.entries) {
      const { paymentId, kind, operation, debit, credit, currency, amountMinor, atMs } = entry;
      entries.push([
        paymentId,
        kind,
        operation,
        debit,
        credit,
        currency.code,
        Number(amountMinor),
        atMs,
      ]);
    }
    if (refund !== null) {
      const { id, paymentId, amountMinor, reason, createdAtMs } = refund;
      refunds.push([id, paymentId, Number(amountMinor), reason, createdAtMs]);
    }
  }
  return { events, entries, refunds, timers };
}

function controlEvent({ event }: ControlDecision, { requestId, actor }: Origin): EntryColumns {
  const { type, atMs, cause, data } = event;
  return [null, null, type, atMs, requestId, actor, JSON.stringify(cause), JSON.stringify(data)];
}

function repliesOf(working: WorkingSet, nowMs: number): Pick<ChangeSet, 'replies' | 'expired'> {
  const { repliesChanged } = working;
  if (repliesChanged.size === 0) return { replies: [], expired: null };
  return {
    replies: Array.from(repliesChanged.values(), (reply) => [
      reply.keyHash,
      reply.fingerprint,
      reply.status,
      reply.body,
      reply.waitsFor,
      reply.createdAtMs,
    ]),
    expired: [nowMs - IDEMPOTENCY_KEPT_MS, repliesChanged.size * EXPIRED_PER_NEW_REPLY],
  };
}
