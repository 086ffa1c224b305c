/**
 * What one batch knows: gathered from the store before the first decision, changed by each decision, so that two
 * refunds of one payment in one batch see each other. It never touches storage; the store reads `changes` when
 * all is decided and writes them in one transaction.
 */
import { assert } from '../core/assert.ts';
import { subjectOf, type Timer } from '../core/commands.ts';
import {
  countAuthorization,
  type CounterName,
  countChange,
  timeToOutcome,
} from '../core/counters.ts';
import type { Decision, Facts, PaymentDecision } from '../core/decide/decision.ts';
import type { PaymentId } from '../core/ids.ts';
import { isSettled, type Payment } from '../core/payment.ts';
import { simulationText } from '../core/simulation.ts';
import { binOf } from '../core/sketch.ts';
import type { CommandRequest, Origin, StoredReply } from './ports.ts';

/** What the store read for a batch. */
export interface Gathered {
  readonly payments: ReadonlyMap<PaymentId, Payment>;
  /** Replies by key hash: those the batch asks for, and those that wait for one of its payments. */
  readonly replies: ReadonlyMap<string, StoredReply>;
  /** How many payments were ever made. */
  readonly ordinals: number;
  /** The last entry of the log. */
  readonly head: Facts['head'];
}

/** A decision and who asked for it, in the order in which they were made. */
export interface Recorded {
  readonly decision: Decision;
  readonly origin: Origin;
}

export class WorkingSet {
  readonly recorded: Recorded[] = [];
  /** Payments as they were before the batch (null for new ones) and as they are now. */
  readonly touched = new Map<PaymentId, { before: Payment | null; after: Payment }>();
  /** Replies to be written: new ones, and ones whose wait ended. */
  readonly repliesChanged = new Map<string, StoredReply>();
  readonly firedTimers: Timer[] = [];
  readonly counters = new Map<CounterName, bigint>();
  /** Bins of the time-to-outcome sketch to be added to. */
  readonly outcomeBins = new Map<number, number>();
  /** Bins of the sketch of decision latencies to be added to. */
  readonly latencyBins = new Map<number, number>();
  /** JSON texts of what was set, by name. */
  readonly settings = new Map<string, string>();
  /** True when everything but settings is to be taken out first. */
  isReset = false;
  ordinals: number;

  readonly #payments: Map<PaymentId, Payment>;
  readonly #replies: Map<string, StoredReply>;
  readonly #head: Facts['head'];
  readonly #waiting = new Map<PaymentId, StoredReply>();

  constructor(gathered: Gathered) {
    this.#payments = new Map(gathered.payments);
    this.#replies = new Map(gathered.replies);
    this.ordinals = gathered.ordinals;
    this.#head = gathered.head;
    for (const reply of gathered.replies.values()) this.#noteWait(reply);
  }

  /** The reply already given under the request's key, by an earlier batch or earlier in this one. */
  replyTo({ idempotency }: CommandRequest): StoredReply | null {
    return idempotency === null ? null : (this.#replies.get(idempotency.keyHash) ?? null);
  }

  /** The place in the log of the last event that was recorded. */
  get sequence(): number {
    return this.#head.sequence + this.recorded.length;
  }

  factsFor({ command }: CommandRequest): Pick<Facts, 'payment' | 'nextOrdinal' | 'head'> {
    const subject = subjectOf(command);
    const payment = subject === null ? null : (this.#payments.get(subject) ?? null);
    return { payment, nextOrdinal: this.ordinals + 1, head: this.#head };
  }

  /** Takes a decision in: the next command sees it. */
  apply(decision: Decision, origin: Origin): void {
    this.recorded.push({ decision, origin });
    if (decision.kind === 'payment') {
      this.#applyToPayment(decision);
      return;
    }
    const { type } = decision.event;
    const { simulation, rules } = decision.controls;
    if (type === 'simulation.changed') this.settings.set('simulation', simulationText(simulation));
    if (type === 'rules.changed') this.settings.set('rules', JSON.stringify(rules.document));
    this.isReset ||= decision.isReset;
  }

  #applyToPayment({ before, payment, seen }: PaymentDecision): void {
    if (before === null) this.ordinals += 1;
    this.#payments.set(payment.id, payment);
    const touched = this.touched.get(payment.id);
    this.touched.set(payment.id, { before: touched ? touched.before : before, after: payment });
    countChange(this.counters, before, payment);
    const outcomeMs = timeToOutcome(before, payment);
    if (outcomeMs !== null) addTo(this.outcomeBins, outcomeMs);
    // A retry is no authorization of its own.
    if (seen === null || payment.attempts > 1) return;
    countAuthorization(this.counters, payment);
    addTo(this.latencyBins, seen.latencyMs);
  }

  /** The reply of a caller who waits for this payment, when it has just come to rest; else null. */
  waitEndedBy(payment: Payment): StoredReply | null {
    return isSettled(payment.status) ? (this.#waiting.get(payment.id) ?? null) : null;
  }

  keepReply(reply: StoredReply): void {
    assert(reply.body.length > 0, 'a stored reply has a body');
    this.#replies.set(reply.keyHash, reply);
    this.repliesChanged.set(reply.keyHash, reply);
    this.#noteWait(reply);
  }

  /** The wait is over: `body` takes the place of what was stored when it began. */
  endWait(reply: StoredReply, body: string): void {
    assert(reply.waitsFor !== null, 'only a waiting reply can be ended');
    this.#waiting.delete(reply.waitsFor);
    this.keepReply({ ...reply, body, waitsFor: null });
  }

  #noteWait(reply: StoredReply): void {
    if (reply.waitsFor !== null) this.#waiting.set(reply.waitsFor, reply);
  }
}

function addTo(bins: Map<number, number>, value: number): void {
  const bin = binOf(value);
  bins.set(bin, (bins.get(bin) ?? 0) + 1);
}
