/** Generated traffic: begun, looked at, stopped. */
import type { FastifyInstance } from 'fastify';
import type { TrafficRun } from '../../../engine/traffic/tally.ts';
import type { HttpDeps } from '../deps.ts';
import { once } from '../once.ts';
import { KEY_PROBLEMS, operation } from '../operation.ts';
import { Problem } from '../problems.ts';
import {
  type TrafficRequestBody,
  TrafficRequestSchema,
  TrafficRunSchema,
  TrafficSchema,
} from '../traffic-schemas.ts';
import { trafficCatalogue, trafficRunWire } from '../traffic-wire.ts';
import { problemOfFaults } from '../validation.ts';

export function trafficRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const { traffic } = deps;
  app.get(
    '/simulation/traffic',
    {
      schema: operation(
        'getTraffic',
        'Simulation',
        'Generated traffic: how it goes, what there is',
        {
          response: { 200: TrafficSchema },
        },
      ),
    },
    async () => ({
      running: wireOrNull(traffic.running),
      last: wireOrNull(traffic.last),
      ...trafficCatalogue(),
    }),
  );

  app.post<{ Body: TrafficRequestBody }>(
    '/simulation/traffic',
    {
      schema: operation(
        'startTraffic',
        'Simulation',
        'Make realistic payments, labelled, for a time',
        {
          body: TrafficRequestSchema,
          response: { 201: TrafficRunSchema },
          problems: ['validation_failed', 'traffic_running', ...KEY_PROBLEMS],
        },
      ),
    },
    (request, reply) =>
      once(deps, request, reply, async () => {
        const run = await started(deps, request.body);
        return { status: 201, body: JSON.stringify(trafficRunWire(run)) };
      }),
  );

  app.delete(
    '/simulation/traffic',
    {
      schema: operation('stopTraffic', 'Simulation', 'Stop it; the answer is what became of it', {
        response: { 200: TrafficRunSchema },
        problems: ['traffic_not_running'],
      }),
    },
    async () => {
      const run = await traffic.stop();
      if (run !== null) return trafficRunWire(run);
      throw new Problem(
        'traffic_not_running',
        'No traffic is being made; begin with POST /simulation/traffic.',
      );
    },
  );
}

function wireOrNull(run: TrafficRun | null) {
  return run === null ? null : trafficRunWire(run);
}

async function started({ traffic }: HttpDeps, body: TrafficRequestBody): Promise<TrafficRun> {
  const { duration, mix, ...wish } = body ?? {};
  if (mix !== undefined && !Object.values(mix).some((weight) => weight > 0)) {
    const detail = 'must give some scenario a weight above zero';
    throw problemOfFaults('validation_failed', [{ pointer: '/mix', code: 'out_of_range', detail }]);
  }
  const run = await traffic.start({ ...wish, mix, durationSeconds: duration });
  if (run !== null) return run;
  throw new Problem(
    'traffic_running',
    'Traffic is being made already, and one run at a time is enough; stop it first with DELETE /simulation/traffic.',
  );
}
