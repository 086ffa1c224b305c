/** The OpenAPI document, printed from the schemas that validate. */
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from './deps.ts';
import { PaymentSchema, ProblemSchema } from './schemas.ts';
import { describeWebhooks, WEBHOOK_PAYMENT } from './webhook-openapi.ts';

export async function registerOpenApi(app: FastifyInstance, { options }: HttpDeps): Promise<void> {
  app.addSchema({ $id: 'Problem', ...ProblemSchema });
  app.addSchema({ $id: WEBHOOK_PAYMENT, ...PaymentSchema });
  await app.register(swagger, {
    refResolver: {
      buildLocalReference: ({ $id }) => (typeof $id === 'string' ? $id : 'unnamed'),
    },
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Farthing',
        version: options.version,
        description:
          'A whole payment network in one process. Errors are application/problem+json (RFC 9457); ' +
          'every POST takes an Idempotency-Key; lists page by opaque cursors; amounts are exact ' +
          'decimal numbers in major units.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'The server this document came from' }],
      tags: [
        { name: 'Payments', description: 'A payment and what becomes of it.' },
        { name: 'Cards', description: 'A card that is authorized at once.' },
        { name: 'Simulation', description: 'How the network behaves, and how to force it.' },
        { name: 'Events', description: 'What happened, in order.' },
        { name: 'Webhooks', description: 'Events sent to you, signed, until they are received.' },
        { name: 'Sinks', description: 'Receivers of our own, to look at what is sent.' },
        { name: 'Ledger', description: 'Double entry.' },
        { name: 'Jobs', description: 'What takes longer than a request may, in the background.' },
        { name: 'Operations', description: 'Health, metrics, errors.' },
      ],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'Needed when API_KEYS is set.' },
        },
      },
      security: [{}, { apiKey: [] }],
      webhooks: describeWebhooks(),
    },
    hideUntagged: true,
  });
}
