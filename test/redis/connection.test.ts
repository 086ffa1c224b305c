/** A Redis that is killed, frozen, flushed or not there: nobody waits for it, nobody fails, and it comes back by itself. */
import { afterAll, afterEach, expect, test } from 'vitest';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis/connection.ts';
import { channelHints, type ChannelHints } from '../../src/adapters/redis/hints.ts';
import { workQueue, type WorkQueue } from '../../src/adapters/redis/queue.ts';
import { sharedCounter } from '../../src/adapters/redis/rate-limits.ts';
import type { Hint } from '../../src/engine/hints.ts';
import { expectEventually, passed } from '../property/store.ts';
import { freePort, type OwnRedis, startRedis, uniqueName } from '../support/redis.ts';

const REDIS: OwnRedis = await startRedis();
afterAll(() => REDIS.stop());

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  REDIS.thaw();
  for (const close of closing.splice(0).reverse()) await close();
});

async function connected(url = REDIS.url): Promise<RedisConnection> {
  const connection = await connectRedis(url);
  closing.push(() => connection.close());
  return connection;
}

const increment = (connection: RedisConnection) => connection.ask((client) => client.incr('n'));
const answers = (connection: RedisConnection) => async () => connection.reason() === null;
const answersNot = (connection: RedisConnection) => async () => connection.reason() !== null;

const BACK_MS = 15_000;

test('a Redis that answers is asked', async () => {
  const connection = await connected();
  await REDIS.flush();
  expect(await increment(connection)).toEqual({ ok: true, value: 1 });
  expect(connection.reason()).toBeNull();
});

test('one that is frozen is noticed by the cap, then left alone, and asked again when it has thawed', async () => {
  const connection = await connected();
  const said: (string | null)[] = [];
  connection.onChange(() => said.push(connection.reason()));
  REDIS.freeze();
  for (let asked = 0; asked < 3; asked += 1) {
    expect(await increment(connection)).toEqual({ ok: false });
  }
  expect(connection.reason()).toBe('no answer within 50 ms');
  let isAsked = false;
  const { ok } = await connection.ask(async () => (isAsked = true));
  expect([ok, isAsked]).toEqual([false, false]);
  REDIS.thaw();
  await expectEventually(answers(connection), BACK_MS);
  expect((await increment(connection)).ok).toBe(true);
  expect(said).toEqual(['no answer within 50 ms', null]);
});

test('one that is killed is noticed by its connection, and found again', async () => {
  const connection = await connected();
  await REDIS.kill();
  await expectEventually(answersNot(connection));
  expect(await increment(connection)).toEqual({ ok: false });
  await REDIS.restart();
  await expectEventually(answers(connection), BACK_MS);
  expect((await increment(connection)).ok).toBe(true);
});

test('one that is not there at first is found when it comes', async () => {
  const port = await freePort();
  const connection = await connected(`redis://user:secret@127.0.0.1:${port}`);
  expect(connection.reason()).toBe('ECONNREFUSED');
  const other = await connected(`redis://127.0.0.1:${port}`);
  const late = await startRedis({ port });
  closing.push(() => late.stop());
  await expectEventually(answers(other), BACK_MS);
  // The wrong password is a reason like any other, and is not said aloud.
  await expectEventually(async () => /WRONGPASS/.test(connection.reason() ?? ''), BACK_MS);
  expect(connection.reason()).not.toContain('secret');
});

test('an answer that says no counts as none, and others are still given', async () => {
  const connection = await connected();
  expect(await connection.ask((client) => client.call('NOSUCHCOMMAND'))).toEqual({ ok: false });
  expect((await increment(connection)).ok).toBe(true);
  expect(connection.reason()).toBeNull();
});

interface Listening {
  readonly hints: ChannelHints;
  readonly heard: Hint[];
}

async function hinting(channel: string, self: string): Promise<Listening> {
  const connection = await connected();
  const hints = channelHints({ url: REDIS.url, connection, channel, self });
  closing.push(() => hints.close());
  const heard: Hint[] = [];
  hints.listen((hint) => heard.push(hint));
  return { hints, heard };
}

/** Tells until the other hears it: nobody can see when a connection listens. */
async function expectHeard({ hints }: Listening, by: Listening): Promise<void> {
  const before = by.heard.length;
  await expectEventually(async () => {
    hints.tell({ dueAtMs: 1, areWebhooksChanged: false });
    return by.heard.length > before;
  }, BACK_MS);
}

test('hints reach the others, several as one, and not whoever tells them', async () => {
  const channel = uniqueName();
  const [one, other] = [await hinting(channel, 'one'), await hinting(channel, 'other')];
  await expectHeard(one, other);
  await expectHeard(other, one);
  one.hints.tell({ dueAtMs: 30, areWebhooksChanged: false });
  one.hints.tell({ dueAtMs: null, areWebhooksChanged: true });
  one.hints.tell({ dueAtMs: 20, areWebhooksChanged: false });
  await expectEventually(async () => other.heard.some(({ dueAtMs }) => dueAtMs !== 1));
  expect(other.heard.at(-1)).toEqual({ dueAtMs: 20, areWebhooksChanged: true });
  expect(one.heard.filter(({ dueAtMs }) => dueAtMs !== 1)).toEqual([]);
});

test('hints are heard again after Redis was killed, and after it was frozen', async () => {
  const channel = uniqueName();
  const [one, other] = [await hinting(channel, 'one'), await hinting(channel, 'other')];
  await expectHeard(one, other);
  await REDIS.kill();
  one.hints.tell({ dueAtMs: 1, areWebhooksChanged: false });
  await REDIS.restart();
  await expectHeard(one, other);
  REDIS.freeze();
  for (let told = 0; told < 100; told += 1) {
    one.hints.tell({ dueAtMs: told, areWebhooksChanged: false });
  }
  REDIS.thaw();
  await expectHeard(one, other);
});

async function working(prefix: string, looked: string[]): Promise<WorkQueue> {
  const connection = await connected();
  const queue = workQueue({ url: REDIS.url, connection, prefix });
  closing.push(() => queue.close());
  closing.push(queue.consume((kind) => looked.push(kind)));
  return queue;
}

test('what is left to workers is looked at by one of them, once for each tenth of a second', async () => {
  const prefix = uniqueName();
  const looked: string[] = [];
  const [one, other] = [await working(prefix, looked), await working(prefix, looked)];
  await expectEventually(async () => {
    one.jobEnqueued(uniqueName());
    return looked.includes('job');
  }, BACK_MS);
  const nowMs = Date.now();
  for (let told = 0; told < 20; told += 1) {
    one.timersDue(nowMs + 300, nowMs);
    other.timersDue(nowMs + 300, nowMs);
    one.eventsAdded(nowMs);
  }
  await expectEventually(async () => looked.includes('timers') && looked.includes('webhooks'));
  one.timersDue(nowMs + 600, nowMs);
  await expectEventually(async () => looked.filter((kind) => kind === 'timers').length > 1);
  expect(looked.filter((kind) => kind === 'timers')).toHaveLength(2);
  expect(looked.filter((kind) => kind === 'webhooks')).toHaveLength(1);
});

test.each(['killed', 'killed while the queue was being made'])(
  'work is left to workers again after Redis was %s',
  async (how) => {
    const looked: string[] = [];
    const queue = await working(uniqueName(), looked);
    const expectLooked = async () => {
      const before = looked.length;
      await expectEventually(async () => {
        queue.jobEnqueued(uniqueName());
        return looked.length > before;
      }, 40_000);
    };
    if (how === 'killed') await expectLooked();
    if (how !== 'killed') {
      // Its connections are there by then; what BullMQ makes of them is not.
      await passed(300);
      REDIS.freeze();
    }
    queue.jobEnqueued('lost');
    await passed(100);
    await REDIS.kill();
    await REDIS.restart();
    await expectLooked();
  },
  60_000,
);

test('a caller is counted for all processes, in windows that end', async () => {
  const [one, other] = [await connected(), await connected()];
  const name = uniqueName();
  const counts = [one, other].map((each) => sharedCounter(each, (caller) => `${name}:${caller}`));
  const counted: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    for (const count of counts) counted.push((await count('alice', 60_000))?.current ?? 0);
  }
  expect(counted).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const [count] = counts;
  const first = await count?.('bob', 50);
  expect(first?.current).toBe(1);
  expect(first?.ttl).toBeLessThanOrEqual(50);
  await expectEventually(async () => (await count?.('bob', 50))?.current === 1);
  await REDIS.kill();
  expect(await count?.('alice', 60_000)).toBeNull();
  await REDIS.restart();
});
