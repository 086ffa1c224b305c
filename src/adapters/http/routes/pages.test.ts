import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem, jsonOf, testApp, type TestApp } from '../../../../test/property/app.ts';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response {
  readonly content: Readonly<
    Record<string, { readonly schema: object; readonly example: unknown }>
  >;
}

interface OpenApi {
  readonly openapi: string;
  readonly components: { readonly schemas: { readonly Problem: object } };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const document = async () => jsonOf<OpenApi>(await api.get('/openapi.json'));

/** A schema of an object that names its fields. */
function isClosable(part: unknown): part is object {
  return typeof part === 'object' && part !== null && 'properties' in part && 'type' in part;
}

describe('/openapi.json', () => {
  test('is OpenAPI 3.1 and names every operation once', async () => {
    const { openapi, paths } = await document();
    expect(openapi).toBe('3.1.0');
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.length).toBeGreaterThan(10);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operationId, summary } of operations) {
      expect(operationId).toMatch(/^[a-z]\w+$/);
      expect(summary).toMatch(/\w/);
    }
  });

  test('describes what the routes answer', async () => {
    const { paths } = await document();
    for (const [path, methods] of Object.entries(paths)) {
      const operation = methods['get'];
      if (operation === undefined) continue;
      // A stream has no end to wait for.
      const isStream = 'text/event-stream' in (operation.responses[200]?.content ?? {});
      const method = isStream ? 'HEAD' : 'GET';
      const answer = await api.send(method, path.replace(/\{\w+\}/g, 'x'));
      expect(`${path} ${Object.keys(operation.responses).join(' ')}`).toContain(
        String(answer.statusCode),
      );
    }
  });

  test('has an example of each response, with the fields of its schema and no others', async () => {
    const { paths, components } = await document();
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const closed = (schema: object) =>
      JSON.parse(
        JSON.stringify('$ref' in schema ? components.schemas.Problem : schema, (_, part: unknown) =>
          isClosable(part) ? { additionalProperties: false, ...part } : part,
        ),
      ) as object;
    const faults = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) =>
        // A 204 has none.
        Object.entries(responses).flatMap(([status, response]) =>
          Object.values('content' in response ? response.content : {}).flatMap(
            ({ schema, example }) => {
              const where = `${method} ${path} ${status}`;
              if (example === undefined) return [`${where}: no example`];
              const fits = ajv.validate(closed(schema), example);
              return fits ? [] : [`${where}: ${ajv.errorsText()}`];
            },
          ),
        ),
      ),
    );
    expect(faults).toEqual([]);
  });

  test('has problems of its own for an operation, and an example of each status', async () => {
    const { paths } = await document();
    const example = (path: string, method: string, status: number) =>
      paths[path]?.[method]?.responses[status]?.content['application/problem+json']?.example;
    expect(example('/rules', 'put', 400)).toMatchObject({
      code: 'invalid_rules',
      errors: [{ pointer: '/card/7/when' }],
    });
    expect(example('/payments/{payment_id}/refund', 'post', 409)).toMatchObject({
      type: '/errors/refund_not_allowed',
      status: 409,
    });
    expect(example('/transaction/{id}', 'get', 404)).toMatchObject({
      code: 'transaction_not_found',
    });
    expect(example('/payments', 'post', 415)).toMatchObject({ code: 'unsupported_media_type' });
  });

  test('points to no machine but the one it runs on', async () => {
    const { body } = await api.get('/openapi.json');
    const hosts = [...body.matchAll(/https?:\/\/([^/":\\\s]+)/g)].map(([, host = '']) => host);
    // Names in .example are nobody's (RFC 2606).
    const isOurs = /^(?:127\.0\.0\.1|localhost|[\w-]+\.example)$/;
    expect(hosts.filter((host) => !isOurs.test(host))).toEqual([]);
  });
});

describe('a page', () => {
  const pages = ['/', '/docs', '/redoc'];
  test.each(pages)('%s is HTML under a policy that lets no foreign script in', async (path) => {
    const { statusCode, headers } = await api.get(path);
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/html; charset=utf-8/i);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/script-src[^;]*(unsafe-inline|unsafe-eval|https?:)/);
  });

  test.each(['/', '/redoc'])('%s loads nothing from another server', async (path) => {
    const { body } = await api.get(path);
    const loaded = [...body.matchAll(/(?:src|href|spec-url)="([^"]*)"/g)].map(([, url]) => url);
    expect(loaded.length).toBeGreaterThan(0);
    for (const url of loaded) expect(url).toMatch(/^\/(?!\/)/);
  });

  test.each(['/docs/static/swagger-ui.css', '/docs/static/swagger-ui-bundle.js', '/docs/json'])(
    'of Swagger UI finds %s',
    async (path) => {
      expect((await api.get(path)).statusCode).toBe(200);
    },
  );

  test('of Redoc finds its script', async () => {
    const { statusCode, headers, body } = await api.get('/redoc/redoc.standalone.js');
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(body.length).toBeGreaterThan(100_000);
  });

  test('links only to what answers', async () => {
    const { body } = await api.get('/');
    const links = [...body.matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link);
    for (const link of links)
      expect(`${link} ${(await api.get(link)).statusCode}`).toMatch(/ 200$/);
  });

  test('has security headers, JSON has none of them', async () => {
    expect((await api.get('/')).headers).toHaveProperty('x-content-type-options');
    expect((await api.get('/summary')).headers).not.toHaveProperty('content-security-policy');
  });
});

describe('a file of the pages that is not there', () => {
  test('is 404', async () => {
    expectProblem(await api.get('/docs/static/nope.css'), 404, 'not_found');
  });

  const hostile = [
    '/docs/static/%00',
    '/docs/static/..%2f..%2fpackage.json',
    '/docs/static/%2e%2e/%2e%2e/package.json',
    '/docs/static/..\\..\\package.json',
    '/docs/static/%5c..%5c',
    '/docs/static/.',
    '/docs/static/.git',
    '/redoc/../../package.json',
  ];
  test.each(hostile)('(%s) is a 4xx, whatever it tries', async (path) => {
    const answer = await api.get(path);
    expect(answer.body).not.toContain('"license"');
    expect(`${answer.statusCode}`).toMatch(/^4/);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test.each([
    ['a range beyond its end', { range: 'bytes=99999999-' }, 416],
    ['a version that it does not have', { 'if-match': '"x"' }, 412],
    ['a time before it was made', { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 412],
  ])('because it was asked for with %s is no bug of ours', async (_name, headers, status) => {
    const answer = await api.get('/docs/static/swagger-ui.css', headers);
    expect(answer.statusCode).toBe(status);
    expect(api.errors).toEqual([]);
  });
});
