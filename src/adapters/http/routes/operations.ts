/** Operations: is it alive, is it ready, how is it doing, what do its errors mean. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../deps.ts';
import { nearest } from '../../../core/nearest.ts';
import { operation } from '../operation.ts';
import {
  isProblemCode,
  isRetryable,
  Problem,
  type ProblemCode,
  PROBLEMS,
  PUBLIC_CODES,
} from '../problems.ts';
import { listOf } from '../schemas.ts';

const READY_POLL_MS = 50;
const READY_WAIT_SECONDS_MAX = 60;

const StatusSchema = Type.Object({ status: Type.String() }, { examples: [{ status: 'ok' }] });
const ReadySchema = Type.Object(
  {
    status: Type.Unsafe<string>({ type: 'string', enum: ['ready', 'not_ready'] }),
    reason: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    checks: Type.Record(Type.String(), Type.String(), {
      description:
        'How what it would rather not be without is: "ok", or what is wrong and what is used in its place. "redis" is there when REDIS_URL is set.',
    }),
  },
  { examples: [{ status: 'ready', reason: null, checks: { redis: 'ok' } }] },
);
const NotReadySchema = {
  ...ReadySchema,
  examples: [{ status: 'not_ready', reason: 'starting or stopping', checks: {} }],
};
const ErrorSchema = Type.Object(
  {
    code: Type.String(),
    status: Type.Integer(),
    title: Type.String(),
    help: Type.String(),
    retryable: Type.Boolean({
      description: 'The same request may succeed when it is sent again.',
    }),
  },
  { examples: [describe('payment_not_found')] },
);

const METRICS = `# HELP farthing_payments Payments by the status they are in.
# TYPE farthing_payments gauge
farthing_payments{status="SUCCESS"} 15
`;

export function operationRoutes(app: FastifyInstance, deps: HttpDeps): void {
  app.get(
    '/health',
    {
      schema: operation('getHealth', 'Operations', 'Is it up', { response: { 200: StatusSchema } }),
    },
    async () => ({ status: 'ok' }),
  );
  healthRoutes(app, deps);
  errorRoutes(app);
  metricsRoute(app, deps);
}

/** Of a process of whatever kind. */
export function metricsRoute(
  app: FastifyInstance,
  { metrics, engine }: Pick<HttpDeps, 'metrics' | 'engine'>,
): void {
  app.get(
    '/metrics',
    {
      schema: operation('getMetrics', 'Operations', 'Prometheus metrics', {
        response: {
          200: {
            description: 'Prometheus text format',
            content: { 'text/plain': { schema: { type: 'string' }, example: METRICS } },
          },
        },
      }),
    },
    async (_request, reply) => {
      const { contentType, text } = await metrics.expose(await engine.store.totals());
      return reply.header('content-type', contentType).send(text);
    },
  );
}

/** Of a process of whatever kind. */
export function healthRoutes(app: FastifyInstance, { health }: Pick<HttpDeps, 'health'>): void {
  app.get(
    '/livez',
    {
      schema: operation('getLiveness', 'Operations', 'Does the process answer', {
        response: { 200: StatusSchema },
      }),
    },
    async () => ({ status: 'ok' }),
  );
  app.get<{ Querystring: { wait?: number } }>(
    '/readyz',
    {
      schema: operation('getReadiness', 'Operations', 'Can it take payments', {
        querystring: Type.Object(
          {
            wait: Type.Optional(
              Type.Number({
                minimum: 0,
                maximum: READY_WAIT_SECONDS_MAX,
                description: 'Seconds to wait until it is.',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: ReadySchema, 503: NotReadySchema },
      }),
    },
    async (request, reply) => {
      const looks = Math.ceil(((request.query.wait ?? 0) * 1000) / READY_POLL_MS);
      for (let look = 0; look < looks && health.notReady() !== null; look += 1) {
        await sleep(READY_POLL_MS);
      }
      const reason = health.notReady();
      const status = reason === null ? 'ready' : 'not_ready';
      return reply
        .code(reason === null ? 200 : 503)
        .send({ status, reason, checks: health.checks?.() ?? {} });
    },
  );
}

function errorRoutes(app: FastifyInstance): void {
  app.get(
    '/errors',
    {
      schema: operation('listErrors', 'Operations', 'Every error code', {
        response: { 200: listOf(ErrorSchema) },
      }),
    },
    async () => ({ data: PUBLIC_CODES.map(describe), has_more: false, next_cursor: null }),
  );
  app.get<{ Params: { code: string } }>(
    '/errors/:code',
    {
      schema: operation('getError', 'Operations', 'What an error code means', {
        params: Type.Object({ code: Type.String() }),
        response: { 200: ErrorSchema },
        problems: ['error_not_found'],
      }),
    },
    async (request) => {
      const { code } = request.params;
      if (isProblemCode(code) && PUBLIC_CODES.includes(code)) return describe(code);
      const suggestion = nearest(code, PUBLIC_CODES);
      throw new Problem(
        'error_not_found',
        suggestion === null
          ? 'There is no such error code; GET /errors lists all.'
          : `There is no such error code; did you mean ${suggestion}?`,
      );
    },
  );
}

function describe(code: ProblemCode) {
  return { code, ...PROBLEMS[code], retryable: isRetryable(code) };
}
