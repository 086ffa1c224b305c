/**
 * One run of generated traffic. It looks at the clock many times a second and sends what is due by then; what it sends is
 * the plan's alone. A store that cannot keep up makes it fall behind its rate and never makes a queue: so many payments are
 * on their way at most, the others are not made yet. What is behind is caught up with at twice the rate, until the run is
 * over and a moment after; then the rest is not sent at all.
 */
import { dueAtMs, hourAt, paymentsDue, type TrafficPlan } from '../../core/traffic/plan.ts';
import type { Engine } from '../ports.ts';
import { type DueFollowUp, FollowUps } from './follow-ups.ts';
import type { AskTraffic, SourceOf, TrafficPayment, TrafficSource } from './ports.ts';
import { type TrafficRun, type TrafficStatus, TrafficTally } from './tally.ts';

/** Payments on their way at a time: half a batch, so that callers over HTTP share it. */
const IN_FLIGHT_MAX = 128;

/** Often enough for 500 a second to come evenly; a timer costs next to nothing. */
const LOOK_MS = 20;

/** A longer stall is caught up with over several looks, not in one heap. */
const STALL_MS_MAX = 250;

/** A short stall at the very end is caught up with, so that the same plan sends the same payments. */
const GRACE_MS = 1_000;

export interface RunParts {
  readonly engine: Engine;
  readonly ask: AskTraffic;
  readonly sourceOf: SourceOf;
}

export class LiveRun {
  readonly id: string;
  readonly plan: TrafficPlan;
  readonly #engine: Engine;
  readonly #ask: AskTraffic;
  readonly #source: TrafficSource;
  readonly #tally: TrafficTally;
  readonly #followUps = new FollowUps();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #startedAtMs: number;
  #startTicks = 0;
  #lookedMs = 0;
  #endedAtMs: number | null = null;
  #status: TrafficStatus = 'running';
  #error: string | null = null;
  #thrown: { readonly cause: unknown } | null = null;
  #isOver = false;
  #wake = () => {};

  constructor({ engine, ask, sourceOf }: RunParts, plan: TrafficPlan, id: string) {
    this.id = id;
    this.plan = plan;
    this.#engine = engine;
    this.#ask = ask;
    this.#source = sourceOf(plan, id);
    this.#tally = new TrafficTally(plan);
    this.#startedAtMs = engine.clock.nowMs();
  }

  view(): TrafficRun {
    return this.#tally.view({
      id: this.id,
      status: this.#status,
      startedAtMs: this.#startedAtMs,
      endsAtMs: this.#endedAtMs ?? this.#startedAtMs + this.plan.durationSeconds * 1_000,
      error: this.#error,
    });
  }

  /** Sends until the time is up or it is stopped; then waits for what is on its way. Rejects with what broke. */
  async live(): Promise<void> {
    this.#startTicks = this.#engine.clock.ticksMs();
    try {
      while (!this.#isOver) {
        await this.#sendDue();
        if (this.#isTimeUp()) this.#isOver = true;
        if (!this.#isOver) await this.#look();
      }
    } catch (error) {
      this.fail(error);
    }
    await Promise.all(this.#inFlight);
    if (this.#thrown !== null) throw this.#thrown.cause;
  }

  /** Sends nothing more; one that is over already stays what it is. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#status = 'stopped';
    this.#wake();
  }

  /** It is over, and everything is as before. */
  end(): void {
    this.#endedAtMs = this.#engine.clock.nowMs();
    if (this.#status === 'running') this.#status = 'finished';
  }

  /** It is over because of this. */
  fail(cause: unknown): void {
    this.#thrown ??= { cause };
    this.#error ??= cause instanceof Error ? cause.message : String(cause);
    this.#isOver = true;
    this.#status = 'failed';
    this.#wake();
  }

  async #sendDue(): Promise<void> {
    const elapsedMs = this.#elapsedMs();
    const missing = paymentsDue(this.plan, elapsedMs) - this.#tally.sent;
    const sinceMs = Math.min(elapsedMs - this.#lookedMs, STALL_MS_MAX);
    const catchUp = Math.ceil((2 * this.plan.rate * Math.max(sinceMs, LOOK_MS)) / 1_000);
    this.#lookedMs = elapsedMs;
    for (let count = Math.min(missing, catchUp); count > 0 && this.#hasRoom(); count -= 1) {
      this.#sendNext();
    }
    this.#tally.behind = paymentsDue(this.plan, elapsedMs) - this.#tally.sent;
    if (!this.#hasRoom()) return;
    for (const due of await this.#followUps.due(elapsedMs, this.#engine.store)) {
      this.#track(this.#follow(due));
    }
  }

  #isTimeUp(): boolean {
    const overMs = this.#elapsedMs() - this.plan.durationSeconds * 1_000;
    return this.#tally.behind > 0 ? overMs >= GRACE_MS : overMs >= 0;
  }

  #hasRoom(): boolean {
    return this.#inFlight.size < IN_FLIGHT_MAX;
  }

  #sendNext(): void {
    const dueMs = dueAtMs(this.plan, this.#tally.sent);
    const payment = this.#source.next(hourAt(this.plan, dueMs));
    this.#tally.countSent(payment.scenario);
    this.#track(this.#send(payment, dueMs));
  }

  async #send({ path, body, followUp }: TrafficPayment, dueMs: number): Promise<void> {
    const answer = await this.#ask({ path, body });
    if (answer.ok) this.#tally.accepted += 1;
    else this.#tally.refused += 1;
    if (answer.ok && followUp !== null) this.#followUps.add(answer.payment.id, followUp, dueMs);
  }

  async #follow({ kind, request }: DueFollowUp): Promise<void> {
    const answer = await this.#ask(request);
    if (!answer.ok) return;
    if (kind === 'refund') this.#tally.refunds += 1;
    else this.#tally.retries += 1;
  }

  /** Keeps what is on its way until it is answered. */
  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.fail(error))
      .finally(() => this.#inFlight.delete(tracked));
    this.#inFlight.add(tracked);
  }

  #elapsedMs(): number {
    return this.#engine.clock.ticksMs() - this.#startTicks;
  }

  #look(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake(), LOOK_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
