/** The configuration that the server was started with. */
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../deps.ts';
import { operation } from '../operation.ts';
import { listOf } from '../schemas.ts';

const SettingSchema = Type.Object(
  {
    name: Type.String(),
    value: Type.String({
      description: 'As text; empty when nothing is set. Of a secret only that it is set.',
    }),
    source: Type.Unsafe<'environment' | '.env' | 'default'>({
      type: 'string',
      enum: ['environment', '.env', 'default'],
    }),
    secret: Type.Boolean(),
    description: Type.String(),
  },
  {
    examples: [
      {
        name: 'FAILURE_RATE',
        value: '0.2',
        source: 'default',
        secret: false,
        description: 'Probability that an attempt fails with PROCESSING_ERROR.',
      },
    ],
  },
);

const DESCRIPTION =
  'Every setting, its value and where that came from, as the server was started with and as `farthing config` shows ' +
  'them. Secrets and passwords in addresses are masked. Rates, delays and rules can be changed while it runs: GET ' +
  '/simulation and GET /rules say how they stand now.';

export function configurationRoutes(app: FastifyInstance, { configuration }: HttpDeps): void {
  app.get(
    '/configuration',
    {
      schema: {
        ...operation('getConfiguration', 'Operations', 'Every setting and where it came from', {
          response: { 200: listOf(SettingSchema) },
        }),
        description: DESCRIPTION,
      },
    },
    async () => ({ data: configuration, has_more: false, next_cursor: null }),
  );
}
