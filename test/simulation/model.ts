/**
 * The auditor's own idea of the engine: a few maps, written from the HTTP contract and the
 * semantics, sharing no code with what decides in src/. It says what every command will be
 * answered, in the order in which they are given, and what must then be true. It does not invent
 * ids: those are bound from the engine's answers (see `bindIds`).
 */
import type { CreatePayment, Timer } from '../../src/core/commands.ts';
import { readAmount } from './decimal.ts';

export interface ModelRefund {
  /** Empty until the engine's answer has named it. */
  id: string;
  readonly amountMinor: bigint;
  readonly reason: string | null;
  readonly atMs: number;
}

/** Who a payment is; shared by all its states, so that binding the id names it in all of them. */
export interface Identity {
  readonly ordinal: number;
  id: string;
}

/** A payment at one moment. */
export interface ModelPayment {
  readonly identity: Identity;
  readonly asked: CreatePayment;
  readonly version: number;
  readonly status: string;
  readonly failureReason: string | null;
  readonly attempts: number;
  readonly capturedMinor: bigint;
  readonly refunds: readonly ModelRefund[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** What is to happen to it next, and between which moments; null at rest. */
  readonly timer: { readonly kind: string; readonly fromMs: number; readonly toMs: number } | null;
}

export interface Key {
  readonly name: string;
  readonly fingerprint: string;
  readonly waits: boolean;
}

export type Ask =
  | { readonly kind: 'create'; readonly command: CreatePayment; readonly key: Key | null }
  | {
      readonly kind: 'refund';
      /** An ordinal; 0 for a payment that does not exist. */
      readonly target: number;
      readonly amount: string | null;
      readonly reason: string | null;
      readonly key: Key | null;
    }
  | { readonly kind: 'retry'; readonly target: number; readonly key: Key | null }
  | { readonly kind: 'timer'; readonly target: number; readonly timer: Timer; readonly key: null };

export type Expected =
  | { readonly kind: 'decided'; readonly payment: ModelPayment; readonly isKept: boolean }
  | { readonly kind: 'refused'; readonly code: string; readonly isKept: boolean }
  | { readonly kind: 'replayed'; readonly keyName: string; readonly reply: KeptReply }
  | { readonly kind: 'waiting'; readonly payment: ModelPayment };

/** What stands under a key. */
export interface KeptReply {
  readonly status: number;
  /** The payment as it was answered; null for a refusal, whose code is `code`. */
  readonly payment: ModelPayment | null;
  readonly code: string | null;
}

interface KeyRow {
  readonly fingerprint: string;
  readonly atMs: number;
  /** The ordinal whose outcome the caller waits for; 0 when the reply is final. */
  waitsFor: number;
  reply: KeptReply;
}

/** An event that the log must hold, in this order. */
export interface ExpectedEvent {
  readonly type: string;
  readonly payment: ModelPayment;
  /** What the attempt ended with; null for events without a verdict. */
  readonly outcome: string | null;
}

export interface ModelRules {
  readonly failureRate: number;
  readonly startDelayMs: number;
  readonly processingDelayMs: number;
  readonly processingJitterMs: number;
  readonly retriesMax: number;
  /** Major units; the second one holds for the yen. */
  readonly fraudAbove: bigint;
  readonly fraudAboveJpy: bigint;
  /** The draw that decides whether an attempt fails by chance. */
  readonly failureDraw: (ordinal: number, attempt: number) => number;
}

const REFUNDS_MAX = 50;
const KEPT_MS = 30 * 24 * 3_600_000;
const RETRYABLE = [
  'PROCESSING_ERROR',
  'CARD_VELOCITY_EXCEEDED',
  'ISSUER_UNAVAILABLE',
  'ISSUER_TIMEOUT',
];

export const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  payment_not_found: 404,
  refund_not_allowed: 409,
  refund_limit_reached: 409,
  refund_exceeds_remaining: 409,
  refund_amount_not_positive: 400,
  invalid_amount_precision: 400,
  retry_not_allowed: 409,
  retry_limit_reached: 409,
  stale_timer: 409,
  idempotency_key_reused: 422,
};

export function isRetryableReason(reason: string | null): boolean {
  return reason !== null && RETRYABLE.includes(reason);
}

export function isAtRest({ status }: ModelPayment): boolean {
  return status !== 'CREATED' && status !== 'PROCESSING';
}

export function refundedOf({ refunds }: ModelPayment): bigint {
  return refunds.reduce((sum, refund) => sum + refund.amountMinor, 0n);
}

export class Model {
  /** By ordinal, from 1; the first place is empty. */
  readonly payments: (ModelPayment | undefined)[] = [undefined];
  readonly keys = new Map<string, KeyRow>();
  readonly events: ExpectedEvent[] = [];
  /** `account currency` → sums. */
  readonly ledger = new Map<string, { debits: bigint; credits: bigint }>();
  readonly volumes = new Map<string, bigint>();
  firstOutcomes = 0;
  /** By the ordinal whose outcome is waited for. */
  readonly #waiting = new Map<number, KeyRow>();
  readonly #rules: ModelRules;

  constructor(rules: ModelRules) {
    this.#rules = rules;
  }

  /** Takes one command in and says what it will be answered. */
  expect(ask: Ask, nowMs: number): Expected {
    const row = ask.key === null ? undefined : this.keys.get(ask.key.name);
    if (ask.key === null || row === undefined || nowMs - row.atMs >= KEPT_MS)
      return this.#first(ask, nowMs);
    if (row.fingerprint !== ask.key.fingerprint) {
      return { kind: 'refused', code: 'idempotency_key_reused', isKept: false };
    }
    if (row.waitsFor !== 0) return { kind: 'waiting', payment: this.must(row.waitsFor) };
    return { kind: 'replayed', keyName: ask.key.name, reply: row.reply };
  }

  /** The caller stops waiting: the reply under the key is final as it stands. */
  endWait(keyName: string): KeptReply {
    const row = this.keys.get(keyName);
    if (row === undefined) throw new Error(`no key ${keyName}`);
    this.#waiting.delete(row.waitsFor);
    row.waitsFor = 0;
    return row.reply;
  }

  must(ordinal: number): ModelPayment {
    const payment = this.payments[ordinal];
    if (payment === undefined) throw new Error(`no payment ${ordinal}`);
    return payment;
  }

  #first(ask: Ask, nowMs: number): Expected {
    const before = this.events.length;
    const code = this.#decide(ask, nowMs);
    const payment = this.events[before]?.payment ?? null;
    if (ask.key !== null) this.#keep(ask, ask.key, nowMs, { payment, code });
    const isKept = ask.key !== null;
    if (code !== null) return { kind: 'refused', code, isKept };
    if (payment === null) throw new Error('what is not refused leaves an event');
    return { kind: 'decided', payment, isKept };
  }

  #keep(
    ask: Ask,
    { name, fingerprint, waits }: Key,
    atMs: number,
    { payment, code }: { payment: ModelPayment | null; code: string | null },
  ): void {
    const status =
      code === null ? (ask.kind === 'create' ? 201 : 200) : (STATUS_OF_CODE[code] ?? 0);
    const isWaiting = waits && payment !== null && !isAtRest(payment);
    const waitsFor = isWaiting ? payment.identity.ordinal : 0;
    const row: KeyRow = { fingerprint, atMs, waitsFor, reply: { status, payment, code } };
    this.keys.set(name, row);
    if (waitsFor !== 0) this.#waiting.set(waitsFor, row);
  }

  /** The code of the refusal, or null after the change was made. */
  #decide(ask: Ask, nowMs: number): string | null {
    if (ask.kind === 'create') return this.#create(ask.command, nowMs);
    const payment = this.payments[ask.target];
    if (payment === undefined) return ask.kind === 'timer' ? 'stale_timer' : 'payment_not_found';
    if (ask.kind === 'refund') return this.#refund(payment, ask.amount, ask.reason, nowMs);
    if (ask.kind === 'retry') return this.#retry(payment, nowMs);
    return this.#elapse(payment, ask.timer, nowMs);
  }

  #create(asked: CreatePayment, nowMs: number): null {
    const dueMs = nowMs + this.#rules.startDelayMs;
    this.#become('payment.created', {
      identity: { ordinal: this.payments.length, id: '' },
      asked,
      version: 1,
      status: 'CREATED',
      failureReason: null,
      attempts: 0,
      capturedMinor: 0n,
      refunds: [],
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      timer: { kind: 'start', fromMs: dueMs, toMs: dueMs },
    });
    return null;
  }

  #retry(payment: ModelPayment, nowMs: number): string | null {
    if (payment.status !== 'FAILED' || !isRetryableReason(payment.failureReason))
      return 'retry_not_allowed';
    if (payment.attempts > this.#rules.retriesMax) return 'retry_limit_reached';
    this.#attempt('payment.retried', payment, nowMs);
    return null;
  }

  #attempt(type: string, payment: ModelPayment, nowMs: number): void {
    const { processingDelayMs, processingJitterMs } = this.#rules;
    const wished = payment.asked.scenario?.delayMs ?? null;
    const least = wished ?? Math.max(0, processingDelayMs - processingJitterMs);
    const most = wished ?? processingDelayMs + processingJitterMs;
    this.#become(type, {
      ...this.#next(payment, nowMs),
      status: 'PROCESSING',
      failureReason: null,
      attempts: payment.attempts + 1,
      timer: { kind: 'complete', fromMs: nowMs + least, toMs: nowMs + most },
    });
  }

  #elapse(payment: ModelPayment, timer: Timer, nowMs: number): string | null {
    const isCurrent = timer.kind === payment.timer?.kind && timer.attempt === payment.attempts;
    if (!isCurrent) return 'stale_timer';
    if (timer.kind === 'start') {
      this.#attempt('payment.processing', payment, nowMs);
      return null;
    }
    const outcome = this.#outcome(payment);
    const next = { ...this.#next(payment, nowMs), timer: null };
    if (outcome === 'APPROVE') {
      const { amountMinor, currency } = payment.asked;
      this.#post('network_receivable', 'merchant_payable', payment, amountMinor);
      this.volumes.set(currency.code, (this.volumes.get(currency.code) ?? 0n) + amountMinor);
      const succeeded = { ...next, status: 'SUCCESS', capturedMinor: amountMinor };
      this.#become('payment.succeeded', succeeded, outcome);
    } else {
      this.#become(
        'payment.failed',
        { ...next, status: 'FAILED', failureReason: outcome },
        outcome,
      );
    }
    if (payment.attempts === 1) this.firstOutcomes += 1;
    this.#endWaitFor(payment.identity.ordinal);
    return null;
  }

  /** What is invalid stays so; then the wish of the request, the threshold, chance. */
  #outcome({ asked, attempts, identity }: ModelPayment): string {
    const { amountMinor, currency, recipient, scenario } = asked;
    if (amountMinor <= 0n) return 'INVALID_AMOUNT';
    if (recipient === null || currency.code === 'XXX') return 'INVALID_REQUEST';
    const wishes = scenario?.outcomes ?? [];
    const wish = wishes[Math.min(attempts, wishes.length) - 1];
    if (wish !== undefined) return wish;
    const limit = currency.code === 'JPY' ? this.#rules.fraudAboveJpy : this.#rules.fraudAbove;
    if (amountMinor > limit * 10n ** BigInt(currency.minorDigits)) return 'FRAUD_SUSPECTED';
    const drawn = this.#rules.failureDraw(identity.ordinal, attempts);
    return drawn < this.#rules.failureRate ? 'PROCESSING_ERROR' : 'APPROVE';
  }

  #refund(
    payment: ModelPayment,
    amount: string | null,
    reason: string | null,
    nowMs: number,
  ): string | null {
    if (payment.status !== 'SUCCESS') return 'refund_not_allowed';
    if (payment.refunds.length >= REFUNDS_MAX) return 'refund_limit_reached';
    const leftMinor = payment.capturedMinor - refundedOf(payment);
    const read =
      amount === null ? leftMinor : readAmount(amount, payment.asked.currency.minorDigits);
    if (read === 'too_precise') return 'invalid_amount_precision';
    if (read === 'too_large') return 'refund_exceeds_remaining';
    if (read <= 0n) return 'refund_amount_not_positive';
    if (read > leftMinor) return 'refund_exceeds_remaining';
    const isAll = read === leftMinor;
    this.#post('merchant_payable', 'network_receivable', payment, read);
    this.#become(isAll ? 'payment.refunded' : 'payment.partially_refunded', {
      ...this.#next(payment, nowMs),
      status: isAll ? 'REFUNDED' : 'SUCCESS',
      refunds: [...payment.refunds, { id: '', amountMinor: read, reason, atMs: nowMs }],
    });
    return null;
  }

  #next(payment: ModelPayment, nowMs: number): ModelPayment {
    return { ...payment, version: payment.version + 1, updatedAtMs: nowMs };
  }

  #become(type: string, payment: ModelPayment, outcome: string | null = null): void {
    this.payments[payment.identity.ordinal] = payment;
    this.events.push({ type, payment, outcome });
  }

  /** Whoever waits for this payment's outcome is answered with it. */
  #endWaitFor(ordinal: number): void {
    const row = this.#waiting.get(ordinal);
    if (row === undefined) return;
    this.#waiting.delete(ordinal);
    row.waitsFor = 0;
    row.reply = { ...row.reply, payment: this.must(ordinal) };
  }

  #post(debit: string, credit: string, { asked }: ModelPayment, amountMinor: bigint): void {
    this.#side(`${debit} ${asked.currency.code}`).debits += amountMinor;
    this.#side(`${credit} ${asked.currency.code}`).credits += amountMinor;
  }

  #side(name: string): { debits: bigint; credits: bigint } {
    const known = this.ledger.get(name);
    if (known !== undefined) return known;
    const made = { debits: 0n, credits: 0n };
    this.ledger.set(name, made);
    return made;
  }
}
