/**
 * Files with many payments in them, made by the engine itself: every payment lives its whole life through the one
 * door, on a clock that we move. One file grows; each size on the way is kept as a copy.
 */
import { constants, copyFileSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryFeatures } from '../src/adapters/features/memory.ts';
import { replyRenderer } from '../src/adapters/http/replies.ts';
import { openSqliteStore } from '../src/adapters/storage/sqlite/store.ts';
import { newSeed, systemRandom } from '../src/adapters/system/random.ts';
import { localWakeup } from '../src/adapters/system/wakeup.ts';
import { effectiveSettings, parseConfig } from '../src/apps/config.ts';
import { loadControls } from '../src/apps/controls.ts';
import type { Command } from '../src/core/commands.ts';
import { BATCH_COMMANDS_MAX } from '../src/core/limits.ts';
import type { Payment } from '../src/core/payment.ts';
import { execute } from '../src/engine/execute.ts';
import type { Clock, Engine } from '../src/engine/ports.ts';
import { snapshot } from '../src/engine/snapshot.ts';
import type { Bench } from './bench.ts';
import { CARD_KEY } from './cards.ts';
import { authorizationCommand, paymentCommand } from './fill-commands.ts';
import type { Workload } from './load-result.ts';
import { cpuSeconds } from './machine.ts';
import { startServer } from './server-process.ts';

/** Paths of database files by the number of payments in them. */
export type FilledFiles = ReadonlyMap<number, string>;

/** A payment's row, three events, a ledger entry and their indexes take about half of this. */
const BYTES_PER_PAYMENT = 8_192;

/** Virtual time from one group of payments to the next: a million of them take a day. */
const GROUP_MS = 20_000;

/** Where virtual time begins: early enough that it stays behind the wall clock. */
const BEGAN_MS_AGO = 2 * 24 * 60 * 60 * 1000;

/** What servers on filled files are told: one key, so that they know the cards again. */
export const FILLED_SETTINGS = { CARD_FINGERPRINT_KEY: CARD_KEY };

export async function fillFiles(bench: Bench, kind: Workload['kind']): Promise<FilledFiles> {
  const { sizes: paymentSizes, cardSizes } = bench.options.plan;
  const sizes = kind === 'cards' ? cardSizes : paymentSizes;
  const most = Math.max(...sizes);
  const commandAt = (index: number) =>
    kind === 'cards' ? authorizationCommand(index, most) : paymentCommand(index);
  assertRoom(bench.folder, most);
  const growing = path.join(bench.folder, `growing-${kind}.db`);
  const files = new Map<number, string>();
  let stored = 0;
  for (const size of sizes) {
    bench.say(`filling a file with ${size.toLocaleString('en')} payments (${kind})`);
    await grow(growing, { from: stored, to: size, commandAt });
    stored = size;
    await settle(bench, growing);
    const copy = path.join(bench.folder, `${kind}-${size}.db`);
    const isLast = size === sizes.at(-1);
    if (!isLast) copyFileSync(growing, copy, constants.COPYFILE_FICLONE);
    files.set(size, isLast ? growing : copy);
  }
  return files;
}

function assertRoom(folder: string, payments: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const needed = payments * BYTES_PER_PAYMENT;
  if (bavail * bsize >= needed) return;
  throw new Error(
    `${folder} has less than ${Math.ceil(needed / 2 ** 30)} GiB free; give another --folder, or --quick`,
  );
}

interface VirtualClock extends Clock {
  advance(ms: number): void;
}

interface Growth {
  readonly from: number;
  readonly to: number;
  /** What the n-th payment begins with. */
  readonly commandAt: (index: number) => Command;
}

async function grow(databasePath: string, { from, to, commandAt }: Growth): Promise<void> {
  const { engine, clock } = await openEngine(databasePath);
  for (let made = from; made < to; made += BATCH_COMMANDS_MAX) {
    const count = Math.min(BATCH_COMMANDS_MAX, to - made);
    const commands = Array.from({ length: count }, (_, index) => commandAt(made + index));
    await executeAll(engine, commands);
    await liveThrough(engine, clock);
    clock.advance(GROUP_MS);
  }
  await engine.store.close();
}

async function openEngine(databasePath: string): Promise<{ engine: Engine; clock: VirtualClock }> {
  const config = parseConfig(effectiveSettings({}, {}));
  const { retriesMax } = config.simulation;
  const publish = (payment: Payment) => JSON.stringify(snapshot(payment, retriesMax));
  let nowMs = Date.now() - BEGAN_MS_AGO;
  const clock = {
    nowMs: () => nowMs,
    ticksMs: () => performance.now(),
    advance(ms: number) {
      nowMs += ms;
    },
  };
  const options = { path: databasePath, newWriter: newSeed, publish, nowMs: clock.nowMs };
  const store = openSqliteStore(options);
  nowMs = Math.max(nowMs, (await store.logHead()).atMs);
  const engine: Engine = {
    store,
    clock,
    random: systemRandom(await store.remember('seed', newSeed())),
    wakeup: localWakeup(),
    features: memoryFeatures(),
    controls: { current: await loadControls(config, store) },
    riskModel: null,
    renderReply: replyRenderer(publish),
  };
  return { engine, clock };
}

/** Moves the clock from timer to timer until none is left. */
async function liveThrough(engine: Engine, clock: VirtualClock): Promise<void> {
  for (;;) {
    const nextAtMs = await engine.store.nextTimerAtMs();
    if (nextAtMs === null) return;
    clock.advance(Math.max(0, nextAtMs - clock.nowMs()));
    const due = await engine.store.dueTimers(clock.nowMs(), BATCH_COMMANDS_MAX);
    await executeAll(
      engine,
      due.map((timer) => ({ type: 'timer_elapsed', timer })),
    );
  }
}

async function executeAll(engine: Engine, commands: readonly Command[]): Promise<void> {
  const origin = {
    actor: 'anonymous',
    requestId: engine.random.newId(engine.clock.nowMs()),
    path: null,
  };
  const replies = await Promise.all(
    commands.map((command) => execute(engine, { command, origin, idempotency: null })),
  );
  const refused = replies.find((reply) => reply.kind !== 'decided');
  if (refused !== undefined) throw new Error(`a command was refused: ${JSON.stringify(refused)}`);
}

const SETTLE_MS_MAX = 300_000;
const IDLE_CPU_SHARE = 0.05;

/** A server's followers read what we wrote, as they would have while it was being written. */
async function settle(bench: Bench, databasePath: string): Promise<void> {
  const server = await startServer(bench, { databasePath, settings: FILLED_SETTINGS });
  const deadline = performance.now() + SETTLE_MS_MAX;
  for (let before = cpuSeconds(server.pid); performance.now() < deadline;) {
    await sleep(1_000);
    const after = cpuSeconds(server.pid);
    if (before !== null && after !== null && after - before < IDLE_CPU_SHARE) break;
    before = after;
  }
  await server.stop();
}
