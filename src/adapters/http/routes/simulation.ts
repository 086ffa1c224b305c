/** How the simulated network behaves: looked at, and changed while it runs. */
import type { FastifyInstance } from 'fastify';
import { simulationSnapshot } from '../../../engine/snapshot.ts';
import { change } from '../change.ts';
import type { HttpDeps } from '../deps.ts';
import { operation } from '../operation.ts';
import { changeSimulationCommand } from '../simulation-request.ts';
import {
  type SimulationPatchBody,
  SimulationPatchSchema,
  SimulationSchema,
} from '../simulation-schemas.ts';

export function simulationRoutes(app: FastifyInstance, deps: HttpDeps): void {
  app.get(
    '/simulation',
    {
      schema: operation('getSimulation', 'Simulation', 'How the network behaves now', {
        response: { 200: SimulationSchema },
      }),
    },
    async () => simulationSnapshot(deps.engine.controls.current.simulation),
  );

  app.patch<{ Body: SimulationPatchBody }>(
    '/simulation',
    {
      schema: operation('changeSimulation', 'Simulation', 'Change it, for good or for a time', {
        body: SimulationPatchSchema,
        response: { 200: SimulationSchema },
      }),
    },
    (request) => change(deps, request, changeSimulationCommand(request.body)),
  );
}
