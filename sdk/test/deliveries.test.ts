/** Webhooks as the service sends them, looked at and verified by the client. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { verifyWebhook, type WebhookEvent } from '../src/index.ts';
import { all, closeLater, start } from './service.ts';

const PAYMENT = { amount: 100, currency: 'USD', recipient: 'Zoë' } as const;
const PATIENCE = { timeout: 20_000 };

/** A receiver that answers as the verdict says, and keeps what it believed. */
async function receiver(secrets: string[]) {
  const believed: WebhookEvent[] = [];
  const refused: unknown[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    try {
      believed.push(await verifyWebhook({ headers: request.headers, body, secret: secrets }));
      response.writeHead(204).end();
    } catch (error) {
      refused.push(error);
      response.writeHead(400).end();
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeLater(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/webhooks`, believed, refused };
}

describe('a webhook of the service', () => {
  test('is verified by a receiver, in both forms, through a rotation of its secret', async () => {
    const { client } = await start();
    const secrets: string[] = [];
    const { url, believed, refused } = await receiver(secrets);
    const envelope = await client.webhookEndpoints.create({ url, events: ['payment.succeeded'] });
    const bare = await client.webhookEndpoints.create({
      url,
      events: ['payment.succeeded'],
      payload: 'payment',
    });
    secrets.push(envelope.secret, bare.secret);
    const first = await client.payments.create(PAYMENT, { waitSeconds: 10 });
    await vi.waitUntil(() => believed.length === 2, PATIENCE);
    for (const { data } of believed) expect(data).toEqual(first);
    expect(new Set(believed.map(({ id }) => id)).size).toBe(1);
    const types = believed.map(({ type }) => type ?? 'none').toSorted((x, y) => x.localeCompare(y));
    expect(types).toEqual(['none', 'payment.succeeded']);

    // Who still has the old secret believes what is signed with both.
    const rotated = await client.webhookEndpoints.rotateSecret(envelope.id);
    expect(rotated.secret).not.toBe(envelope.secret);
    await client.payments.create(PAYMENT, { waitSeconds: 10 });
    await vi.waitUntil(() => believed.length === 4, PATIENCE);
    secrets.shift();
    secrets.push(rotated.secret);
    await client.payments.create(PAYMENT, { waitSeconds: 10 });
    await vi.waitUntil(() => believed.length === 6, PATIENCE);
    expect(refused).toEqual([]);
  });

  test('is refused by a receiver when it was broken on purpose, and looked up as that', async () => {
    const { client } = await start();
    const secrets: string[] = [];
    const { url, refused } = await receiver(secrets);
    const endpoint = await client.webhookEndpoints.create({
      url,
      faults: { corrupt_signature: { next: 1 } },
    });
    secrets.push(endpoint.secret);
    const tested = await client.webhookEndpoints.test(endpoint.id, { type: 'payment.failed' });
    expect(tested.attempts).toMatchObject([
      { status_code: 400, deliberate: ['corrupt_signature'], response_body: '' },
    ]);
    expect(refused).toMatchObject([{ code: 'no_matching_signature' }]);
    const failing = client.webhookDeliveries.list({
      endpoint_id: endpoint.id,
      status: ['failing'],
    });
    expect(await all(failing)).toMatchObject([{ id: tested.id, test: true }]);
    await client.webhookDeliveries.resend(tested.id);
    const isDelivered = async () =>
      (await client.webhookDeliveries.get(tested.id)).status === 'delivered';
    await vi.waitUntil(isDelivered, PATIENCE);
  });
});

describe('endpoints and sinks', () => {
  test('are made, changed, looked at and taken away', async () => {
    const { client } = await start();
    const { secret, ...endpoint } = await client.webhookEndpoints.create({ url: '/sinks/shop' });
    expect(secret).toMatch(/^whsec_/);
    expect(await client.webhookEndpoints.get(endpoint.id)).toEqual(endpoint);
    const { payment_id: id } = await client.payments.create(PAYMENT, { waitSeconds: 10 });
    const delivered = () =>
      all(client.webhookDeliveries.list({ payment_id: id, status: 'delivered', limit: 2 }));
    await vi.waitUntil(async () => (await delivered()).length === 3, PATIENCE);
    const messages = await all(client.sinks.messages('shop', { limit: 2 }));
    expect(messages.map(({ verdict }) => verdict.valid)).toEqual([true, true, true]);
    for (const { headers, body } of messages) {
      expect((await verifyWebhook({ headers, body, secret })).data['payment_id']).toBe(id);
    }

    const health = await client.webhookEndpoints.health(endpoint.id);
    expect(health.deliveries.map(({ status }) => status)).toEqual(Array(3).fill('delivered'));
    expect(health.attempt_ms?.p95).toBeGreaterThanOrEqual(health.attempt_ms?.p50 ?? Infinity);

    expect(await client.sinks.change('shop', { status: 202, next: 1 })).toMatchObject({ next: 1 });
    const replayed = await client.webhookDeliveries.replay({
      endpoint_id: endpoint.id,
      event_types: ['payment.created'],
    });
    expect(replayed).toMatchObject({ replayed: 1, has_more: false });
    const received = () => all(client.sinks.messages('shop'));
    await vi.waitUntil(async () => (await received()).length === 4, PATIENCE);
    expect((await received())[0]).toMatchObject({ answered: 202, verdict: { valid: true } });

    const paused = await client.webhookEndpoints.change(endpoint.id, { enabled: false });
    expect(paused.enabled).toBe(false);
    expect((await all(client.webhookEndpoints.list())).map(({ id: each }) => each)).toEqual([
      endpoint.id,
    ]);
    await client.webhookEndpoints.delete(endpoint.id);
    expect(await all(client.webhookEndpoints.list())).toEqual([]);
    await client.sinks.clear('shop');
    expect(await all(client.sinks.list())).toEqual([]);
  });
});
