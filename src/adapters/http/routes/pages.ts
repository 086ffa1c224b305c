/** Pages for people: the dashboard, the landing page where there is none, Swagger UI, Redoc, and their OpenAPI document. */
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import helmet from '@fastify/helmet';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../deps.ts';
import { landingPage, LOGO, REDOC_PAGE } from '../page-texts.ts';
import { dashboardRoutes, hasDashboard } from './dashboard.ts';

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

export async function pageRoutes(app: FastifyInstance, deps: HttpDeps): Promise<void> {
  const { options, dashboardFolder } = deps;
  await app.register(helmet, { global: false, ...CONTENT_SECURITY });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    logLevel: 'silent',
    logo: { type: 'image/svg+xml', content: Buffer.from(LOGO) },
    theme: { title: 'Farthing API' },
  });

  const isShown = hasDashboard(dashboardFolder);
  if (isShown) dashboardRoutes(app, dashboardFolder);
  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    reply.header('vary', 'accept');
    // A browser names HTML among what it takes; curl takes anything, and gets what can be read in a terminal.
    const isBrowser = request.headers.accept?.includes('text/html') === true;
    if (isShown && isBrowser) return reply.redirect('/demo');
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
