/** The request log, the configuration and the log backwards, through the client. */
import { expect, test } from 'vitest';
import { FarthingError } from '../src/index.ts';
import { all, start } from './service.ts';

const PAYMENT = { amount: 100, currency: 'USD', recipient: 'alice@example.com' } as const;

test('what was asked is listed, newest first, filtered, and read with its bodies', async () => {
  const { client } = await start();
  const { payment_id: id } = await client.payments.create(PAYMENT, { idempotencyKey: 'key-1' });
  await client.payments.create(PAYMENT, { idempotencyKey: 'key-1' });
  await client.payments.get('01980000-0000-7000-8000-000000000000').catch(() => {});
  const found = await all(client.requests.list({ limit: 2 }));
  expect(found.map(({ method, status }) => `${method} ${status}`)).toEqual([
    'GET 404',
    'POST 201',
    'POST 201',
  ]);
  expect(found.map(({ idempotency }) => idempotency?.verdict)).toEqual([
    undefined,
    'replayed',
    'new',
  ]);
  expect(await all(client.requests.list({ status: '4xx' }))).toEqual([found[0]]);
  expect(await all(client.requests.list({ status: 404, method: 'GET' }))).toEqual([found[0]]);
  const first = found.at(-1);
  const whole = await client.requests.get(first?.id ?? '');
  expect(whole).toMatchObject({ payment_id: id, request_body: JSON.stringify(PAYMENT) });
  expect(JSON.parse(whole.response_body ?? '')).toMatchObject({ payment_id: id });
  const gone = await client.requests.get('nobody').catch((error: unknown) => error);
  expect(gone).toBeInstanceOf(FarthingError);
  expect(gone).toMatchObject({ status: 404, code: 'request_not_found' });
});

test('the configuration is read, without secrets', async () => {
  const { client } = await start({ MAX_RETRIES: '7' });
  const { data } = await client.configuration.get();
  expect(data).toContainEqual(
    expect.objectContaining({
      name: 'MAX_RETRIES',
      value: '7',
      source: 'environment',
      secret: false,
    }),
  );
});

test('the log is read backwards, page by page', async () => {
  const { client } = await start();
  const { payment_id: id } = await client.payments.create(PAYMENT, { waitSeconds: 10 });
  await client.payments.create(PAYMENT, { waitSeconds: 10 });
  const forwards = await all(client.events.list());
  const backwards = await all(client.events.list({ order: 'desc', limit: 4 }));
  expect(backwards).toEqual(forwards.toReversed());
  const before = await all(client.events.list({ order: 'desc', before: forwards[2]?.cursor }));
  expect(before).toEqual(forwards.slice(0, 2).toReversed());
  const own = await all(client.events.list({ order: 'desc', payment_id: id, limit: 1 }));
  expect(own.map(({ payment_sequence: sequence }) => sequence)).toEqual([3, 2, 1]);
});
