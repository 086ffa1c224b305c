/** What delivering webhooks needs from the world: a place to keep deliveries in, and a way to send. */
import type { EventId, PaymentId } from '../../core/ids.ts';
import type {
  Attempt,
  AfterAttempt,
  Delivery,
  DeliveryStatus,
} from '../../core/webhooks/delivery.ts';
import type { Endpoint, EndpointId } from '../../core/webhooks/endpoint.ts';
import type { LogPosition, Page, StoredReply } from '../ports.ts';

/**
 * Endpoints, deliveries and attempts. It is kept beside the log and follows it: a delivery and the cursor that made it
 * are written in one transaction, so that after a crash none is missing and none is there twice.
 *
 * Everything rejects with a StorageError, and then nothing was written.
 */
export interface DeliveryStore {
  // ---- endpoints

  /** The oldest first. */
  endpoints(): Promise<readonly Endpoint[]>;
  findEndpoint(id: EndpointId): Promise<Endpoint | null>;
  /** It hears of events after `after`. False when there are ENDPOINTS_MAX already. */
  addEndpoint(endpoint: Endpoint, after: LogPosition, reply?: KeptReply): Promise<boolean>;
  /**
   * Reads, changes and writes in one transaction; null when there is none. What waits is put in order again when the
   * ordering changed. `change` returns the endpoint with the same id.
   */
  changeEndpoint(
    id: EndpointId,
    change: (before: Endpoint) => Endpoint,
    replyOf?: (after: Endpoint) => KeptReply | undefined,
  ): Promise<Endpoint | null>;
  /** With its deliveries. False when there is none. */
  removeEndpoint(id: EndpointId): Promise<boolean>;

  // ---- following the log

  /** How far the log has been worked through; null before the first time. */
  cursor(): Promise<LogPosition | null>;
  /**
   * Makes the deliveries of these events for the endpoints that want them, moves the cursor to `to`, all in one
   * transaction; gives the number of deliveries made. An endpoint gets no event of before it was added, and no event
   * twice. On a strict endpoint, one whose payment has an undone delivery there waits (`nextAttemptAtMs` null).
   */
  fanOut(events: readonly FannedEvent[], to: LogPosition, nowMs: number): Promise<number>;
  /** A new log began: takes all deliveries and attempts out, keeps the endpoints, puts the cursor at `at`. */
  beginLog(at: LogPosition): Promise<void>;

  // ---- work

  /** Enabled endpoints that have something due at `nowMs` and not leased. */
  endpointsWithWork(nowMs: number): Promise<readonly EndpointId[]>;
  /** Leases what is due, the oldest due first. A power cut may take a lease back: it ends the work, too. */
  claim(request: ClaimRequest): Promise<readonly Delivery[]>;
  /**
   * Writes attempts and what follows from each, in one transaction. One whose lease is no longer `token`'s changes
   * nothing and is not in the result. On a strict endpoint, a delivery that is done lets the payment's next one go.
   * Gives the ordinals that were written.
   */
  record(token: string, outcomes: readonly DeliveryOutcome[]): Promise<readonly number[]>;
  /** Gives leases back unused: at a stop, or when a delivery is held up (`notBeforeMs`). */
  release(token: string, held: readonly HeldDelivery[]): Promise<void>;
  /**
   * Ends every lease: for a claimer that knows that all others are gone, so that what a crash left under way goes out
   * at once and not when its lease is over. `leaseMs` is the longest that a lease may be.
   */
  endLeases(nowMs: number, leaseMs: number): Promise<void>;
  /** When something is due next, leases included; null when nothing is. Never earlier than the truth. */
  nextDueAtMs(): Promise<number | null>;

  // ---- by hand

  /**
   * Due at once, with a schedule from `nowMs`, whatever its status; null when there is none. On a strict endpoint it
   * takes its turn. One that is on its way is sent once more after that.
   */
  resend(ordinal: number, nowMs: number): Promise<Delivery | null>;
  /** Like resend for each of these events that the endpoint had or would want; makes what is missing. Gives how many. */
  replay(id: EndpointId, events: readonly FannedEvent[], nowMs: number): Promise<number>;
  /** A delivery of its own, beside the log. */
  addTest(delivery: TestDelivery, nowMs: number): Promise<Delivery>;

  // ---- looking

  findDelivery(
    ordinal: number,
  ): Promise<{ delivery: Delivery; attempts: readonly Attempt[] } | null>;
  /** The newest first. */
  listDeliveries(query: DeliveryQuery): Promise<Page<Delivery>>;
  /** How many there are of each status, by endpoint. */
  counts(): Promise<ReadonlyMap<EndpointId, Readonly<Record<DeliveryStatus, number>>>>;
  /**
   * How long the last attempt at each of these took, in milliseconds and in no order. One that was never tried, or was
   * dropped on purpose, has none.
   */
  lastAttemptsMs(ordinals: readonly number[]): Promise<readonly number[]>;

  // ---- idempotency keys

  /** What was answered under a key after `sinceMs`; null when nothing is kept. */
  findReply(keyHash: string, sinceMs: number): Promise<KeptReply | null>;
  /** Keeps an answer under its key unless there is one, which then stays; forgets those that are too old. */
  keepReply(reply: KeptReply): Promise<void>;

  // ---- retention

  /**
   * Looks at up to `limit` attempts behind `after` (0: the first), in the order in which they were made, and takes out those
   * of before `beforeMs` whose delivery arrived; the delivery stays. `next` is where to go on; null when all further ones
   * are younger.
   */
  removeAttempts(page: {
    readonly beforeMs: number;
    readonly after: number;
    readonly limit: number;
  }): Promise<{ readonly removed: number; readonly next: number | null }>;

  close(): Promise<void>;
}

/**
 * An answer under an idempotency key. With `addEndpoint` and `changeEndpoint` it is written with what it tells of. Where
 * several processes share the store they reject as `refused`, and write nothing, when another one has answered the key.
 */
export type KeptReply = Omit<StoredReply, 'waitsFor'>;

/** What fan-out needs to know of an event. */
export interface FannedEvent {
  readonly id: EventId;
  readonly sequence: number;
  readonly type: string;
  readonly paymentId: PaymentId | null;
  readonly paymentSequence: number | null;
  readonly atMs: number;
}

export interface TestDelivery {
  readonly endpointId: EndpointId;
  readonly eventId: EventId;
  readonly eventType: string;
  readonly body: string;
}

export interface ClaimRequest {
  readonly endpointId: EndpointId;
  readonly limit: number;
  readonly nowMs: number;
  readonly leaseUntilMs: number;
  /** Names this claimer and this claim: what is recorded must come with it. */
  readonly token: string;
}

export interface DeliveryOutcome {
  readonly ordinal: number;
  /** More than one when it was sent twice on purpose; none when it was given up without another attempt. */
  readonly attempts: readonly Attempt[];
  readonly after: AfterAttempt;
}

export interface HeldDelivery {
  readonly ordinal: number;
  /** Null: due as before. */
  readonly notBeforeMs: number | null;
  /** True: on a strict endpoint the payment's next delivery need not wait for this one any more. */
  readonly letsPass: boolean;
}

export interface DeliveryQuery {
  readonly limit: number;
  readonly cursor: string | null;
  readonly endpointId?: EndpointId;
  readonly statuses?: readonly DeliveryStatus[];
  readonly eventId?: string;
  readonly paymentId?: PaymentId;
  readonly eventTypes?: readonly string[];
}

// ---- sending

/** One POST to a receiver. */
export interface WebhookRequest {
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one request and waits for its answer within the limits of time and size. Never rejects, never follows. */
export interface Sender {
  send(request: WebhookRequest): Promise<Omit<Attempt, 'deliberate'>>;
  close(): Promise<void>;
}

/** Signs a body for one attempt: the headers of Standard Webhooks. Real time, in seconds, is the signer's business. */
export type Signer = (
  id: string,
  body: string,
  secrets: readonly string[],
) => Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>>;
