import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { testClock, type TestClock } from '../../../test/support/engine.ts';
import { openSqliteJobs } from '../../adapters/storage/sqlite-jobs/store.ts';
import type { JobHandler, JobSteps } from './handlers.ts';
import { localHints } from './hints.ts';
import type { Job, JobId, JobResult } from './job.ts';
import { JOB_ATTEMPTS_MAX, JOB_BACKOFF_MS, JOB_LEASE_MS, JOB_PROGRESS_MS } from './limits.ts';
import type { JobStore } from './ports.ts';
import { type Runner, startRunner } from './runner.ts';

type Steps = JobSteps<'retention'>;

let store: JobStore;
let clock: TestClock;
let runners: Runner[];
let failures: unknown[];
let storeErrors: unknown[];
let draw: number;
const hints = localHints();

beforeEach(() => {
  // A look a second and a renewed lease every five are asked for by the test; a hint makes a look at once.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  store = openSqliteJobs({ path: ':memory:', isAlone: true });
  clock = testClock();
  runners = [];
  failures = [];
  storeErrors = [];
  draw = 0;
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(runners.map((runner) => runner.stop()));
  await store.close();
});

interface Options {
  readonly isWanted?: () => boolean;
  readonly over?: JobStore;
}

function run(handler: JobHandler<'retention'>, options: Options = {}): Runner {
  const { isWanted = () => true, over = store } = options;
  const unused = () => Promise.reject(new Error('no such job is added here'));
  const runner = startRunner({
    store: async () => over,
    clock,
    hints,
    isWanted,
    handlers: {
      retention: handler,
      refresh_features: unused,
      seed_synthetic_transactions: unused,
    },
    chance: () => draw,
    onError: (error) => failures.push(error),
    onStoreError: (error) => storeErrors.push(error),
  });
  runners.push(runner);
  return runner;
}

async function add(index: number): Promise<JobId> {
  const id = `job_${index}` as JobId;
  const work = { type: 'retention', params: { keep_days: 30 } } as const;
  await store.add({ ...work, id, total: null, createdAtMs: clock.nowMs() });
  return id;
}

async function found(id: JobId): Promise<Job> {
  const job = await store.find(id);
  if (job === null) throw new Error('the job is there');
  return job;
}

/** Lets whatever waits for turns of the event loop come to rest. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function look(): Promise<void> {
  hints.enqueued('job_1' as JobId);
  await settle();
}

/** A handler that waits at each step until the test lets it go on. */
function stepping() {
  const waiting: (() => void)[] = [];
  const over = new AbortController();
  let begun = 0;
  const handler = async ({ done, advance }: Steps): Promise<JobResult> => {
    begun += 1;
    for (let step = done + 1; !over.signal.aborted; step += 1) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      await advance(step, 10);
    }
    return { steps: 10 };
  };
  return {
    handler,
    get begun() {
      return begun;
    },
    async step() {
      for (const go of waiting.splice(0)) go();
      await settle();
    },
    finish() {
      over.abort();
    },
  };
}

describe('a runner', () => {
  test('takes what waits at the start, one after the other, and what is added later', async () => {
    const seen: JobId[] = [];
    const [first, second] = [await add(1), await add(2)];
    run(async ({ id, params }) => {
      seen.push(id);
      return { kept: params.keep_days };
    });
    await settle();
    expect(seen).toEqual([first, second]);
    expect(await found(second)).toMatchObject({ status: 'succeeded', result: { kept: 30 } });
    const third = await add(3);
    await look();
    expect(seen.at(-1)).toBe(third);
  });

  test('looks once a second for what nobody told of', async () => {
    run(async () => ({}));
    await settle();
    const id = await add(1);
    await settle();
    expect((await found(id)).status).toBe('queued');
    vi.advanceTimersByTime(1_000);
    await settle();
    expect((await found(id)).status).toBe('succeeded');
  });

  test('works on one job at a time', async () => {
    await add(1);
    await add(2);
    const work = stepping();
    run(work.handler);
    await settle();
    await look();
    expect(work.begun).toBe(1);
    expect(
      (await store.list({ limit: 9, cursor: null, statuses: ['running'] })).items,
    ).toHaveLength(1);
    work.finish();
    await work.step();
  });

  test('leaves jobs to others while they are there', async () => {
    const id = await add(1);
    let isWanted = false;
    run(async () => ({}), { isWanted: () => isWanted });
    await settle();
    expect((await found(id)).status).toBe('queued');
    isWanted = true;
    await look();
    expect((await found(id)).status).toBe('succeeded');
  });

  test('goes on after a store that could not be read', async () => {
    const id = await add(1);
    let isAway = true;
    const over: JobStore = {
      ...store,
      claim: (request) => (isAway ? Promise.reject(new Error('away')) : store.claim(request)),
    };
    run(async () => ({}), { over });
    await settle();
    expect(storeErrors).toHaveLength(1);
    isAway = false;
    await look();
    expect((await found(id)).status).toBe('succeeded');
  });
});

describe('progress', () => {
  test('is written from time to time, and with the end', async () => {
    const id = await add(1);
    const work = stepping();
    run(work.handler);
    await settle();
    await work.step();
    await work.step();
    expect((await found(id)).done).toBe(0);
    clock.advance(JOB_PROGRESS_MS);
    await work.step();
    expect(await found(id)).toMatchObject({ done: 3, total: 10 });
    await work.step();
    work.finish();
    await work.step();
    expect(await found(id)).toMatchObject({ status: 'succeeded', done: 5, result: { steps: 10 } });
  });

  test('is where the next try begins', async () => {
    const id = await add(1);
    const began: number[] = [];
    run(async ({ done, advance }) => {
      began.push(done);
      await advance(done + 4, 10);
      if (began.length === 1) throw new Error('it broke');
      return {};
    });
    await settle();
    clock.advance(JOB_BACKOFF_MS[0] ?? 0);
    await look();
    expect(began).toEqual([0, 4]);
    expect(await found(id)).toMatchObject({ status: 'succeeded', done: 8 });
  });
});

describe('a job that fails', () => {
  const breaks = () => Promise.reject(new Error('it broke'));

  test('is tried again after ever longer waits, and given up in the end', async () => {
    const id = await add(1);
    run(breaks);
    await settle();
    for (const [index, waitMs] of JOB_BACKOFF_MS.entries()) {
      expect(await found(id)).toMatchObject({
        status: 'queued',
        attempts: index + 1,
        error: 'it broke',
        nextAttemptAtMs: clock.nowMs() + waitMs,
      });
      clock.advance(waitMs - 1);
      await look();
      expect((await found(id)).attempts).toBe(index + 1);
      clock.advance(1);
      await look();
    }
    expect(await found(id)).toMatchObject({ status: 'failed', attempts: JOB_ATTEMPTS_MAX });
    expect(failures).toHaveLength(JOB_ATTEMPTS_MAX);
  });

  test('waits up to a tenth longer, by chance', async () => {
    const id = await add(1);
    draw = 0.5;
    run(breaks);
    await settle();
    expect((await found(id)).nextAttemptAtMs).toBe(clock.nowMs() + 5_250);
  });

  test('counts its tries anew when it got further', async () => {
    const id = await add(1);
    run(async ({ done, advance }) => {
      await advance(done + 1, 10);
      throw new Error('it broke');
    });
    await settle();
    for (let tries = 0; tries < 2 * JOB_ATTEMPTS_MAX; tries += 1) {
      clock.advance(JOB_BACKOFF_MS[0] ?? 0);
      await look();
    }
    expect(await found(id)).toMatchObject({ status: 'queued', attempts: 1, done: 11 });
  });

  test('holds up no other', async () => {
    await add(1);
    const second = await add(2);
    run(({ id }) => (id === second ? Promise.resolve({}) : breaks()));
    await settle();
    expect((await found(second)).status).toBe('succeeded');
  });
});

describe('a lease', () => {
  test('is kept by a handler that takes its time', async () => {
    const id = await add(1);
    const work = stepping();
    run(work.handler);
    await settle();
    for (let passed = 0; passed < 3 * JOB_LEASE_MS; passed += 5_000) {
      clock.advance(5_000);
      vi.advanceTimersByTime(5_000);
      await settle();
    }
    const nowMs = clock.nowMs();
    expect(await store.claim({ nowMs, leaseUntilMs: nowMs + 1 })).toBeNull();
    work.finish();
    await work.step();
    expect((await found(id)).status).toBe('succeeded');
  });

  test('that was lost ends the work: nothing more is written, whatever the handler comes to', async () => {
    const id = await add(1);
    const work = stepping();
    run(work.handler, { over: { ...store, advance: () => Promise.reject(new Error('away')) } });
    await settle();
    // It stood still for so long that somebody else has the job.
    clock.advance(JOB_LEASE_MS + 1);
    const nowMs = clock.nowMs();
    const taken = await store.claim({ nowMs, leaseUntilMs: nowMs + JOB_LEASE_MS });
    const before = await found(id);
    work.finish();
    await work.step();
    expect(await found(id)).toEqual(before);
    expect(taken?.job.attempts).toBe(2);
  });

  test('that is over by this clock stops the handler, though the store cannot be asked', async () => {
    await add(1);
    const work = stepping();
    run(work.handler, { over: { ...store, advance: () => Promise.reject(new Error('away')) } });
    await settle();
    clock.advance(JOB_LEASE_MS);
    await work.step();
    await work.step();
    // It has let go of the first, and begun it anew.
    expect(work.begun).toBe(2);
    expect(failures).toEqual([]);
    work.finish();
    await work.step();
  });

  test('is of one runner, however many look', async () => {
    let atWork = 0;
    let most = 0;
    for (let index = 1; index <= 6; index += 1) await add(index);
    const handler = async ({ id }: Steps) => {
      const job = await found(id);
      atWork += 1;
      most = Math.max(most, atWork);
      await settle();
      atWork -= 1;
      return { attempts: job.attempts };
    };
    for (let index = 0; index < 3; index += 1) run(handler);
    for (let turn = 0; turn < 10; turn += 1) await look();
    const { items } = await store.list({ limit: 9, cursor: null });
    expect(items.map(({ result }) => result)).toEqual(Array(6).fill({ attempts: 1 }));
    expect(most).toBe(3);
  });
});

test('a job that is canceled stops at its next step, and stays canceled', async () => {
  const id = await add(1);
  const work = stepping();
  run(work.handler);
  await settle();
  await work.step();
  await store.cancel(id, clock.nowMs());
  clock.advance(JOB_PROGRESS_MS);
  await work.step();
  await work.step();
  expect(await found(id)).toMatchObject({ status: 'canceled', result: null });
  expect(work.begun).toBe(1);
  expect(failures).toEqual([]);
});

test('a stop gives the job back for others to go on with, as if it had not been tried', async () => {
  const id = await add(1);
  const work = stepping();
  const runner = run(work.handler);
  await settle();
  await work.step();
  await work.step();
  const stopped = runner.stop();
  await work.step();
  await stopped;
  expect(await found(id)).toMatchObject({
    status: 'queued',
    done: 3,
    attempts: 0,
    nextAttemptAtMs: clock.nowMs(),
  });
  await look();
  expect((await found(id)).status).toBe('queued');
});
