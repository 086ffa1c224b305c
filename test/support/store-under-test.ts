/** A store for the contract suites: an empty one before each test, and an engine on it. */
import { afterEach, beforeEach } from 'vitest';
import type { CreatePayment } from '../../src/core/commands.ts';
import type { Payment } from '../../src/core/payment.ts';
import type { Engine, PaymentQuery, Store } from '../../src/engine/ports.ts';
import {
  createCommand,
  mustDecide,
  publish,
  runTimers,
  testClock,
  type TestClock,
  testEngine,
} from './engine.ts';

export interface StoreUnderTest {
  /** Opens the same database each time it is called between `reset` calls. */
  open(publishPayment: (payment: Payment) => string, nowMs: () => number): Promise<Store>;
  /** Makes the next `open` find an empty database. */
  reset(): Promise<void>;
  /** The stored hash of each event in order, lower-case hex, after the first event's previous hash. */
  hashes(): Promise<string[]>;
}

/** What stands at the moment: another store after `reopen`, another everything in the next test. */
export interface Standing {
  readonly store: Store;
  readonly engine: Engine;
  readonly clock: TestClock;
  /** Closes the store and opens it again, as a restart does. */
  reopen(): Promise<void>;
  /** Makes a payment, runs its timers and reads what became of it. */
  settled(changes?: Partial<CreatePayment>): Promise<Payment>;
  list(query: Partial<PaymentQuery>): Promise<readonly Payment[]>;
}

/** To be called inside `describe`. */
export function standing(under: StoreUnderTest): Standing {
  let now: { store: Store; engine: Engine; clock: TestClock } | null = null;
  const current = () => {
    if (now === null) throw new Error('a store stands only while a test runs');
    return now;
  };
  const open = async (clock: TestClock) => {
    const store = await under.open(publish, () => clock.nowMs());
    now = { store, clock, engine: testEngine(store, clock) };
  };
  beforeEach(async () => {
    await under.reset();
    await open(testClock());
  });
  afterEach(() => current().store.close());
  return {
    get store() {
      return current().store;
    },
    get engine() {
      return current().engine;
    },
    get clock() {
      return current().clock;
    },
    async reopen() {
      const { store, clock } = current();
      await store.close();
      await open(clock);
    },
    async settled(changes = {}) {
      const { store, engine, clock } = current();
      const { id } = await mustDecide(engine, createCommand(changes));
      await runTimers(engine, clock);
      const payment = await store.findPayment(id);
      if (payment === null) throw new Error('the payment is gone');
      return payment;
    },
    list: async (query) =>
      (await current().store.listPayments({ limit: 20, cursor: null, ...query })).items,
  };
}
