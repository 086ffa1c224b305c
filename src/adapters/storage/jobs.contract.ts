/** What every store of background jobs promises. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Job, JobId, JobWork } from '../../engine/jobs/job.ts';
import { JOB_ATTEMPTS_MAX, JOB_LEASE_MS } from '../../engine/jobs/limits.ts';
import type { Claim, JobStore } from '../../engine/jobs/ports.ts';
import { ForeignCursorError } from '../../engine/ports.ts';

export interface JobsUnderTest {
  /** Opens the same jobs each time it is called between `reset` calls, also while they are open. */
  open(): Promise<JobStore>;
  /** Makes the next `open` find nothing. */
  reset(): void | Promise<void>;
}

const NOW_MS = Date.UTC(2026, 0, 1);
const SEED: JobWork = {
  type: 'seed_synthetic_transactions',
  params: { count: 100, batch_size: 10, seed: 'demo' },
};
const REFRESH: JobWork = { type: 'refresh_features', params: { card_fingerprint: null } };
const RETENTION: JobWork = { type: 'retention', params: { keep_days: 30 } };
const SOME = { done: 40, total: 100 };
const ALL = { done: 100, total: 100 };

function newJob(index: number, work: JobWork = SEED) {
  return { ...work, id: `job_${index}` as JobId, total: 100, createdAtMs: NOW_MS + index };
}

export function describeJobs(name: string, under: JobsUnderTest): void {
  describe(`${name} jobs`, () => {
    let store: JobStore;
    beforeEach(async () => {
      await under.reset();
      store = await under.open();
    });
    afterEach(() => store.close());

    const claim = (atMs = NOW_MS + 1_000) =>
      store.claim({ nowMs: atMs, leaseUntilMs: atMs + JOB_LEASE_MS });
    const mustClaim = async (atMs?: number): Promise<Claim> => {
      const claimed = await claim(atMs);
      if (claimed === null) throw new Error('there is a job to claim');
      return claimed;
    };
    const found = async (index: number): Promise<Job> => {
      const job = await store.find(newJob(index).id);
      if (job === null) throw new Error('the job is there');
      return job;
    };
    const failed = (nextAttemptAtMs: number | null, progress = { done: 0, total: 100 }) =>
      ({ kind: 'failed', error: 'it broke', nextAttemptAtMs, progress }) as const;

    test('are queued as they were asked for, and are there after a restart', async () => {
      expect(await store.add(newJob(1))).toBe(true);
      await store.close();
      store = await under.open();
      expect(await found(1)).toEqual({
        ...SEED,
        id: 'job_1',
        ordinal: 1,
        status: 'queued',
        done: 0,
        total: 100,
        attempts: 0,
        attemptsMax: JOB_ATTEMPTS_MAX,
        nextAttemptAtMs: NOW_MS + 1,
        error: null,
        result: null,
        createdAtMs: NOW_MS + 1,
        startedAtMs: null,
        finishedAtMs: null,
      });
      expect(await store.find('job_2' as JobId)).toBeNull();
    });

    test('with an id that is taken change nothing', async () => {
      await store.add(newJob(1));
      expect(await store.add({ ...newJob(1, RETENTION), total: null })).toBe(false);
      expect(await found(1)).toMatchObject({ ...SEED, total: 100 });
    });

    test('are listed newest first, by status and type, page by page', async () => {
      for (const index of [1, 2, 3, 4, 5]) {
        await store.add(newJob(index, index % 2 === 0 ? REFRESH : SEED));
      }
      await mustClaim();
      const ids = async (query: Partial<Parameters<JobStore['list']>[0]>) => {
        const { items, next } = await store.list({ limit: 10, cursor: null, ...query });
        return { ids: items.map(({ id }) => id), next };
      };
      expect(await ids({})).toEqual({ ids: [5, 4, 3, 2, 1].map((n) => `job_${n}`), next: null });
      expect((await ids({ types: ['refresh_features'] })).ids).toEqual(['job_4', 'job_2']);
      expect((await ids({ statuses: ['running'] })).ids).toEqual(['job_1']);
      expect((await ids({ statuses: ['failed', 'canceled'] })).ids).toEqual([]);
      const first = await ids({ limit: 2 });
      expect(first.ids).toEqual(['job_5', 'job_4']);
      expect((await ids({ limit: 3, cursor: first.next })).ids).toEqual([
        'job_3',
        'job_2',
        'job_1',
      ]);
      await expect(store.list({ limit: 1, cursor: 'elsewhere' })).rejects.toThrow(
        ForeignCursorError,
      );
    });

    test('are claimed the oldest first, each by one', async () => {
      for (const index of [1, 2, 3]) await store.add(newJob(index));
      const claimed = [await mustClaim(), await mustClaim(), await mustClaim()];
      expect(claimed.map(({ job }) => job.id)).toEqual(['job_1', 'job_2', 'job_3']);
      expect(await claim()).toBeNull();
      expect(await found(1)).toMatchObject({
        status: 'running',
        attempts: 1,
        nextAttemptAtMs: null,
        startedAtMs: NOW_MS + 1_000,
      });
    });

    test('are claimed by one only, however many ask at once', async () => {
      const others = await Promise.all([1, 2, 3].map(() => under.open()));
      for (let index = 1; index <= 20; index += 1) await store.add(newJob(index));
      const asking = [store, ...others].flatMap((one) =>
        Array.from({ length: 10 }, () =>
          one.claim({ nowMs: NOW_MS + 1_000, leaseUntilMs: NOW_MS + 2_000 }),
        ),
      );
      const ids = (await Promise.all(asking)).flatMap((one) => (one === null ? [] : [one.job.id]));
      expect(new Set(ids).size).toBe(ids.length);
      // A claim passes over what another has in hand at that moment, and so may come away with nothing.
      for (let rest = await claim(); rest !== null; rest = await claim()) ids.push(rest.job.id);
      expect(new Set(ids).size).toBe(20);
      await Promise.all(others.map((one) => one.close()));
    });

    test('say how far they are, and keep their lease by that', async () => {
      await store.add(newJob(1));
      const held = await mustClaim();
      const later = NOW_MS + 1_000 + JOB_LEASE_MS - 1;
      expect(await store.advance(held, SOME, later + JOB_LEASE_MS)).toBe(true);
      expect(await found(1)).toMatchObject({ ...SOME, status: 'running' });
      expect(await claim(later + 1)).toBeNull();
      expect((await mustClaim(later + JOB_LEASE_MS)).job).toMatchObject({ ...SOME, attempts: 2 });
    });

    test('end with a result', async () => {
      await store.add(newJob(1));
      const held = await mustClaim();
      const result = { payments: 100, seed: 'demo', note: null };
      const outcome = { kind: 'succeeded', result, progress: ALL } as const;
      expect(await store.settle(held, outcome, NOW_MS + 9)).toBe(true);
      expect(await found(1)).toMatchObject({
        ...ALL,
        status: 'succeeded',
        result,
        error: null,
        finishedAtMs: NOW_MS + 9,
      });
      expect(await claim(NOW_MS + 10 * JOB_LEASE_MS)).toBeNull();
    });

    test('that failed wait, are tried again, and are given up when that is said', async () => {
      await store.add(newJob(1));
      await store.settle(await mustClaim(), failed(NOW_MS + 60_000), NOW_MS);
      expect(await found(1)).toMatchObject({
        status: 'queued',
        error: 'it broke',
        attempts: 1,
        nextAttemptAtMs: NOW_MS + 60_000,
        finishedAtMs: null,
      });
      expect(await claim(NOW_MS + 59_999)).toBeNull();
      const again = await mustClaim(NOW_MS + 60_000);
      expect(again.job).toMatchObject({ attempts: 2, startedAtMs: NOW_MS + 1_000 });
      await store.settle(again, failed(null), NOW_MS + 5);
      expect(await found(1)).toMatchObject({ status: 'failed', error: 'it broke', attempts: 2 });
    });

    test('count their tries from where they last got further', async () => {
      await store.add(newJob(1));
      await store.settle(await mustClaim(), failed(NOW_MS), NOW_MS);
      const second = await mustClaim();
      expect(second.job.attempts).toBe(2);
      await store.advance(second, SOME, NOW_MS + JOB_LEASE_MS);
      expect((await found(1)).attempts).toBe(1);
      await store.settle(second, failed(NOW_MS, { done: 41, total: 100 }), NOW_MS);
      expect(await found(1)).toMatchObject({ attempts: 1, done: 41 });
    });

    test('that are given back were not tried, and are due at once', async () => {
      await store.add(newJob(1));
      const outcome = { kind: 'released', progress: SOME } as const;
      await store.settle(await mustClaim(), outcome, NOW_MS + 5);
      expect(await found(1)).toMatchObject({ ...SOME, status: 'queued', attempts: 0 });
      expect((await mustClaim(NOW_MS + 5)).job).toMatchObject({ ...SOME, attempts: 1 });
    });

    test('whose lease is over go to another, and who had it writes nothing any more', async () => {
      await store.add(newJob(1));
      const lost = await mustClaim();
      const later = NOW_MS + 1_000 + JOB_LEASE_MS;
      expect(await claim(later - 1)).toBeNull();
      const taken = await mustClaim(later);
      expect(taken.job).toMatchObject({ id: 'job_1', attempts: 2 });
      expect(taken.fence).toBeGreaterThan(lost.fence);
      const before = await found(1);
      expect(await store.advance(lost, SOME, later + JOB_LEASE_MS)).toBe(false);
      const outcome = { kind: 'succeeded', result: {}, progress: ALL } as const;
      expect(await store.settle(lost, outcome, later)).toBe(false);
      expect(await store.settle(lost, failed(null), later)).toBe(false);
      expect(await found(1)).toEqual(before);
      expect(await store.settle(taken, outcome, later)).toBe(true);
    });

    test('that end with every process that works on them are given up', async () => {
      await store.add(newJob(1));
      await store.add(newJob(2));
      let atMs = NOW_MS + 1_000;
      for (let tries = 1; tries <= JOB_ATTEMPTS_MAX; tries += 1) {
        expect((await mustClaim(atMs)).job).toMatchObject({ id: 'job_1', attempts: tries });
        atMs += JOB_LEASE_MS;
      }
      expect((await mustClaim(atMs)).job.id).toBe('job_2');
      expect(await found(1)).toMatchObject({
        status: 'failed',
        attempts: JOB_ATTEMPTS_MAX,
        finishedAtMs: atMs,
      });
      expect((await found(1)).error).toContain('without getting further');
    });

    test('can be canceled while they wait and while they run, and not once they are over', async () => {
      await store.add(newJob(1));
      await store.add(newJob(2));
      const held = await mustClaim();
      for (const index of [1, 2]) {
        expect(await store.cancel(newJob(index).id, NOW_MS + 7)).toMatchObject({
          status: 'canceled',
          finishedAtMs: NOW_MS + 7,
        });
      }
      expect(await store.advance(held, SOME, NOW_MS + 99_999)).toBe(false);
      expect(await store.settle(held, failed(NOW_MS), NOW_MS)).toBe(false);
      expect(await claim(NOW_MS + 10 * JOB_LEASE_MS)).toBeNull();
      expect(await store.cancel(newJob(1).id, NOW_MS + 8)).toMatchObject({
        finishedAtMs: NOW_MS + 7,
      });
      expect(await store.cancel('job_none' as JobId, NOW_MS)).toBeNull();
    });

    test('that have been over for long are taken out, the oldest first', async () => {
      for (const index of [1, 2, 3, 4]) await store.add(newJob(index));
      for (const index of [3, 2, 1]) await store.cancel(newJob(index).id, NOW_MS + 10 - index);
      expect(await store.removeFinished(NOW_MS + 9, 1)).toBe(1);
      expect(await store.find(newJob(3).id)).toBeNull();
      expect(await store.removeFinished(NOW_MS + 9, 10)).toBe(1);
      expect(await store.removeFinished(NOW_MS + 9, 10)).toBe(0);
      const { items } = await store.list({ limit: 10, cursor: null });
      expect(items.map(({ id }) => id)).toEqual(['job_4', 'job_1']);
    });
  });
}
