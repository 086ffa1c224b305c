/** Several processes on one database, as several stores in this one: each has connections of its own. */
import pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LEASE_MS, LOG } from '../../../../test/support/deliveries-under-test.ts';
import {
  attemptOf,
  delivered,
  endpointOf,
  eventsOf,
  NOW_MS,
} from '../../../../test/support/deliveries.ts';
import { testDatabase } from '../../../../test/support/postgres.ts';
import { type Endpoint, ENDPOINTS_MAX } from '../../../core/webhooks/endpoint.ts';
import type { DeliveryStore } from '../../../engine/webhooks/ports.ts';
import { openPostgresDeliveries } from './store.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

const START = { writer: LOG, sequence: 0 };

let stores: DeliveryStore[] = [];
beforeEach(async () => {
  await DATABASE.query('drop schema public cascade; create schema public');
});
afterEach(async () => {
  for (const store of stores) await store.close();
  stores = [];
});

async function startProcess(): Promise<DeliveryStore> {
  const store = await openPostgresDeliveries({ url: DATABASE.url });
  stores.push(store);
  return store;
}

/** Two of them, with an endpoint. */
async function startTwo(changes: Partial<Endpoint> = {}) {
  const [a, b] = [await startProcess(), await startProcess()];
  const endpoint = endpointOf(1, changes);
  await a.addEndpoint(endpoint, START);
  return { a, b, endpoint, id: endpoint.id };
}

/** Everybody at once, in turns between the processes. */
function race<Result>(
  racers: readonly DeliveryStore[],
  count: number,
  work: (store: DeliveryStore, index: number) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  return Promise.allSettled(
    Array.from({ length: count }, (_, index) => {
      const racer = racers[index % racers.length];
      if (racer === undefined) throw new Error('somebody races');
      return work(racer, index);
    }),
  );
}

function values<Result>(settled: readonly PromiseSettledResult<Result>[]): Result[] {
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

function rejections(settled: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
}

async function rowsIn(table: string): Promise<number> {
  const [row] = await DATABASE.query(`select count(*) as rows from ${table}`);
  return Number(row?.['rows']);
}

const to = (sequence: number) => ({ writer: LOG, sequence });

describe('two processes that deliver from one database', () => {
  test('make the tables once when they start together', async () => {
    const started = await Promise.all([startProcess(), startProcess(), startProcess()]);
    expect(await Promise.all(started.map((store) => store.endpoints()))).toEqual([[], [], []]);
  });

  test('have no more endpoints together than one has', async () => {
    const [a, b] = [await startProcess(), await startProcess()];
    for (let index = 0; index < ENDPOINTS_MAX - 3; index += 1) {
      await a.addEndpoint(endpointOf(index), START);
    }
    const added = await race([a, b], 12, (store, index) =>
      store.addEndpoint(endpointOf(ENDPOINTS_MAX + index), START),
    );
    expect(values(added).filter(Boolean)).toHaveLength(3);
    expect(values(added)).toHaveLength(12);
    expect(await b.endpoints()).toHaveLength(ENDPOINTS_MAX);
  });

  test('make the deliveries of the same events once, and count them once', async () => {
    const { a, b, id } = await startTwo();
    const made = await race([a, b], 20, (store, index) => {
      const page = eventsOf(100 + 10 * (index % 3));
      return store.fanOut(page, to(page.length), NOW_MS);
    });
    expect(values(made)).toHaveLength(20);
    expect(values(made).reduce((sum, count) => sum + count, 0)).toBe(120);
    expect(await rowsIn('webhook_deliveries')).toBe(120);
    expect((await b.counts()).get(id)).toMatchObject({ pending: 120 });
    expect(await b.cursor()).toEqual(to(120));
  });

  test('make nothing of events that another one is about to be past, and move the cursor not back', async () => {
    const { a } = await startTwo();
    const other = new pg.Client({ connectionString: DATABASE.url });
    await other.connect();
    await other.query(`begin; update webhook_position set writer = '${LOG}', sequence = 9`);
    const made = a.fanOut(eventsOf(7), to(7), NOW_MS);
    const waiting = () =>
      DATABASE.query(`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`);
    await expect.poll(waiting, { timeout: 20_000 }).toHaveLength(1);
    await other.query('commit');
    await other.end();
    expect(await made).toBe(0);
    expect(await a.cursor()).toEqual(to(9));
  });

  test('lease each delivery to one of them, and to nobody what a third has in hand', async () => {
    const { a, b, id } = await startTwo();
    await a.fanOut(eventsOf(60), to(60), NOW_MS);
    const claimed = await race([a, b], 40, (store, index) =>
      store.claim({
        endpointId: id,
        limit: 3,
        nowMs: NOW_MS,
        leaseUntilMs: NOW_MS + LEASE_MS,
        token: `token-${index}`,
      }),
    );
    const ordinals = values(claimed).flatMap((rows) => rows.map(({ ordinal }) => ordinal));
    expect(ordinals.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
  });

  test('write one of two results of one lease', async () => {
    const { a, b, id } = await startTwo();
    await a.fanOut(eventsOf(5), to(5), NOW_MS);
    const claimed = await a.claim({
      endpointId: id,
      limit: 5,
      nowMs: NOW_MS,
      leaseUntilMs: NOW_MS + LEASE_MS,
      token: 'token',
    });
    const outcomes = claimed.map(({ ordinal }) => delivered(ordinal));
    const written = await race([a, b], 10, (store) => store.record('token', outcomes));
    expect(values(written).flat()).toHaveLength(5);
    expect(values(written)).toHaveLength(10);
    expect(await rowsIn('webhook_attempts')).toBe(5);
    expect((await a.counts()).get(id)).toMatchObject({ pending: 0, delivered: 5 });
  });

  test('let every change of an endpoint count', async () => {
    const { a, b, id } = await startTwo();
    const changed = await race([a, b], 30, (store) =>
      store.changeEndpoint(id, (before) => ({
        ...before,
        updatedAtMs: before.updatedAtMs + 1,
        ordering: before.ordering === 'strict' ? 'none' : 'strict',
      })),
    );
    expect(rejections(changed)).toEqual([]);
    const { updatedAtMs } = endpointOf(1);
    expect(await a.findEndpoint(id)).toMatchObject({ updatedAtMs: updatedAtMs + 30 });
  });

  test('leave nothing of an endpoint that one of them removes while the others work on it', async () => {
    const { a, b, id } = await startTwo({ ordering: 'strict' });
    const c = await startProcess();
    await a.fanOut(eventsOf(300), to(300), NOW_MS);
    const worked = await race([a, b, c], 30, async (store, index) => {
      if (index === 10) return store.removeEndpoint(id);
      const token = `token-${index}`;
      const last = 301 + index;
      await store.fanOut(eventsOf(last), to(last), NOW_MS);
      const claimed = await store.claim({
        endpointId: id,
        limit: 9,
        nowMs: NOW_MS,
        leaseUntilMs: NOW_MS + LEASE_MS,
        token,
      });
      await store.replay(id, eventsOf(3), NOW_MS);
      return store.record(
        token,
        claimed.map(({ ordinal }) => delivered(ordinal)),
      );
    });
    expect(rejections(worked)).toEqual([]);
    const swept = async () => (await rowsIn('webhook_removed_endpoints')) === 0;
    // What a sweep passed over because somebody had it in hand, the next start takes.
    if (!(await swept())) await startProcess();
    await expect.poll(swept, { timeout: 20_000 }).toBe(true);
    for (const table of ['webhook_deliveries', 'webhook_attempts', 'webhook_tallies']) {
      expect(await rowsIn(table)).toBe(0);
    }
  });
});

describe('one idempotency key in two processes', () => {
  const reply = (index: number) => ({
    keyHash: 'key',
    fingerprint: 'asked',
    status: 201,
    body: `{"answer":${index}}`,
    createdAtMs: NOW_MS,
  });

  test('makes one endpoint: the others are refused, and find the answer', async () => {
    const [a, b] = [await startProcess(), await startProcess()];
    const added = await race([a, b], 16, (store, index) =>
      store.addEndpoint(endpointOf(index), START, reply(index)),
    );
    expect(values(added)).toEqual([true]);
    for (const error of rejections(added)) expect(error).toMatchObject({ kind: 'refused' });
    const winner = added.findIndex(({ status }) => status === 'fulfilled');
    expect(await a.findReply('key', 0)).toEqual(reply(winner));
    expect((await b.endpoints()).map(({ id }) => id)).toEqual([endpointOf(winner).id]);
  });

  test('changes an endpoint once', async () => {
    const { a, b, id } = await startTwo();
    const changed = await race([a, b], 16, (store, index) =>
      store.changeEndpoint(
        id,
        (before) => ({ ...before, secret: `${before.secret}+` }),
        () => reply(index),
      ),
    );
    expect(values(changed)).toHaveLength(1);
    expect(await b.findEndpoint(id)).toMatchObject({ secret: `${endpointOf(1).secret}+` });
  });

  test('keeps the first answer', async () => {
    const [a, b] = [await startProcess(), await startProcess()];
    const kept = await race([a, b], 16, (store, index) => store.keepReply(reply(index)));
    expect(rejections(kept)).toEqual([]);
    expect(await rowsIn('webhook_replies')).toBe(1);
  });
});

describe('a new log that several processes see', () => {
  const log = (name: string, head: number) =>
    DATABASE.query(`delete from log; insert into log values ('${name}', 0);
      delete from log_order; insert into log_order select n, 1, n from generate_series(1, ${head}) n`);

  test('is begun by the first, and the others take nothing away from it', async () => {
    const { a, b } = await startTwo();
    await a.fanOut(eventsOf(3), to(3), NOW_MS);
    await log('log-2', 8);
    const begun = { writer: 'log-2', sequence: 0 };
    await a.beginLog(begun);
    expect(await rowsIn('webhook_deliveries')).toBe(0);
    await a.fanOut(eventsOf(5), { writer: 'log-2', sequence: 5 }, NOW_MS);
    await b.beginLog(begun);
    // Its look at the log was older still.
    await b.beginLog({ writer: LOG, sequence: 3 });
    await b.beginLog({ writer: 'log-2', sequence: 4 });
    expect(await rowsIn('webhook_deliveries')).toBe(5);
    expect(await b.cursor()).toEqual({ writer: 'log-2', sequence: 5 });
  });

  test('is begun once by all at the same time', async () => {
    const { a, b } = await startTwo();
    await a.fanOut(eventsOf(3), to(3), NOW_MS);
    await log('log-2', 5);
    const worked = await race([a, b], 12, async (store) => {
      await store.beginLog({ writer: 'log-2', sequence: 0 });
      return store.fanOut(eventsOf(5), { writer: 'log-2', sequence: 5 }, NOW_MS);
    });
    expect(rejections(worked)).toEqual([]);
    expect(values(worked).filter((made) => made > 0)).toEqual([5]);
    expect(await rowsIn('webhook_deliveries')).toBe(5);
  });

  test('is begun also when the log was put back to before the cursor', async () => {
    const { a } = await startTwo();
    await a.fanOut(eventsOf(9), to(9), NOW_MS);
    await log(LOG, 4);
    await a.beginLog(to(4));
    expect(await a.cursor()).toEqual(to(4));
    expect(await rowsIn('webhook_deliveries')).toBe(0);
  });
});

describe('what a receiver sends back', () => {
  test('is kept as it was, NUL and half a character included', async () => {
    const { a, id } = await startTwo();
    await a.fanOut(eventsOf(1), to(1), NOW_MS);
    const request = { endpointId: id, nowMs: NOW_MS, leaseUntilMs: NOW_MS + 1, limit: 1 };
    await a.claim({ ...request, token: 'token' });
    const response = { headers: { 'x-quote': `{"a\\b'` }, body: '\0"\\\ud83d', isTruncated: false };
    const outcome = { ...delivered(1), attempts: [attemptOf({ response })] };
    expect(await a.record('token', [outcome])).toEqual([1]);
    expect((await a.findDelivery(1))?.attempts).toEqual(outcome.attempts);
  });

  test('is never found by an id that cannot be', async () => {
    const { a } = await startTwo();
    const query = { limit: 1, cursor: null, eventId: 'evt_\0' };
    expect(await a.listDeliveries(query)).toEqual({ items: [], next: null });
  });
});

test('a claim waits for nobody: what another one has in hand is passed over', async () => {
  const { a, id } = await startTwo();
  await a.fanOut(eventsOf(3), to(3), NOW_MS);
  const other = new pg.Client({ connectionString: DATABASE.url });
  await other.connect();
  await other.query('begin; select 1 from webhook_deliveries where ordinal = 1 for update');
  const request = { endpointId: id, limit: 3, nowMs: NOW_MS, leaseUntilMs: NOW_MS + LEASE_MS };
  const claimed = await a.claim({ ...request, token: 'one' });
  expect(claimed.map(({ ordinal }) => ordinal)).toEqual([2, 3]);
  await other.end();
  const left = await a.claim({ ...request, token: 'other' });
  expect(left.map(({ ordinal }) => ordinal)).toEqual([1]);
});
