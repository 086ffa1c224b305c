/**
 * The heart: (command, facts, moment) -> Decision | Rejection. Synchronous and pure: it reads nothing, writes
 * nothing and throws only for bugs, so that a refused command leaves nothing behind.
 *
 * Each command refuses in a fixed order (does it exist, may it, is the amount sound, is there enough left);
 * after the last refusal the command must succeed.
 */
import { assert, assertNever } from './assert.ts';
import type {
  Command,
  CreatePayment,
  RefundPayment,
  RetryPayment,
  Timer,
  TimerElapsed,
} from './commands.ts';
import type { Cause, EventType } from './events.ts';
import { isRetryable } from './failures.ts';
import { paymentIdOf, refundIdOf } from './ids.ts';
import { type LedgerEntry, ledgerEntry } from './ledger.ts';
import { REFUNDS_PER_PAYMENT_MAX } from './limits.ts';
import { formatAmount, parseAmount } from './money.ts';
import { assertPayment, type Payment, type Refund, statusAfter } from './payment.ts';
import { type Rejection, reject } from './rejections.ts';
import { applyRules } from './rules.ts';
import { type Draw, processingDelay, type Settings } from './scenario.ts';

/** What was known before deciding. */
export interface Facts {
  /** The payment the command is about; null when there is none (yet). */
  readonly payment: Payment | null;
  /** The ordinal that the next new payment gets. */
  readonly nextOrdinal: number;
  readonly settings: Settings;
}

/** When it is, and what chance says. */
export interface Moment {
  readonly nowMs: number;
  /** A fresh UUIDv7 a call. */
  readonly newId: () => string;
  readonly draw: Draw;
}

/** What happened; everything in it is committed together. */
export interface Decision {
  readonly before: Payment | null;
  readonly payment: Payment;
  readonly event: { readonly type: EventType; readonly cause: Cause };
  readonly entries: readonly LedgerEntry[];
  /** Newly made by this decision. */
  readonly refund: Refund | null;
  /** To be set; the timer that fired, if any, is gone with the commit. */
  readonly timer: Timer | null;
}

export type Decided =
  | { readonly ok: true; readonly value: Decision }
  | { readonly ok: false; readonly rejection: Rejection };

/** Decides one command. Same arguments, same answer. */
export function decide(command: Command, facts: Facts, moment: Moment): Decided {
  const decided = route(command, facts, moment);
  if (decided.ok) assertDecision(decided.value);
  return decided;
}

function route(command: Command, facts: Facts, moment: Moment): Decided {
  switch (command.type) {
    case 'create_payment':
      return create(command, facts, moment);
    case 'refund_payment':
      return refund(command, facts, moment);
    case 'retry_payment':
      return retry(command, facts, moment);
    case 'timer_elapsed':
      return elapse(command, facts, moment);
    default:
      return assertNever(command);
  }
}

function assertDecision({ before, payment }: Decision): void {
  assertPayment(payment);
  assert(payment.version === (before?.version ?? 0) + 1, 'one event, one version');
}

function create(command: CreatePayment, facts: Facts, moment: Moment): Decided {
  const { type, ...asked } = command;
  const payment: Payment = {
    ...asked,
    id: paymentIdOf(moment.newId()),
    ordinal: facts.nextOrdinal,
    version: 1,
    status: moved('NONE', 'create'),
    failureReason: null,
    attempts: 0,
    capturedMinor: 0n,
    refundedMinor: 0n,
    refunds: [],
    createdAtMs: moment.nowMs,
    updatedAtMs: moment.nowMs,
  };
  return decision(
    null,
    payment,
    { type: 'payment.created', cause: { command: type } },
    {
      timer: timerFor(payment, 'start', moment.nowMs + facts.settings.startDelayMs),
    },
  );
}

function retry(command: RetryPayment, facts: Facts, moment: Moment): Decided {
  const { payment, settings } = facts;
  if (payment === null) return notFound();
  if (payment.status !== 'FAILED') {
    return reject(
      'retry_not_allowed',
      `Only a FAILED payment can be retried; this one is ${payment.status}.`,
    );
  }
  assert(payment.failureReason !== null, 'a FAILED payment has a reason');
  if (!isRetryable(payment.failureReason)) {
    return reject(
      'retry_not_allowed',
      `A payment that failed with ${payment.failureReason} fails again; create a new one instead.`,
    );
  }
  if (payment.attempts - 1 >= settings.retriesMax) {
    return reject(
      'retry_limit_reached',
      `This payment was retried ${payment.attempts - 1} times, which is the limit; create a new one instead.`,
    );
  }
  const retried = begun(payment, 'retry', moment.nowMs);
  return decision(
    payment,
    retried,
    { type: 'payment.retried', cause: { command: command.type } },
    {
      timer: completion(retried, settings, moment),
    },
  );
}

function elapse({ timer }: TimerElapsed, facts: Facts, moment: Moment): Decided {
  const { payment } = facts;
  if (payment === null || payment.attempts !== timer.attempt) return stale();
  switch (timer.kind) {
    case 'start':
      return payment.status === 'CREATED' ? start(payment, facts.settings, moment) : stale();
    case 'complete':
      return payment.status === 'PROCESSING' ? complete(payment, facts.settings, moment) : stale();
    default:
      return assertNever(timer.kind);
  }
}

function start(payment: Payment, settings: Settings, moment: Moment): Decided {
  const started = begun(payment, 'start', moment.nowMs);
  return decision(
    payment,
    started,
    { type: 'payment.processing', cause: { command: 'timer_elapsed' } },
    { timer: completion(started, settings, moment) },
  );
}

function complete(payment: Payment, settings: Settings, moment: Moment): Decided {
  const verdict = applyRules({ payment, settings, draw: moment.draw });
  const cause: Cause = { command: 'timer_elapsed', verdict };
  const next = { ...payment, version: payment.version + 1, updatedAtMs: moment.nowMs };
  if (verdict.outcome !== 'APPROVE') {
    const failed: Payment = {
      ...next,
      status: moved(payment.status, 'decline'),
      failureReason: verdict.outcome,
    };
    return decision(payment, failed, { type: 'payment.failed', cause }, {});
  }
  const succeeded: Payment = {
    ...next,
    status: moved(payment.status, 'approve'),
    capturedMinor: payment.amountMinor,
  };
  const capture = ledgerEntry({
    paymentId: payment.id,
    kind: 'capture',
    operation: String(payment.attempts),
    currency: payment.currency,
    amountMinor: payment.amountMinor,
    atMs: moment.nowMs,
  });
  return decision(payment, succeeded, { type: 'payment.succeeded', cause }, { entries: [capture] });
}

function refund(command: RefundPayment, facts: Facts, moment: Moment): Decided {
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
  return decision(payment, after, { type, cause }, { entries: [entry], refund: made });
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

/** The payment with one more attempt under way. */
function begun(payment: Payment, step: 'start' | 'retry', nowMs: number): Payment {
  return {
    ...payment,
    version: payment.version + 1,
    status: moved(payment.status, step),
    failureReason: null,
    attempts: payment.attempts + 1,
    updatedAtMs: nowMs,
  };
}

function completion(payment: Payment, settings: Settings, moment: Moment): Timer {
  const delayMs = processingDelay(payment, settings, moment.draw);
  return timerFor(payment, 'complete', moment.nowMs + delayMs);
}

function timerFor(payment: Payment, kind: Timer['kind'], dueAtMs: number): Timer {
  return { dueAtMs, paymentId: payment.id, kind, attempt: payment.attempts };
}

/** The status after a step that the caller has made sure of. */
function moved(status: Payment['status'] | 'NONE', step: Parameters<typeof statusAfter>[1]) {
  const next = statusAfter(status, step);
  assert(next !== null, `${step} is in the transition table for ${status}`);
  return next;
}

function decision(
  before: Payment | null,
  payment: Payment,
  event: Decision['event'],
  rest: Partial<Pick<Decision, 'entries' | 'refund' | 'timer'>>,
): Decided {
  return {
    ok: true,
    value: { before, payment, event, entries: [], refund: null, timer: null, ...rest },
  };
}

function notFound(): Decided {
  return reject(
    'payment_not_found',
    'There is no payment with this id; GET /payments lists those there are.',
  );
}

function stale(): Decided {
  return reject('stale_timer', 'The payment has moved on since this timer was set.');
}
