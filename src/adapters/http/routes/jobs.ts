/** Background jobs: asked for, looked at, canceled. Whoever runs them finds them in their store. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { IDEMPOTENCY_KEPT_MS } from '../../../core/limits.ts';
import {
  isFinished,
  type Job,
  JOB_STATUSES,
  JOB_TYPES,
  type JobId,
  jobIdOf,
  type NewJob,
  parseJobId,
} from '../../../engine/jobs/job.ts';
import { JOB_ATTEMPTS_MAX } from '../../../engine/jobs/limits.ts';
import type { JobQuery } from '../../../engine/jobs/ports.ts';
import type { StoredBytes } from '../../../engine/ports.ts';
import { decodeCursor, encodeCursor } from '../cursors.ts';
import type { HttpDeps } from '../deps.ts';
import { newJob } from '../job-request.ts';
import {
  type JobListQuery,
  JobListQuerySchema,
  JobParamsSchema,
  type JobPathParams,
  type JobRequestBody,
  JobRequestSchema,
  JobSchema,
} from '../job-schemas.ts';
import { wireJob } from '../job-wire.ts';
import { PAGE_ITEMS_DEFAULT } from '../limits.ts';
import { listed } from '../listed.ts';
import { once } from '../once.ts';
import { KEY_PROBLEMS, operation } from '../operation.ts';
import { Problem } from '../problems.ts';
import { listOf } from '../schemas.ts';
import { idempotencyOf } from '../submit.ts';

const CURSORS = 'jobs';
const CURSOR_FORM = /^\d{1,15}$/;

export function jobRoutes(app: FastifyInstance, deps: HttpDeps): void {
  readRoutes(app, deps);

  app.post<{ Body: JobRequestBody }>(
    '/jobs',
    {
      schema: operation('createJob', 'Jobs', 'Have something done in the background', {
        body: JobRequestSchema,
        response: { 202: JobSchema },
        problems: ['validation_failed', ...KEY_PROBLEMS],
      }),
    },
    (request, reply) => once(deps, request, reply, () => added(deps, request)),
  );

  app.post<{ Params: JobPathParams; Body: null }>(
    '/jobs/:job_id/cancel',
    {
      schema: operation('cancelJob', 'Jobs', 'Stop it; what it has done stays done', {
        params: JobParamsSchema,
        response: { 200: JobSchema },
        problems: ['job_not_found', 'job_finished', ...KEY_PROBLEMS],
      }),
    },
    (request, reply) =>
      once(deps, request, reply, async () => bytesOf(200, await canceled(deps, request.params))),
  );
}

function readRoutes(app: FastifyInstance, deps: HttpDeps): void {
  app.get<{ Querystring: JobListQuery }>(
    '/jobs',
    {
      schema: operation('listJobs', 'Jobs', 'Background jobs, newest first', {
        querystring: JobListQuerySchema,
        response: { 200: listOf(JobSchema) },
        problems: ['validation_failed', 'invalid_cursor'],
      }),
    },
    async ({ query }) => {
      const asked = jobQuery(query);
      const store = await deps.jobs.existing();
      const page = (await store?.list(asked)) ?? { items: [], next: null };
      const { items, next } = page;
      return {
        data: items.map(wireJob),
        has_more: next !== null,
        next_cursor: next === null ? null : encodeCursor(CURSORS, next),
      };
    },
  );

  app.get<{ Params: JobPathParams }>(
    '/jobs/:job_id',
    {
      schema: operation('getJob', 'Jobs', 'Read a job', {
        params: JobParamsSchema,
        response: { 200: JobSchema },
        problems: ['job_not_found'],
      }),
    },
    async ({ params }) => {
      const id = knownJobId(params);
      const job = await (await deps.jobs.existing())?.find(id);
      if (job === undefined || job === null) throw noSuchJob();
      return wireJob(job);
    },
  );
}

function jobQuery({ limit = PAGE_ITEMS_DEFAULT, cursor, status, type }: JobListQuery): JobQuery {
  const statuses =
    status === undefined ? null : listed(status.toLowerCase(), '?status', JOB_STATUSES);
  const types = type === undefined ? null : listed(type, '?type', JOB_TYPES);
  return {
    limit,
    cursor: cursor === undefined ? null : decodeCursor(CURSORS, cursor, CURSOR_FORM),
    ...(statuses === null
      ? {}
      : { statuses: JOB_STATUSES.filter((one) => statuses.includes(one)) }),
    ...(types === null ? {} : { types: JOB_TYPES.filter((one) => types.includes(one)) }),
  };
}

/**
 * A job that is asked for under an idempotency key has its id from that key: asked again after a crash, or through two
 * processes at once, it is one job, and the answer is the first one.
 */
async function added(
  deps: HttpDeps,
  request: FastifyRequest<{ Body: JobRequestBody }>,
): Promise<StoredBytes> {
  const { engine, jobs } = deps;
  const nowMs = engine.clock.nowMs();
  const freshId = jobIdOf(engine.random.newId(nowMs));
  const store = await jobs.open();
  const keyed = keyedId(deps, request);
  const job = newJob(request.body, keyed ?? freshId, nowMs);
  if (await store.add(job)) return accepted(deps, job);
  const known = await store.find(job.id);
  // The key was used so long ago that it stands for nothing any more, but its job is still kept.
  if (known === null || known.createdAtMs <= nowMs - IDEMPOTENCY_KEPT_MS) {
    const another = newJob(request.body, freshId, nowMs);
    await store.add(another);
    return accepted(deps, another);
  }
  if (known.type !== job.type || JSON.stringify(known.params) !== JSON.stringify(job.params)) {
    throw new Problem(
      'idempotency_key_reused',
      'This Idempotency-Key was sent before with a different request; use a new key for a new request.',
    );
  }
  return accepted(deps, known);
}

/** Null for a request without a key. */
function keyedId(deps: HttpDeps, request: FastifyRequest): JobId | null {
  const idempotency = idempotencyOf(deps, request, false);
  if (idempotency === null) return null;
  const [a, b, c] = deps.keyedHash(`job\n${idempotency.keyHash}`).match(/[0-9a-f]{12}/g) ?? [];
  return jobIdOf(`${a}-${b}-${c}`);
}

/** As it was when it was added, whatever has become of it since. */
function accepted({ jobs }: HttpDeps, job: NewJob): StoredBytes {
  jobs.enqueued(job.id);
  return bytesOf(202, {
    ...job,
    ordinal: 0,
    status: 'queued',
    done: 0,
    attempts: 0,
    attemptsMax: JOB_ATTEMPTS_MAX,
    nextAttemptAtMs: job.createdAtMs,
    error: null,
    result: null,
    startedAtMs: null,
    finishedAtMs: null,
  });
}

async function canceled({ engine, jobs }: HttpDeps, params: JobPathParams): Promise<Job> {
  const id = knownJobId(params);
  const store = await jobs.existing();
  const before = (await store?.find(id)) ?? null;
  if (store === null || before === null) throw noSuchJob();
  const after = isFinished(before.status) ? before : await store.cancel(id, engine.clock.nowMs());
  if (after === null) throw noSuchJob();
  if (after.status === 'canceled') return after;
  throw new Problem(
    'job_finished',
    `The job is over (${after.status}), so there is nothing to cancel; GET /jobs/{id} tells what it came to.`,
  );
}

function bytesOf(status: number, job: Job): StoredBytes {
  return { status, body: JSON.stringify(wireJob(job)) };
}

/** Throws the 404 at once for what cannot be the id of a job. */
function knownJobId({ job_id }: JobPathParams): JobId {
  const id = parseJobId(job_id);
  if (id === null) throw noSuchJob();
  return id;
}

function noSuchJob(): Problem {
  return new Problem(
    'job_not_found',
    'There is no job with this id; GET /jobs lists those there are.',
  );
}
