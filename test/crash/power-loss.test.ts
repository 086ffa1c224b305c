/**
 * A cut in the power, many times over (see power-cut.ts): every payment that was answered is there,
 * every stored reply is given again, the chain and the books are right, and the store goes on from
 * there. The same disk, taken to be fsynced as with synchronous = NORMAL, must lose answers: else
 * this test could not fail.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/adapters/storage/sqlite/store.ts';
import type { PaymentId } from '../../src/core/ids.ts';
import { execute } from '../../src/engine/execute.ts';
import type { CommandRequest, Store, StoredBytes } from '../../src/engine/ports.ts';
import { auditFile } from '../support/audit.ts';
import { type Chance, chanceFrom, freshSeed } from '../support/chance.ts';
import { withWriter } from '../support/connections.ts';
import {
  createCommand,
  mustDecide,
  publish,
  requestOf,
  testClock,
  testEngine,
} from '../support/engine.ts';
import { cutPower, DiskRecorder, type Durability, durabilityOf } from './power-cut.ts';

const TURNS = 250;
const CUTS = 60;
/**
 * Pages of WAL that bring about a checkpoint; SQLite's own 1,000 would give this short run two or
 * three.
 */
const CHECKPOINT_PAGES = 150;

const seed = freshSeed();
const folder = mkdtempSync(join(tmpdir(), 'farthing-power-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a caller was told, and in which turn. */
interface Told {
  readonly turn: number;
  readonly id: PaymentId;
  readonly version: number;
  readonly request: CommandRequest;
  readonly stored: StoredBytes | null;
}

const clock = testClock();
const open = (path: string): Store =>
  openSqliteStore({
    path,
    hasWriteThread: false,
    newWriter: () => 'abc123',
    publish,
    nowMs: () => clock.nowMs(),
  });

interface Recorded {
  readonly disk: DiskRecorder;
  readonly told: readonly Told[];
  /** As the connection really had it. */
  readonly synchronous: unknown;
}

/** Runs a workload, and after each commit looks at the disk. */
async function record(): Promise<Recorded> {
  const path = join(folder, 'original.db');
  const { value: store, writer } = await withWriter(() => open(path));
  writer.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  const engine = testEngine(store, clock, { seed, settings: { failureRate: 0.3 } });
  const chance = chanceFrom(`${seed}/workload`);
  const disk = new DiskRecorder(path);
  const told: Told[] = [];
  disk.note();
  for (let turn = 1; turn <= TURNS; turn += 1) {
    clock.advance(chance.int(0, 300));
    const requests = await requestsOf(store, chance, told);
    const replies = await Promise.all(requests.map((request) => execute(engine, request)));
    disk.note();
    for (const [index, request] of requests.entries()) {
      const reply = replies[index];
      if (reply?.kind !== 'decided') continue;
      const { id, version } = reply.payment;
      told.push({ turn, id, version, request, stored: reply.stored });
    }
  }
  const synchronous = writer.prepare('pragma synchronous').get()?.['synchronous'];
  await store.close();
  return { disk, told, synchronous };
}

/** One batch: what is due, else new payments and refunds. */
async function requestsOf(
  store: Store,
  chance: Chance,
  told: readonly Told[],
): Promise<CommandRequest[]> {
  const due = await store.dueTimers(clock.nowMs(), 64);
  if (due.length > 0) return due.map((timer) => requestOf({ type: 'timer_elapsed', timer }));
  return Array.from({ length: chance.int(1, 8) }, (_, index) => {
    const keyHash = `key-${told.length}-${index}`;
    const key = chance.happens(0.5) ? { keyHash, fingerprint: 'print', waits: false } : null;
    if (told.length === 0 || chance.happens(0.7)) return requestOf(createCommand(), key);
    const { id } = chance.pick(told);
    return requestOf({ type: 'refund_payment', paymentId: id, amount: '1', reason: null }, key);
  });
}

describe(`after a power cut (seed ${seed})`, () => {
  let recorded: Recorded;
  beforeAll(async () => {
    recorded = await record();
  });

  /** Cuts the power at many moments; returns how many answers each cut lost. */
  async function cuts(durability: Durability): Promise<number[]> {
    const { disk, told } = recorded;
    const lost: number[] = [];
    for (let cut = 0; cut < CUTS; cut += 1) {
      const name = `${seed}/${durability}/${cut}`;
      const chance = chanceFrom(name);
      const at = chance.int(0, TURNS - 1);
      const path = join(folder, `${durability}-${cut}.db`);
      cutPower(disk.turns, { at, durability, chance }, path);
      const store = open(path);
      const before = told.filter(({ turn }) => turn <= at);
      lost.push(await countLost(store, before));
      await goesOn(store, path, name);
    }
    return lost;
  }

  test('every answer is there, as the store is fsynced', { timeout: 120_000 }, async () => {
    const { disk, synchronous } = recorded;
    expect(disk.turns.filter((turn) => turn.hasCheckpoint).length).toBeGreaterThan(5);
    const lost = await cuts(durabilityOf(synchronous));
    expect(lost).toEqual(Array(CUTS).fill(0));
  });

  test(
    'answers are missing, had it been fsynced at checkpoints only',
    { timeout: 120_000 },
    async () => {
      const lost = await cuts('checkpoint');
      expect(lost.filter((answers) => answers > 0).length).toBeGreaterThan(CUTS / 2);
    },
  );
});

async function countLost(store: Store, told: readonly Told[]): Promise<number> {
  const isReplayed = await replaysOf(store, told);
  let lost = 0;
  for (const [index, { id, version }] of told.entries()) {
    const payment = await store.findPayment(id);
    const isThere = payment !== null && payment.version >= version;
    if (!isThere || !isReplayed[index]) lost += 1;
  }
  return lost;
}

/** Whether each key's reply would be given again to the byte; asked without executing anything. */
async function replaysOf(store: Store, told: readonly Told[]): Promise<boolean[]> {
  const requests = told.map(({ request }) => request);
  let isReplayed: boolean[] = [];
  await store.batch(requests, (working) => {
    isReplayed = told.map(({ request, stored }) => {
      const kept = working.replyTo(request);
      return stored === null || (kept?.status === stored.status && kept.body === stored.body);
    });
    return [];
  });
  return isReplayed;
}

/** Chain, books and totals are right, and stay so with what comes next. */
async function goesOn(store: Store, path: string, name: string): Promise<void> {
  const before = auditFile(path);
  expect({ name, faults: before.faults }).toEqual({ name, faults: [] });
  await mustDecide(testEngine(store, clock, { seed: name }), createCommand());
  const { faults, payments } = auditFile(path);
  expect({ name, faults, payments }).toEqual({ name, faults: [], payments: before.payments + 1 });
  await store.close();
}
