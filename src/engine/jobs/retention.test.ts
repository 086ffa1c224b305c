import { expect, test } from 'vitest';
import { testClock } from '../../../test/support/engine.ts';
import { openSqliteJobs } from '../../adapters/storage/sqlite-jobs/store.ts';
import { IDEMPOTENCY_KEPT_MS } from '../../core/limits.ts';
import { askForToday } from './daily.ts';
import type { JobSteps } from './handlers.ts';
import type { JobId } from './job.ts';
import { retention } from './retention.ts';

const DAY_MS = 86_400_000;

function steps(advanced: number[]): JobSteps<'retention'> {
  return {
    id: 'job_1' as JobId,
    params: { keep_days: 7 },
    done: 0,
    signal: new AbortController().signal,
    advance: async (done) => void advanced.push(done),
  };
}

test('retention takes out in steps what is past its keep, and counts it', async () => {
  const clock = testClock();
  const asked: unknown[] = [];
  const replies = [500, 120];
  const attempts = [
    { removed: 300, next: 501 },
    { removed: 0, next: 1_001 },
    { removed: 7, next: null },
  ];
  const handler = retention({
    clock,
    store: {
      async removeReplies(beforeMs, limit) {
        asked.push(['replies', clock.nowMs() - beforeMs, limit]);
        return replies.shift() ?? 0;
      },
    },
    deliveries: {
      async removeAttempts({ beforeMs, after, limit }) {
        asked.push(['attempts', clock.nowMs() - beforeMs, after, limit]);
        return attempts.shift() ?? { removed: 0, next: null };
      },
    },
    jobs: async () => ({
      async removeFinished(beforeMs, limit) {
        asked.push(['jobs', clock.nowMs() - beforeMs, limit]);
        return 3;
      },
    }),
  });
  const advanced: number[] = [];
  expect(await handler(steps(advanced))).toEqual({
    idempotency_replies: 620,
    webhook_attempts: 307,
    jobs: 3,
  });
  expect(asked).toEqual([
    ['replies', IDEMPOTENCY_KEPT_MS, 500],
    ['replies', IDEMPOTENCY_KEPT_MS, 500],
    ['attempts', 7 * DAY_MS, 0, 500],
    ['attempts', 7 * DAY_MS, 501, 500],
    ['attempts', 7 * DAY_MS, 1_001, 500],
    ['jobs', 7 * DAY_MS, 500],
  ]);
  expect(advanced).toEqual([500, 620, 920, 920, 927, 930]);
});

test('every process asks for the retention of a day, and there is one job for it', async () => {
  const store = openSqliteJobs({ path: ':memory:', isAlone: true });
  const clock = testClock(Date.UTC(2026, 1, 26, 23, 59));
  const hinted: string[] = [];
  const parts = {
    open: async () => store,
    clock,
    hints: { enqueued: (id: string) => void hinted.push(id) },
    onError: () => {},
  };
  await Promise.all([askForToday(parts), askForToday(parts)]);
  clock.advance(120_000);
  await askForToday(parts);
  await askForToday(parts);
  expect(hinted).toEqual(['job_retention_2026-02-26', 'job_retention_2026-02-27']);
  const { items } = await store.list({ limit: 9, cursor: null });
  expect(items.map(({ type, params }) => [type, params])).toEqual([
    ['retention', { keep_days: 30 }],
    ['retention', { keep_days: 30 }],
  ]);
  await store.close();
});
