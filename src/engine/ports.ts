/** What the engine needs from the world. Adapters implement these; `apps/` hands them in as one record. */
import type { Command, Timer } from '../core/commands.ts';
import type { Controls } from '../core/controls.ts';
import type { CounterName } from '../core/counters.ts';
import type { ControlDecision } from '../core/decide/decision.ts';
import type { Cause, EventType } from '../core/events.ts';
import type { PaymentId, RefundId } from '../core/ids.ts';
import type { AccountTotal, LedgerEntry } from '../core/ledger.ts';
import type { Payment, Refund } from '../core/payment.ts';
import type { Rejection } from '../core/rejections.ts';
import type { Draw } from '../core/scenario.ts';
import type { Span } from '../core/time-levels.ts';
import type { Minutes, Tally } from '../core/time-series.ts';
import type { FeatureCache } from './features.ts';
import type { Recorded, WorkingSet } from './working-set.ts';

/** Everything the engine works with. */
export interface Engine {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeup: Wakeup;
  /** What is known of cards, devices and addresses. */
  readonly features: FeatureCache;
  /** How the network behaves; changed by a commit only. */
  readonly controls: { current: Controls };
  /** Asked for the score of card payments; null for the built-in one. */
  readonly riskModel: RiskModel | null;
  /** Turns what was decided into the bytes that are stored under an idempotency key and sent. */
  readonly renderReply: (
    reply: DecidedReply | RefusedReply,
    request: CommandRequest,
  ) => StoredBytes;
}

/** The engine's time: never runs backwards, not even over a restart. */
export interface Clock {
  nowMs(): number;
  /** Milliseconds with fractions from some moment on: for how long something took. */
  ticksMs(): number;
}

/** A model outside of this process. */
export interface RiskModel {
  /** A score from 0 to 1; null when there is no usable answer in time. Never rejects. */
  score(question: RiskQuestion): Promise<number | null>;
}

/** What a model is told; the names are those of the wire. No card number. */
export interface RiskQuestion {
  readonly amount: string;
  readonly currency: string;
  readonly merchant: string | null;
  readonly channel: string | null;
  readonly device_id: string | null;
  readonly ip: string | null;
  readonly card: {
    readonly brand: string;
    readonly bin: string;
    readonly last4: string;
    readonly fingerprint: string;
    readonly luhn_valid: boolean;
  };
}

export interface Random {
  /** A fresh UUIDv7 for this moment; later ids sort after earlier ones. */
  newId(nowMs: number): string;
  readonly draw: Draw;
}

/** Hints that something was committed. A hint may be lost; whoever needs certainty looks at the store. */
export interface Wakeup {
  /** Called after each commit. */
  committed(commit: Commit): void;
  /** Calls the listener after each commit; returns the function that ends the subscription. */
  subscribe(listener: (commit: Commit) => void): () => void;
  /** Calls the listener once this payment has come to rest; returns the function that ends the subscription. */
  onSettled(id: PaymentId, listener: () => void): () => void;
  /** Ends every wait as things stand, now and from now on: the process is about to stop. */
  endWaits(): void;
}

export interface Commit {
  /** Payments that came to rest in this commit. */
  readonly settled: readonly PaymentId[];
  readonly timers: readonly Timer[];
  readonly hasEvents: boolean;
  /**
   * What this process decided, in the order of its events, and the place in the log of the last of them; on a store that
   * `ordersLater` that place means nothing to others.
   */
  readonly recorded: readonly Recorded[];
  readonly sequence: number;
  /** True when everything was taken out and a new log began. */
  readonly isReset: boolean;
}

/** A command and who asked for it. */
export interface CommandRequest {
  readonly command: Command;
  readonly origin: Origin;
  /** Null when the caller sent no Idempotency-Key. */
  readonly idempotency: Idempotency | null;
}

export interface Origin {
  /** Who: `anonymous`, an API key's name, `timer`, `cli`. */
  readonly actor: string;
  readonly requestId: string;
  /** The path that was asked, for problem documents; null for commands that did not come over HTTP. */
  readonly path: string | null;
}

export interface Idempotency {
  /** Keyed hash of the caller and the key: the key itself is never stored. */
  readonly keyHash: string;
  /** Keyed hash of what was asked: the same key must come with the same request. */
  readonly fingerprint: string;
  /** True when the caller waits for the outcome: the stored reply is then replaced by the settled one. */
  readonly waits: boolean;
}

export type Reply = DecidedReply | ChangedReply | RefusedReply | ReplayedReply | WaitingReply;

export interface DecidedReply {
  readonly kind: 'decided';
  readonly payment: Payment;
  readonly cause: Cause;
  /** Set when the request carried an idempotency key: exactly what was stored. */
  readonly stored: StoredBytes | null;
}
/** How the network behaves was changed, or everything was reset. */
export interface ChangedReply {
  readonly kind: 'changed';
  readonly event: ControlDecision['event'];
}
export interface RefusedReply {
  readonly kind: 'refused';
  readonly rejection: Rejection;
  readonly stored: StoredBytes | null;
}
/** Asked before: the first answer again, byte for byte. */
export interface ReplayedReply {
  readonly kind: 'replayed';
  readonly stored: StoredBytes;
}
/** Asked before, and the first caller still waits for this payment's outcome. */
export interface WaitingReply {
  readonly kind: 'waiting';
  readonly paymentId: PaymentId;
}

export interface StoredBytes {
  readonly status: number;
  readonly body: string;
}

export interface StoredReply extends StoredBytes {
  readonly keyHash: string;
  readonly fingerprint: string;
  /** The payment whose outcome the first caller still waits for; null when the reply is final. */
  readonly waitsFor: PaymentId | null;
  readonly createdAtMs: number;
}

/** One entry of the event log as it stands on disk. */
export interface StoredEvent {
  readonly sequence: number;
  /** Null when the event is not about a payment; then it has no place in one's history either. */
  readonly paymentId: PaymentId | null;
  readonly paymentSequence: number | null;
  readonly type: EventType;
  readonly atMs: number;
  readonly requestId: string;
  readonly actor: string;
  /** JSON text of the cause. */
  readonly cause: string;
  /** JSON text of what the event is about as it became, in its public form: the payment, the settings. */
  readonly data: string;
}

/** A place in the log: the writer whose sequence it is, and the last event seen (0 for none). */
export interface LogPosition {
  readonly writer: string;
  readonly sequence: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where to go on; null at the end. */
  readonly next: string | null;
}

/**
 * Filters are joined by AND; absent ones do not filter. Newest first, but for a search by the beginning of a term (a
 * recipient, the last four of a card), which goes by term and then newest first, so that an index serves it whatever
 * is stored.
 */
export interface PaymentQuery {
  readonly limit: number;
  /** Where an earlier page of the same query ended; null for the first page. */
  readonly cursor: string | null;
  readonly statuses?: readonly string[];
  readonly currency?: string;
  readonly method?: string;
  readonly failureReason?: string;
  readonly createdFromMs?: number;
  readonly createdBeforeMs?: number;
  /** Bounds in ten-thousandths of a major unit, so that they hold for every currency. */
  readonly amountMinE4?: bigint;
  readonly amountMaxE4?: bigint;
  readonly reference?: string;
  readonly paymentId?: PaymentId;
  /** The beginning of a recipient or of the last four of a card, any case. */
  readonly searchPrefix?: string;
}

export interface EventQuery {
  /** Events behind this sequence only; 0 for all. */
  readonly after: number;
  /** Events before this sequence only; absent: to the end of the log. */
  readonly before?: number;
  /** Oldest first (`asc`) when absent. */
  readonly order?: 'asc' | 'desc';
  readonly limit: number;
  readonly types?: readonly string[];
  readonly paymentId?: PaymentId;
}

/** A timer and the request that led to it: what it does is still that request's doing. */
export interface DueTimer extends Timer {
  readonly requestId: string;
}

export interface EventPage {
  readonly events: readonly StoredEvent[];
  /**
   * How far the log was looked through: every matching event up to this sequence is in `events`, or is not behind
   * `after`. Newest first: every one from this sequence on, or it is not before `before`.
   */
  readonly scannedTo: number;
}

export interface Totals {
  readonly counters: ReadonlyMap<CounterName, bigint>;
  /** Bins of the time-to-outcome sketch, milliseconds. */
  readonly timeToOutcome: ReadonlyMap<number, number>;
  /** Bins of the sketch of how long deciding about a card took, milliseconds. */
  readonly decisionLatency: ReadonlyMap<number, number>;
}

/** The cursor of the series: how far in the log they count. */
export const TIME_SERIES_FOLLOWER = 'time_series';

/** What the events behind `after`, up to `to`, add to the series. */
export interface SeriesAddition {
  readonly after: number;
  readonly to: LogPosition;
  readonly minutes: Minutes;
  /** Minutes before this time are not kept; what they counted stays in their hours and days. */
  readonly minutesKeptFromMs: number;
}

export interface Store {
  /** True when a commit goes on beside the caller: then the next batch is worth deciding meanwhile. */
  readonly commitsElsewhere: boolean;
  /**
   * True when other processes write to the same database, and events get their place in the log after their commit: who needs
   * to know it reads the log, as a commit does not say.
   */
  readonly ordersLater: boolean;

  /**
   * Reads what the requests need, calls `decideAll` once, and writes what it changed, in one transaction that
   * is on disk when the promise settles. Rejects with a StorageError, and then nothing was written.
   *
   * It decides at once. When the batch before it is still on its way to the disk, it is decided on top of that one and
   * written after it, and is `superseded` when that one fails.
   */
  batch(
    requests: readonly CommandRequest[],
    decideAll: (working: WorkingSet) => readonly Reply[],
  ): Promise<readonly Reply[]>;

  /** Ends a caller's wait: the reply under the key becomes final as it stands; null when a reset took it out. */
  endWait(keyHash: string): Promise<StoredBytes | null>;
  /** Takes out up to `limit` replies that were stored at `beforeMs` or earlier, the oldest first; gives how many. */
  removeReplies(beforeMs: number, limit: number): Promise<number>;

  findPayment(id: PaymentId): Promise<Payment | null>;
  findRefund(id: RefundId): Promise<{ refund: Refund; payment: Payment } | null>;
  listPayments(query: PaymentQuery): Promise<Page<Payment>>;
  totals(): Promise<Totals>;
  accountTotals(): Promise<readonly AccountTotal[]>;
  ledgerEntries(paymentId: PaymentId): Promise<readonly LedgerEntry[]>;

  /** Due timers, earliest first. */
  dueTimers(nowMs: number, limit: number): Promise<readonly DueTimer[]>;
  /** When the next timer is due; null when none is set. */
  nextTimerAtMs(): Promise<number | null>;

  logHead(): Promise<LogPosition & { readonly hash: string; readonly atMs: number }>;
  /**
   * The last entry of each chain that the log is made of, by the chain's name and the entry's place in it: of one where one
   * process writes, of one for each writer where several do. Chains without entries are left out.
   */
  chainHeads(): Promise<readonly (LogPosition & { readonly hash: string })[]>;
  events(query: EventQuery): Promise<EventPage>;
  /** What was last stored under a name by a commit (`simulation`, `rules`), as JSON text; null when nothing was. */
  setting(name: string): Promise<string | null>;
  /** A fact about this store that is set once (`value` on the first call) and then stays. */
  remember(name: string, value: string): Promise<string>;
  /** How far a follower of the log has come; null when it has not begun. */
  cursor(follower: string): Promise<LogPosition | null>;
  saveCursor(follower: string, position: LogPosition): Promise<void>;

  /**
   * Adds to the series and moves their cursor, in one transaction. False, and nothing was done, when the log is not that of
   * `to`, or the series do not end where the addition begins.
   */
  addToSeries(addition: SeriesAddition): Promise<boolean>;
  /** The tallies of a level by the time they begin at; those of nothing are not there. */
  tallies(span: Span): Promise<Map<number, Tally>>;
  /** The sum of their histograms of risk scores. */
  riskScores(span: Span): Promise<number[]>;

  close(): Promise<void>;
}

/**
 * Storage did not do what was asked.
 * `superseded`: the batch it was decided on top of failed; nothing is wrong with this one.
 * `refused`: it said no to this batch (a constraint, a conflict); part of it may pass alone.
 * `unavailable`: it cannot write now (a full disk); nothing is lost, writes resume by themselves.
 * `fatal`: it can no longer be trusted (an I/O error on commit); the process must end.
 */
export class StorageError extends Error {
  readonly kind: 'superseded' | 'refused' | 'unavailable' | 'fatal';

  constructor(kind: StorageError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A cursor that is not of this store's making: one from before its data were moved to another kind of store. */
export class ForeignCursorError extends Error {}

/** Throws a ForeignCursorError unless the cursor begins as this store's do; null is no cursor. */
export function assertOwnCursor(cursor: string | null, form: RegExp): void {
  if (cursor !== null && !form.test(cursor))
    throw new ForeignCursorError('not a cursor of this store');
}
