import { existsSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { expectEventually } from '../property/store.ts';
import { SECRET } from '../support/receivers.ts';
import { keptUrl, type RealService, realService, receiver } from './real-service.ts';
import { isPostgres } from '../support/store.ts';

interface WireDelivery {
  readonly id: string;
  readonly event_id: string;
  readonly status: string;
}

const PLACES: readonly (readonly [string, Readonly<Record<string, string>>])[] = isPostgres
  ? [['on Postgres', {}]]
  : [
      ['on a thread of its own', {}],
      ['beside a database in memory', { DATABASE_URL: 'sqlite::memory:' }],
    ];

async function deliveriesOf(service: RealService): Promise<readonly WireDelivery[]> {
  const { data } = await service.call<{ data: WireDelivery[] }>(
    'GET',
    '/webhook-deliveries?limit=100',
  );
  return data;
}

describe.each(PLACES)('the courier %s', (_, environment) => {
  test('sends what happens to WEBHOOK_URL, signed so that the official library accepts it', async () => {
    const far = await receiver();
    const near = await realService({
      ...environment,
      WEBHOOK_URL: far.url,
      WEBHOOK_SECRET: SECRET,
    });
    await near.pay(1);
    await expectEventually(() => far.accepted.size === 3, 15_000);
    const payments = far.received.map(({ headers, body }) => {
      const payment = new Webhook(SECRET).verify(body, { ...headers }) as { status: string };
      return payment.status;
    });
    expect(payments.toSorted()).toEqual(['CREATED', 'PROCESSING', 'SUCCESS']);
    expect(near.complaints).toEqual([]);
  });

  test('sends to endpoints that were made while it runs, and to our own sinks', async () => {
    const far = await receiver();
    const near = await realService(environment);
    const { secret } = await near.call<{ secret: string }>('POST', '/webhook-endpoints', {
      url: far.url,
      events: ['payment.succeeded'],
    });
    await near.call('POST', '/webhook-endpoints', { url: '/sinks/inbox', events: ['*'] });
    await near.pay(2);
    await expectEventually(() => far.accepted.size === 2, 15_000);
    for (const { headers, body } of far.received) {
      const event = new Webhook(secret).verify(body, { ...headers });
      expect(event).toMatchObject({ type: 'payment.succeeded', data: { status: 'SUCCESS' } });
    }
    await expectEventually(async () => {
      const all = await deliveriesOf(near);
      return all.length === 8 && all.every(({ status }) => status === 'delivered');
    }, 15_000);
    expect(near.complaints).toEqual([]);
  });

  test('forgets the deliveries of a log that was taken out, and delivers those of the new one', async () => {
    const far = await receiver((_request, response) => void response.writeHead(500).end());
    const near = await realService(environment);
    await near.call('POST', '/webhook-endpoints', { url: far.url, events: ['*'] });
    await near.pay(3);
    await expectEventually(async () => {
      const all = await deliveriesOf(near);
      return all.length === 9 && all.every(({ status }) => status === 'failing');
    }, 15_000);
    await near.call('DELETE', '/admin/reset');
    const after = await deliveriesOf(near);
    expect(after.length).toBeLessThanOrEqual(1);
    far.behave((_request, response) => void response.writeHead(204).end());
    await near.pay(1);
    await expectEventually(() => far.accepted.size === 4, 15_000);
    const bodies = new Map(far.received.map(({ id, body }) => [id, body]));
    const types = [...far.acceptedTimes.keys()].map(
      (id) => (JSON.parse(bodies.get(id) ?? '') as { type: string }).type,
    );
    expect(types.toSorted()).toEqual([
      'data.reset',
      'payment.created',
      'payment.processing',
      'payment.succeeded',
    ]);
    expect(near.complaints).toEqual([]);
  });

  test('lets the server stop while a receiver keeps it waiting', async () => {
    const far = await receiver(() => {});
    const near = await realService({ ...environment, WEBHOOK_URL: far.url });
    await near.pay(5);
    await expectEventually(() => far.received.length === 8, 15_000);
    await near.end();
    expect(near.complaints).toEqual([]);
  });
});

describe('after a restart', () => {
  test('what was not delivered is delivered, and nothing else is sent again', async () => {
    const database = { DATABASE_URL: await keptUrl() };
    const far = await receiver();
    const environment = { ...database, WEBHOOK_URL: far.url, WEBHOOK_TIME_SCALE: '0.001' };
    const first = await realService(environment);
    await first.pay(3);
    await expectEventually(() => far.accepted.size === 9, 15_000);
    far.behave((_, response) => void response.writeHead(500).end());
    await first.pay(3);
    await expectEventually(() => far.received.length >= 18, 15_000);
    await first.end();
    far.behave((_, response) => void response.writeHead(204).end());
    const seen = far.received.length;
    const second = await realService(environment);
    await expectEventually(() => far.accepted.size === 18, 15_000);
    await second.end();
    const again = far.received.slice(seen).map(({ id }) => id);
    expect(again).toHaveLength(9);
    expect(new Set(again).size).toBe(9);
  });

  test('the endpoint of WEBHOOK_URL keeps its secret, waits without the variable, and comes back', async () => {
    const database = { DATABASE_URL: await keptUrl() };
    const far = await receiver();
    const secretsSeen = new Set<string>();
    for (const url of [far.url, '', far.url]) {
      const service = await realService({ ...database, WEBHOOK_URL: url });
      const { data } = await service.call<{ data: object[] }>('GET', '/webhook-endpoints');
      expect(data).toHaveLength(1);
      expect(data[0]).toMatchObject({ id: 'we_environment', enabled: url !== '' });
      await service.pay(1);
      if (url !== '') await expectEventually(() => far.accepted.size >= 3, 15_000);
      await service.end();
    }
    const last = await realService({ ...database, WEBHOOK_URL: far.url });
    // What happened without the variable, too.
    await expectEventually(() => far.accepted.size === 9, 15_000);
    await last.end();
    for (const { headers } of far.received) secretsSeen.add(headers['webhook-id'] ?? '');
    expect(secretsSeen.size).toBe(9);
  });
});

test('without an endpoint nothing is started', async () => {
  const near = await realService();
  await near.pay(1);
  if (!isPostgres) expect(existsSync(`${near.place.path}.webhooks`)).toBe(true);
  expect(process.getActiveResourcesInfo().filter((name) => name === 'MessagePort')).toEqual([]);
});
