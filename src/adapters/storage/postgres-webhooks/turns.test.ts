/** Strict order while several processes follow the log, deliver and write results at once, in orders drawn from a seed. */
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Chance, chanceFrom, freshSeed } from '../../../../test/support/chance.ts';
import { LEASE_MS, LOG } from '../../../../test/support/deliveries-under-test.ts';
import {
  dead,
  delivered,
  endpointOf,
  eventAt,
  failing,
  NOW_MS,
} from '../../../../test/support/deliveries.ts';
import { testDatabase } from '../../../../test/support/postgres.ts';
import { isDone, type Delivery } from '../../../core/webhooks/delivery.ts';
import { StorageError } from '../../../engine/ports.ts';
import type { DeliveryStore, FannedEvent } from '../../../engine/webhooks/ports.ts';
import { openPostgresDeliveries } from './store.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

const ENDPOINT = endpointOf(1, { ordering: 'strict' });
const PAYMENTS = 12;
const EVENTS_EACH = 12;

/** The payments' events, one of each in turn: whatever is fanned out next follows on what is under way. */
const EVENTS: readonly FannedEvent[] = Array.from({ length: PAYMENTS * EVENTS_EACH }, (_, index) =>
  eventAt(index + 1, (index % PAYMENTS) + 1, Math.floor(index / PAYMENTS) + 1),
);

let stores: DeliveryStore[] = [];
beforeEach(async () => {
  await DATABASE.query('drop schema public cascade; create schema public');
  stores = [];
  for (let index = 0; index < 3; index += 1) {
    stores.push(await openPostgresDeliveries({ url: DATABASE.url }));
  }
  await stores[0]?.addEndpoint(ENDPOINT, { writer: LOG, sequence: 0 });
});
afterEach(async () => {
  for (const store of stores) await store.close();
});

/** What all workers know of each other, which no store does. */
class Floor {
  readonly chance: Chance;
  nowMs = NOW_MS;
  /** Tokens of deliveries that are under way, by payment. */
  readonly underWay = new Map<string, string>();
  /** The events of each payment that were done with, in the order of that. */
  readonly done = new Map<string, number[]>();
  busy = 0;
  tokens = 0;

  constructor(chance: Chance) {
    this.chance = chance;
  }

  begun({ paymentId, sequence }: Delivery, token: string): void {
    const key = String(paymentId);
    if (this.underWay.has(key))
      throw new Error(`${key} has two under way, one of them ${sequence}`);
    this.underWay.set(key, token);
  }

  ended({ paymentId, paymentSequence }: Delivery, isAllDone: boolean): void {
    const key = String(paymentId);
    this.underWay.delete(key);
    if (isAllDone) this.done.set(key, [...(this.done.get(key) ?? []), paymentSequence ?? 0]);
  }

  /** Lets others come in between, or not. */
  async breathe(): Promise<void> {
    for (let turns = this.chance.int(0, 3); turns > 0; turns -= 1) await setImmediate();
  }
}

async function fanOutAll(store: DeliveryStore, floor: Floor): Promise<void> {
  for (;;) {
    const from = (await store.cursor())?.sequence ?? 0;
    if (from === EVENTS.length) return;
    const page = EVENTS.slice(from, from + floor.chance.int(1, PAYMENTS));
    await store.fanOut(page, { writer: LOG, sequence: page.at(-1)?.sequence ?? 0 }, floor.nowMs);
    await floor.breathe();
  }
}

async function deliverSome(store: DeliveryStore, floor: Floor): Promise<number> {
  const { chance, nowMs } = floor;
  const token = `token-${(floor.tokens += 1)}`;
  const claimed = await store.claim({
    endpointId: ENDPOINT.id,
    limit: chance.int(1, 5),
    nowMs,
    leaseUntilMs: nowMs + LEASE_MS,
    token,
  });
  for (const delivery of claimed) floor.begun(delivery, token);
  await floor.breathe();
  const back = claimed.filter(() => chance.happens(0.2));
  const outcomes = claimed
    .filter((delivery) => !back.includes(delivery))
    .map(({ ordinal }) => {
      const drawn = chance.fraction();
      if (drawn < 0.1) return dead(ordinal);
      return drawn < 0.3 ? failing(ordinal, nowMs) : delivered(ordinal);
    });
  const doneNow = new Set(
    outcomes.flatMap(({ ordinal, after }) => (isDone(after.status) ? [ordinal] : [])),
  );
  for (const delivery of claimed) floor.ended(delivery, doneNow.has(delivery.ordinal));
  await Promise.all([
    store.record(token, outcomes),
    store.release(
      token,
      back.map(({ ordinal }) => ({ ordinal, notBeforeMs: null, letsPass: false })),
    ),
  ]);
  return claimed.length;
}

/** Until nothing is left: when all rest and nothing can be claimed, nothing ever will be. */
async function deliverAll(store: DeliveryStore, floor: Floor): Promise<void> {
  for (;;) {
    floor.busy += 1;
    const count = await deliverSome(store, floor).finally(() => (floor.busy -= 1));
    await setImmediate();
    if (count > 0) continue;
    const isFollowed = (await store.cursor())?.sequence === EVENTS.length;
    if (!isFollowed || floor.busy > 0) continue;
    if ((await store.endpointsWithWork(floor.nowMs)).length === 0 && floor.busy === 0) return;
  }
}

async function expectAllDone(): Promise<void> {
  const undone = await DATABASE.query(
    `select sequence, status, next_attempt_at_ms, lease_token from webhook_deliveries
       where status not in ('delivered', 'dead')`,
  );
  expect(undone).toEqual([]);
  const [store] = stores;
  const counts = (await store?.counts())?.get(ENDPOINT.id);
  const [rows] = await DATABASE.query(
    `select count(*) filter (where status = 'delivered')::integer as delivered,
       count(*) filter (where status = 'dead')::integer as dead from webhook_deliveries`,
  );
  expect(counts).toEqual({ pending: 0, failing: 0, ...rows });
  expect((counts?.delivered ?? 0) + (counts?.dead ?? 0)).toBe(EVENTS.length);
}

describe('on a strict endpoint', () => {
  test.each(Array.from({ length: 5 }, freshSeed))(
    'no payment has two under way, and none waits for ever (seed %s)',
    async (seed) => {
      const floor = new Floor(chanceFrom(seed));
      await Promise.all(
        stores.flatMap((store) => [
          fanOutAll(store, floor),
          deliverAll(store, floor),
          deliverAll(store, floor),
        ]),
      );
      await expectAllDone();
      const inOrder = Array.from({ length: EVENTS_EACH }, (_, index) => index + 1);
      expect([...floor.done.values()]).toEqual(Array.from({ length: PAYMENTS }, () => inOrder));
    },
  );

  test.each(Array.from({ length: 3 }, freshSeed))(
    'none waits for ever, whatever people do meanwhile (seed %s)',
    async (seed) => {
      const floor = new Floor(chanceFrom(seed));
      // With these, two of a payment may be under way: what is on its way is not called back.
      floor.begun = () => {};
      const meddle = async (store: DeliveryStore) => {
        for (let round = 0; round < 25; round += 1) {
          const ordering = floor.chance.pick(['none', 'strict'] as const);
          if (floor.chance.happens(0.4)) {
            await store.changeEndpoint(ENDPOINT.id, (before) => ({ ...before, ordering }));
          }
          await store.resend(floor.chance.int(1, EVENTS.length), NOW_MS);
          const from = floor.chance.int(0, EVENTS.length - 1);
          await store.replay(ENDPOINT.id, EVENTS.slice(from, from + 5), NOW_MS);
          await floor.breathe();
        }
      };
      const meddling = Promise.all(stores.map(meddle));
      await Promise.all(
        stores.flatMap((store) => [
          fanOutAll(store, floor),
          deliverAll(store, floor),
          meddling.then(() => deliverAll(store, floor)),
        ]),
      );
      await expectAllDone();
    },
  );

  test.each(Array.from({ length: 2 }, freshSeed))(
    'all is done in the end when connections are cut again and again (seed %s)',
    async (seed) => {
      const floor = new Floor(chanceFrom(seed));
      let cuts = 6;
      // What was leased over a connection that is gone is leased again when its time is over.
      floor.begun = () => {};
      const again = async (work: () => Promise<unknown>): Promise<void> => {
        for (;;) {
          try {
            await work();
            return;
          } catch (error) {
            if (!(error instanceof StorageError) || error.kind !== 'unavailable') throw error;
            floor.nowMs += LEASE_MS;
          }
        }
      };
      const cut = async () => {
        for (; cuts > 0; cuts -= 1) {
          await DATABASE.query(`select pg_sleep(${floor.chance.int(5, 60) / 1_000})`);
          await DATABASE.query(`select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()`);
        }
      };
      const cutting = cut();
      await Promise.all(
        stores.flatMap((store) => [
          again(() => fanOutAll(store, floor)),
          again(() => deliverAll(store, floor)),
        ]),
      );
      await cutting;
      floor.nowMs += LEASE_MS;
      await again(() => deliverAll(stores[0] as DeliveryStore, floor));
      await expectAllDone();
    },
  );
});
