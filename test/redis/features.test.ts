/** What is kept of cards in Redis: a process that starts from it knows what one that reads the whole log knows. */
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis/connection.ts';
import { shardsFor } from '../../src/adapters/redis/feature-shards.ts';
import { redisFeatures } from '../../src/adapters/redis/features.ts';
import { memoryFeatures, type MemoryFeatures } from '../../src/adapters/features/memory.ts';
import { openPostgresStore } from '../../src/adapters/storage/postgres/store.ts';
import { entityKey, type EntityKey } from '../../src/core/entity.ts';
import {
  approvedCount,
  countIn,
  declinedCount,
  distinctCards,
  type History,
  observe,
  sumIn,
} from '../../src/core/history.ts';
import { betweenBatches, execute } from '../../src/engine/execute.ts';
import { keepUp, startFeatures } from '../../src/engine/feature-keeper.ts';
import { replay } from '../../src/engine/feature-replay.ts';
import type { FeatureReader, KeptFeatures } from '../../src/engine/features.ts';
import { takeChange, takeIn } from '../../src/engine/others.ts';
import type { Engine, Store } from '../../src/engine/ports.ts';
import { expectEventually } from '../property/store.ts';
import {
  authorizeCommand,
  controlsOf,
  publish,
  requestOf,
  SETTINGS,
  testClock,
  testEngine,
} from '../support/engine.ts';
import { cardOf } from '../support/payment.ts';
import { testDatabase } from '../support/postgres.ts';
import { type OwnRedis, startRedis, uniqueName } from '../support/redis.ts';

const DATABASE = await testDatabase();
const REDIS: OwnRedis = await startRedis();
afterAll(async () => {
  await DATABASE.drop();
  await REDIS.stop();
});

const CARDS = Array.from({ length: 9 }, (_, index) => cardOf(String(1000 + index)));
const DEVICES = ['laptop', 'phone', 'żółw'];
const ADDRESSES = ['81.2.69.1', '81.2.69.2', '2001:db8::1'];
const KEYS: readonly EntityKey[] = [
  ...CARDS.map(({ fingerprint }) => entityKey('card', fingerprint)),
  ...DEVICES.map((device) => entityKey('device', device)),
  ...ADDRESSES.map((address) => entityKey('ip', address)),
];

interface Process {
  readonly store: Store;
  readonly engine: Engine;
  readonly pay: (number: number) => Promise<void>;
}

let name = '';
let connection: RedisConnection;
const closing: (() => Promise<void>)[] = [];
let logs = 0;

beforeEach(async () => {
  await DATABASE.query('drop schema public cascade; create schema public');
  name = `farthing:{${uniqueName()}}:features`;
  connection = await connectRedis(REDIS.url, 2_000);
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  connection.close();
});

function keptBy(self: string, entitiesMax?: number): KeptFeatures {
  const newEpoch = () => uniqueName();
  const more = entitiesMax === undefined ? {} : { entitiesMax };
  return redisFeatures({ connection, name, self, newEpoch, ...more });
}

/** As it is wired, from what is kept or from the whole log. */
async function startProcess(kept: KeptFeatures | null = null): Promise<Process> {
  const clock = testClock();
  const store = await openPostgresStore({
    url: DATABASE.url,
    newLog: () => `log-${(logs += 1)}-${name}`,
    publish,
    nowMs: () => clock.nowMs(),
    reach: (ms) => clock.advance(Math.max(0, ms - clock.nowMs())),
    onForeignChange: async (change) => () => takeChange(engine, controlsOf(SETTINGS), change),
  });
  const engine = testEngine(store, clock, { seed: uniqueName() });
  const known =
    kept === null
      ? await replay(store, engine.features, 0)
      : (await startFeatures(store, kept, engine.features)).knownTo;
  const others = await store.followOthers(known, {
    between: (work) => betweenBatches(engine, work),
    onEvents: (events) => takeIn(engine, events),
    onError: (error) => {
      throw error;
    },
  });
  closing.push(async () => {
    await others.stop();
    await store.close();
  });
  return {
    store,
    engine,
    async pay(number) {
      clock.advance(1_700 * (number % 11));
      const card = CARDS[(number * 7) % CARDS.length] ?? cardOf();
      const command = authorizeCommand({
        card,
        amountMinor: BigInt(100 + number),
        deviceId: DEVICES[number % 4] ?? null,
        ip: ADDRESSES[number % 5] ?? null,
      });
      await execute(engine, requestOf(command));
    },
  };
}

async function payMany(processes: readonly Process[], from: number, count: number): Promise<void> {
  for (let number = from; number < from + count; number += 4) {
    const four = [0, 1, 2, 3].map(async (place) =>
      processes[place % processes.length]?.pay(number + place),
    );
    await Promise.all(four);
  }
}

function knownIn(features: FeatureReader): (History | null)[] {
  return KEYS.map((key) => features.read(key));
}

/** But for the order in which it was learned, which is each process's own. */
function figuresIn(features: FeatureReader): number[][] {
  return knownIn(features).map((history) => [
    approvedCount(history),
    declinedCount(history),
    distinctCards(history),
    countIn(history, '24h', 0),
    sumIn(history, '24h', 'USD', 0),
  ]);
}

async function fromWholeLog(store: Store): Promise<MemoryFeatures> {
  const features = memoryFeatures();
  await replay(store, features, 0);
  return features;
}

async function keepAll(store: Store, kept: KeptFeatures): Promise<void> {
  while (await keepUp({ store, kept }));
}

async function expectRefused(store: Store, why: RegExp): Promise<void> {
  const features = memoryFeatures();
  const start = await startFeatures(store, keptBy('starting'), features);
  expect(start.refusal).toMatch(why);
  expect(knownIn(features)).toEqual(knownIn(await fromWholeLog(store)));
}

test('what is kept and what the log says after it are what the whole log says', async () => {
  const kept = keptBy('keeper');
  const [a, b] = [await startProcess(), await startProcess()];
  for (let round = 0; round < 4; round += 1) {
    await payMany([a, b], round * 40, 40);
    await keepAll(a.store, kept);
  }
  await payMany([b, a], 160, 24);

  const features = memoryFeatures();
  const { knownTo, read, refusal } = await startFeatures(a.store, keptBy('starting'), features);
  const whole = await fromWholeLog(a.store);
  expect(refusal).toBeNull();
  expect(read).toBe(24);
  expect(knownTo).toBe(184);
  expect(features.size).toBe(KEYS.length);
  expect(knownIn(features)).toEqual(knownIn(whole));
});

test('a process that started from it goes on to know what everybody knows', async () => {
  const kept = keptBy('keeper');
  const [a, b] = [await startProcess(), await startProcess()];
  await payMany([a, b], 0, 100);
  await keepAll(b.store, kept);
  await payMany([a, b], 100, 20);
  const c = await startProcess(keptBy('starting'));
  await payMany([a, c, b, c], 120, 80);
  const whole = figuresIn(await fromWholeLog(a.store));
  for (const { engine } of [a, b, c]) {
    await expectEventually(
      async () => JSON.stringify(figuresIn(engine.features)) === JSON.stringify(whole),
    );
  }
});

test('reading it while payments go on and it is kept up is as exact', async () => {
  const kept = keptBy('keeper');
  const a = await startProcess();
  await payMany([a], 0, 60);
  await keepAll(a.store, kept);
  const over = new AbortController();
  const paying = (async () => {
    for (let from = 60; !over.signal.aborted; from += 4) {
      await payMany([a], from, 4);
      await keepUp({ store: a.store, kept });
    }
  })();
  const loads: MemoryFeatures[] = [];
  for (let round = 0; round < 5; round += 1) {
    const features = memoryFeatures();
    expect((await startFeatures(a.store, keptBy('starting'), features)).refusal).toBeNull();
    loads.push(features);
  }
  over.abort();
  await paying;
  const whole = knownIn(await fromWholeLog(a.store));
  for (const features of loads) {
    // The rest of the log on top of it: what it knows already changes nothing.
    await replay(a.store, features, 0);
    expect(knownIn(features)).toEqual(whole);
  }
});

test.each([
  ['one', 1],
  ['two', 410],
])('with room for %s in half a shard those who paid last are known, once each', async (_, room) => {
  const kept = keptBy('keeper', room);
  expect(await kept.hold()).toBe(true);
  expect(await kept.beginLog('log')).toBe(true);
  const lastIn = new Map<string, EntityKey>();
  const observation = { currency: 'GBP', amountMinor: 1n, isApproved: true, card: 'c' };
  for (let sequence = 1; sequence <= 200; sequence += 1) {
    const key = entityKey('card', `card ${sequence % 150}`);
    lastIn.set(shardsFor(room).of(key).name, key);
    const history = observe(null, { ...observation, atMs: 1, sequence }, 'card');
    const from = { writer: 'log', sequence: sequence - 1 };
    const step = { from, to: sequence, mark: null, entries: [[key, history]] as const };
    expect(await kept.advance(step)).toBe(true);
  }
  const names: EntityKey[] = [];
  const loaded = await kept.load((entries) => names.push(...[...entries].map(([key]) => key)));
  expect(loaded?.position.sequence).toBe(200);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining([...lastIn.values()]));
  expect(names.length).toBeLessThan(room === 1 ? lastIn.size + 1 : 150);
});

test('what is missing, torn, of another log, ahead of it or strange is not used', async () => {
  const kept = keptBy('keeper');
  const a = await startProcess();
  await payMany([a], 0, 40);
  await expectRefused(a.store, /nothing is kept/);
  await keepAll(a.store, kept);
  const spoil = async (how: (key: string) => readonly string[], pattern: RegExp) => {
    const key = (await REDIS.keys()).find((each) => each.startsWith(name) && pattern.test(each));
    await connection.ask((client) => client.call(...(how(key ?? '') as [string])));
  };
  const whole = memoryFeatures();
  expect((await startFeatures(a.store, kept, whole)).refusal).toBeNull();

  await spoil((key) => ['hset', key, 'mark', '1', 'markRequest', 'of another'], /:meta$/);
  await expectRefused(a.store, /another way/);
  await spoil(
    (key) => ['hset', key, 'position', '41', 'mark', '40', 'markRequest', 'req-1'],
    /:meta$/,
  );
  await expectRefused(a.store, /ahead of the log/);
  await spoil((key) => ['hset', key, 'version', '0'], /:meta$/);
  await expectRefused(a.store, /nothing is kept/);
  await spoil((key) => ['hset', key, 'version', '1', 'position', '40', 'log', 'other'], /:meta$/);
  await expectRefused(a.store, /another log/);

  // The keeper makes it anew, and then Redis throws a part of it away.
  await keepAll(a.store, kept);
  expect((await startFeatures(a.store, kept, memoryFeatures())).refusal).toBeNull();
  await spoil((key) => ['del', key], /:card-\d+:young$/);
  await expectRefused(a.store, /not all of it/);
  await payMany([a], 40, 40);
  await keepAll(a.store, kept);
  await keepAll(a.store, kept);
  const anew = memoryFeatures();
  expect((await startFeatures(a.store, kept, anew)).refusal).toBeNull();
  expect(knownIn(anew)).toEqual(knownIn(await fromWholeLog(a.store)));
  await REDIS.flush();
  await expectRefused(a.store, /nothing is kept/);
});

test('a reset begins it anew', async () => {
  const kept = keptBy('keeper');
  const a = await startProcess();
  await payMany([a], 0, 20);
  await keepAll(a.store, kept);
  await execute(a.engine, requestOf({ type: 'reset_data' }));
  await payMany([a], 20, 8);
  await expectRefused(a.store, /another log/);
  await keepAll(a.store, kept);
  const features = memoryFeatures();
  expect((await startFeatures(a.store, kept, features)).refusal).toBeNull();
  expect(knownIn(features)).toEqual(knownIn(await fromWholeLog(a.store)));
});

test('one process keeps it at a time; one that is gone is followed by another', async () => {
  const [one, other] = [keptBy('one'), keptBy('other')];
  const a = await startProcess();
  await payMany([a], 0, 8);
  await keepAll(a.store, one);
  expect(await other.hold()).toBe(false);
  expect(await one.hold()).toBe(true);
  await connection.ask((client) => client.del(`${name}:lease`));
  expect(await other.hold()).toBe(true);
  const from = (await one.reached()) ?? expect.fail('it was begun');
  const step = { from, to: from.sequence + 1, mark: null, entries: [] };
  expect(await one.advance(step)).toBe(false);
  expect(await other.advance({ ...step, from: { ...from, sequence: 1 } })).toBe(false);
  expect(await other.advance(step)).toBe(true);
});

test('what was made anew of somebody is put in its place, unless more is known by then', async () => {
  const kept = keptBy('keeper');
  const a = await startProcess();
  await payMany([a], 0, 20);
  await keepAll(a.store, kept);
  const head = (await kept.reached()) ?? expect.fail('it was begun');
  const whole = await fromWholeLog(a.store);
  const [key] = KEYS;
  if (key === undefined) throw new Error('there are keys');
  const history = whole.read(key) ?? expect.fail('it paid');
  const before = { ...head, sequence: head.sequence - 1 };
  expect(await kept.put([[key, history]], before)).toBe('behind');
  expect(await kept.put([[key, history]], head)).toBe('written');
  expect(await kept.put([[key, history]], { writer: 'another', sequence: 99 })).toBe('unavailable');
  expect(await kept.read([key, 'c:nobody'])).toEqual([history, null]);
  expect(await kept.rebuild()).toBe(true);
  expect(await kept.reached()).toBeNull();
});
