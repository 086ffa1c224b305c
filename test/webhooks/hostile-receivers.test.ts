/** Receivers that do what receivers do, on real sockets; beside each of them a healthy one, which must not notice. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectEventually } from '../property/store.ts';
import { accept, type Behaviour, type Receiver } from '../support/receivers.ts';
import { realService, receiver } from './real-service.ts';

const PAYMENTS = 20;
const EVENTS = 3 * PAYMENTS;

/** Where a redirect leads: nobody may ever come here. */
const trap = { url: '', visits: 0, close: () => {} };
beforeAll(async () => {
  const server = createServer((_, response) => {
    trap.visits += 1;
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  trap.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/trap`;
  trap.close = () => void server.close();
});
afterAll(() => trap.close());

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'never answers': () => {},
  'resets the connection': (_, response) => void response.socket?.resetAndDestroy(),
  'drips one byte a second': (_, response) => {
    response.writeHead(500);
    const drip = setInterval(() => response.write('.'), 1_000);
    response.once('close', () => clearInterval(drip));
  },
  'answers 500': (_, response) => void response.writeHead(500).end('no'),
  'answers 429 with Retry-After': (_, response) =>
    void response.writeHead(429, { 'retry-after': '1' }).end(),
  'redirects elsewhere': (_, response) =>
    void response.writeHead(302, { location: trap.url }).end(),
  'answers 503 without an end': (_, response) => {
    response.writeHead(503);
    const pour = () => {
      while (response.write('x'.repeat(16_384)));
    };
    response.on('drain', pour);
    pour();
  },
  'ends in the middle of its answer': (_, response) => {
    response.writeHead(500, { 'content-length': '1000' });
    response.write('not all', () => response.destroy());
  },
};

test(
  'whatever a receiver does, all is delivered when it heals, and a healthy one beside it gets everything meanwhile',
  { timeout: 120_000 },
  async () => {
    const near = await realService({ WEBHOOK_TIME_SCALE: '0.01' });
    const healthy = await receiver();
    const hostile: Receiver[] = [];
    for (const behaviour of Object.values(BEHAVIOURS)) hostile.push(await receiver(behaviour));
    for (const { url } of [...hostile, healthy]) {
      await near.call('POST', '/webhook-endpoints', { url, events: ['*'] });
    }
    const memoryBefore = process.memoryUsage().rss;
    await near.pay(PAYMENTS);
    await expectEventually(() => healthy.accepted.size === EVENTS, 15_000);
    // Every hostile one has had its chance, and none has everything behind it.
    await expectEventually(() => hostile.every(({ received }) => received.length >= 8), 15_000);
    expect(hostile.map(({ accepted }) => accepted.size)).toEqual(hostile.map(() => 0));
    expect(healthy.received).toHaveLength(EVENTS);

    for (const one of hostile) one.behave(accept);
    const lacking = () =>
      hostile.flatMap(({ accepted }, index) =>
        accepted.size === EVENTS ? [] : [`${Object.keys(BEHAVIOURS)[index]}: ${accepted.size}`],
      );
    await expectEventually(() => lacking().length === 0, 90_000).catch(() => {});
    expect(lacking()).toEqual([]);
    expect(trap.visits).toBe(0);
    expect(process.memoryUsage().rss - memoryBefore).toBeLessThan(100 * 1024 * 1024);
    for (const { received } of hostile) expectSameBytes(received);
    expect(near.complaints).toEqual([]);
  },
);

/** What comes again with the same id is the same. */
function expectSameBytes(received: Receiver['received']): void {
  const bodies = new Map<string, string>();
  for (const { id, body } of received) {
    expect(bodies.get(id) ?? body).toBe(body);
    bodies.set(id, body);
  }
}
