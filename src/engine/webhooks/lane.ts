/**
 * One endpoint's way out. It leases what is due, keeps at most a few requests under way, and writes down in groups what
 * became of them. Lanes know nothing of each other: a slow endpoint holds up nobody.
 *
 *   resting ──wake──► turning: write results, lease more, begin requests ──► waiting for an end or a hint ──► turning
 *                        └── nothing leased, nothing under way ──► resting
 *
 * No transaction is open while a request is. A request begins only while its lease has enough time left for it to end;
 * otherwise the lease is given back.
 */
import {
  WEBHOOK_LEASE_LEFT_MS_MIN,
  WEBHOOK_LEASE_MS,
  WEBHOOKS_CLAIMED_MAX,
  WEBHOOKS_IN_FLIGHT_MAX,
} from '../../core/limits.ts';
import { type Delivery, isExpired } from '../../core/webhooks/delivery.ts';
import type { Endpoint, EndpointId } from '../../core/webhooks/endpoint.ts';
import { StorageError } from '../ports.ts';
import { attempt, type AttemptParts, droppedAttempt, givenUp, type Ready } from './attempt.ts';
import { bodyOf } from './body.ts';
import type { EventTexts } from './event-texts.ts';
import type { FaultLab } from './fault-lab.ts';
import type { DeliveryOutcome, DeliveryStore, HeldDelivery } from './ports.ts';
import { Width } from './width.ts';

export interface LaneParts extends AttemptParts {
  readonly store: DeliveryStore;
  readonly texts: EventTexts;
  readonly lab: FaultLab;
  readonly newToken: () => string;
  /** An absolute address; null while it is not known where our own sinks are. */
  readonly addressOf: (url: string) => string | null;
  /** Results that come within this time are written together; 0 for those of one turn of the event loop. */
  readonly gatherMs: number;
  /**
   * Called before each request with how long it has been due, and while much is prepared; may hold the thread for a
   * moment, for the sake of others on this machine.
   */
  readonly giveWay?: (dueForMs?: number) => void;
  readonly onError: (error: unknown) => void;
  /** There may be another moment at which something is due. */
  readonly onRest: () => void;
}

/** An endpoint that answers faster than this gets its leases ahead. */
const FAST_MS = 500;
/** How much of the pace the last answer is. */
const PACE_WEIGHT = 0.2;

/** Answers that wait to be written, in characters: what is kept for longer outlives the young heap. */
const ANSWERS_CHARS_MAX = 128 * 1024;

/** After storage failed, the next try. */
const RETRY_MS = 1_000;

interface Leased {
  readonly token: string;
  readonly leaseUntilMs: number;
  readonly ready: Ready;
}

interface Result {
  readonly token: string;
  readonly outcome: DeliveryOutcome;
}

export class Lane {
  readonly #id: EndpointId;
  readonly #parts: LaneParts;
  /** Leased, not begun. */
  #queue: Leased[] = [];
  readonly #underWay = new Set<Leased>();
  #results: Result[] = [];
  /** Characters of answers among them. */
  #answered = 0;
  #wantsMore = false;
  #isStopping = false;
  /** Milliseconds that its answers take, the last ones counting most; slow until it has shown otherwise. */
  #paceMs = 2 * FAST_MS;
  #turning: Promise<void> | null = null;
  /** Set while it waits: ends the wait between two turns. */
  #turn: (() => void) | null = null;
  /** Set while it waits after storage failed. */
  #endPause: (() => void) | null = null;
  #isStrict = false;
  #isTurnSoon = false;
  /** Set while results wait for others to be written with. */
  #writeTimer: NodeJS.Timeout | undefined;
  #isWriteDue = false;
  readonly #width = new Width(() => this.#turnSoon());

  constructor(id: EndpointId, parts: LaneParts) {
    this.#id = id;
    this.#parts = parts;
  }

  /** Something may be due. */
  wake(): void {
    if (this.#isStopping) return;
    this.#wantsMore = true;
    if (this.#turning === null) this.#start();
    else this.#turnSoon();
  }

  /** The endpoint was changed: what has not begun is leased anew, as it is now. */
  async reconsider(): Promise<void> {
    await this.#giveBack(this.#queue.splice(0)).catch(this.#parts.onError);
    this.wake();
  }

  /** Resolves when it rests. */
  async rested(): Promise<void> {
    await this.#turning;
  }

  /** Begins nothing more; resolves when what is under way has ended and is written down. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#width.rest();
    this.#turn?.();
    this.#endPause?.();
    await this.#turning;
  }

  /** Gives back what is still under way: it will be sent again, with the same id. */
  async abandon(): Promise<void> {
    const leased = [...this.#underWay];
    this.#underWay.clear();
    await this.#giveBack(leased).catch(this.#parts.onError);
    this.#turn?.();
    this.#endPause?.();
  }

  #start(): void {
    this.#turning = this.#turns().finally(() => {
      this.#turning = null;
      this.#parts.onRest();
      // It was woken as it came to rest.
      if (this.#wantsMore && !this.#isStopping) this.#start();
    });
  }

  async #turns(): Promise<void> {
    for (;;) {
      if (await this.#work()) {
        if (this.#isAtRest()) return;
        await this.#nextTurn();
      } else {
        if (this.#isStopping) return;
        await this.#pause();
      }
    }
  }

  #isAtRest(): boolean {
    const isIdle = this.#underWay.size === 0 && this.#results.length === 0;
    return isIdle && this.#queue.length === 0 && (this.#isStopping || !this.#wantsMore);
  }

  /** False when storage failed. */
  async #work(): Promise<boolean> {
    try {
      if (this.#isWriteDue || this.#isStopping) await this.#write();
      if (this.#isStopping) await this.#giveBack(this.#queue.splice(0));
      else {
        if (this.#wantsMore && this.#room() > 0) await this.#lease(this.#room());
        await this.#begin();
      }
      return true;
    } catch (error) {
      this.#parts.onError(error);
      return false;
    }
  }

  /** How many may be leased now. */
  #room(): number {
    const isFast = this.#paceMs < FAST_MS;
    if (isFast) return this.#queue.length < WEBHOOKS_IN_FLIGHT_MAX ? WEBHOOKS_CLAIMED_MAX : 0;
    return Math.max(0, WEBHOOKS_IN_FLIGHT_MAX - this.#underWay.size - this.#queue.length);
  }

  /** Until something ended, or somebody woke it. */
  async #nextTurn(): Promise<void> {
    if (this.#results.length > 0) this.#writeSoon();
    if (this.#isWriteDue || (this.#wantsMore && this.#room() > 0)) this.#turnSoon();
    await new Promise<void>((resolve) => {
      this.#turn = resolve;
    });
    this.#turn = null;
  }

  async #pause(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#endPause = resolve;
      timer = setTimeout(resolve, RETRY_MS);
    });
    this.#endPause = null;
    clearTimeout(timer);
  }

  #turnSoon(): void {
    if (this.#isTurnSoon) return;
    this.#isTurnSoon = true;
    setImmediate(() => {
      this.#isTurnSoon = false;
      this.#turn?.();
    });
  }

  // ---- writing down

  /** A commit costs more than a request: results wait a little for each other, but no more than are leased at once. */
  #writeSoon(): void {
    const due = () => {
      this.#writeTimer = undefined;
      this.#isWriteDue = true;
      this.#turnSoon();
    };
    if (this.#isWriteDue) return;
    const { gatherMs, nowMs } = this.#parts;
    const isMuch =
      this.#results.length >= WEBHOOKS_CLAIMED_MAX || this.#answered >= ANSWERS_CHARS_MAX;
    if (gatherMs === 0 || isMuch) due();
    // All lanes at the same moments: what is written together costs little more than what one of them writes.
    else this.#writeTimer ??= setTimeout(due, gatherMs - (nowMs() % gatherMs));
  }

  async #write(): Promise<void> {
    clearTimeout(this.#writeTimer);
    this.#writeTimer = undefined;
    this.#isWriteDue = false;
    this.#answered = 0;
    const groups = Map.groupBy(this.#results, (result) => result.token);
    await Promise.all(Array.from(groups, ([token, group]) => this.#writeGroup(token, group)));
  }

  async #writeGroup(token: string, group: readonly Result[]): Promise<void> {
    const outcomes = group.map(({ outcome }) => outcome);
    const members = new Set(group);
    const written = () => {
      this.#results = this.#results.filter((result) => !members.has(result));
    };
    await this.#parts.store.record(token, outcomes).catch((error: unknown) => {
      // With room on the disk they can still be written; anything else would fail again, and they are sent again.
      const isLater = error instanceof StorageError && error.kind === 'unavailable';
      if (!isLater) written();
      throw error;
    });
    written();
    // The next of a payment may be due now.
    this.#wantsMore ||= this.#isStrict;
    if (outcomes.some(({ after }) => after.isGone)) await this.#giveBack(this.#queue.splice(0));
  }

  // ---- leasing

  async #lease(limit: number): Promise<void> {
    const { store, nowMs, newToken, addressOf } = this.#parts;
    this.#wantsMore = false;
    const endpoint = await store.findEndpoint(this.#id);
    const url = endpoint?.isEnabled === true ? addressOf(endpoint.url) : null;
    if (endpoint === null || url === null) return;
    this.#isStrict = endpoint.ordering === 'strict';
    const token = newToken();
    const atMs = nowMs();
    const leaseUntilMs = atMs + WEBHOOK_LEASE_MS;
    const endpointId = this.#id;
    const deliveries = await store.claim({ endpointId, limit, nowMs: atMs, leaseUntilMs, token });
    this.#wantsMore ||= deliveries.length === limit;
    if (deliveries.length === 0) return;
    try {
      await this.#prepare(deliveries, { endpoint, url, token, leaseUntilMs });
    } catch (error) {
      const held = deliveries.map(({ ordinal }) => asBefore(ordinal));
      await store.release(token, held);
      throw error;
    }
  }

  /** Sorts what was leased into what is sent, held up, dropped and given up. */
  async #prepare(
    deliveries: readonly Delivery[],
    lease: { endpoint: Endpoint; url: string; token: string; leaseUntilMs: number },
  ): Promise<void> {
    const { store, texts, lab, nowMs, scale } = this.#parts;
    const { endpoint, url, token, leaseUntilMs } = lease;
    const found = await texts.of(deliveries);
    await lab.plan(endpoint, deliveries);
    const held: HeldDelivery[] = [];
    const queue: Leased[] = [];
    const results: Result[] = [];
    for (const delivery of deliveries) {
      this.#parts.giveWay?.();
      const text = found.get(delivery.ordinal);
      const body = delivery.body ?? (text === undefined ? null : bodyOf(text, endpoint.payload));
      const plan = lab.of(delivery);
      const kinds = plan?.kinds ?? [];
      // Of a log that is gone; fan-out, which sees that, takes it out.
      if (body === null) continue;
      const mayRepeat = () => hasTimeLeft(leaseUntilMs, nowMs());
      const ready: Ready = { delivery, endpoint, url, body, kinds, mayRepeat };
      if (isExpired(delivery, nowMs(), scale)) {
        results.push({ token, outcome: givenUp(delivery) });
      } else if (kinds.includes('drop')) {
        results.push({ token, outcome: droppedAttempt(ready, this.#parts) });
        lab.forget(delivery.ordinal);
      } else if (plan !== undefined && !plan.isHeld && plan.delayMs > 0) {
        const notBeforeMs = nowMs() + plan.delayMs;
        const letsPass = kinds.includes('reorder');
        held.push({ ordinal: delivery.ordinal, notBeforeMs, letsPass });
      } else queue.push({ token, leaseUntilMs, ready });
    }
    if (held.length > 0) await store.release(token, held);
    for (const { ordinal } of held) lab.hold(ordinal);
    // What a reorder let pass is due now.
    this.#wantsMore ||= held.some(({ letsPass }) => letsPass);
    this.#queue.push(...queue);
    this.#results.push(...results);
  }

  async #giveBack(leased: readonly Leased[]): Promise<void> {
    for (const [token, group] of Map.groupBy(leased, (one) => one.token)) {
      const held = group.map(({ ready }) => asBefore(ready.delivery.ordinal));
      await this.#parts.store.release(token, held);
    }
  }

  // ---- sending

  async #begin(): Promise<void> {
    const late = this.#beginNow();
    if (late.length === 0) return;
    this.#wantsMore = true;
    await this.#giveBack(late);
  }

  /** Begins as many as may be under way; gives those whose lease is nearly over. */
  #beginNow(): Leased[] {
    const late: Leased[] = [];
    const nowMs = this.#parts.nowMs();
    while (this.#underWay.size < this.#width.value && !this.#isStopping) {
      const leased = this.#queue.shift();
      if (leased === undefined) break;
      const dueAtMs = leased.ready.delivery.nextAttemptAtMs ?? nowMs;
      this.#parts.giveWay?.(nowMs - dueAtMs);
      if (hasTimeLeft(leased.leaseUntilMs, nowMs)) this.#send(leased);
      else late.push(leased);
    }
    if (this.#queue.length > 0 && !this.#isStopping) this.#width.waits();
    else {
      this.#width.rest();
      if (!this.#wantsMore && this.#underWay.size < this.#width.value) this.#width.isAmple();
    }
    return late;
  }

  #send(leased: Leased): void {
    const { token, ready } = leased;
    this.#underWay.add(leased);
    attempt(ready, this.#parts).then(
      (outcome) => {
        // It was abandoned.
        if (!this.#underWay.delete(leased)) return;
        this.#parts.lab.forget(ready.delivery.ordinal);
        this.#results.push({ token, outcome });
        for (const { durationMs, response } of outcome.attempts) {
          this.#answered += response?.body.length ?? 0;
          this.#paceMs += (durationMs - this.#paceMs) * PACE_WEIGHT;
        }
        this.#ended();
      },
      (error: unknown) => {
        this.#underWay.delete(leased);
        this.#parts.onError(error);
        this.#ended();
      },
    );
  }

  /** The place of one that ended is taken at once; the rest waits for the next turn. */
  #ended(): void {
    const late = this.#beginNow();
    // They are found late again in the next turn, and given back there.
    this.#queue.unshift(...late);
    this.#writeSoon();
    if (late.length > 0 || (this.#wantsMore && this.#room() > 0)) this.#turnSoon();
  }
}

function hasTimeLeft(leaseUntilMs: number, nowMs: number): boolean {
  return leaseUntilMs - nowMs >= WEBHOOK_LEASE_LEFT_MS_MIN;
}

function asBefore(ordinal: number): HeldDelivery {
  return { ordinal, notBeforeMs: null, letsPass: false };
}
