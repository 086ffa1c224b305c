/**
 * Runs a seeded workload against the real engine on a real SQLite file, with a clock that only the
 * workload moves, and has the auditor look after every step. After TigerBeetle's VOPR: what failed
 * once fails again from its seed.
 *
 * Two chances are drawn: one for what is asked, one for how it is cut into batches and when the
 * store is closed and opened, or left behind as a crash leaves it and opened from a copy of its
 * files.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/adapters/storage/sqlite/store.ts';
import type { Command, Timer } from '../../src/core/commands.ts';
import { type PaymentId, parsePaymentId } from '../../src/core/ids.ts';
import { execute } from '../../src/engine/execute.ts';
import type { CommandRequest, Engine, Reply, Store } from '../../src/engine/ports.ts';
import { type Chance, chanceFrom } from '../support/chance.ts';
import { publish, SETTINGS, testClock, type TestClock, testEngine } from '../support/engine.ts';
import { Auditor } from './auditor.ts';
import { type Ask, type Expected, Model } from './model.ts';
import { type Step, Workload } from './workload.ts';

/**
 * one: every command alone. all: what arrives together is committed together. some: anything
 * between.
 */
export type Batching = 'one' | 'some' | 'all';

export interface SimulationOptions {
  readonly seed: string;
  readonly batching: Batching;
  /** How often the store is opened anew, as a probability per step. */
  readonly reopening: number;
  /** True after the last step. */
  readonly isDone: (steps: number) => boolean;
  /** Called at the end, while the file is still there. */
  readonly atEnd?: (path: string) => void;
}

export interface SimulationReport {
  readonly steps: number;
  readonly commands: number;
  readonly payments: number;
  readonly events: number;
  readonly reopened: number;
  /** How often each kind of reply was given. */
  readonly replies: Readonly<Record<string, number>>;
}

const FAILURE_RATE = 0.3;
const RULES = { startDelayMs: 20, processingDelayMs: 500, processingJitterMs: 100 };
const MONTH_MS = 31 * 24 * 3_600_000;
const TIMERS_MAX = 100_000;
const FULL_AUDIT_STEPS = 250;
const NOBODY = '01980000-0000-7000-8000-000000000000';

/** Throws an Error that names seed and step when engine and model disagree. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const simulation = new Simulation(options);
  try {
    return await simulation.run();
  } catch (error) {
    const { seed, batching } = options;
    const where = `seed ${seed}, batching ${batching}, step ${simulation.steps}`;
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    await simulation.end();
  }
}

class Simulation {
  steps = 0;
  readonly #options: SimulationOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'farthing-simulation-'));
  readonly #clock: TestClock = testClock();
  readonly #cuts: Chance;
  readonly #model: Model;
  readonly #workload: Workload;
  readonly #auditor: Auditor;
  readonly #replies: Record<string, number> = {};
  #path = join(this.#folder, '0.db');
  #store: Store;
  #engine: Engine;
  #commands = 0;
  #reopened = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const { seed, batching } = options;
    this.#cuts = chanceFrom(`${seed}/${batching}/cuts`);
    this.#store = this.#open();
    this.#engine = testEngine(this.#store, this.#clock, {
      seed,
      settings: {
        ...RULES,
        failureRate: FAILURE_RATE,
        fraudThreshold: { anyE4: 100_000_000n, byCurrencyE4: new Map([['JPY', 15_000_000_000n]]) },
      },
    });
    const { draw } = this.#engine.random;
    this.#model = new Model({
      ...RULES,
      failureRate: FAILURE_RATE,
      retriesMax: SETTINGS.retriesMax,
      fraudAbove: 10_000n,
      fraudAboveJpy: 1_500_000n,
      failureDraw: (ordinal, attempt) => draw(ordinal, attempt, 'failure'),
    });
    this.#workload = new Workload(chanceFrom(`${seed}/commands`), this.#model);
    this.#auditor = new Auditor(this.#model, SETTINGS.retriesMax);
    this.#auditor.watch(this.#path);
  }

  async run(): Promise<SimulationReport> {
    for (; !this.#options.isDone(this.steps); this.steps += 1) {
      if (this.#cuts.happens(this.#options.reopening)) await this.#reopen();
      await this.#step(this.#workload.next());
      await this.#auditor.step(this.#audited());
      if (this.steps % FULL_AUDIT_STEPS === 0) await this.#auditEverything();
    }
    await this.#settle();
    await this.#auditor.step(this.#audited());
    await this.#auditEverything();
    this.#options.atEnd?.(this.#path);
    return {
      steps: this.steps,
      commands: this.#commands,
      payments: this.#model.payments.length - 1,
      events: this.#model.events.length,
      reopened: this.#reopened,
      replies: this.#replies,
    };
  }

  async end(): Promise<void> {
    this.#auditor.close();
    await this.#store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #step(step: Step): Promise<void> {
    switch (step.kind) {
      case 'asks':
        return this.#ask(step.asks);
      case 'advance':
        return this.#clock.advance(step.ms);
      case 'timers':
        return this.#fire(step.twiceEvery);
      case 'end_wait': {
        const expected = this.#model.endWait(step.keyName);
        return this.#auditor.replayed(expected, await this.#store.endWait(step.keyName));
      }
      case 'month':
        await this.#settle();
        return this.#clock.advance(MONTH_MS);
    }
  }

  /**
   * Gives the commands to the engine, cut into batches; every reply is as the model says, in the
   * same order.
   */
  async #ask(asks: readonly Ask[]): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const requests = asks.map((ask) => this.#requestOf(ask));
    const expected: Expected[] = asks.map((ask) => this.#model.expect(ask, nowMs));
    const replies: Reply[] = [];
    while (replies.length < requests.length) {
      const batch = requests.slice(replies.length, replies.length + this.#cut(requests.length));
      replies.push(...(await Promise.all(batch.map((request) => execute(this.#engine, request)))));
    }
    for (const [index, ask] of asks.entries()) {
      const [prediction, reply] = [expected[index], replies[index]];
      if (prediction === undefined || reply === undefined) throw new Error('a reply per command');
      this.#auditor.reply(prediction, reply, ask.key?.name ?? null);
      const name =
        prediction.kind === 'refused' ? prediction.code : `${prediction.kind} ${ask.kind}`;
      this.#replies[name] = (this.#replies[name] ?? 0) + 1;
    }
    this.#commands += asks.length;
  }

  #cut(size: number): number {
    if (this.#options.batching === 'one') return 1;
    return this.#options.batching === 'all' ? size : this.#cuts.int(1, size);
  }

  #requestOf(ask: Ask): CommandRequest {
    const { key } = ask;
    return {
      command: this.#commandOf(ask),
      origin: { actor: 'simulation', requestId: `step-${this.steps}`, path: '/simulated' },
      idempotency:
        key === null ? null : { keyHash: key.name, fingerprint: key.fingerprint, waits: key.waits },
    };
  }

  #commandOf(ask: Ask): Command {
    switch (ask.kind) {
      case 'create':
        return ask.command;
      case 'refund':
        return {
          type: 'refund_payment',
          paymentId: this.#idOf(ask.target),
          amount: ask.amount,
          reason: ask.reason,
        };
      case 'retry':
        return { type: 'retry_payment', paymentId: this.#idOf(ask.target) };
      case 'timer':
        return { type: 'timer_elapsed', timer: ask.timer };
    }
  }

  #idOf(ordinal: number): PaymentId {
    const id = parsePaymentId(ordinal === 0 ? NOBODY : this.#model.must(ordinal).identity.id);
    if (id === null) throw new Error(`payment ${ordinal} has no id yet`);
    return id;
  }

  /** Fires what is due until nothing is. */
  async #fire(twiceEvery: number): Promise<void> {
    for (;;) {
      const due = await this.#store.dueTimers(this.#clock.nowMs(), TIMERS_MAX);
      if (due.length === 0) break;
      const ordinals = new Map(
        this.#model.payments.map((payment, ordinal) => [payment?.identity.id ?? '', ordinal]),
      );
      const asks = due.flatMap((timer, index): Ask[] => {
        const ask = this.#timerAsk(timer, ordinals);
        return twiceEvery > 0 && index % twiceEvery === 0 ? [ask, ask] : [ask];
      });
      await this.#ask(asks);
    }
    if (!this.#auditor.isNothingOverdue(this.#clock.nowMs()))
      throw new Error('a timer that is due did not fire');
  }

  #timerAsk(timer: Timer, ordinals: ReadonlyMap<string, number>): Ask {
    const ordinal = ordinals.get(timer.paymentId) ?? 0;
    const earliestMs = this.#model.payments[ordinal]?.timer?.fromMs ?? Infinity;
    if (this.#clock.nowMs() < earliestMs) throw new Error(`a timer fired before ${earliestMs}`);
    return { kind: 'timer', target: ordinal, timer, key: null };
  }

  async #settle(): Promise<void> {
    for (;;) {
      const nextAtMs = await this.#store.nextTimerAtMs();
      if (nextAtMs === null) return;
      this.#clock.advance(Math.max(0, nextAtMs - this.#clock.nowMs()));
      await this.#fire(0);
    }
  }

  /**
   * Ends the store properly, or leaves it as a crash does: its files are copied as they are, and go
   * on from there.
   */
  async #reopen(): Promise<void> {
    this.#reopened += 1;
    const old = this.#path;
    const isCrash = this.#cuts.happens(0.5);
    if (isCrash) {
      this.#path = join(this.#folder, `${this.#reopened}.db`);
      copyFileSync(old, this.#path);
      if (existsSync(`${old}-wal`)) copyFileSync(`${old}-wal`, `${this.#path}-wal`);
    }
    this.#auditor.close();
    await this.#store.close();
    if (isCrash) rmSync(old);
    this.#store = this.#open();
    this.#auditor.watch(this.#path);
    // The same chance goes on: a new one of the same seed would make the same ids again.
    this.#engine = { ...this.#engine, store: this.#store };
    await this.#auditor.step(this.#audited());
  }

  #open(): Store {
    const nowMs = () => this.#clock.nowMs();
    return openSqliteStore({ path: this.#path, newWriter: () => 'abc123', publish, nowMs });
  }

  #audited() {
    return { path: this.#path, store: this.#store, nowMs: this.#clock.nowMs() };
  }

  async #auditEverything(): Promise<void> {
    const status = this.#cuts.pick(['SUCCESS', 'FAILED', 'REFUNDED', 'CREATED', 'PROCESSING']);
    await this.#auditor.everything(this.#audited(), status, this.#cuts.int(1, 100));
  }
}
