import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCommand, mustDecide, requestOf, testEngine } from '../../test/support/engine.ts';
import { expectEventually, passed, withBatch } from '../../test/property/store.ts';
import { emptyStore, isPostgres } from '../../test/support/store.ts';
import { scenarioOf } from '../../test/support/payment.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { PaymentId } from '../core/ids.ts';
import { BATCH_TIMERS_MAX } from '../core/limits.ts';
import type { Settings } from '../core/scenario.ts';
import { execute } from './execute.ts';
import { type CommandRequest, type Engine, StorageError, type Store } from './ports.ts';
import { OVERDUE_MS, startTimers, type Timers } from './timers.ts';

const clock = systemClock(0);
let store: Store;
let timers: Timers | undefined;
let errors: unknown[];
beforeEach(async () => {
  store = await emptyStore(clock);
  errors = [];
});
afterEach(async () => {
  await timers?.stop();
  timers = undefined;
  await store.close();
});

function engineOn(over: Store, settings: Partial<Settings> = {}): Engine {
  const still = { nowMs: () => clock.nowMs(), ticksMs: () => 0, advance: () => {} };
  return testEngine(over, still, { settings: { processingDelayMs: 0, ...settings } });
}

function run(engine: Engine): void {
  timers = startTimers(engine, (error) => errors.push(error));
}

const withDelay = (delayMs: number) => createCommand({ scenario: scenarioOf({ delayMs }) });
const statusOf = async (id: PaymentId) => (await store.findPayment(id))?.status;
const expectSuccess = (id: PaymentId, withinMs?: number) =>
  expectEventually(async () => (await statusOf(id)) === 'SUCCESS', withinMs);

describe('while a worker lives', () => {
  const leaving = () => {
    let areLive = true;
    const listeners = new Set<() => void>();
    return {
      areLive: () => areLive,
      onChange(listener: () => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      die() {
        areLive = false;
        for (const listener of listeners) listener();
      },
    };
  };

  test('a timer is left to it for a while, and fired when it has not been', async () => {
    const engine = engineOn(store);
    timers = startTimers(engine, (error) => errors.push(error), leaving());
    const { id } = await mustDecide(engine, createCommand());
    await expectSuccess(id, 20_000);
    const { events } = await store.events({ after: 0, limit: 10, paymentId: id });
    const [made, started, ended] = events.map(({ atMs }) => atMs);
    expect((started ?? 0) - (made ?? 0)).toBeGreaterThanOrEqual(OVERDUE_MS);
    expect((ended ?? 0) - (started ?? 0)).toBeGreaterThanOrEqual(OVERDUE_MS);
    expect(errors).toEqual([]);
  });

  test('and has died, everything due is fired at once', async () => {
    const engine = engineOn(store);
    // A machine that is busy with something else may be late once, and is not each time.
    await expectEventually(async () => {
      const workers = leaving();
      const own = startTimers(engine, (error) => errors.push(error), workers);
      // Its first look, which finds nothing, is over by then.
      await passed(50);
      const { id } = await mustDecide(engine, createCommand());
      workers.die();
      await expectSuccess(id, 20_000);
      await own.stop();
      const { events } = await store.events({ after: 0, limit: 10, paymentId: id });
      const [made, started] = events.map(({ atMs }) => atMs);
      return (started ?? Infinity) - (made ?? 0) < OVERDUE_MS;
    }, 20_000);
  });
});

describe('a timer', () => {
  test('that was due before the start runs at the start', async () => {
    const { id } = await mustDecide(engineOn(store), createCommand());
    run(engineOn(store));
    await expectSuccess(id);
    expect(errors).toEqual([]);
  });

  test('that is set while the pump sleeps wakes it', async () => {
    const engine = engineOn(store);
    run(engine);
    await passed(30);
    const { id } = await mustDecide(engine, createCommand());
    await expectSuccess(id);
  });

  test('that is due earlier than the pump sleeps wakes it early', async () => {
    const engine = engineOn(store);
    run(engine);
    const { id: late } = await mustDecide(engine, withDelay(60_000));
    await expectEventually(async () => (await statusOf(late)) === 'PROCESSING');
    await passed(30);
    const { id: early } = await mustDecide(engine, withDelay(50));
    await expectSuccess(early, 2_000);
    expect(await statusOf(late)).toBe('PROCESSING');
  });

  test('never runs before it is due', async () => {
    const engine = engineOn(store);
    run(engine);
    const ids = await Promise.all(
      [0, 20, 40, 80, 160].map(
        async (delayMs) => (await mustDecide(engine, withDelay(delayMs))).id,
      ),
    );
    await Promise.all(ids.map((id) => expectSuccess(id)));
    for (const [index, id] of ids.entries()) {
      const { events } = await store.events({ after: 0, limit: 10, paymentId: id });
      const [, started, ended] = events;
      const delayMs = [0, 20, 40, 80, 160][index] ?? 0;
      expect((ended?.atMs ?? 0) - (started?.atMs ?? 0)).toBeGreaterThanOrEqual(delayMs);
    }
  });

  test('in the far future is slept for, not looked for', async () => {
    let looks = 0;
    const watched: Store = {
      ...store,
      dueTimers(nowMs, limit) {
        looks += 1;
        return store.dueTimers(nowMs, limit);
      },
    };
    const engine = engineOn(watched);
    run(engine);
    await mustDecide(engine, withDelay(40 * 24 * 60 * 60 * 1000));
    await passed(300);
    expect(looks).toBeLessThan(10);
  });

  test('that is stale is taken out without a trace', async () => {
    const engine = engineOn(store);
    const { id } = await mustDecide(engine, withDelay(300));
    const [timer] = await store.dueTimers(clock.nowMs(), 1);
    if (timer === undefined) throw new Error('a timer is set');
    // The same start twice: the second one finds the payment PROCESSING.
    const again = () => execute(engine, requestOf({ type: 'timer_elapsed', timer }));
    expect((await again()).kind).toBe('decided');
    expect((await again()).kind).toBe('refused');
    run(engine);
    await expectSuccess(id);
    expect((await store.logHead()).sequence).toBe(3);
    expect(errors).toEqual([]);
  });

  test('is one of many: a crowd of them is worked off in order of time', async () => {
    const engine = engineOn(store);
    const made = await Promise.all(
      Array.from({ length: 500 }, () => mustDecide(engine, createCommand())),
    );
    run(engine);
    await Promise.all(made.map(({ id }) => expectSuccess(id)));
    expect(await store.nextTimerAtMs()).toBeNull();
    expect((await store.logHead()).sequence).toBe(1_500);
  });
});

/** Until timers that could not be worked on are tried again: on Postgres, where they are leased, after their lease. */
const AGAIN_MS = isPostgres ? 15_000 : 4_000;

describe('storage that fails', () => {
  test('to read is told, and the pump goes on a second later', async () => {
    const engine = engineOn(store);
    const { id } = await mustDecide(engine, createCommand());
    let failures = 1;
    const broken: Store = {
      ...store,
      dueTimers(nowMs, limit) {
        failures -= 1;
        return failures >= 0 ? Promise.reject(new Error('broken')) : store.dueTimers(nowMs, limit);
      },
    };
    run(engineOn(broken));
    await expectSuccess(id);
    expect(errors).toEqual([new Error('broken')]);
  });

  test('to write is told, and no timer is lost', async () => {
    const engine = engineOn(store);
    const { id } = await mustDecide(engine, createCommand());
    const full = new StorageError('unavailable', 'the disk is full');
    let failures = 2;
    const broken = withBatch(store, () => {
      failures -= 1;
      if (failures >= 0) throw full;
    });
    run(engineOn(broken));
    await expectSuccess(id, AGAIN_MS);
    expect(errors).toEqual([full, full]);
  });

  test.each([1, BATCH_TIMERS_MAX])(
    'for %i timers only does not hold up the others',
    async (count) => {
      const engine = engineOn(store);
      const pay = () => mustDecide(engine, createCommand());
      const poisoned = await Promise.all(Array.from({ length: count }, pay));
      await passed(2); // those that are refused are due first
      const others = await Promise.all(Array.from({ length: 300 }, pay));
      const ids = new Set<PaymentId | null>(poisoned.map(({ id }) => id));
      const isPoisoned = ({ command }: CommandRequest) =>
        command.type === 'timer_elapsed' && ids.has(command.timer.paymentId);
      const refusing = withBatch(store, (requests) => {
        if (requests.some(isPoisoned)) throw new StorageError('refused', 'poisoned');
      });
      run(engineOn(refusing));
      await Promise.all(others.map(({ id }) => expectSuccess(id, AGAIN_MS)));
      for (const { id } of poisoned) expect(await statusOf(id)).toBe('CREATED');
      await expectEventually(() => errors.length > 0);
    },
  );
});

describe('stopping', () => {
  test('waits for what was begun and begins nothing more', async () => {
    const engine = engineOn(store);
    const { id } = await mustDecide(engine, createCommand());
    let release = () => {};
    let begun = 0;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow = withBatch(store, () => {
      begun += 1;
      return gate;
    });
    run(engineOn(slow));
    await expectEventually(() => begun === 1);
    let isStopped = false;
    const stopped = timers?.stop().then(() => (isStopped = true));
    await passed(50);
    expect(isStopped).toBe(false);
    release();
    await stopped;
    // Its start is on disk; its outcome is due and left to the next start.
    expect(await statusOf(id)).toBe('PROCESSING');
    await passed(50);
    expect(begun).toBe(1);
    expect(await store.nextTimerAtMs()).not.toBeNull();
  });

  test('while asleep is at once, and a hint that comes later wakes nobody', async () => {
    const engine = engineOn(store);
    run(engine);
    await mustDecide(engine, withDelay(60_000));
    await passed(30);
    await timers?.stop();
    const { id } = await mustDecide(engine, createCommand());
    await passed(100);
    expect(await statusOf(id)).toBe('CREATED');
  });

  test('while storage fails does not try again', async () => {
    let looks = 0;
    const broken: Store = {
      ...store,
      dueTimers() {
        looks += 1;
        return Promise.reject(new Error('broken'));
      },
    };
    run(engineOn(broken));
    await expectEventually(() => looks === 1);
    await timers?.stop();
    await passed(1_200);
    expect(looks).toBe(1);
  });
});
