/** From an HTTP request to a change of how the network behaves, by the same door as everything else. */
import type { FastifyRequest } from 'fastify';
import { assert } from '../../core/assert.ts';
import type { ChangeRules, ChangeSimulation, ResetData } from '../../core/commands.ts';
import { execute } from '../../engine/execute.ts';
import type { HttpDeps } from './deps.ts';
import { printablePath } from './paths.ts';

/** Resolves when the change is on disk and holds, with what it became: what its event carries. */
export async function change(
  { engine }: HttpDeps,
  request: FastifyRequest,
  command: ChangeSimulation | ChangeRules | ResetData,
): Promise<unknown> {
  const reply = await execute(engine, {
    command,
    origin: { actor: request.actor, requestId: request.id, path: printablePath(request) },
    idempotency: null,
  });
  assert(reply.kind === 'changed', 'nothing refuses such a change');
  return reply.event.data;
}
