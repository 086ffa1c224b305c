/** Pages for people: the landing page, Swagger UI, Redoc, and the OpenAPI document they show. */
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import helmet from '@fastify/helmet';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../deps.ts';
import { landingPage, LOGO, REDOC_PAGE } from '../page-texts.ts';

const CONTENT_SECURITY = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      // Redoc's styles are made in the browser, its search runs in a worker of its own making.
      styleSrc: ["'self'", "'unsafe-inline'"],
      workerSrc: ["'self'", 'blob:'],
      imgSrc: ["'self'", 'data:'],
      frameAncestors: ["'none'"],
    },
  },
};

export async function pageRoutes(app: FastifyInstance, { options }: HttpDeps): Promise<void> {
  await app.register(helmet, { global: false, ...CONTENT_SECURITY });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    logLevel: 'silent',
    logo: { type: 'image/svg+xml', content: Buffer.from(LOGO) },
    theme: { title: 'Farthing API' },
  });

  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    reply.helmet();
    const origin = `${request.protocol}://${request.headers.host}`;
    return reply.type('text/html; charset=utf-8').send(landingPage(options.version, origin));
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  app.get('/redoc', { schema: { hide: true } }, async (_request, reply) => {
    reply.helmet();
    return reply.type('text/html; charset=utf-8').send(REDOC_PAGE);
  });
  const bundle = createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js');
  app.get('/redoc/redoc.standalone.js', { schema: { hide: true } }, (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=86400')
      .type('text/javascript; charset=utf-8')
      .send(createReadStream(bundle)),
  );
}
