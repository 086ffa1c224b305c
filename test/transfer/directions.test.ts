/**
 * One database on its way through all kinds of moves, with work in between: each place has all that the one before had,
 * its log and its totals are sound, and numbers that were given are not given again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ChainHead } from '../../src/adapters/storage/chain.ts';
import { differences } from '../../src/adapters/storage/transfer/move.ts';
import type { JobId } from '../../src/engine/jobs/job.ts';
import { execute } from '../../src/engine/execute.ts';
import { collectTimeSeries } from '../../src/engine/time-series/collector.ts';
import type { Payment } from '../../src/core/payment.ts';
import { attemptOf, dead, delivered, endpointOf, failing, NOW_MS } from '../support/deliveries.ts';
import {
  authorizeCommand,
  createCommand,
  mustDecide,
  requestOf,
  runTimers,
  START_MS,
  testClock,
} from '../support/engine.ts';
import { scenarioOf } from '../support/payment.ts';
import { type AtWork, filePlace, move, type Place, postgresPlace } from './places.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-move-'));
const places: Place[] = [];
afterAll(async () => {
  for (const place of places) await place.remove();
  rmSync(folder, { recursive: true });
});

/** Some of everything: settled, failed, refunded, under way, with cards; settings, an answer under a key. */
async function work({ engine, clock, store }: AtWork, round: number): Promise<void> {
  const { id } = await mustDecide(engine, createCommand({ description: 'Größe 42 \ufffd "\\' }));
  const scenario = scenarioOf({ outcomes: ['PROCESSING_ERROR'] });
  await mustDecide(engine, createCommand({ scenario, metadata: { order: `no. ${round}` } }));
  await mustDecide(engine, authorizeCommand());
  await runTimers(engine, clock);
  if ((await store.findPayment(id))?.status === 'SUCCESS') {
    await mustDecide(engine, { type: 'refund_payment', paymentId: id, amount: '7', reason: null });
  }
  const change = {
    type: 'change_simulation',
    patch: { failureRate: 0.1 },
    expiresInMs: 90_000,
  } as const;
  await execute(engine, requestOf(change));
  const key = { keyHash: `key-${round}`, fingerprint: 'asked', waits: false };
  await execute(engine, requestOf(createCommand(), key));
  const collector = collectTimeSeries(engine);
  await collector.catchUp(100);
  await collector.save();
  await mustDecide(engine, createCommand());
}

async function deliver(place: Place, at: AtWork): Promise<void> {
  const deliveries = await place.deliveries();
  const head = await at.store.logHead();
  const start = { writer: head.writer, sequence: 0 };
  for (const index of [1, 2, 3]) {
    const ordering = index === 2 ? 'strict' : 'none';
    const previousSecret = index === 1 ? { secret: 'whsec_before', untilMs: NOW_MS } : null;
    await deliveries.addEndpoint(endpointOf(index, { ordering, previousSecret }), start);
  }
  await deliveries.beginLog(start);
  const { events } = await at.store.events({ after: 0, limit: 100 });
  const fanned = events.map((event) => ({ ...event, id: `evt_${event.sequence}` as never }));
  await deliveries.fanOut(fanned, head, NOW_MS);
  const request = { limit: 4, nowMs: NOW_MS, leaseUntilMs: NOW_MS + 1_000, token: 'mine' };
  const claimed = await deliveries.claim({ ...request, endpointId: endpointOf(1).id });
  const [one = 0, two = 0, three = 0] = claimed.map(({ ordinal }) => ordinal);
  const binary = attemptOf({
    response: { headers: {}, body: 'a NUL \u0000 and \ufffd', isTruncated: true },
  });
  await deliveries.record('mine', [
    delivered(one),
    dead(two),
    { ...failing(three, NOW_MS + 60_000), attempts: [binary] },
  ]);
  await deliveries.removeEndpoint(endpointOf(3).id);
  await deliveries.keepReply({
    keyHash: 'hook',
    fingerprint: 'asked',
    status: 201,
    body: '{}',
    createdAtMs: NOW_MS,
  });
  await deliveries.close();
  const jobs = await place.jobs();
  const job = { type: 'retention', params: { keep_days: 30 }, total: null } as const;
  await jobs.add({ ...job, id: 'job_1' as JobId, createdAtMs: START_MS });
  await jobs.close();
}

/** All payments by their ids, without the numbers that a store gives for itself. */
async function paymentsOf({ store }: AtWork): Promise<Payment[]> {
  const { items } = await store.listPayments({ limit: 100, cursor: null });
  return items
    .map((payment) => ({ ...payment, ordinal: 0 }))
    .sort(({ id }, other) => (id < other.id ? -1 : 1));
}

async function logOf({ store }: AtWork) {
  const { events } = await store.events({ after: 0, limit: 500 });
  return events;
}

async function assertSound(place: Place, anchors: readonly ChainHead[]): Promise<number> {
  const { faults, anchorsChecked, heads } = await place.verify(anchors);
  expect({ faults, anchorsChecked }).toEqual({ faults: [], anchorsChecked: anchors.length });
  const counted = await place.recount();
  expect(counted.filter((check) => check.differences > 0)).toEqual([]);
  return heads.length;
}

describe('a database that is moved again and again', () => {
  test('stays the same, and goes on', { timeout: 120_000 }, async () => {
    const clock = testClock();
    const make = async (kind: 'file' | 'postgres', name: string) => {
      const place = kind === 'file' ? filePlace(folder, name) : await postgresPlace(name);
      places.push(place);
      return place;
    };
    let place = await make('file', 'first');
    let at = await place.open(clock);
    await work(at, 0);
    await deliver(place, at);
    let anchors = [...(await at.store.chainHeads())];
    let [payments, log] = [await paymentsOf(at), await logOf(at)];
    const seed = await at.store.remember('seed', 'the first');
    await at.store.remember('installation', 'the first');
    await at.store.close();

    for (const [round, kind] of ROUTE.entries()) {
      const next = await make(kind, `place-${round}`);
      expect(differences(await move(place, next))).toEqual([]);
      await assertSound(next, anchors);
      expect(await deliveriesAt(next)).toMatchObject({ delivered: 1, dead: 1, failing: 1 });
      // Two processes, where the store takes more than one.
      at = await next.open(clock);
      const other = kind === 'postgres' ? await next.open(clock) : null;
      expect(await paymentsOf(at)).toEqual(payments);
      expect(await logOf(at)).toEqual(log);
      expect(await at.store.remember('seed', 'another')).toBe(seed);
      // Two databases with one Redis are two.
      const installation = await at.store.remember('installation', `of ${round}`);
      expect(installation).toBe(`of ${round}`);
      const before = await ordinalsOf(at);
      await work(at, round + 1);
      if (other !== null) await work(other, round + 101);
      const after = await ordinalsOf(at);
      expect(new Set(after).size).toBe(after.length);
      expect(after.length).toBeGreaterThan(before.length);
      anchors = [...(await at.store.chainHeads())];
      [payments, log] = [await paymentsOf(at), await logOf(at)];
      await at.store.close();
      await other?.store.close();
      await assertSound(next, anchors);
      place = next;
    }
    expect(anchors.length).toBeGreaterThan(1);
    await assertDelivered(place);
  });
});

/** By each store to its own kind, and to the other, with one writer and with several. */
const ROUTE = ['file', 'postgres', 'postgres', 'file', 'file', 'postgres'] as const;

async function ordinalsOf({ store }: AtWork): Promise<number[]> {
  const { items } = await store.listPayments({ limit: 100, cursor: null });
  return items.map(({ ordinal }) => ordinal);
}

/** How many there are of each status, as it is kept beside them. */
async function deliveriesAt(place: Place) {
  const deliveries = await place.deliveries();
  const counts = await deliveries.counts();
  await deliveries.close();
  return counts.get(endpointOf(1).id);
}

/** What the first place had is what the last one has. */
async function assertDelivered(place: Place): Promise<void> {
  const deliveries = await place.deliveries();
  const endpoints = await deliveries.endpoints();
  expect(endpoints.map(({ id, secret }) => [id, secret])).toEqual(
    [1, 2].map((index) => [endpointOf(index).id, `whsec_${index}`]),
  );
  const { items } = await deliveries.listDeliveries({
    limit: 100,
    cursor: null,
    endpointId: endpointOf(1).id,
    statuses: ['failing'],
  });
  const found = await deliveries.findDelivery(items[0]?.ordinal ?? 0);
  expect(found?.attempts[0]?.response?.body).toBe('a NUL \u0000 and \ufffd');
  // Who had it leased is gone.
  const again = await deliveries.claim({
    endpointId: endpointOf(1).id,
    limit: 1,
    nowMs: NOW_MS,
    leaseUntilMs: NOW_MS + 1_000,
    token: 'other',
  });
  expect(again).toHaveLength(1);
  const test_ = await deliveries.addTest(
    { endpointId: endpointOf(1).id, eventId: 'evt_test' as never, eventType: 'test', body: '{}' },
    NOW_MS,
  );
  expect(test_.ordinal).toBeGreaterThan(Math.max(...items.map(({ ordinal }) => ordinal)));
  expect((await deliveries.findReply('hook', 0))?.body).toBe('{}');
  await deliveries.close();
  const jobs = await place.jobs();
  expect(await jobs.find('job_1' as JobId)).toMatchObject({ type: 'retention', status: 'queued' });
  await jobs.close();
}
