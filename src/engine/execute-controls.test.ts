import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  authorizeCommand,
  controlsOf,
  createCommand,
  mustDecide,
  requestOf,
  runTimers,
  SETTINGS,
  testClock,
  type TestClock,
  testEngine,
} from '../../test/support/engine.ts';
import { passed, withBatch } from '../../test/property/store.ts';
import { emptyStore } from '../../test/support/store.ts';
import { scenarioOf } from '../../test/support/payment.ts';
import type { ChangeSimulation, Command } from '../core/commands.ts';
import { BATCH_COMMANDS_MAX } from '../core/limits.ts';
import type { Payment } from '../core/payment.ts';
import { type SettingsPatch, simulationOver } from '../core/simulation.ts';
import { execute } from './execute.ts';
import { type Commit, type Engine, type Reply, StorageError, type Store } from './ports.ts';
import { waitUntilSettled } from './waiting.ts';

let store: Store;
let clock: TestClock;
let engine: Engine;
beforeEach(async () => {
  clock = testClock();
  store = await emptyStore(clock);
  engine = testEngine(store, clock);
});
afterEach(() => store.close());

const RESET: Command = { type: 'reset_data' };
const change = (patch: SettingsPatch, expiresInMs: number | null = null): ChangeSimulation => ({
  type: 'change_simulation',
  patch,
  expiresInMs,
});
const ask = (command: Command, over = engine) => execute(over, requestOf(command));
const askAll = (commands: readonly Command[], over = engine) =>
  Promise.all(commands.map((command) => ask(command, over)));

/** What became of each: a payment's failure or status, or what the reply is. */
function outcomes(replies: readonly Reply[]): readonly string[] {
  return replies.map((reply) => {
    if (reply.kind === 'decided') return reply.payment.failureReason ?? reply.payment.status;
    return reply.kind === 'refused' ? reply.rejection.code : reply.kind;
  });
}

const LUCKY = { randomDeclineRate: 0 };

describe('a change of the simulation', () => {
  test('holds for the commands behind it in its batch, and for none before it', async () => {
    engine = testEngine(store, clock, { settings: LUCKY });
    const replies = await askAll([
      authorizeCommand(),
      change({ outage: 'timeout' }),
      authorizeCommand(),
      change({ outage: 'none' }),
      authorizeCommand(),
    ]);
    expect(outcomes(replies)).toEqual([
      'SUCCESS',
      'changed',
      'ISSUER_TIMEOUT',
      'changed',
      'SUCCESS',
    ]);
    const { events } = await store.events({ after: 0, limit: 10 });
    expect(events.map(({ type, paymentId }) => [type, paymentId === null])).toEqual([
      ['payment.succeeded', false],
      ['simulation.changed', true],
      ['payment.failed', false],
      ['simulation.changed', true],
      ['payment.succeeded', false],
    ]);
  });

  test('answers with what it became', async () => {
    const reply = await ask(change({ failureRate: 0.5 }, 1_000));
    expect(reply).toMatchObject({
      kind: 'changed',
      event: {
        type: 'simulation.changed',
        atMs: clock.nowMs(),
        data: { failure_rate: 0.5, temporary: ['failure_rate'] },
      },
    });
  });

  test('holds after the commit, and not before', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow: Store = {
      ...store,
      async batch(requests, decideAll) {
        const replies = await store.batch(requests, decideAll);
        await gate;
        return replies;
      },
    };
    engine = testEngine(slow, clock);
    const reply = ask(change({ failureRate: 0.5 }));
    await passed(30);
    expect(engine.controls.current.settings.failureRate).toBe(0);
    release();
    await reply;
    expect(engine.controls.current.settings.failureRate).toBe(0.5);
  });

  test('that storage could not write changes nothing', async () => {
    let isBroken = true;
    const broken: Store = {
      ...store,
      batch: (requests, decideAll) =>
        store.batch(requests, (working) => {
          const replies = decideAll(working);
          if (isBroken) throw new StorageError('unavailable', 'the disk is full');
          return replies;
        }),
    };
    engine = testEngine(broken, clock, { settings: LUCKY });
    const before = engine.controls.current;
    await expect(askAll([change({ outage: 'timeout' }), authorizeCommand()])).rejects.toThrow(
      'the disk is full',
    );
    isBroken = false;
    expect(engine.controls.current).toBe(before);
    expect(outcomes([await ask(authorizeCommand())])).toEqual(['SUCCESS']);
    expect(await store.setting('simulation')).toBeNull();
  });

  test('is kept as it stands', async () => {
    await ask(change({ failureRate: 0.5 }));
    await ask(change({ outage: 'timeout' }, 60_000));
    const kept = (await store.setting('simulation')) ?? '';
    expect(simulationOver(SETTINGS, kept)).toEqual(engine.controls.current.simulation);
  });

  test('for a time ends by its timer', async () => {
    await ask(change({ failureRate: 0.5 }));
    await ask(change({ failureRate: 1 }, 60_000));
    expect(engine.controls.current.settings.failureRate).toBe(1);
    await runTimers(engine, clock);
    expect(engine.controls.current.settings.failureRate).toBe(0.5);
    expect(await store.nextTimerAtMs()).toBeNull();
    const { events } = await store.events({ after: 2, limit: 10 });
    expect(events).toMatchObject([{ type: 'simulation.changed', paymentId: null, actor: 'test' }]);
  });

  test('for a time that is changed again ends by the last timer alone', async () => {
    await ask(change({ failureRate: 1 }, 10_000));
    await ask(change({ failureRate: 0.9 }, 60_000));
    const startMs = clock.nowMs();
    await runTimers(engine, clock);
    expect(clock.nowMs()).toBe(startMs + 60_000);
    expect(engine.controls.current.settings.failureRate).toBe(0);
    expect((await store.logHead()).sequence).toBe(3);
  });

  test('for good leaves the end of what is temporary beside it where it was', async () => {
    await ask(change({ failureRate: 1, outage: 'timeout' }, 10_000));
    expect(outcomes([await ask(change({ failureRate: 0.5 }))])).toEqual(['changed']);
    const startMs = clock.nowMs();
    await runTimers(engine, clock);
    expect(clock.nowMs()).toBe(startMs + 10_000);
    expect(engine.controls.current.settings).toEqual({ ...SETTINGS, failureRate: 0.5 });
  });

  test('to the same end twice is no conflict', async () => {
    const replies = await askAll([
      change({ failureRate: 1 }, 10_000),
      change({ outage: 'timeout' }, 10_000),
    ]);
    expect(outcomes(replies)).toEqual(['changed', 'changed']);
    await runTimers(engine, clock);
    expect(engine.controls.current.settings).toEqual(SETTINGS);
  });

  test('to the end that is just coming is not lost with the timer of the one before', async () => {
    await ask(change({ failureRate: 1 }, 10_000));
    clock.advance(10_000);
    const [old] = await store.dueTimers(clock.nowMs(), 1);
    if (old === undefined) throw new Error('a timer is due');
    // The same moment, so that old and new timer are alike in all but the change they belong to.
    const replies = await askAll([
      change({ failureRate: 0.9 }, 0),
      { type: 'timer_elapsed', timer: old },
    ]);
    expect(outcomes(replies)).toEqual(['changed', 'stale_timer']);
    await runTimers(engine, clock);
    expect(engine.controls.current.settings.failureRate).toBe(0);
  });
});

describe('changed rules', () => {
  test('hold from the next command on and are kept', async () => {
    const { rules } = controlsOf(SETTINGS);
    const document = { ...rules.document, card: [] };
    const changed: Command = { type: 'change_rules', rules: { ...rules, document, card: [] } };
    engine = testEngine(store, clock, { settings: { randomDeclineRate: 1 } });
    const replies = await askAll([authorizeCommand(), changed, authorizeCommand()]);
    expect(outcomes(replies)).toEqual(['CARD_DECLINED', 'changed', 'SUCCESS']);
    expect(JSON.parse((await store.setting('rules')) ?? '')).toEqual(document);
    const { events } = await store.events({ after: 1, limit: 1 });
    expect(events).toMatchObject([{ type: 'rules.changed', paymentId: null }]);
    expect(JSON.parse(events[0]?.data ?? '')).toEqual(document);
  });
});

describe('a reset', () => {
  const sized = () => {
    const sizes: number[] = [];
    const over = testEngine(
      withBatch(store, (requests) => void sizes.push(requests.length)),
      clock,
    );
    return { over, sizes };
  };

  test('is a batch of its own, in the order in which it was asked for', async () => {
    const { over, sizes } = sized();
    const before = Array.from({ length: BATCH_COMMANDS_MAX + 2 }, () => createCommand());
    const replies = await askAll([...before, RESET, RESET, createCommand(), createCommand()], over);
    expect(sizes).toEqual([BATCH_COMMANDS_MAX, 2, 1, 1, 2]);
    expect(new Set(outcomes(replies.slice(0, -4)))).toEqual(new Set(['CREATED']));
    expect(outcomes(replies.slice(-4))).toEqual(['changed', 'changed', 'CREATED', 'CREATED']);
  });

  test('answers what was asked before it, which is gone after it', async () => {
    const replies = await askAll([createCommand(), createCommand(), RESET, createCommand()]);
    const [first, second, , last] = replies.map((reply) =>
      reply.kind === 'decided' ? reply.payment : null,
    );
    expect([first?.ordinal, second?.ordinal, last?.ordinal]).toEqual([1, 2, 1]);
    const { items } = await store.listPayments({ limit: 10, cursor: null });
    expect(items).toEqual([last]);
  });

  test('leaves nobody to refund, retry or complete', async () => {
    const { id } = await mustDecide(engine, createCommand());
    const [timer] = await store.dueTimers(clock.nowMs(), 1);
    if (timer === undefined) throw new Error('a timer is set');
    const replies = await askAll([
      RESET,
      { type: 'refund_payment', paymentId: id, amount: null, reason: null },
      { type: 'retry_payment', paymentId: id, card: null, modelScore: null },
      { type: 'timer_elapsed', timer },
    ]);
    const expected = ['changed', 'payment_not_found', 'payment_not_found', 'stale_timer'];
    expect(outcomes(replies)).toEqual(expected);
  });

  test('begins the draws anew: the same commands end as they did the first time', async () => {
    const settings = { randomDeclineRate: 0.5, highAmountDeclineRate: 0.5, failureRate: 0.5 };
    engine = testEngine(store, clock, { settings: { ...settings, processingJitterMs: 400 } });
    const life = async () => {
      const commands = Array.from({ length: 40 }, (_, index) =>
        index % 2 === 0
          ? authorizeCommand({ amountMinor: BigInt(index * 5_000 + 1) })
          : createCommand(),
      );
      const startMs = clock.nowMs();
      await askAll(commands);
      await runTimers(engine, clock);
      const { items } = await store.listPayments({ limit: 100, cursor: null });
      return items.map(({ ordinal, status, failureReason, risk, updatedAtMs }: Payment) => {
        return [ordinal, status, failureReason, risk, updatedAtMs - startMs];
      });
    };
    const first = await life();
    expect(new Set(first.map(([, , reason]) => reason)).size).toBeGreaterThan(2);
    await ask(RESET);
    expect(await life()).toEqual(first);
  });

  test('forgets what was known of cards', async () => {
    await ask(authorizeCommand({ deviceId: 'd-1', ip: '192.0.2.7' }));
    expect(engine.features.size).toBe(3);
    await ask(RESET);
    expect(engine.features.size).toBe(0);
  });

  test('forgets every key', async () => {
    const key = { keyHash: 'k', fingerprint: 'f', waits: false };
    const once = () => execute(engine, requestOf(createCommand(), key));
    expect([(await once()).kind, (await once()).kind]).toEqual(['decided', 'replayed']);
    await ask(RESET);
    expect([(await once()).kind, (await once()).kind]).toEqual(['decided', 'replayed']);
  });

  test('keeps settings and rules, and what is temporary to its end', async () => {
    await ask(change({ failureRate: 0.5 }));
    await ask(change({ outage: 'timeout' }, 60_000));
    const kept = await store.setting('simulation');
    clock.advance(10_000);
    await ask(RESET);
    expect(engine.controls.current.settings).toMatchObject({ failureRate: 0.5, outage: 'timeout' });
    expect(await store.setting('simulation')).toBe(kept);
    await runTimers(engine, clock);
    expect(engine.controls.current.settings).toEqual({ ...SETTINGS, failureRate: 0.5 });
  });

  test('ends the wait of all who wait for a payment', async () => {
    const { id } = await mustDecide(engine, createCommand());
    const startedAt = performance.now();
    const waits = [waitUntilSettled(engine, id, 10_000), waitUntilSettled(engine, id, 10_000)];
    await passed(20);
    await ask(RESET);
    expect(await Promise.all(waits)).toEqual([null, null]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test('leaves a caller who waited under a key without a reply to end', async () => {
    const key = { keyHash: 'w', fingerprint: 'f', waits: true };
    await execute(engine, requestOf(createCommand(), key));
    await ask(RESET);
    expect(await store.endWait('w')).toBeNull();
    // The same key again is a new request, whose wait ends with its own payment.
    await execute(engine, requestOf(createCommand(), key));
    await runTimers(engine, clock);
    expect(JSON.parse((await store.endWait('w'))?.body ?? '')).toMatchObject({ status: 'SUCCESS' });
  });

  test('is hinted at, so that who follows the log begins anew', async () => {
    const heard: Commit[] = [];
    await ask(change({ outage: 'timeout' }, 60_000));
    engine.wakeup.subscribe((commit) => heard.push(commit));
    await ask(RESET);
    const timer = {
      dueAtMs: clock.nowMs() + 60_000,
      paymentId: null,
      kind: 'simulation_expires',
      attempt: 1,
    };
    expect(heard).toMatchObject([
      { settled: [], timers: [timer], hasEvents: true, sequence: 1, isReset: true },
    ]);
  });

  test('that storage refuses leaves everything as it was', async () => {
    const { id } = await mustDecide(engine, createCommand({ scenario: scenarioOf({}) }));
    await ask(authorizeCommand());
    const before = await store.logHead();
    const broken: Store = {
      ...store,
      batch: (requests, decideAll) =>
        store.batch(requests, (working) => {
          decideAll(working);
          throw new StorageError('refused', 'no');
        }),
    };
    await expect(ask(RESET, { ...engine, store: broken })).rejects.toThrow('no');
    expect(await store.logHead()).toEqual(before);
    expect(engine.features.size).toBe(1);
    expect((await store.findPayment(id))?.status).toBe('CREATED');
    expect((await mustDecide(engine, createCommand())).ordinal).toBe(3);
  });
});
