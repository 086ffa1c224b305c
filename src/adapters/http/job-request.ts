/** From the body of POST /jobs to a job. What JSON Schema cannot say of all types at once is checked here. */
import { maskCardNumbers } from '../../core/card.ts';
import { JOB_TYPES, type JobId, type JobType, type NewJob } from '../../engine/jobs/job.ts';
import { KEEP_DAYS_DEFAULT, SEED_BATCH_DEFAULT } from '../../engine/jobs/limits.ts';
import { JOB_BODY_SCHEMAS, type JobParamsBody, type JobRequestBody } from './job-schemas.ts';
import { bodyCheck } from './validation.ts';

const CHECKS = new Map<JobType, (body: unknown) => void>(
  JOB_TYPES.map((type) => [type, bodyCheck(JOB_BODY_SCHEMAS[type])]),
);

/** Throws the problem for params that are not those of the type. Card numbers in them are masked. */
export function newJob(body: JobRequestBody, id: JobId, createdAtMs: number): NewJob {
  const { type, params = {} } = body;
  CHECKS.get(type)?.(body);
  const job = { id, createdAtMs };
  switch (type) {
    case 'seed_synthetic_transactions': {
      const asked = params as JobParamsBody['seed_synthetic_transactions'];
      const { count, batch_size = SEED_BATCH_DEFAULT, seed = id } = asked;
      const work = { count, batch_size, seed: maskCardNumbers(seed) };
      return { ...job, type, params: work, total: count };
    }
    case 'refresh_features': {
      const { card_fingerprint: asked = null } = params as JobParamsBody['refresh_features'];
      const fingerprint = asked === null ? null : maskCardNumbers(asked);
      return { ...job, type, params: { card_fingerprint: fingerprint }, total: null };
    }
    case 'retention': {
      const { keep_days = KEEP_DAYS_DEFAULT } = params as JobParamsBody['retention'];
      return { ...job, type, params: { keep_days }, total: null };
    }
  }
}
