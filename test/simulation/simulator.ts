/**
 * Runs a seeded workload against the real engine on a real database, with a clock that only the
 * workload moves, and has the auditor look after every step. After TigerBeetle's VOPR: what failed
 * once fails again from its seed.
 *
 * Two chances are drawn: one for what is asked, one for how it is cut into batches and when the
 * store is closed and opened, or left behind as a crash leaves it and opened from what is there.
 */
import { memoryFeatures } from '../../src/adapters/features/memory.ts';
import { BUILTIN_RULES } from '../../src/adapters/rules/builtin.ts';
import { compileRules } from '../../src/adapters/rules/compile.ts';
import type { Command, Timer } from '../../src/core/commands.ts';
import { type PaymentId, parsePaymentId } from '../../src/core/ids.ts';
import type { CompiledRules } from '../../src/core/pipeline.ts';
import { readLimit, type Settings } from '../../src/core/scenario.ts';
import {
  type SettingsPatch,
  simulationFrom,
  simulationOver,
  WIRE_NAMES,
} from '../../src/core/simulation.ts';
import { execute } from '../../src/engine/execute.ts';
import { replay } from '../../src/engine/feature-replay.ts';
import type { CommandRequest, Engine, Reply, Store } from '../../src/engine/ports.ts';
import { type Chance, chanceFrom } from '../support/chance.ts';
import { SETTINGS, testClock, type TestClock, testEngine } from '../support/engine.ts';
import { Auditor } from './auditor.ts';
import { type Ask, type Expected, Model } from './model.ts';
import type { WirePatch, WireSettings } from './settings.ts';
import { newStored, type Stored } from './stored.ts';
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
  /** Called at the end, while the database is still there. */
  readonly atEnd?: (stored: Stored) => Promise<void>;
}

export interface SimulationReport {
  readonly steps: number;
  readonly commands: number;
  readonly payments: number;
  readonly events: number;
  readonly reopened: number;
  readonly resets: number;
  /** How often each kind of reply was given. */
  readonly replies: Readonly<Record<string, number>>;
  /** How often an attempt was decided by each rule, and how often one in shadow would have. */
  readonly rules: Readonly<Record<string, number>>;
}

const CONFIGURED: Settings = {
  ...SETTINGS,
  failureRate: 0.3,
  startDelayMs: 20,
  processingJitterMs: 100,
  fraudThreshold: { anyE4: 100_000_000n, byCurrencyE4: new Map([['JPY', 15_000_000_000n]]) },
};
const CONFIGURED_ON_WIRE: WireSettings = {
  failure_rate: 0.3,
  high_amount_decline_rate: 0.3,
  random_decline_rate: 0.1,
  risk_block_score: 0.85,
  fraud_threshold: '10000,JPY:1500000',
  high_amount_threshold: '500',
  processing_start_delay_ms: 20,
  processing_delay_ms: 500,
  processing_jitter_ms: 100,
  amount_tails: false,
  outage: 'none',
};
const MONTH_MS = 31 * 24 * 3_600_000;
const TIMERS_MAX = 100_000;
const FULL_AUDIT_STEPS = 250;
const NOBODY = '01980000-0000-7000-8000-000000000000';

/** Throws an Error that names seed and step when engine and model disagree. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const simulation = await Simulation.open(options);
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

interface Begun {
  readonly cuts: Chance;
  readonly clock: TestClock;
  readonly stored: Stored;
  readonly openings: (hasWriteThread: boolean) => Promise<Store>;
  readonly hasWriteThread: boolean;
  readonly store: Store;
}

/** Opens the store, again and again; logs are named in the order in which they begin. */
function openingsOf(stored: Stored, clock: TestClock): Begun['openings'] {
  let logs = 0;
  return async (hasWriteThread) => {
    let isOpen = false;
    const store = await stored.open({
      hasWriteThread,
      // Asked for at each opening, and once for each log that a reset begins.
      newLog: () => `log-${isOpen ? (logs += 1) : logs}`,
      nowMs: () => clock.nowMs(),
    });
    isOpen = true;
    return store;
  };
}

class Simulation {
  steps = 0;
  readonly #options: SimulationOptions;
  readonly #stored: Stored;
  readonly #clock: TestClock;
  readonly #openings: Begun['openings'];
  readonly #cuts: Chance;
  readonly #model: Model;
  readonly #workload: Workload;
  readonly #auditor: Auditor;
  readonly #replies: Record<string, number> = {};
  readonly #rules: Record<string, number> = {};
  #store: Store;
  #engine: Engine;
  #hasWriteThread: boolean;
  #commands = 0;
  #reopened = 0;

  private constructor(options: SimulationOptions, begun: Begun) {
    this.#options = options;
    const { seed } = options;
    this.#cuts = begun.cuts;
    this.#clock = begun.clock;
    this.#stored = begun.stored;
    this.#openings = begun.openings;
    this.#hasWriteThread = begun.hasWriteThread;
    this.#store = begun.store;
    this.#engine = testEngine(this.#store, this.#clock, { seed, settings: CONFIGURED });
    this.#model = new Model({
      settings: CONFIGURED_ON_WIRE,
      retriesMax: CONFIGURED.retriesMax,
      draw: this.#engine.random.draw,
    });
    this.#workload = new Workload(chanceFrom(`${seed}/commands`), this.#model);
    this.#auditor = new Auditor(this.#model, this.#stored, CONFIGURED.retriesMax);
  }

  static async open(options: SimulationOptions): Promise<Simulation> {
    const cuts = chanceFrom(`${options.seed}/${options.batching}/cuts`);
    const clock = testClock();
    const stored = await newStored();
    const openings = openingsOf(stored, clock);
    const hasWriteThread = cuts.happens(0.3);
    const store = await openings(hasWriteThread);
    const begun = { cuts, clock, stored, openings, hasWriteThread, store };
    const simulation = new Simulation(options, begun);
    await simulation.#auditor.begin();
    return simulation;
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
    await this.#options.atEnd?.(this.#stored);
    return {
      steps: this.steps,
      commands: this.#commands,
      payments: this.#model.paymentsMade,
      events: this.#model.eventsMade,
      reopened: this.#reopened,
      resets: this.#model.resets,
      replies: this.#replies,
      rules: this.#rules,
    };
  }

  async end(): Promise<void> {
    await this.#store.close();
    await this.#stored.remove();
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
      await this.#auditor.reply(prediction, reply);
      this.#count(prediction, ask);
    }
    this.#commands += asks.length;
  }

  #count(prediction: Expected, ask: Ask): void {
    const { kind } = prediction;
    const asked = ask.kind === 'retry' && ask.card !== null ? 'retry with another card' : ask.kind;
    const name = kind === 'refused' ? prediction.code : `${kind} ${asked}`;
    this.#replies[name] = (this.#replies[name] ?? 0) + 1;
    if (kind !== 'decided' || prediction.judged === null) return;
    const { rule, shadow } = prediction.judged.verdict;
    for (const fired of shadow === undefined ? [rule] : [rule, 'in shadow']) {
      this.#rules[fired] = (this.#rules[fired] ?? 0) + 1;
    }
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
      case 'authorize':
        return ask.command;
      case 'refund':
        return {
          type: 'refund_payment',
          paymentId: this.#idOf(ask.target),
          amount: ask.amount,
          reason: ask.reason,
        };
      case 'retry': {
        const { card, modelScore } = ask;
        return { type: 'retry_payment', paymentId: this.#idOf(ask.target), card, modelScore };
      }
      case 'timer':
        return { type: 'timer_elapsed', timer: ask.timer };
      case 'change':
        return {
          type: 'change_simulation',
          patch: settingsOf(ask.patch),
          expiresInMs: ask.expiresInMs,
        };
      case 'rules':
        return { type: 'change_rules', rules: compiled(ask.document) };
      case 'reset':
        return { type: 'reset_data' };
    }
  }

  /** Of a payment that is not there, or no longer, an id that nobody has. */
  #idOf(ordinal: number): PaymentId {
    const id = parsePaymentId(this.#model.payments[ordinal]?.identity.id ?? NOBODY);
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
    if (timer.paymentId === null) return { kind: 'timer', target: 0, timer, key: null };
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
   * Ends the store properly, or leaves it as a crash does.
   */
  async #reopen(): Promise<void> {
    this.#reopened += 1;
    // While another thread may write, a copy of the files is of no one moment.
    const isCrash = !this.#hasWriteThread && this.#cuts.happens(0.7);
    await this.#stored.leave(this.#store, isCrash);
    this.#hasWriteThread = this.#cuts.happens(0.3);
    this.#store = await this.#openings(this.#hasWriteThread);
    this.#engine = await this.#restarted();
    await this.#auditor.step(this.#audited());
  }

  /** What memory held is made again from what is on disk. */
  async #restarted(): Promise<Engine> {
    const store = this.#store;
    const features = memoryFeatures();
    await replay(store, features, 0);
    const changed = await store.setting('simulation');
    const simulation =
      changed === null ? simulationFrom(CONFIGURED) : simulationOver(CONFIGURED, changed);
    const put = await store.setting('rules');
    const rules = compiled(put === null ? BUILTIN_RULES : JSON.parse(put));
    const current = { simulation, settings: simulation.settings, rules };
    // The same chance goes on: a new one of the same seed would make the same ids again.
    return { ...this.#engine, store, features, controls: { current } };
  }

  #audited() {
    return { store: this.#store, nowMs: this.#clock.nowMs() };
  }

  async #auditEverything(): Promise<void> {
    const status = this.#cuts.pick(['SUCCESS', 'FAILED', 'REFUNDED', 'CREATED', 'PROCESSING']);
    await this.#auditor.everything(this.#audited(), status, this.#cuts.int(1, 100));
  }
}

function compiled(document: unknown): CompiledRules {
  const result = compileRules(document);
  if (!result.ok) throw new Error(`rules of the simulation: ${JSON.stringify(result.faults)}`);
  return result.rules;
}

/** The patch by the names that settings have in the code. */
function settingsOf(patch: WirePatch): SettingsPatch {
  const names = Object.entries(WIRE_NAMES);
  const fields = Object.entries(patch).map(([wireName, value]) => {
    const [name = wireName] = names.find(([, named]) => named === wireName) ?? [];
    return [name, name.endsWith('Threshold') ? readLimit(String(value)) : value];
  });
  return Object.fromEntries(fields) as SettingsPatch;
}
