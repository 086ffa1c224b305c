import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  expectProblem,
  jsonOf,
  testApp,
  testService,
  type WireList,
} from '../../test/property/app.ts';
import { SETTINGS } from './settings.ts';
import { withoutPassword } from './shown-settings.ts';

interface WireSetting {
  readonly name: string;
  readonly value: string;
  readonly source: string;
  readonly secret: boolean;
  readonly description: string;
}

test('every setting is there, with where it came from, and no secret', async () => {
  const api = await testService({
    PROCESSING_DELAY_MS: '7',
    CARD_FINGERPRINT_KEY: 'abcdef0123456789abcdef0123456789',
    RISK_MODEL_URL: 'http://bob:hunter2@127.0.0.1:9/score',
  });
  const answer = await api.get('/configuration');
  await api.close();
  const { data, ...rest } = jsonOf<WireList<WireSetting>>(answer);
  expect(rest).toEqual({ has_more: false, next_cursor: null });
  expect(data.map(({ name }) => name)).toEqual(SETTINGS.map(({ name }) => name));
  const valueOf = (wanted: string) => {
    const { value, source, secret } = data.find(({ name }) => name === wanted) ?? {};
    return [value, source, secret];
  };
  expect(valueOf('PROCESSING_DELAY_MS')).toEqual(['7', 'environment', false]);
  expect(valueOf('MAX_RETRIES')).toEqual(['3', 'default', false]);
  expect(valueOf('CARD_FINGERPRINT_KEY')).toEqual(['(set, not shown)', 'environment', true]);
  expect(valueOf('API_KEYS')).toEqual(['', 'default', true]);
  expect(valueOf('RISK_MODEL_URL')).toEqual([
    'http://bob:***@127.0.0.1:9/score',
    'environment',
    false,
  ]);
  expect(data.every(({ description }) => description.length > 10)).toBe(true);
  expect(answer.body).not.toMatch(/abcdef01|hunter2/);
});

test('it is read with a key where keys are asked for', async () => {
  const viewer = { name: 'viewer', sha256: hash('sha256', 'secret-0123456789'), mayWrite: false };
  const api = await testApp({ http: { apiKeys: [viewer] } });
  expectProblem(await api.get('/configuration'), 401, 'unauthorized');
  const authorization = 'Bearer secret-0123456789';
  expect((await api.get('/configuration', { authorization })).statusCode).toBe(200);
  await api.close();
});

test.each([
  ['postgres://me:hunter2@host/db', 'postgres://me:***@host/db'],
  ['postgres://me:p@ss@host:5432/db', 'postgres://me:***@host:5432/db'],
  [
    'postgres://host/db?user=me&password=hunter2&x=1',
    'postgres://host/db?user=me&password=***&x=1',
  ],
  ['http://a:1/x,http://b:2/y@z', 'http://a:1/x,http://b:2/y@z'],
  ['http://localhost:5173,http://127.0.0.1:5173', 'http://localhost:5173,http://127.0.0.1:5173'],
  ['sqlite:./farthing.db', 'sqlite:./farthing.db'],
])('%s is shown as %s', (text, shown) => {
  expect(withoutPassword(text)).toBe(shown);
});
