import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { JobId } from '../../../engine/jobs/job.ts';
import { describeJobs } from '../jobs.contract.ts';
import { openSqliteJobs } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-jobs-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

const pathOf = (file: number) => join(folder, `${file}.jobs`);

describeJobs('SQLite', {
  open: async () => openSqliteJobs({ path: pathOf(files), isAlone: false }),
  reset() {
    files += 1;
  },
});

const JOB = {
  type: 'retention',
  params: { keep_days: 30 },
  id: 'job_1' as JobId,
  total: null,
  createdAtMs: 1_000,
} as const;
const REQUEST = { nowMs: 2_000, leaseUntilMs: 22_000 };

describe('the file of jobs', () => {
  test('gives whoever has it alone what a dead process had in hand, at once', async () => {
    files += 1;
    const dead = openSqliteJobs({ path: pathOf(files), isAlone: true });
    await dead.add(JOB);
    await dead.claim(REQUEST);
    await dead.close();
    const other = openSqliteJobs({ path: pathOf(files), isAlone: false });
    expect(await other.claim(REQUEST)).toBeNull();
    await other.close();
    const next = openSqliteJobs({ path: pathOf(files), isAlone: true });
    expect((await next.claim(REQUEST))?.job).toMatchObject({ id: 'job_1', attempts: 2 });
    await next.close();
  });

  test('is not for everybody to read', async () => {
    files += 1;
    await openSqliteJobs({ path: pathOf(files), isAlone: true }).close();
    expect(statSync(pathOf(files)).mode & 0o007).toBe(0);
  });

  test('that cannot be made is named, and what to do', () => {
    const path = join(folder, 'no', 'such.jobs');
    expect(() => openSqliteJobs({ path, isAlone: true })).toThrow(/cannot be written/);
  });

  test('in memory is gone when it is closed', async () => {
    const store = openSqliteJobs({ path: ':memory:', isAlone: true });
    expect(await store.add(JOB)).toBe(true);
    await store.close();
    const next = openSqliteJobs({ path: ':memory:', isAlone: true });
    expect(await next.find(JOB.id)).toBeNull();
    await next.close();
  });
});
