/** The live feed over real connections that break. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import {
  createClient,
  type FarthingEvent,
  type FeedOptions,
  type FeedReset,
  type Retry,
} from '../src/index.ts';
import { all, cableTo, closeLater, QUICK, start } from './service.ts';

const PAYMENT = { amount: 100, currency: 'USD', recipient: 'alice@example.com' } as const;

/** The next so many events; leaving the loop closes the connection. */
async function take(
  events: AsyncIterable<FarthingEvent>,
  count: number,
  onEach: (event: FarthingEvent) => void = () => {},
): Promise<FarthingEvent[]> {
  const taken: FarthingEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    onEach(event);
    if (taken.length === count) break;
  }
  return taken;
}

/** Resolves when the feed is open, so that what happens from now on is in it. */
function whenOpen(): { onOpen: () => void; isOpen: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { onOpen: resolve, isOpen: promise };
}

describe('the live feed', () => {
  test('has what happens from now on, in order, as the log has it', async () => {
    const { client } = await start();
    await client.payments.create(PAYMENT, { waitSeconds: 10 });
    const { onOpen, isOpen } = whenOpen();
    const taking = take(client.events.stream({ onOpen }), 3);
    await isOpen;
    const { payment_id: id } = await client.payments.create(PAYMENT);
    const events = await taking;
    expect(events.map(({ type, payment_id: about }) => [type, about])).toEqual([
      ['payment.created', id],
      ['payment.processing', id],
      ['payment.succeeded', id],
    ]);
    expect(events).toEqual(await all(client.payments.events(id)));
  });

  test('begins where it is told to, and has only what it is asked for', async () => {
    const { client } = await start();
    const first = await client.payments.create(PAYMENT, { waitSeconds: 10 });
    const second = await client.payments.create(PAYMENT, { waitSeconds: 10 });
    await client.simulation.change({ failure_rate: 0.1 });
    const types = async (options: Parameters<typeof client.events.stream>[0], count: number) =>
      (await take(client.events.stream(options), count)).map(({ type }) => type);
    const story = ['payment.created', 'payment.processing', 'payment.succeeded'];
    expect(await types({ after: '' }, 7)).toEqual([...story, ...story, 'simulation.changed']);
    expect(await types({ after: '', type: ['simulation.*', 'payment.created'] }, 3)).toEqual([
      'payment.created',
      'payment.created',
      'simulation.changed',
    ]);
    expect(await types({ after: '', payment_id: second.payment_id }, 3)).toEqual(story);
    const [created] = await all(client.payments.events(first.payment_id));
    expect(await types({ after: created?.cursor, payment_id: first.payment_id }, 2)).toEqual(
      story.slice(1),
    );
  });

  test('goes on over connections that are cut, with none missing and none twice', async () => {
    const { client, port, clientWith } = await start();
    const cable = await cableTo(port);
    const retries: Retry[] = [];
    const { onOpen, isOpen } = whenOpen();
    const listening = clientWith({
      baseUrl: `http://127.0.0.1:${cable.port}`,
      onRetry: (retry) => retries.push(retry),
    });
    const rounds = 3;
    let seen = 0;
    const taking = take(listening.events.stream({ onOpen }), rounds * 3, () => (seen += 1));
    await isOpen;
    for (let round = 1; round <= rounds; round += 1) {
      // The first time nothing was seen yet: what happens from here on must come all the same.
      cable.cut();
      await client.payments.create(PAYMENT, { waitSeconds: 10 });
      await vi.waitUntil(() => seen === round * 3, { timeout: 20_000 });
    }
    expect(await taking).toEqual(await all(client.events.list()));
    expect(retries.map(({ error: { code } }) => code)).toEqual(
      Array.from({ length: rounds }, () => 'connection_failed'),
    );
  });

  test('tells of a reset and goes on with the new log', async () => {
    const { client } = await start();
    await client.payments.create(PAYMENT, { waitSeconds: 10 });
    const { onOpen, isOpen } = whenOpen();
    const resets: FeedReset[] = [];
    const options: FeedOptions = { onOpen, onReset: (reset) => resets.push(reset) };
    const taking = take(client.events.stream({ ...options, type: 'payment.created' }), 1);
    await isOpen;
    await client.admin.reset();
    const { payment_id: id } = await client.payments.create(PAYMENT);
    expect(await taking).toMatchObject([{ payment_id: id }]);
    expect(resets).toMatchObject([{ reason: 'log_reset' }]);
    expect(resets[0]?.cursor).toMatch(/^\w+/);
  });

  test('ends with the reason of its signal', async () => {
    const { client } = await start();
    const ending = new AbortController();
    const reason = new Error('enough');
    const stream = client.events.stream({
      signal: ending.signal,
      onOpen: () => ending.abort(reason),
    });
    await expect(stream.next()).rejects.toBe(reason);
    await expect(client.events.stream({ signal: ending.signal }).next()).rejects.toBe(reason);
  });

  test('ends with a refusal that will not pass', async () => {
    const { client, clientWith } = await start({ API_KEYS: 'shop:0123456789abcdef' });
    await expect(client.events.stream().next()).rejects.toMatchObject({ status: 401 });
    const allowed = clientWith({ apiKey: '0123456789abcdef' });
    const lost = allowed.events.stream({ after: 'no cursor' }).next();
    await expect(lost).rejects.toMatchObject({ code: 'invalid_cursor', retryable: false });
  });
});

describe('a feed whose far end fails', () => {
  interface Seen {
    readonly url: string;
    readonly lastEventId: unknown;
  }

  async function scripted(steps: readonly ((response: ServerResponse) => void)[]) {
    const seen: Seen[] = [];
    const server = createServer(({ url = '', headers }, response) => {
      const step = steps[Math.min(seen.length, steps.length - 1)];
      seen.push({ url, lastEventId: headers['last-event-id'] });
      step?.(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closeLater(
      () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    const { port } = server.address() as AddressInfo;
    return { seen, client: createClient({ ...QUICK, baseUrl: `http://127.0.0.1:${port}` }) };
  }

  const sent = (text: string, isEnd: boolean) => (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(text);
    if (isEnd) response.end();
  };

  test('is taken up again when it falls silent, ends, or answers with an error that may pass', async () => {
    const { client, seen } = await scripted([
      sent('retry: 1\nid: c1\n\n: and then nothing\n', false),
      (response) => response.writeHead(503, { 'retry-after': '0' }).end(),
      sent('id: c2\n\nid: c3\nda', true),
      sent('id: c3\ndata: {"id":"evt_3"}\n\n', false),
    ]);
    const [event] = await take(client.events.stream({ after: 'c0', silenceMsMax: 200 }), 1);
    expect(event).toEqual({ id: 'evt_3' });
    expect(seen).toEqual([
      { url: '/events/stream?after=c0', lastEventId: undefined },
      { url: '/events/stream?after=c0', lastEventId: 'c1' },
      { url: '/events/stream?after=c0', lastEventId: 'c1' },
      { url: '/events/stream?after=c0', lastEventId: 'c2' },
    ]);
  });

  test('is given up after so many attempts in a row', async () => {
    const { client, seen } = await scripted([(response) => response.destroy()]);
    const stream = client.events.stream({ retriesMax: 2 });
    await expect(stream.next()).rejects.toMatchObject({ code: 'connection_failed', attempts: 3 });
    expect(seen).toHaveLength(3);
  });

  test('is no feed when the answer is a page', async () => {
    const { client } = await scripted([(response) => void response.end('<html>')]);
    const stream = client.events.stream();
    await expect(stream.next()).rejects.toMatchObject({ code: 'unexpected_response' });
  });
});
