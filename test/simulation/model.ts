/**
 * The auditor's own idea of the engine: a few maps, written from the HTTP contract and the
 * semantics, sharing no code with what decides in src/. It says what every command will be
 * answered, in the order in which they are given, and what must then be true. It does not invent
 * ids, nor the sentences that say why a payment is risky: those are bound from the engine's answers
 * (see `bindIds`).
 */
import type { AuthorizeCard, CreatePayment, OtherCard, Timer } from '../../src/core/commands.ts';
import type { RulesDocument } from '../../src/core/rules-document.ts';
import { readAmount } from './decimal.ts';
import { type ModelVerdict, verdictOn } from './outcome.ts';
import { type Attempted, type ModelRisk, ModelRisks } from './risk.ts';
import { limitMinor, ModelSettings, type WirePatch, type WireSettings } from './settings.ts';

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

/** The risk of an attempt as the payment shows it; shared by all states that show it. */
export interface ShownRisk {
  readonly score: number;
  readonly level: string;
  /** Null until the engine's answer has told them. */
  reasons: readonly string[] | null;
}

/** A payment at one moment. */
export interface ModelPayment {
  readonly identity: Identity;
  readonly entry: 'payments' | 'payment';
  /** Its card, score and scenario are those of the last retry that brought another card. */
  readonly asked: Omit<CreatePayment, 'type'>;
  readonly version: number;
  readonly status: string;
  readonly failureReason: string | null;
  readonly attempts: number;
  readonly capturedMinor: bigint;
  readonly refunds: readonly ModelRefund[];
  readonly risk: ShownRisk | null;
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
  | { readonly kind: 'authorize'; readonly command: AuthorizeCard; readonly key: Key | null }
  | {
      readonly kind: 'refund';
      /** An ordinal; 0 for a payment that does not exist. */
      readonly target: number;
      readonly amount: string | null;
      readonly reason: string | null;
      readonly key: Key | null;
    }
  | {
      readonly kind: 'retry';
      readonly target: number;
      readonly card: OtherCard | null;
      readonly modelScore: number | null;
      readonly key: Key | null;
    }
  | { readonly kind: 'timer'; readonly target: number; readonly timer: Timer; readonly key: null }
  | ControlAsk;

/** What is about no payment; it takes no key. */
export type ControlAsk =
  | {
      readonly kind: 'change';
      readonly patch: WirePatch;
      readonly expiresInMs: number | null;
      readonly key: null;
    }
  | {
      readonly kind: 'rules';
      readonly document: RulesDocument;
      /** Recipients who may not be paid by card. */
      readonly blocked: readonly string[];
      readonly key: null;
    }
  | { readonly kind: 'reset'; readonly key: null };

export type Expected =
  | {
      readonly kind: 'decided';
      readonly payment: ModelPayment;
      readonly judged: Judged | null;
      /** What stands under its key; null when it has none. */
      readonly kept: KeptReply | null;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly kept: KeptReply | null }
  | { readonly kind: 'changed'; readonly event: ExpectedControl }
  | { readonly kind: 'replayed'; readonly reply: KeptReply }
  | { readonly kind: 'waiting'; readonly payment: ModelPayment };

/** What stands under a key. */
export interface KeptReply {
  readonly status: number;
  /** The payment as it was answered; null for a refusal, whose code is `code`. */
  readonly payment: ModelPayment | null;
  readonly code: string | null;
  /** True for the answer of POST /payment, which is not the payment. */
  readonly isAuthorization: boolean;
  /** Which log it was given in, counted from 0. */
  readonly log: number;
}

interface KeyRow {
  readonly fingerprint: string;
  readonly atMs: number;
  /** The ordinal whose outcome the caller waits for; 0 when the reply is final. */
  waitsFor: number;
  reply: KeptReply;
}

/** How an attempt ended. */
export interface Judged {
  readonly verdict: ModelVerdict;
  /** What it was judged by; null for a payment from an account. */
  readonly card: { readonly attempted: Attempted; readonly risk: ModelRisk } | null;
}

/** An event that the log must hold, in this order. */
export type ExpectedEvent = ExpectedPaymentEvent | ExpectedControl;

export interface ExpectedPaymentEvent {
  readonly type: string;
  readonly command: string;
  readonly payment: ModelPayment;
  /** Null for events that end no attempt. */
  readonly judged: Judged | null;
}

export interface ExpectedControl {
  readonly type: string;
  readonly command: string;
  readonly payment: null;
  readonly atMs: number;
  /** Null for a reset, which tells what only the auditor knows. */
  readonly data: object | null;
}

export interface ModelRules {
  readonly settings: WireSettings;
  readonly retriesMax: number;
  /** What is drawn for an attempt by the rule of this name. */
  readonly draw: (ordinal: number, attempt: number, rule: string) => number;
}

const REFUNDS_MAX = 50;
const KEPT_MS = 30 * 24 * 3_600_000;

/** After these the same request may pass. */
const RETRY_LATER = [
  'PROCESSING_ERROR',
  'CARD_VELOCITY_EXCEEDED',
  'ISSUER_UNAVAILABLE',
  'ISSUER_TIMEOUT',
];
/** After these nothing helps. */
const RETRY_NEVER = [
  'INVALID_AMOUNT',
  'INVALID_REQUEST',
  'FRAUD_SUSPECTED',
  'RISK_BLOCKED',
  'RULE_BLOCKED',
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

export function isRetryableReason(reason: string | null, hasOtherCard = false): boolean {
  if (reason === null) return false;
  return hasOtherCard ? !RETRY_NEVER.includes(reason) : RETRY_LATER.includes(reason);
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
  /** `card_approved:GBP` and the like. */
  readonly authorizations = new Map<string, bigint>();
  readonly settings: ModelSettings;
  /** The moments at which timers stand that end what is temporary, with the change each belongs to. */
  readonly expiries = new Map<number, number>();
  /** Whoever has an outcome that took time, and whoever was decided about by card. */
  firstOutcomes = 0;
  decisions = 0;
  /** Logs that a reset ended; payments and events of all logs. */
  resets = 0;
  /** Events of the log that the last reset ended. */
  eventsBefore = 0;
  paymentsMade = 0;
  eventsMade = 0;
  blocked: readonly string[] = [];
  /** By the ordinal whose outcome is waited for. */
  readonly #waiting = new Map<number, KeyRow>();
  readonly #risks = new ModelRisks();
  readonly #rules: ModelRules;

  constructor(rules: ModelRules) {
    this.#rules = rules;
    this.settings = new ModelSettings(rules.settings, rules.retriesMax);
  }

  /** Takes one command in and says what it will be answered. */
  expect(ask: Ask, nowMs: number): Expected {
    const row = ask.key === null ? undefined : this.keys.get(ask.key.name);
    if (ask.key === null || row === undefined || nowMs - row.atMs >= KEPT_MS)
      return this.#first(ask, nowMs);
    if (row.fingerprint !== ask.key.fingerprint) {
      return { kind: 'refused', code: 'idempotency_key_reused', kept: null };
    }
    if (row.waitsFor !== 0) return { kind: 'waiting', payment: this.must(row.waitsFor) };
    return { kind: 'replayed', reply: row.reply };
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
    if (ask.kind === 'reset') this.#forget();
    const before = this.events.length;
    const code = this.#decide(ask, nowMs);
    const event = this.events[before];
    if (code === null && event === undefined)
      throw new Error('what is not refused leaves an event');
    if (event?.payment === null) return { kind: 'changed', event };
    const payment = event?.payment ?? null;
    const kept = ask.key === null ? null : this.#keep(ask, ask.key, nowMs, { payment, code });
    if (event === undefined) return { kind: 'refused', code: code ?? '', kept };
    return { kind: 'decided', payment: event.payment, judged: event.judged, kept };
  }

  #keep(
    ask: Ask,
    { name, fingerprint, waits }: Key,
    atMs: number,
    { payment, code }: { payment: ModelPayment | null; code: string | null },
  ): KeptReply {
    const isMade = ask.kind === 'create' || ask.kind === 'authorize';
    const status = code === null ? (isMade ? 201 : 200) : (STATUS_OF_CODE[code] ?? 0);
    const isWaiting = waits && payment !== null && !isAtRest(payment);
    const waitsFor = isWaiting ? payment.identity.ordinal : 0;
    const isAuthorization = ask.kind === 'authorize';
    const reply = { status, payment, code, isAuthorization, log: this.resets };
    const row: KeyRow = { fingerprint, atMs, waitsFor, reply };
    this.keys.set(name, row);
    if (waitsFor !== 0) this.#waiting.set(waitsFor, row);
    return reply;
  }

  /** The code of the refusal, or null after the change was made. */
  #decide(ask: Ask, nowMs: number): string | null {
    switch (ask.kind) {
      case 'create':
        return this.#create(ask.command, nowMs);
      case 'authorize':
        return this.#authorize(ask.command, nowMs);
      case 'refund':
        return this.#refund(this.payments[ask.target], ask.amount, ask.reason, nowMs);
      case 'retry':
        return this.#retry(this.payments[ask.target], ask, nowMs);
      case 'timer':
        return this.#elapse(this.payments[ask.target], ask.timer, nowMs);
      case 'change':
        this.settings.change(ask.patch, ask.expiresInMs, nowMs);
        this.#armExpiry();
        return this.#control('simulation.changed', 'change_simulation', nowMs);
      case 'rules':
        this.blocked = ask.blocked;
        return this.#control('rules.changed', 'change_rules', nowMs, ask.document);
      case 'reset':
        this.#armExpiry();
        return this.#control('data.reset', 'reset_data', nowMs, null);
    }
  }

  #control(
    type: string,
    command: string,
    atMs: number,
    data: object | null = this.settings.wire(),
  ): null {
    this.#log({ type, command, payment: null, atMs, data });
    return null;
  }

  /** Settings and rules stay. */
  #forget(): void {
    this.resets += 1;
    this.eventsBefore = this.events.length;
    this.payments.length = 1;
    this.events.length = 0;
    for (const map of [this.keys, this.ledger, this.volumes, this.authorizations]) map.clear();
    this.#waiting.clear();
    this.expiries.clear();
    this.#risks.forget();
    this.firstOutcomes = 0;
    this.decisions = 0;
  }

  #armExpiry(): void {
    const { expiresAtMs, version } = this.settings;
    if (expiresAtMs !== null) this.expiries.set(expiresAtMs, version);
  }

  #create(command: CreatePayment, nowMs: number): null {
    const dueMs = nowMs + this.settings.now.processing_start_delay_ms;
    const payment = this.#made(command, 'payments', nowMs);
    const timer = { kind: 'start', fromMs: dueMs, toMs: dueMs };
    this.#become('payment.created', 'create_payment', { ...payment, timer });
    return null;
  }

  /** Made and decided at once. */
  #authorize(command: AuthorizeCard, nowMs: number): null {
    const payment = this.#made(command, 'payment', nowMs);
    this.#end({ ...payment, attempts: 1 }, 'authorize_card', nowMs);
    return null;
  }

  #made(
    command: CreatePayment | AuthorizeCard,
    entry: ModelPayment['entry'],
    nowMs: number,
  ): ModelPayment {
    const { type: _, ...asked } = command;
    this.paymentsMade += 1;
    return {
      identity: { ordinal: this.payments.length, id: '' },
      entry,
      asked,
      version: 1,
      status: 'CREATED',
      failureReason: null,
      attempts: 0,
      capturedMinor: 0n,
      refunds: [],
      risk: null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      timer: null,
    };
  }

  #retry(
    payment: ModelPayment | undefined,
    { card, modelScore }: Extract<Ask, { kind: 'retry' }>,
    nowMs: number,
  ): string | null {
    if (payment === undefined) return 'payment_not_found';
    const { asked, failureReason } = payment;
    const isPossible = card === null || asked.card !== null;
    if (!isPossible || !isRetryableReason(failureReason, card !== null)) {
      return 'retry_not_allowed';
    }
    if (payment.attempts > this.#rules.retriesMax) return 'retry_limit_reached';
    if (card === null) {
      this.#attempt('payment.retried', 'retry_payment', payment, nowMs);
      return null;
    }
    const scenario = {
      outcomes: asked.scenario?.outcomes ?? [],
      delayMs: asked.scenario?.delayMs ?? null,
      testCard: card.testCard,
      isCardExpired: card.isExpired,
    };
    const other = { ...payment, asked: { ...asked, card: card.card, modelScore, scenario } };
    this.#attempt('payment.retried', 'retry_payment', other, nowMs);
    return null;
  }

  #attempt(type: string, command: string, payment: ModelPayment, nowMs: number): void {
    const { processing_delay_ms: delayMs, processing_jitter_ms: jitterMs } = this.settings.now;
    const wished = payment.asked.scenario?.delayMs ?? null;
    const least = wished ?? Math.max(0, delayMs - jitterMs);
    const most = wished ?? delayMs + jitterMs;
    this.#become(type, command, {
      ...this.#next(payment, nowMs),
      status: 'PROCESSING',
      failureReason: null,
      attempts: payment.attempts + 1,
      timer: { kind: 'complete', fromMs: nowMs + least, toMs: nowMs + most },
    });
  }

  #elapse(payment: ModelPayment | undefined, timer: Timer, nowMs: number): string | null {
    if (timer.kind === 'simulation_expires') return this.#expire(timer, nowMs);
    const isCurrent = timer.kind === payment?.timer?.kind && timer.attempt === payment.attempts;
    if (payment === undefined || !isCurrent) return 'stale_timer';
    if (timer.kind === 'start')
      this.#attempt('payment.processing', 'timer_elapsed', payment, nowMs);
    else this.#end({ ...this.#next(payment, nowMs), timer: null }, 'timer_elapsed', nowMs);
    return null;
  }

  #expire({ dueAtMs, attempt }: Timer, nowMs: number): string | null {
    if (this.expiries.get(dueAtMs) === attempt) this.expiries.delete(dueAtMs);
    if (attempt !== this.settings.version) return 'stale_timer';
    this.settings.expire();
    return this.#control('simulation.changed', 'timer_elapsed', nowMs);
  }

  /** An attempt comes to its end. */
  #end(payment: ModelPayment, command: string, nowMs: number): void {
    const judged = this.#judge(payment, nowMs);
    const { outcome } = judged.verdict;
    const { amountMinor, currency } = payment.asked;
    const shown = judged.card === null ? {} : { risk: shownOf(judged.card.risk) };
    if (outcome === 'APPROVE') {
      this.#post('network_receivable', 'merchant_payable', payment, amountMinor);
      add(this.volumes, currency.code, amountMinor);
      const succeeded = { ...payment, ...shown, status: 'SUCCESS', capturedMinor: amountMinor };
      this.#become('payment.succeeded', command, succeeded, judged);
    } else {
      const failed = { ...payment, ...shown, status: 'FAILED', failureReason: outcome };
      this.#become('payment.failed', command, failed, judged);
    }
    if (judged.card !== null) this.#decidedByCard(payment, judged.card.attempted, outcome, nowMs);
    if (command === 'timer_elapsed' && payment.attempts === 1) this.firstOutcomes += 1;
    this.#endWaitFor(payment.identity.ordinal);
  }

  #judge(payment: ModelPayment, nowMs: number): Judged {
    const { asked, attempts, identity } = payment;
    const settings = this.settings.now;
    const draw = (rule: string) => this.#rules.draw(identity.ordinal, attempts, rule);
    const common = { settings, blocked: this.blocked, draw };
    if (asked.card === null) {
      return { verdict: verdictOn(payment, { ...common, risk: null }), card: null };
    }
    const attempted: Attempted = {
      card: asked.card.fingerprint,
      device: asked.deviceId,
      ip: asked.ip,
      amountMinor: asked.amountMinor,
      currency: asked.currency,
      modelScore: asked.modelScore,
    };
    const threshold = limitMinor(settings.high_amount_threshold, asked.currency);
    const limits = { threshold, blockScore: settings.risk_block_score };
    const risk = this.#risks.assess(attempted, limits, nowMs);
    return { verdict: verdictOn(payment, { ...common, risk }), card: { attempted, risk } };
  }

  /** It is remembered by its card, and the first attempt of a payment is an authorization. */
  #decidedByCard(
    { attempts, asked }: ModelPayment,
    attempted: Attempted,
    outcome: string,
    nowMs: number,
  ): void {
    const isApproved = outcome === 'APPROVE';
    this.#risks.observe(attempted, isApproved, nowMs);
    if (attempts > 1) return;
    const { code } = asked.currency;
    this.decisions += 1;
    add(this.authorizations, `card_${isApproved ? 'approved' : 'declined'}:${code}`, 1n);
    if (asked.amountMinor > 0n) add(this.authorizations, `card_amount:${code}`, asked.amountMinor);
  }

  #refund(
    payment: ModelPayment | undefined,
    amount: string | null,
    reason: string | null,
    nowMs: number,
  ): string | null {
    if (payment === undefined) return 'payment_not_found';
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
    this.#become(isAll ? 'payment.refunded' : 'payment.partially_refunded', 'refund_payment', {
      ...this.#next(payment, nowMs),
      status: isAll ? 'REFUNDED' : 'SUCCESS',
      refunds: [...payment.refunds, { id: '', amountMinor: read, reason, atMs: nowMs }],
    });
    return null;
  }

  #next(payment: ModelPayment, nowMs: number): ModelPayment {
    return { ...payment, version: payment.version + 1, updatedAtMs: nowMs };
  }

  #become(
    type: string,
    command: string,
    payment: ModelPayment,
    judged: Judged | null = null,
  ): void {
    this.payments[payment.identity.ordinal] = payment;
    this.#log({ type, command, payment, judged });
  }

  #log(event: ExpectedEvent): void {
    this.events.push(event);
    this.eventsMade += 1;
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

function add(sums: Map<string, bigint>, name: string, by: bigint): void {
  sums.set(name, (sums.get(name) ?? 0n) + by);
}

function shownOf({ score, level }: ModelRisk): ShownRisk {
  return { score, level, reasons: null };
}
