/** How the dashboard is given out. The folder holds stand-ins: what is really built is for test/e2e to look at. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem, testApp, type TestApp } from '../../../../test/property/app.ts';

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const folder = mkdtempSync(path.join(tmpdir(), 'farthing-dist-'));

let built: TestApp;
let unbuilt: TestApp;

beforeAll(async () => {
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>stand-in</title>');
  writeFileSync(path.join(folder, 'assets/page-abc123.js'), `console.log('${'page '.repeat(99)}')`);
  writeFileSync(path.join(folder, 'sources.sha256'), 'secret');
  [built, unbuilt] = await Promise.all([
    testApp({ dashboardFolder: folder }),
    testApp({ dashboardFolder: path.join(folder, 'nothing') }),
  ]);
});

afterAll(async () => {
  await Promise.all([built.close(), unbuilt.close()]);
  rmSync(folder, { recursive: true });
});

describe('the dashboard', () => {
  test.each(['/demo', '/demo/', '/demo/payments', '/demo/payments/01a2?x=1', '/demo/index'])(
    'answers %s with its page, under a policy that lets no foreign or inline script in',
    async (url) => {
      const { statusCode, headers, body } = await built.get(url, BROWSER);
      expect(statusCode).toBe(200);
      expect(body).toContain('stand-in');
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toBe('no-cache');
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'self';script-src 'self'");
      expect(policy).not.toMatch(/unsafe|https?:/);
    },
  );

  test('lets files whose names hold a hash be kept for ever', async () => {
    const { headers } = await built.get('/demo/assets/page-abc123.js');
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test('sends a file compressed to who takes it so, and not again to who has it', async () => {
    const url = '/demo/assets/page-abc123.js';
    const plain = await built.get(url);
    const packed = await built.get(url, { 'accept-encoding': 'br, gzip' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body);
    expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length);
    const etag = String(plain.headers['etag']);
    expect((await built.get(url, { 'if-none-match': etag })).statusCode).toBe(304);
  });

  test.each([
    '/demo/assets/none.js',
    '/demo/sources.sha256',
    '/demo/../package.json',
    '/demo/..%2f..%2fpackage.json',
    '/demo/assets/..%5c..%5cpackage.json',
  ])('knows nothing of %s', async (url) => {
    expectProblem(await built.get(url), 404, 'not_found');
  });

  test('asks for no key where the service has keys: it holds no data', async () => {
    const apiKeys = [{ name: 'shop', sha256: '0'.repeat(64), mayWrite: true }];
    const closed = await testApp({ dashboardFolder: folder, http: { apiKeys } });
    expect((await closed.get('/demo/payments')).statusCode).toBe(200);
    expectProblem(await closed.get('/payments'), 401, 'unauthorized');
    await closed.close();
  });
});

describe('the first page', () => {
  test('leads a browser to the dashboard', async () => {
    const { statusCode, headers } = await built.get('/', BROWSER);
    expect(statusCode).toBe(302);
    expect(headers['location']).toBe('/demo');
    expect(headers['vary']).toContain('accept');
  });

  test('is for curl what it was', async () => {
    const { statusCode, body } = await built.get('/', { accept: '*/*' });
    expect(statusCode).toBe(200);
    expect(body).toContain('curl -s');
  });

  test('stays where it is when there is no dashboard', async () => {
    expect((await unbuilt.get('/', BROWSER)).statusCode).toBe(200);
    expectProblem(await unbuilt.get('/demo'), 404, 'not_found');
  });
});
