/** Engines for tests: real stores, a clock that stands until it is moved, chance that can be repeated. */
import { createHash } from 'node:crypto';
import { memoryFeatures } from '../../src/adapters/features/memory.ts';
import { replyRenderer } from '../../src/adapters/http/replies.ts';
import { BUILTIN_RULES } from '../../src/adapters/rules/builtin.ts';
import { compileRules } from '../../src/adapters/rules/compile.ts';
import { systemRandom } from '../../src/adapters/system/random.ts';
import { localWakeup } from '../../src/adapters/system/wakeup.ts';
import type {
  AuthorizeCard,
  Command,
  CreatePayment,
  RetryPayment,
} from '../../src/core/commands.ts';
import type { Controls } from '../../src/core/controls.ts';
import { currencyOf } from '../../src/core/currencies.ts';
import type { PaymentId } from '../../src/core/ids.ts';
import type { Payment } from '../../src/core/payment.ts';
import type { Settings } from '../../src/core/scenario.ts';
import { simulationFrom } from '../../src/core/simulation.ts';
import { execute } from '../../src/engine/execute.ts';
import type { CommandRequest, Engine, Idempotency, Store } from '../../src/engine/ports.ts';
import { snapshot } from '../../src/engine/snapshot.ts';
import { cardOf } from './payment.ts';

export const SETTINGS: Settings = {
  failureRate: 0,
  startDelayMs: 0,
  processingDelayMs: 500,
  processingJitterMs: 0,
  retriesMax: 3,
  fraudThreshold: { anyE4: 100_000_000n, byCurrencyE4: new Map() },
  highAmountThreshold: { anyE4: 5_000_000n, byCurrencyE4: new Map() },
  highAmountDeclineRate: 0.3,
  randomDeclineRate: 0.1,
  riskBlockScore: 0.85,
  hasAmountTails: false,
  outage: 'none',
};

export const START_MS = Date.UTC(2026, 0, 1);

export interface TestClock {
  nowMs(): number;
  ticksMs(): number;
  advance(ms: number): void;
}

export function testClock(startMs = START_MS): TestClock {
  let now = startMs;
  return {
    nowMs: () => now,
    ticksMs: () => now - startMs,
    advance(ms) {
      now += ms;
    },
  };
}

/** Bytes that look random and are the same every time. */
export function repeatableEntropy(seed: string): (bytes: number) => Buffer {
  let counter = 0;
  return (bytes) => {
    const blocks: Buffer[] = [];
    for (let made = 0; made < bytes; made += 32) {
      counter += 1;
      blocks.push(createHash('sha256').update(`${seed}/${counter}`).digest());
    }
    return Buffer.concat(blocks).subarray(0, bytes);
  };
}

export function publish(payment: Payment): string {
  return JSON.stringify(snapshot(payment, SETTINGS.retriesMax));
}

export function testEngine(
  store: Store,
  clock: TestClock = testClock(),
  options: { seed?: string; settings?: Partial<Settings> } = {},
): Engine {
  const seed = options.seed ?? 'test';
  return {
    store,
    clock,
    random: systemRandom(seed, repeatableEntropy(seed)),
    wakeup: localWakeup(),
    features: memoryFeatures(),
    controls: { current: controlsOf({ ...SETTINGS, ...options.settings }) },
    riskModel: null,
    renderReply: replyRenderer(publish),
  };
}

/** The built-in rules under these settings. */
export function controlsOf(settings: Settings): Controls {
  const compiled = compileRules(BUILTIN_RULES);
  if (!compiled.ok) throw new Error('the built-in rules compile');
  return { settings, simulation: simulationFrom(settings), rules: compiled.rules };
}

export function createCommand(changes: Partial<CreatePayment> = {}): CreatePayment {
  return {
    type: 'create_payment',
    amountMinor: 10_000n,
    currency: currencyOf('USD'),
    recipient: 'alice@example.com',
    reference: null,
    description: null,
    channel: null,
    deviceId: null,
    ip: null,
    card: null,
    modelScore: null,
    metadata: {},
    scenario: null,
    ...changes,
  };
}

export function authorizeCommand(changes: Partial<AuthorizeCard> = {}): AuthorizeCard {
  return { ...createCommand(), type: 'authorize_card', card: cardOf(), ...changes };
}

export function retryCommand(
  paymentId: PaymentId,
  changes: Partial<RetryPayment> = {},
): RetryPayment {
  return { type: 'retry_payment', paymentId, card: null, modelScore: null, ...changes };
}

export function requestOf(
  command: Command,
  idempotency: Idempotency | null = null,
): CommandRequest {
  return {
    command,
    origin: { actor: 'test', requestId: 'req-1', path: null },
    idempotency,
  };
}

/** Executes and expects a decision. */
export async function mustDecide(engine: Engine, command: Command): Promise<Payment> {
  const reply = await execute(engine, requestOf(command));
  if (reply.kind !== 'decided')
    throw new Error(`expected a decision, got ${JSON.stringify(reply)}`);
  return reply.payment;
}

/** Executes due timers until none is left, moving the clock to each. */
export async function runTimers(engine: Engine, clock: TestClock): Promise<void> {
  for (;;) {
    const nextAtMs = await engine.store.nextTimerAtMs();
    if (nextAtMs === null) return;
    clock.advance(Math.max(0, nextAtMs - clock.nowMs()));
    const due = await engine.store.dueTimers(clock.nowMs(), 64);
    await Promise.all(
      due.map((timer) => execute(engine, requestOf({ type: 'timer_elapsed', timer }))),
    );
  }
}
