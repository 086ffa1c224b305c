import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { anyOne } from '../../../test/property/app.ts';
import { withBatch } from '../../../test/property/store.ts';
import { emptyDeliveries, emptyStore } from '../../../test/support/store.ts';
import { requestOf, testClock, type TestClock, testEngine } from '../../../test/support/engine.ts';
import { requestsInProcess } from '../../adapters/http/in-process.ts';
import { crowdOf } from '../../adapters/traffic/crowd.ts';
import { keyedHasher } from '../../adapters/system/secret-key.ts';
import type { TrafficWish } from '../../core/traffic/plan.ts';
import { execute } from '../execute.ts';
import { type Engine, StorageError, type Store } from '../ports.ts';
import type { DeliveryStore } from '../webhooks/ports.ts';
import type { AskTraffic, SourceOf } from './ports.ts';
import type { TrafficRun } from './tally.ts';
import { Traffic } from './traffic.ts';

const TEN_SECONDS = { preset: 'quiet_shop', rate: 20, seed: 9, durationSeconds: 10 } as const;

let store: Store;
let deliveries: DeliveryStore;
let clock: TestClock;
let errors: unknown[];
beforeEach(async () => {
  // Commits take turns of the real event loop.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  store = await emptyStore();
  deliveries = await emptyDeliveries();
  clock = testClock();
  errors = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await deliveries.close();
  await store.close();
});

interface Options {
  readonly engine?: Engine;
  readonly sourceOf?: SourceOf;
  /** Stands between the run and the way it asks. */
  readonly around?: (ask: AskTraffic) => AskTraffic;
}

function open({ engine = testEngine(store, clock), sourceOf = crowdOf, around }: Options = {}) {
  const asking = requestsInProcess({
    engine,
    keyedHash: keyedHasher(Buffer.alloc(32, 7)),
    newRequestId: () => engine.random.newId(clock.nowMs()),
    luhn: 'enforce',
  });
  const asked: string[] = [];
  const noted: AskTraffic = (request) => {
    asked.push(`${request.path} ${request.body}`);
    return (around?.(asking) ?? asking)(request);
  };
  const traffic = new Traffic({
    engine,
    ask: noted,
    sourceOf,
    deliveries,
    endpointsChanged: () => {},
    onError: (error) => errors.push(error),
  });
  return { traffic, engine, asked };
}

async function mustStart(traffic: Traffic, wish: TrafficWish): Promise<TrafficRun> {
  const run = await traffic.start(wish);
  if (run === null) throw new Error('it starts');
  return run;
}

/** Lets whatever waits for turns of the event loop come to rest. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Time goes by: for the run, and for payments on their way. */
async function pass(engine: Engine, ms: number, stepMs = 20): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    await settle();
    clock.advance(stepMs);
    vi.advanceTimersByTime(stepMs);
    for (const timer of await store.dueTimers(clock.nowMs(), 64)) {
      // One that cannot be written is due again.
      await execute(engine, requestOf({ type: 'timer_elapsed', timer })).catch(() => {});
    }
  }
  await settle();
}

describe('a run', () => {
  test('sends at its rate, and ends by itself', async () => {
    const { traffic, engine } = open();
    const { id, planned } = await mustStart(traffic, TEN_SECONDS);
    expect(planned).toBe(200);
    await pass(engine, 5_000);
    const half = traffic.running;
    expect(half).toMatchObject({ id, status: 'running', behind: 0, refused: 0, error: null });
    expect(half?.sent).toBe(101);
    await pass(engine, 5_100);
    expect(traffic.running).toBeNull();
    expect(traffic.last).toMatchObject({ id, status: 'finished', sent: 200, accepted: 200 });
    expect(Object.values(traffic.last?.byLabel ?? {}).reduce((sum, one) => sum + one, 0)).toBe(200);
    expect(errors).toEqual([]);
  });

  test('sends more and more where its pace rises', async () => {
    const { traffic, engine } = open();
    await mustStart(traffic, { ...TEN_SECONDS, preset: 'black_friday' });
    await pass(engine, 2_000);
    const early = traffic.running?.sent ?? 0;
    await pass(engine, 8_100);
    expect(early).toBeLessThan(15);
    expect(traffic.last).toMatchObject({ sent: 120, planned: 120 });
  });

  test('asks for the same payments for the same seed, whatever the timing', async () => {
    const payments = async (stepMs: number) => {
      const { traffic, engine, asked } = open();
      const { id } = await mustStart(traffic, TEN_SECONDS);
      await pass(engine, 11_500, stepMs);
      expect(traffic.last?.status).toBe('finished');
      const created = asked.filter((one) => /^\/payments? /.test(one));
      return created.map((one) => one.replaceAll(id, 'run'));
    };
    const even = await payments(20);
    expect(even).toHaveLength(200);
    expect(await payments(70)).toEqual(even);
  });

  test('makes payments that carry its name and their label', async () => {
    const { traffic, engine } = open();
    const { id } = await mustStart(traffic, TEN_SECONDS);
    await pass(engine, 10_100);
    const { items } = await store.listPayments({ limit: 100, cursor: null });
    for (const { metadata } of items) {
      expect(metadata).toMatchObject({ traffic_run: id, traffic_label: anyOne(String) });
    }
    const { events } = await store.events({ after: 0, limit: 1 });
    expect(events[0]).toMatchObject({ actor: 'traffic' });
  });

  test('refunds and retries what came out so that it can be', async () => {
    const { traffic, engine } = open({
      engine: testEngine(store, clock, { settings: { failureRate: 0.8 } }),
    });
    const mix = { invoices: 1, friendly_fraud: 1 };
    await mustStart(traffic, { ...TEN_SECONDS, durationSeconds: 20, mix });
    await pass(engine, 20_100);
    const { refunds, retries } = traffic.last ?? { refunds: 0, retries: 0 };
    expect(refunds).toBeGreaterThan(80);
    expect(retries).toBeGreaterThan(60);
    const { items } = await store.listPayments({
      limit: 100,
      cursor: null,
      statuses: ['REFUNDED'],
    });
    expect(items).toHaveLength(100);
    expect(new Set(items.map(({ metadata }) => metadata['traffic_label']))).toEqual(
      new Set(['friendly_fraud']),
    );
  });

  test('that is stopped sends nothing more, and says when it ended', async () => {
    const { traffic, engine, asked } = open();
    await mustStart(traffic, TEN_SECONDS);
    await pass(engine, 2_000);
    const stopped = await traffic.stop();
    expect(stopped).toMatchObject({ status: 'stopped', sent: 41, endsAtMs: clock.nowMs() });
    expect(traffic.last).toEqual(stopped);
    const before = asked.length;
    await pass(engine, 1_000);
    expect(asked).toHaveLength(before);
    expect(await traffic.stop()).toBeNull();
  });
});

describe('a store that', () => {
  test('is slow makes it fall behind, never queue', async () => {
    const waiting: (() => void)[] = [];
    const { traffic, engine, asked } = open({
      around: (ask) => async (request) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return ask(request);
      },
    });
    await mustStart(traffic, { ...TEN_SECONDS, rate: 500 });
    await pass(engine, 2_000);
    expect(asked).toHaveLength(128);
    const behind = 1_001 - 128;
    expect(traffic.running).toMatchObject({ sent: 128, accepted: 0, behind });
    // Twice the rate at most, once it can.
    for (const go of waiting.splice(0)) go();
    await pass(engine, 20);
    expect(traffic.running?.sent).toBeLessThanOrEqual(128 + 3 * 20);
    for (let step = 0; step < 500; step += 1) {
      for (const go of waiting.splice(0)) go();
      await pass(engine, 20);
    }
    expect(traffic.last).toMatchObject({ status: 'finished', sent: 5_000, behind: 0 });
  });

  test('cannot write for a while refuses payments, and the run goes on', async () => {
    let isFull = false;
    const engine = testEngine(
      withBatch(store, () => {
        if (isFull) throw new StorageError('unavailable', 'the disk is full');
      }),
      clock,
    );
    const { traffic } = open({ engine });
    await mustStart(traffic, TEN_SECONDS);
    await pass(engine, 1_000);
    isFull = true;
    await pass(engine, 1_000);
    isFull = false;
    await pass(engine, 9_000);
    const { sent = 0, accepted = 0, refused = 0 } = traffic.last ?? {};
    expect(traffic.last).toMatchObject({ status: 'finished', sent: 200, error: null });
    expect(refused).toBeGreaterThan(0);
    expect(accepted + refused).toBe(sent);
  });

  test('cannot be trusted ends the run, and whoever must know is told', async () => {
    const broken = new StorageError('fatal', 'fsync failed');
    const engine = testEngine(
      withBatch(store, () => {
        throw broken;
      }),
      clock,
    );
    const { traffic } = open({ engine });
    await mustStart(traffic, TEN_SECONDS);
    await settle();
    expect(traffic.last).toMatchObject({ status: 'failed', error: 'fsync failed', accepted: 0 });
    expect(errors).toEqual([broken]);
  });
});

test('a request that cannot be read is a bug, and ends the run', async () => {
  const body = JSON.stringify({ amount: 'ten' });
  const { traffic } = open({
    sourceOf: () => ({
      next: () => ({ path: '/payments', body, scenario: 'invoices', followUp: null }),
    }),
  });
  await mustStart(traffic, TEN_SECONDS);
  await settle();
  expect(traffic.last).toMatchObject({ status: 'failed', sent: 1, accepted: 0, refused: 0 });
  expect(traffic.last?.error).toContain('/amount: must be a number');
  expect(errors).toHaveLength(1);
});

describe('one at a time', () => {
  test('whoever else asks gets none', async () => {
    const { traffic } = open();
    const all = await Promise.all(Array.from({ length: 100 }, () => traffic.start(TEN_SECONDS)));
    expect(all.filter((run) => run !== null)).toHaveLength(1);
    await traffic.stop();
    expect(await traffic.start(TEN_SECONDS)).not.toBeNull();
    await traffic.close();
  });

  test('none begins once it is closed', async () => {
    const { traffic } = open();
    await mustStart(traffic, TEN_SECONDS);
    await traffic.close();
    expect(traffic.last?.status).toBe('stopped');
    await expect(traffic.start(TEN_SECONDS)).rejects.toThrow('the server is stopping');
  });
});

describe('an outage', () => {
  const OUTAGE = { ...TEN_SECONDS, preset: 'issuer_outage' } as const;
  const outage = (engine: Engine) => engine.controls.current.simulation.settings.outage;

  test('lasts as long as the run, by its own timer', async () => {
    const { traffic, engine } = open();
    await mustStart(traffic, OUTAGE);
    expect(outage(engine)).toBe('unavailable');
    const expiresAtMs = engine.controls.current.simulation.expiresAtMs ?? 0;
    expect(expiresAtMs - clock.nowMs()).toBe(10_000);
    await pass(engine, 10_100);
    expect(outage(engine)).toBe('none');
    expect(traffic.last).toMatchObject({ status: 'finished', accepted: 200 });
    const failed = await store.listPayments({
      limit: 100,
      cursor: null,
      failureReason: 'ISSUER_UNAVAILABLE',
    });
    expect(failed.items).toHaveLength(100);
  });

  test('ends with a run that is stopped, and leaves other changes alone', async () => {
    const { traffic, engine } = open();
    const patch = { failureRate: 0.5 };
    const change = { type: 'change_simulation', patch, expiresInMs: 60_000 } as const;
    await execute(engine, requestOf(change));
    await mustStart(traffic, OUTAGE);
    await pass(engine, 1_000);
    await traffic.stop();
    expect(engine.controls.current.simulation).toMatchObject({ temporary: patch });
    expect(outage(engine)).toBe('none');
  });

  test('goes back to what was set for good', async () => {
    const { traffic, engine } = open();
    const patch = { outage: 'timeout' } as const;
    await execute(engine, requestOf({ type: 'change_simulation', patch, expiresInMs: null }));
    await mustStart(traffic, OUTAGE);
    await traffic.stop();
    expect(outage(engine)).toBe('timeout');
  });

  test('that somebody ended meanwhile stays ended', async () => {
    const { traffic, engine } = open();
    await mustStart(traffic, OUTAGE);
    const patch = { outage: 'none' } as const;
    await execute(engine, requestOf({ type: 'change_simulation', patch, expiresInMs: null }));
    const { version } = engine.controls.current.simulation;
    await traffic.stop();
    expect(engine.controls.current.simulation.version).toBe(version);
  });

  test('that cannot be begun is no run', async () => {
    let isFull = true;
    const engine = testEngine(
      withBatch(store, () => {
        if (isFull) throw new StorageError('unavailable', 'the disk is full');
      }),
      clock,
    );
    const { traffic } = open({ engine });
    await expect(traffic.start(OUTAGE)).rejects.toThrow('the disk is full');
    expect([traffic.running, traffic.last]).toEqual([null, null]);
    isFull = false;
    await mustStart(traffic, OUTAGE);
    await traffic.close();
  });
});
