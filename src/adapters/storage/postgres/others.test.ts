/** What one process hears of the others: several stores in this one, each with an engine, followers and features of its own. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectEventually, passed } from '../../../../test/property/store.ts';
import {
  authorizeCommand,
  controlsOf,
  createCommand,
  mustDecide,
  publish,
  requestOf,
  SETTINGS,
  testClock,
  type TestClock,
  testEngine,
} from '../../../../test/support/engine.ts';
import { cardOf } from '../../../../test/support/payment.ts';
import { testDatabase } from '../../../../test/support/postgres.ts';
import { entityKey } from '../../../core/entity.ts';
import { approvedCount, countIn, declinedCount, sumIn } from '../../../core/history.ts';
import { betweenBatches, execute } from '../../../engine/execute.ts';
import { replay } from '../../../engine/feature-replay.ts';
import { takeChange, takeIn } from '../../../engine/others.ts';
import type { Commit, Engine, Store } from '../../../engine/ports.ts';
import { startTimers } from '../../../engine/timers.ts';
import { waitUntilSettled } from '../../../engine/waiting.ts';
import { openPostgresStore } from './store.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

interface Process {
  readonly store: Store;
  readonly engine: Engine;
  readonly clock: TestClock;
  readonly heard: readonly Commit[];
  readonly errors: readonly unknown[];
  close(): Promise<void>;
}

let processes: Process[] = [];
let started = 0;
beforeEach(async () => {
  await DATABASE.query('drop schema public cascade; create schema public');
});
afterEach(async () => {
  await Promise.all(processes.map((each) => each.close()));
  processes = [];
});

/** As compose.ts wires it. */
async function startProcess(): Promise<Process> {
  started += 1;
  const clock = testClock();
  const heard: Commit[] = [];
  const errors: unknown[] = [];
  const store = await openPostgresStore({
    url: DATABASE.url,
    newLog: () => `log-${(started += 1)}`,
    publish,
    nowMs: () => clock.nowMs(),
    reach: (ms) => clock.advance(Math.max(0, ms - clock.nowMs())),
    async onForeignChange(change) {
      const changed = await store.setting('simulation');
      const failureRate = changed === null ? 0 : 1;
      return () => takeChange(engine, controlsOf({ ...SETTINGS, failureRate }), change);
    },
  });
  const engine = testEngine(store, clock, { seed: `process-${started}` });
  const others = await store.followOthers(await replay(store, engine.features, 0), {
    between: (work) => betweenBatches(engine, work),
    onEvents: (events) => takeIn(engine, events),
    onError: (error) => errors.push(error),
  });
  engine.wakeup.subscribe((commit) => heard.push(commit));
  const close = async () => {
    await others.stop();
    await store.close();
  };
  const process = { store, engine, clock, heard, errors, close };
  processes.push(process);
  return process;
}

const CARDS = ['1111', '2222', '3333'];

/** What is known of the cards, but for the order in which it was learned. */
function knownTo({ engine: { features }, clock }: Pick<Process, 'engine' | 'clock'>): number[][] {
  return CARDS.map((last4) => {
    const history = features.read(entityKey('card', cardOf(last4).fingerprint));
    return [
      approvedCount(history),
      declinedCount(history),
      countIn(history, '24h', clock.nowMs()),
      sumIn(history, '24h', 'USD', clock.nowMs()),
    ];
  });
}

/** How many payments by each card. */
function paymentsKnownTo(process: Process): number[] {
  return knownTo(process).map(([approved = 0, declined = 0]) => approved + declined);
}

function payByCard({ engine }: Process, index: number): Promise<unknown> {
  const card = cardOf(CARDS[index % CARDS.length]);
  return mustDecide(engine, authorizeCommand({ card, amountMinor: BigInt(100 + index) }));
}

const changing = {
  type: 'change_simulation',
  patch: { failureRate: 1 },
  expiresInMs: null,
} as const;

describe('what another process commits', () => {
  test('is known of cards, each payment once, while this one decides too, and the same after a restart', async () => {
    const [a, b] = [await startProcess(), await startProcess()];
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        Array.from({ length: 12 }, (_, index) => payByCard(index % 2 === 0 ? a : b, index)),
      );
    }
    const paid = () => a.engine.features.size + b.engine.features.size;
    await expectEventually(() => JSON.stringify(knownTo(a)) === JSON.stringify(knownTo(b)));
    expect(paid()).toBe(CARDS.length * 2);
    expect(paymentsKnownTo(a)).toEqual([40, 40, 40]);
    expect(knownTo(await startProcess())).toEqual(knownTo(a));
    // Nothing is handed on twice afterwards.
    await payByCard(a, 0);
    await expectEventually(() => JSON.stringify(knownTo(a)) === JSON.stringify(knownTo(b)));
    expect([...a.errors, ...b.errors]).toEqual([]);
  });

  test('ends a wait for the payment that it settled', async () => {
    const [a, b] = [await startProcess(), await startProcess()];
    const { id } = await mustDecide(a.engine, createCommand());
    // Longer than the test may take: only a hint ends it.
    const waited = waitUntilSettled(a.engine, id, 60_000);
    const pump = startTimers(b.engine, () => {});
    const status = async () => (await b.store.findPayment(id))?.status;
    await expectEventually(async () => (await status()) === 'PROCESSING');
    b.clock.advance(1_000);
    const settled = await waited;
    await pump.stop();
    expect(settled?.status).toBe('SUCCESS');
  });

  test('is heard of after the connections were cut', async () => {
    const [a, b] = [await startProcess(), await startProcess()];
    await expectEventually(async () => {
      await payByCard(a, 0);
      return b.engine.features.size > 0;
    });
    await DATABASE.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    const pay = () => payByCard(a, 1);
    await pay().catch(pay);
    await expectEventually(() => JSON.stringify(knownTo(b)) === JSON.stringify(knownTo(a)));
  });

  test('is not what this process committed itself, whichever writer it owned', async () => {
    const [a, b] = [await startProcess(), await startProcess()];
    await payByCard(a, 0);
    // Its writer is taken from it in between: all of it may be another's. Then it takes it back, and goes on.
    await DATABASE.query('update writers set generation = generation + 1');
    await payByCard(b, 1);
    await expectEventually(() => JSON.stringify(knownTo(b)) === JSON.stringify(knownTo(a)));
    await payByCard(a, 0);
    await payByCard(b, 1);
    await expectEventually(() => JSON.stringify(knownTo(b)) === JSON.stringify(knownTo(a)));
    expect(paymentsKnownTo(a)).toEqual([2, 2, 0]);
  });
});

describe('a process that decides nothing', () => {
  test('obeys settings that another one changed', async () => {
    const [a, b] = [await startProcess(), await startProcess()];
    await execute(a.engine, requestOf(changing));
    await expectEventually(() => b.engine.controls.current.settings.failureRate === 1);
    expect(b.heard.every(({ isReset }) => !isReset)).toBe(true);
  });

  test('forgets what it knew when another one begins a new log, and knows what comes after', async () => {
    const [a, b] = [await startProcess(), await startProcess()];
    for (let index = 0; index < 5; index += 1) await payByCard(a, 0);
    await expectEventually(() => paymentsKnownTo(b)[0] === 5);
    await execute(a.engine, requestOf({ type: 'reset_data' }));
    await payByCard(a, 1);
    await expectEventually(() => JSON.stringify(knownTo(b)) === JSON.stringify(knownTo(a)));
    expect(b.heard.filter(({ isReset }) => isReset)).toHaveLength(1);
    expect(paymentsKnownTo(b)).toEqual([0, 1, 0]);
    // It finds its writer moved, and has heard of the reset already.
    await payByCard(b, 1);
    await expectEventually(() => JSON.stringify(knownTo(b)) === JSON.stringify(knownTo(a)));
    expect(paymentsKnownTo(a)).toEqual([0, 2, 0]);
    expect(b.heard.filter(({ isReset }) => isReset)).toHaveLength(1);
  });
});

describe('a timer', () => {
  test('that its maker did not live to take is fired by another', async () => {
    const [a, b] = [await startProcess(), await startProcess()];
    const pump = startTimers(b.engine, () => {});
    // It finds nothing, and goes to sleep.
    await passed(50);
    const { id } = await mustDecide(a.engine, createCommand());
    await expectEventually(async () => (await b.store.findPayment(id))?.status === 'PROCESSING');
    await pump.stop();
  });

  test('that a process took and did not live to fire is fired by another after five seconds', async () => {
    const [a, b] = [await startProcess(), await startProcess()];
    const { id } = await mustDecide(a.engine, createCommand());
    expect(await a.store.dueTimers(a.clock.nowMs(), 10)).toHaveLength(1);
    const pump = startTimers(b.engine, () => {});
    const status = async () => (await b.store.findPayment(id))?.status;
    await expectEventually(() => b.heard.length > 0);
    b.clock.advance(4_999);
    expect(await b.store.dueTimers(b.clock.nowMs(), 10)).toEqual([]);
    b.clock.advance(1);
    await payByCard(a, 0);
    await expectEventually(async () => (await status()) === 'PROCESSING');
    await pump.stop();
  });

  test('that two processes fire has an effect once', async () => {
    const [a, b] = [await startProcess(), await startProcess()];
    const { id } = await mustDecide(a.engine, createCommand());
    const [first] = await a.store.dueTimers(a.clock.nowMs(), 10);
    b.clock.advance(5_000);
    const [again] = await b.store.dueTimers(b.clock.nowMs(), 10);
    expect(again).toEqual(first);
    if (first === undefined) throw new Error('it is due');
    const { requestId: _, ...timer } = first;
    const fired = requestOf({ type: 'timer_elapsed', timer });
    const kinds = (
      await Promise.all([
        execute(a.engine, fired),
        execute(b.engine, fired),
        execute(a.engine, fired),
      ])
    ).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['decided', 'refused', 'refused']);
    const { events } = await a.store.events({ after: 0, limit: 10, paymentId: id });
    expect(events.map(({ type }) => type)).toEqual(['payment.created', 'payment.processing']);
  });
});

test('processes that start together on an empty database begin one log', async () => {
  const [a, b, c] = await Promise.all([startProcess(), startProcess(), startProcess()]);
  const heads = await Promise.all([a, b, c].map(({ store }) => store.logHead()));
  expect(new Set(heads.map(({ writer }) => writer)).size).toBe(1);
  expect(await DATABASE.query('select count(*) from log')).toEqual([{ count: '1' }]);
});
