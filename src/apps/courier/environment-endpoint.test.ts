import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyDeliveries } from '../../../test/support/store.ts';
import type { DeliveryStore } from '../../engine/webhooks/ports.ts';
import { endpointOf } from '../../../test/support/deliveries.ts';
import { ENDPOINTS_MAX } from '../../core/webhooks/endpoint.ts';
import { ENVIRONMENT_ENDPOINT_ID, setEnvironmentEndpoint } from './environment-endpoint.ts';

let store: DeliveryStore;
beforeEach(async () => {
  store = await emptyDeliveries();
});
afterEach(() => store.close());

const head = { writer: 'log', sequence: 7 };
let secrets = 0;
const newSecret = () => `whsec_${(secrets += 1)}`;

function start(url: string | null, secret: string | null = null): Promise<boolean> {
  return setEnvironmentEndpoint(store, { url, secret }, { head, nowMs: 5, newSecret });
}

const current = () => store.findEndpoint(ENVIRONMENT_ENDPOINT_ID);
const change = (changes: object) =>
  store.changeEndpoint(ENVIRONMENT_ENDPOINT_ID, (before) => ({ ...before, ...changes }));

const A = 'http://a.example/';
const B = 'http://b.example/';

test('without the variable there is none', async () => {
  await start(null);
  expect(await store.endpoints()).toEqual([]);
});

test('with it there is one, whose secret is made once and stays', async () => {
  await start(A);
  const made = await current();
  expect(made).toMatchObject({
    url: A,
    payload: 'payment',
    events: ['payment.*'],
    isEnabled: true,
  });
  await start(B);
  expect(await current()).toMatchObject({ url: B, secret: made?.secret });
  await start(B, 'whsec_given');
  expect(await current()).toMatchObject({ secret: 'whsec_given' });
  expect(await store.endpoints()).toHaveLength(1);
});

test('one that is unset comes back, one that a person has paused does not', async () => {
  await start(A);
  await start(null);
  expect(await current()).toMatchObject({ isEnabled: false, disabledReason: 'unset' });
  await start(A);
  expect(await current()).toMatchObject({ isEnabled: true, disabledReason: null });
  await change({ isEnabled: false });
  await start(null);
  await start(A);
  expect(await current()).toMatchObject({ isEnabled: false, disabledReason: null });
});

test('one that answered 410 comes back with another address only', async () => {
  await start(A);
  await change({ isEnabled: false, disabledReason: 'gone' });
  await start(A);
  expect(await current()).toMatchObject({ isEnabled: false, disabledReason: 'gone' });
  await start(B);
  expect(await current()).toMatchObject({ isEnabled: true, disabledReason: null, url: B });
});

test('says so when there are too many others', async () => {
  for (let index = 0; index < ENDPOINTS_MAX; index += 1)
    await store.addEndpoint(endpointOf(index), head);
  expect(await start(A)).toBe(false);
});
