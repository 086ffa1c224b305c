/** The wire of /jobs: what a background job is asked for with, and how it goes. */
import { type Static, Type } from 'typebox';
import { JOB_STATUSES, JOB_TYPES, type JobStatus, type JobType } from '../../engine/jobs/job.ts';
import {
  KEEP_DAYS_DEFAULT,
  KEEP_DAYS_MAX,
  SEED_BATCH_DEFAULT,
  SEED_BATCH_MAX,
  SEED_COUNT_MAX,
} from '../../engine/jobs/limits.ts';
import { PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from './limits.ts';
import { nullable } from './schemas.ts';

const TypeName = Type.Unsafe<JobType>({
  type: 'string',
  enum: [...JOB_TYPES],
  description:
    'seed_synthetic_transactions makes realistic payments; refresh_features makes what is known of cards, devices and addresses anew from the log; retention takes out what is past its keep.',
});

const count = Type.Integer({
  minimum: 1,
  maximum: SEED_COUNT_MAX,
  description: 'seed_synthetic_transactions, needed: how many payments.',
});
const batchSize = Type.Integer({
  minimum: 1,
  maximum: SEED_BATCH_MAX,
  description: `seed_synthetic_transactions: payments that are committed together; ${SEED_BATCH_DEFAULT} when absent.`,
});
const seed = Type.String({
  minLength: 1,
  maxLength: 64,
  description:
    'seed_synthetic_transactions: the same seed and count make the same payments; the id of the job when absent.',
});
const cardFingerprint = nullable<string>('string', {
  minLength: 1,
  maxLength: 64,
  description:
    'refresh_features: the fingerprint of one card, as its payments have it; null or absent: all cards, devices and addresses.',
});
const keepDays = Type.Integer({
  minimum: 1,
  maximum: KEEP_DAYS_MAX,
  description: `retention: days that attempts of delivered webhooks and finished jobs are kept; ${KEEP_DAYS_DEFAULT} when absent.`,
});

const paramsOf = {
  seed_synthetic_transactions: Type.Object(
    { count, batch_size: Type.Optional(batchSize), seed: Type.Optional(seed) },
    { additionalProperties: false },
  ),
  refresh_features: Type.Object(
    { card_fingerprint: Type.Optional(cardFingerprint) },
    { additionalProperties: false },
  ),
  retention: Type.Object({ keep_days: Type.Optional(keepDays) }, { additionalProperties: false }),
} as const;

/** What is sent with each type. */
export type JobParamsBody = {
  readonly [Name in JobType]: Static<(typeof paramsOf)[Name]>;
};

/** The whole body, for one type: what the schema of the route cannot say of all at once. */
export const JOB_BODY_SCHEMAS: Readonly<Record<JobType, object>> = {
  seed_synthetic_transactions: bodyOf(paramsOf.seed_synthetic_transactions, true),
  refresh_features: bodyOf(paramsOf.refresh_features, false),
  retention: bodyOf(paramsOf.retention, false),
};

function bodyOf(params: object, isNeeded: boolean) {
  return {
    type: 'object',
    required: isNeeded ? ['type', 'params'] : ['type'],
    properties: { type: TypeName, params },
  };
}

export const JobRequestSchema = Type.Object(
  {
    type: TypeName,
    params: Type.Optional(
      Type.Object(
        {
          count: Type.Optional(count),
          batch_size: Type.Optional(batchSize),
          seed: Type.Optional(seed),
          card_fingerprint: Type.Optional(cardFingerprint),
          keep_days: Type.Optional(keepDays),
        },
        { description: 'Those of the type; each says which that is.' },
      ),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ type: 'seed_synthetic_transactions', params: { count: 100_000, seed: 'demo' } }],
  },
);
export type JobRequestBody = Static<typeof JobRequestSchema>;

const TIME = { format: 'date-time' };

export const JobSchema = Type.Object(
  {
    id: Type.String(),
    type: TypeName,
    params: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      description: 'What it was asked with; what was left out is filled in.',
    }),
    status: Type.Unsafe<JobStatus>({ type: 'string', enum: [...JOB_STATUSES] }),
    progress: Type.Object({
      done: Type.Integer(),
      total: nullable<number>('integer', { description: 'null while nobody knows.' }),
    }),
    attempts: Type.Integer({
      description: 'Tries since it last got further, the one that goes on included.',
    }),
    max_attempts: Type.Integer({
      description: 'After so many tries without getting further it has failed.',
    }),
    next_attempt_at: nullable<string>('string', {
      ...TIME,
      description: 'When it is begun, at the earliest; null unless it is queued.',
    }),
    error: nullable<string>('string', { description: 'Of the last try, if that failed.' }),
    result: nullable<Record<string, unknown>>('object', {
      description: 'What it came to; null unless it succeeded.',
    }),
    created_at: Type.String(TIME),
    started_at: nullable<string>('string', TIME),
    finished_at: nullable<string>('string', TIME),
  },
  {
    examples: [
      {
        id: 'job_0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a21',
        type: 'seed_synthetic_transactions',
        params: { count: 100_000, batch_size: SEED_BATCH_DEFAULT, seed: 'demo' },
        status: 'running',
        progress: { done: 42_500, total: 100_000 },
        attempts: 1,
        max_attempts: 5,
        next_attempt_at: null,
        error: null,
        result: null,
        created_at: '2026-02-26T10:00:00.000Z',
        started_at: '2026-02-26T10:00:00.120Z',
        finished_at: null,
      },
    ],
  },
);

export const JobParamsSchema = Type.Object({ job_id: Type.String() });
export type JobPathParams = Static<typeof JobParamsSchema>;

export const JobListQuerySchema = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: PAGE_ITEMS_MAX, default: PAGE_ITEMS_DEFAULT }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
    status: Type.Optional(
      Type.String({ maxLength: 100, description: 'One status or several, joined by commas.' }),
    ),
    type: Type.Optional(
      Type.String({ maxLength: 100, description: 'One type or several, joined by commas.' }),
    ),
  },
  { additionalProperties: false },
);
export type JobListQuery = Static<typeof JobListQuerySchema>;
