import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answer,
  expectProblem,
  jsonOf,
  PAYMENT,
  type TestApp,
  testApp,
  type WireList,
} from '../../../test/property/app.ts';
import { parseEndpointId } from '../../core/webhooks/endpoint.ts';
import { StorageError } from '../../engine/ports.ts';

let api: TestApp;
beforeEach(async () => {
  api = await testApp({ delivers: true });
  await api.deliver();
});
afterEach(async () => {
  // A 5xx leaves a line.
  if (api.errors.length > 0) throw new Error(api.errors.join('\n'));
  await api.close();
});

const keyed = (key: string) => ({ 'idempotency-key': key });
const make = (key: string, body: object = { url: 'https://shop.example/' }): Promise<Answer> =>
  api.post('/webhook-endpoints', body, keyed(key));

async function endpoints(): Promise<readonly { readonly id: string }[]> {
  return jsonOf<WireList<{ id: string }>>(await api.get('/webhook-endpoints')).data;
}

async function deliveries(): Promise<readonly Record<string, unknown>[]> {
  return jsonOf<WireList<Record<string, unknown>>>(await api.get('/webhook-deliveries')).data;
}

function expectReplay(first: Answer, again: Answer): void {
  expect(first.headers).not.toHaveProperty('idempotent-replayed');
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect([again.statusCode, again.body]).toEqual([first.statusCode, first.body]);
  expect(again.headers['content-type']).toBe(first.headers['content-type']);
}

describe('the same key', () => {
  test('makes one endpoint, and tells its secret again', async () => {
    const first = await make('k');
    expect(first.statusCode).toBe(201);
    expectReplay(first, await make('k'));
    expect(await endpoints()).toHaveLength(1);
    expect((await make('other')).statusCode).toBe(201);
    expect(await endpoints()).toHaveLength(2);
  });

  test('sent 50 times at once makes one endpoint and gives 50 equal answers', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => make('k')));
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    expect(await endpoints()).toHaveLength(1);
  });

  test('rotates once: the secret before the first rotation still signs', async () => {
    const { id, secret } = jsonOf<{ id: string; secret: string }>(await make('k'));
    const rotate = () => api.post(`/webhook-endpoints/${id}/rotate-secret`, undefined, keyed('r'));
    const first = await rotate();
    expectReplay(first, await rotate());
    const endpoint = await api.deliveries.findEndpoint(parseEndpointId(id) ?? never());
    expect(endpoint?.previousSecret?.secret).toBe(secret);
    expect(endpoint?.secret).toBe(jsonOf(first)['secret']);
  });

  test('tests, resends and replays once', async () => {
    const body = { url: 'https://shop.example/', enabled: false };
    const { id } = jsonOf<{ id: string }>(await make('k', body));
    await api.settled(PAYMENT);
    await api.deliver();
    const posts: readonly [string, object | undefined][] = [
      [`/webhook-endpoints/${id}/test`, {}],
      [`/webhook-deliveries/${String((await deliveries())[0]?.['id'])}/resend`, undefined],
      ['/webhook-deliveries/replay', { endpoint_id: id }],
    ];
    for (const [path, asked] of posts) {
      const first = await api.post(path, asked, keyed(path));
      expect(first.statusCode).toBe(200);
      expectReplay(first, await api.post(path, asked, keyed(path)));
    }
    expect(await deliveries()).toHaveLength(4);
  });

  test('with another request is 422, and nothing is done', async () => {
    await make('k');
    const other = await make('k', { url: 'https://other.example/' });
    expectProblem(other, 422, 'idempotency_key_reused');
    const replay = await api.post(
      '/webhook-deliveries/replay',
      { endpoint_id: 'we_1' },
      keyed('k'),
    );
    expectProblem(replay, 422, 'idempotency_key_reused');
    expect(await endpoints()).toHaveLength(1);
  });

  test('keeps its answer in the file, and not itself', async () => {
    const first = await make('a-key-in-clear');
    const store = await api.place.openDeliveries();
    const { id } = jsonOf<{ id: string }>(first);
    expect(await store.findEndpoint(parseEndpointId(id) ?? never())).not.toBeNull();
    expect(await store.findReply('a-key-in-clear', 0)).toBeNull();
    await store.close();
  });

  test('is forgotten after 30 days', async () => {
    await make('k');
    api.clock.advance(31 * 86_400_000);
    await make('other');
    expect((await make('k')).headers).not.toHaveProperty('idempotent-replayed');
    expect(await endpoints()).toHaveLength(3);
  });
});

describe('a refusal', () => {
  test('of what was asked is kept', async () => {
    const rotate = () => api.post('/webhook-endpoints/we_1/rotate-secret', undefined, keyed('k'));
    const first = await rotate();
    expectProblem(first, 404, 'webhook_endpoint_not_found');
    expectReplay(first, await rotate());
  });

  test('of the form is not: the key is still free', async () => {
    expectProblem(await make('k', { url: 'nowhere' }), 400, 'validation_failed');
    const away = await make('k', { url: 'http://169.254.169.254/' });
    expectProblem(away, 400, 'webhook_address_refused');
    expect((await make('k')).statusCode).toBe(201);
  });

  test.each(['', 'a b', 'a'.repeat(256), 'é'])('of the key (%j) makes nothing', async (key) => {
    expectProblem(await make(key), 400, 'invalid_header');
    expect(await endpoints()).toEqual([]);
  });
});

describe('while the first request is being answered', () => {
  let receiver: Server;
  const held: ServerResponse[] = [];
  beforeEach(async () => {
    receiver = createServer((_request, response) => void held.push(response));
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    receiver.closeAllConnections();
    receiver.close();
  });

  test('the second one waits for a moment, and is told to ask again', async () => {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const { id } = jsonOf<{ id: string }>(await make('k', { url }));
    const send = () => api.post(`/webhook-endpoints/${id}/test`, undefined, keyed('t'));
    // A request of `inject` begins when somebody waits for it.
    const first = Promise.resolve(send());
    const second = await send();
    expectProblem(second, 409, 'idempotency_key_in_use');
    expect(second.headers['retry-after']).toBe('1');
    for (const response of held) response.end();
    expect((await first).statusCode).toBe(200);
    expectReplay(await first, await send());
    expect(held).toHaveLength(1);
  });
});

describe('another process that answers the key at the same moment', () => {
  const ahead = (fingerprintOf: (own: string) => string) => {
    const add = api.deliveries.addEndpoint.bind(api.deliveries);
    api.deliveries.addEndpoint = async (endpoint, after, reply) => {
      api.deliveries.addEndpoint = add;
      if (reply === undefined) throw new Error('the request has a key');
      const fingerprint = fingerprintOf(reply.fingerprint);
      await add(endpoint, after, { ...reply, fingerprint, body: '{"answered":"elsewhere"}' });
      throw new StorageError('refused', 'another request under the same key was first');
    };
  };

  test('gives its answer to both', async () => {
    ahead((own) => own);
    const late = await make('k');
    expect([late.statusCode, late.body]).toEqual([201, '{"answered":"elsewhere"}']);
    expect(late.headers['idempotent-replayed']).toBe('true');
    expect(await endpoints()).toHaveLength(1);
  });

  test('for another request makes this one a slip', async () => {
    ahead(() => 'another request');
    expectProblem(await make('k'), 422, 'idempotency_key_reused');
  });
});

function never(): never {
  throw new Error('an id that was given can be read');
}
