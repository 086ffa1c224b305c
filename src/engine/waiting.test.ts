import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createCommand,
  mustDecide,
  runTimers,
  testClock,
  type TestClock,
  testEngine,
} from '../../test/support/engine.ts';
import { passed } from '../../test/property/store.ts';
import { emptyStore } from '../../test/support/store.ts';
import { paymentIdOf } from '../core/ids.ts';
import type { Engine, Store, Wakeup } from './ports.ts';
import { waitUntilSettled } from './waiting.ts';

let store: Store;
let clock: TestClock;
let engine: Engine;
/** Who is subscribed now. */
let listeners: number;
beforeEach(async () => {
  clock = testClock();
  store = await emptyStore(clock);
  const bare = testEngine(store, clock);
  listeners = 0;
  engine = { ...bare, wakeup: counted(bare.wakeup) };
});
afterEach(async () => {
  expectNobodyListens();
  await store.close();
});

function expectNobodyListens(): void {
  expect(listeners).toBe(0);
}

function counted(wakeup: Wakeup): Wakeup {
  return {
    ...wakeup,
    onSettled(id, listener) {
      listeners += 1;
      const unsubscribe = wakeup.onSettled(id, listener);
      let isSubscribed = true;
      return () => {
        if (isSubscribed) listeners -= 1;
        isSubscribed = false;
        unsubscribe();
      };
    },
  };
}

async function timed<Value>(work: Promise<Value>): Promise<{ value: Value; ms: number }> {
  const startedAt = performance.now();
  const value = await work;
  return { value, ms: performance.now() - startedAt };
}

test('a payment that has settled is not waited for', async () => {
  const { id } = await mustDecide(engine, createCommand());
  await runTimers(engine, clock);
  const { value, ms } = await timed(waitUntilSettled(engine, id, 10_000));
  expect(value?.status).toBe('SUCCESS');
  expect(ms).toBeLessThan(1_000);
});

test('a payment that settles ends the wait of all who wait, at once', async () => {
  const { id } = await mustDecide(engine, createCommand());
  const waits = Array.from({ length: 5 }, () => timed(waitUntilSettled(engine, id, 10_000)));
  await passed(20);
  expect(listeners).toBe(5);
  await runTimers(engine, clock);
  for (const { value, ms } of await Promise.all(waits)) {
    expect(value?.status).toBe('SUCCESS');
    expect(ms).toBeLessThan(1_000);
  }
});

test('a wait ends after its time with the payment as it stands', async () => {
  const { id } = await mustDecide(engine, createCommand());
  const { value, ms } = await timed(waitUntilSettled(engine, id, 100));
  expect(value?.status).toBe('CREATED');
  expect(ms).toBeGreaterThan(90);
  expect(ms).toBeLessThan(2_000);
});

test('a hint that gets lost costs time and no truth', async () => {
  const deaf = { ...engine, wakeup: { ...engine.wakeup, onSettled: () => () => {} } };
  const { id } = await mustDecide(engine, createCommand());
  const wait = timed(waitUntilSettled(deaf, id, 150));
  await runTimers(engine, clock);
  const { value, ms } = await wait;
  expect(value?.status).toBe('SUCCESS');
  expect(ms).toBeGreaterThan(140);
});

test('a commit between subscribing and looking is not missed', async () => {
  const { id } = await mustDecide(engine, createCommand());
  let looks = 0;
  const late: Engine = {
    ...engine,
    store: {
      ...store,
      async findPayment(asked) {
        const found = await store.findPayment(asked);
        // It settles right behind the first look's back.
        looks += 1;
        if (looks === 1) await runTimers(engine, clock);
        return found;
      },
    },
  };
  const { value, ms } = await timed(waitUntilSettled(late, id, 10_000));
  expect(value?.status).toBe('SUCCESS');
  expect(ms).toBeLessThan(1_000);
});

test('a payment that is gone is null, and not waited for', async () => {
  const id = paymentIdOf('01980000-0000-7000-8000-000000000000');
  const { value, ms } = await timed(waitUntilSettled(engine, id, 10_000));
  expect(value).toBeNull();
  expect(ms).toBeLessThan(1_000);
});

test('another payment that settles ends no wait', async () => {
  const { id } = await mustDecide(engine, createCommand());
  const wait = timed(waitUntilSettled(engine, id, 200));
  const { id: otherId } = await mustDecide(engine, createCommand());
  engine.wakeup.committed({
    settled: [otherId],
    timers: [],
    hasEvents: true,
    recorded: [],
    sequence: 2,
    isReset: false,
  });
  expect((await wait).ms).toBeGreaterThan(190);
});

test('a store that fails ends the wait, and leaves nothing behind', async () => {
  const { id } = await mustDecide(engine, createCommand());
  const broken: Engine = {
    ...engine,
    store: { ...store, findPayment: () => Promise.reject(new Error('broken')) },
  };
  await expect(waitUntilSettled(broken, id, 60_000)).rejects.toThrow('broken');
  await passed(10);
});
