import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  expectProblem,
  matching,
  testApp,
  type TestApp,
  type WireList,
} from '../../../../test/property/app.ts';
import { IDEMPOTENCY_KEPT_MS } from '../../../core/limits.ts';
import type { JobId } from '../../../engine/jobs/job.ts';

interface WireJob {
  readonly id: string;
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly status: string;
  readonly [name: string]: unknown;
}

const SEED = { type: 'seed_synthetic_transactions', params: { count: 500, seed: 'demo' } };

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
});
afterEach(() => app.close());

async function create(body: object, headers = {}): Promise<WireJob> {
  const answer = await app.post('/jobs', body, headers);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^202 /);
  return answer.json();
}

async function list(query = ''): Promise<WireList<WireJob>> {
  const answer = await app.get(`/jobs${query}`);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^200 /);
  return answer.json();
}

describe('POST /jobs', () => {
  test('takes a job, says so, and tells whoever may run it', async () => {
    const job = await create(SEED);
    expect(job).toEqual({
      id: matching(/^job_/),
      type: 'seed_synthetic_transactions',
      params: { count: 500, batch_size: 250, seed: 'demo' },
      status: 'queued',
      progress: { done: 0, total: 500 },
      attempts: 0,
      max_attempts: 5,
      next_attempt_at: '2026-01-01T00:00:00.000Z',
      error: null,
      result: null,
      created_at: '2026-01-01T00:00:00.000Z',
      started_at: null,
      finished_at: null,
    });
    expect(app.jobs.hinted).toEqual([job.id]);
    expect((await app.get(`/jobs/${job.id}`)).json()).toEqual(job);
  });

  test('fills in what was left out', async () => {
    const seeding = await create({ ...SEED, params: { count: 1 } });
    expect(seeding.params).toEqual({ count: 1, batch_size: 250, seed: seeding.id });
    expect((await create({ type: 'retention' })).params).toEqual({ keep_days: 30 });
    expect((await create({ type: 'refresh_features', params: {} })).params).toEqual({
      card_fingerprint: null,
    });
    const ofCard = { type: 'refresh_features', params: { card_fingerprint: 'ab12' } };
    expect(await create(ofCard)).toMatchObject({ ...ofCard, progress: { done: 0, total: null } });
  });

  test.each([
    [{}, '/type', 'missing_field'],
    [{ type: 'seeding' }, '/type', 'not_one_of'],
    [{ type: 'seed_synthetic_transactions' }, '/params', 'missing_field'],
    [{ ...SEED, params: {} }, '/params/count', 'missing_field'],
    [{ ...SEED, params: { count: 0 } }, '/params/count', 'out_of_range'],
    [{ ...SEED, params: { count: 1_000_001 } }, '/params/count', 'out_of_range'],
    [{ ...SEED, params: { count: 1.5 } }, '/params/count', 'wrong_type'],
    [{ ...SEED, params: { count: '1' } }, '/params/count', 'wrong_type'],
    [{ ...SEED, params: { count: 1, batch_size: 1_001 } }, '/params/batch_size', 'out_of_range'],
    [{ ...SEED, params: { count: 1, keep_days: 1 } }, '/params/keep_days', 'unknown_field'],
    [{ ...SEED, params: { count: 1, cuont: 1 } }, '/params/cuont', 'unknown_field'],
    [{ ...SEED, params: [] }, '/params', 'wrong_type'],
    [{ ...SEED, priority: 1 }, '/priority', 'unknown_field'],
    [{ type: 'retention', params: { keep_days: 0 } }, '/params/keep_days', 'out_of_range'],
    [{ type: 'retention', params: { count: 1 } }, '/params/count', 'unknown_field'],
    [
      { type: 'refresh_features', params: { card_fingerprint: '' } },
      '/params/card_fingerprint',
      'too_short',
    ],
  ])('refuses %j and points to %s', async (body, pointer, code) => {
    const problem = expectProblem(await app.post('/jobs', body), 400, 'validation_failed');
    expect(problem.errors).toContainEqual(expect.objectContaining({ pointer, code }));
    expect((await list()).data).toEqual([]);
  });

  test('names the types there are', async () => {
    const { detail } = expectProblem(
      await app.post('/jobs', { type: 'x' }),
      400,
      'validation_failed',
    );
    for (const type of ['seed_synthetic_transactions', 'refresh_features', 'retention']) {
      expect(detail).toContain(type);
    }
  });

  test('masks what could be a card number', async () => {
    const pan = '4242424242424242';
    const seeding = await create({ ...SEED, params: { count: 1, seed: `a ${pan}` } });
    expect(seeding.params['seed']).toBe('a ************4242');
    const ofCard = { type: 'refresh_features', params: { card_fingerprint: pan } };
    expect(JSON.stringify(await create(ofCard))).not.toContain(pan);
    expect((await app.get('/jobs')).body).not.toContain(pan);
  });
});

describe('an idempotency key', () => {
  const key = { 'idempotency-key': 'order-1' };

  test('makes a job once, and gets the same bytes', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => app.post('/jobs', SEED, key)));
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(
      2,
    );
    expect((await list()).data).toHaveLength(1);
    expectProblem(
      await app.post('/jobs', { type: 'retention' }, key),
      422,
      'idempotency_key_reused',
    );
  });

  test('makes a job once though its first answer was never written down', async () => {
    const first = await app.post('/jobs', SEED, key);
    const job: WireJob = first.json();
    const claim = { nowMs: app.clock.nowMs(), leaseUntilMs: app.clock.nowMs() + 1 };
    await app.jobs.store.claim(claim);
    // As after a crash between the two: the answers are gone, the job is there and has been begun.
    forgetReplies(app);
    const again = await app.post('/jobs', SEED, key);
    expect(again.body).toBe(first.body);
    expect(again.headers['idempotent-replayed']).toBeUndefined();
    expect((await list()).data.map(({ id, status }) => [id, status])).toEqual([
      [job.id, 'running'],
    ]);
    forgetReplies(app);
    const other = { ...SEED, params: { count: 7 } };
    expectProblem(await app.post('/jobs', other, key), 422, 'idempotency_key_reused');
  });

  test('is forgotten after its time, though its job is still kept', async () => {
    const first = await create(SEED, key);
    app.clock.advance(IDEMPOTENCY_KEPT_MS);
    const second = await create(SEED, key);
    expect(second.id).not.toBe(first.id);
    expect((await list()).data).toHaveLength(2);
  });

  test('of another request is another job', async () => {
    await create(SEED, key);
    await create(SEED, { 'idempotency-key': 'order-2' });
    await create(SEED);
    expect((await list()).data).toHaveLength(3);
  });
});

/** Whatever was kept under keys is not found any more. */
function forgetReplies({ deliveries }: TestApp): void {
  const find = deliveries.findReply.bind(deliveries);
  Object.assign(deliveries, {
    findReply: async () => {
      Object.assign(deliveries, { findReply: find });
      return null;
    },
  });
}

describe('GET /jobs', () => {
  test('is empty, and opens nothing, while there never was one', async () => {
    expect(await list()).toEqual({ data: [], has_more: false, next_cursor: null });
    expectProblem(await app.get('/jobs/job_1'), 404, 'job_not_found');
    expect(await app.jobs.deps.existing()).toBeNull();
  });

  test('pages, newest first, by status and type', async () => {
    const jobs: WireJob[] = [];
    for (const type of ['retention', 'refresh_features', 'retention']) {
      jobs.unshift(await create({ type }));
    }
    await app.jobs.store.cancel(jobs[2]?.id as JobId, app.clock.nowMs());
    const first = await list('?limit=2');
    expect(first).toMatchObject({ data: jobs.slice(0, 2), has_more: true });
    const rest = await list(`?limit=2&cursor=${first.next_cursor}`);
    expect(rest.data.map(({ id }) => id)).toEqual([jobs[2]?.id]);
    expect(rest).toMatchObject({ has_more: false, next_cursor: null });
    const ids = async (query: string) => (await list(query)).data.map(({ id }) => id);
    expect(await ids('?type=refresh_features')).toEqual([jobs[1]?.id]);
    expect(await ids('?status=canceled')).toEqual([jobs[2]?.id]);
    expect(await ids('?status=queued,canceled&type=retention')).toEqual([jobs[0]?.id, jobs[2]?.id]);
  });

  test.each([
    ['?status=done', '?status'],
    ['?type=seed', '?type'],
    ['?limit=101', '?limit'],
    ['?kind=x', '?kind'],
  ])('refuses %s', async (query, pointer) => {
    const problem = expectProblem(await app.get(`/jobs${query}`), 400, 'validation_failed');
    expect(problem.errors).toContainEqual(expect.objectContaining({ pointer }));
  });

  test('refuses a cursor of another list', async () => {
    await create({ type: 'retention' });
    expectProblem(await app.get('/jobs?cursor=bm9uZTo1'), 400, 'invalid_cursor');
  });

  test('says of one how it goes, and what it came to', async () => {
    const { id } = await create(SEED);
    const nowMs = app.clock.nowMs();
    const claim = await app.jobs.store.claim({ nowMs, leaseUntilMs: nowMs + 1_000 });
    if (claim === null) throw new Error('it waits');
    await app.jobs.store.advance(claim, { done: 250, total: 500 }, nowMs + 1_000);
    expect((await app.get(`/jobs/${id}`)).json()).toMatchObject({
      status: 'running',
      progress: { done: 250, total: 500 },
      attempts: 1,
      next_attempt_at: null,
      started_at: '2026-01-01T00:00:00.000Z',
    });
    const result = { payments: 500, seed: 'demo' };
    const outcome = { kind: 'succeeded', result, progress: { done: 500, total: 500 } } as const;
    await app.jobs.store.settle(claim, outcome, nowMs + 5);
    expect((await app.get(`/jobs/${id}`)).json()).toMatchObject({
      status: 'succeeded',
      result,
      finished_at: '2026-01-01T00:00:00.005Z',
    });
    for (const unknown of ['job_none', 'none', 'job_%00']) {
      expectProblem(await app.get(`/jobs/${unknown}`), 404, 'job_not_found');
    }
  });
});

describe('POST /jobs/{id}/cancel', () => {
  test('ends a job, once and for all', async () => {
    const { id } = await create(SEED);
    const canceled = await app.post(`/jobs/${id}/cancel`);
    expect(canceled.statusCode).toBe(200);
    expect(canceled.json()).toMatchObject({ id, status: 'canceled' });
    expect((await app.post(`/jobs/${id}/cancel`)).body).toBe(canceled.body);
  });

  test('is refused for one that is over, and for none', async () => {
    expectProblem(await app.post('/jobs/job_1/cancel'), 404, 'job_not_found');
    const { id } = await create(SEED);
    expectProblem(await app.post('/jobs/job_1/cancel'), 404, 'job_not_found');
    const nowMs = app.clock.nowMs();
    const claim = await app.jobs.store.claim({ nowMs, leaseUntilMs: nowMs + 1_000 });
    if (claim === null) throw new Error('it waits');
    const outcome = { kind: 'succeeded', result: {}, progress: { done: 1, total: 1 } } as const;
    await app.jobs.store.settle(claim, outcome, nowMs);
    const { detail } = expectProblem(await app.post(`/jobs/${id}/cancel`), 409, 'job_finished');
    expect(detail).toContain('succeeded');
  });
});
