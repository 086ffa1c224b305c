/** The live feed as a whole: real sockets, a real file, payments that go on being made. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  jsonOf,
  listenOn,
  PAYMENT,
  type Service,
  testApp,
  testService,
  type WireList,
} from '../property/app.ts';
import { expectEventually, passed } from '../property/store.ts';
import { clientOf } from '../support/http.ts';
import { endServers, startServer } from '../support/server.ts';
import { openStream, type Stream, type StreamedEvent } from './stream.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
  await endServers();
});

async function service(): Promise<{ api: Service; port: number }> {
  const api = await testService({ PROCESSING_DELAY_MS: '20', PROCESSING_JITTER_MS: '0' });
  opened.push(api);
  return { api, port: await listenOn(api) };
}

async function stream(...[options]: Parameters<typeof openStream>): Promise<Stream> {
  const made = await openStream(options);
  opened.push(made);
  return made;
}

const HANG_MS = 25_000;

/** The log from its beginning, as the list shows it. */
async function allEvents(api: Pick<Service, 'get'>): Promise<StreamedEvent[]> {
  const all: StreamedEvent[] = [];
  for (let after = ''; ;) {
    const answer = await api.get(`/events?limit=500&after=${after}`);
    const page = jsonOf<WireList<StreamedEvent>>(answer);
    all.push(...page.data);
    if (!page.has_more || page.next_cursor === null) return all;
    after = page.next_cursor;
  }
}

/** Makes payments in bursts until it is told to stop; resolves when the last one has settled. */
function keepPaying(api: Pick<Service, 'post' | 'get'>): { stop(): Promise<StreamedEvent[]> } {
  const end = new AbortController();
  let made = 0;
  const paying = (async () => {
    while (!end.signal.aborted) {
      const burst = 1 + (made % 9);
      await Promise.all(Array.from({ length: burst }, () => api.post('/payments', PAYMENT)));
      made += burst;
      await passed(made % 5);
    }
  })();
  return {
    async stop() {
      end.abort();
      await paying;
      await expectEventually(async () => (await allEvents(api)).length === 3 * made, HANG_MS);
      return allEvents(api);
    },
  };
}

const cursorsOf = (events: readonly StreamedEvent[]) => events.map(({ cursor }) => cursor);

test('clients that begin behind every event while more go on being written get each one once', async () => {
  const { api, port } = await service();
  const writing = keepPaying(api);
  await expectEventually(async () => (await allEvents(api)).length > 100, HANG_MS);
  const places = cursorsOf(await allEvents(api)).slice(0, 50);
  const streams: Stream[] = [];
  for (const after of places) streams.push(await stream({ port, query: `?after=${after}` }));
  const all = await writing.stop();
  for (const [index, one] of streams.entries()) {
    await one.has(all.length - index - 1);
    expect(one.events).toEqual(all.slice(index + 1));
  }
});

test('a client that is killed again and again and comes back with its last id misses nothing', async () => {
  const { api, port } = await service();
  const first = await stream({ port, query: '?after=' });
  const writing = keepPaying(api);
  const seen: StreamedEvent[] = [];
  let current = first;
  for (let round = 0; round < 15; round += 1) {
    await passed(40 + (round % 4) * 30);
    current.close();
    await expectEventually(() => current.hasEnded());
    seen.push(...current.events);
    current = await stream({ port, headers: { 'last-event-id': current.lastId() } });
  }
  const all = await writing.stop();
  await current.has(all.length - seen.length);
  expect(cursorsOf([...seen, ...current.events])).toEqual(cursorsOf(all));
});

test('a filter lets through all that fits it and nothing else, live and behind', async () => {
  const { api, port } = await service();
  const writing = keepPaying(api);
  await expectEventually(async () => (await allEvents(api)).length > 50, HANG_MS);
  const queries = ['?type=payment.succeeded&after=', '?type=payment.created&after='];
  const [succeeded, created] = await Promise.all(queries.map((query) => stream({ port, query })));
  const all = await writing.stop();
  for (const [one, type] of [
    [succeeded, 'payment.succeeded'],
    [created, 'payment.created'],
  ] as const) {
    const expected = all.filter((event) => event.type === type);
    await one?.has(expected.length);
    expect(one?.events).toEqual(expected);
  }
});

describe('a client that does not read', () => {
  /** Larger events fill the kernel's buffers sooner. */
  const LARGE = { ...PAYMENT, description: 'x'.repeat(400), metadata: { note: 'y'.repeat(400) } };
  const LIMIT = 64 * 1024;

  test('is cut off; the others get everything, and little waits meanwhile', async () => {
    const api = await testApp({ feedLimits: { unsentBytesMax: LIMIT } });
    opened.push(api);
    const port = await listenOn(api);
    const others = [await stream({ port }), await stream({ port, query: '?type=payment.*' })];
    const frozen = await stream({ port });
    frozen.freeze();
    const waiting: number[] = [];
    let made = 0;
    const cutOff = () => metric(api, 'farthing_live_feed_cut_off_total');
    while ((await cutOff()) === 0) {
      expect(made).toBeLessThan(60_000);
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(Array.from({ length: 60 }, () => api.post('/payments', LARGE)));
        made += 60;
      }
      waiting.push(await metric(api, 'farthing_live_feed_unsent_bytes'));
    }
    // The limit, and what one look found, for the frozen one; the others share this process and are slow by that.
    expect(Math.max(...waiting)).toBeLessThan(3 * (LIMIT + 2 * 1024 * 1024));
    expect(await metric(api, 'farthing_live_feed_clients')).toBe(2);
    for (const one of others) {
      await one.has(made);
      expect(new Set(cursorsOf(one.events)).size).toBe(made);
    }
    // What it had not read is lost, and it can have it all again.
    frozen.thaw();
    await expectEventually(() => frozen.hasEnded());
    const missed = made - frozen.events.length;
    const back = await stream({ port, headers: { 'last-event-id': frozen.lastId() } });
    await back.has(missed);
    expect(cursorsOf([...frozen.events, ...back.events])).toEqual(
      cursorsOf(others[0]?.events ?? []),
    );
  });

  test('does not hold up a server that closes, whatever waits for it', async () => {
    const api = await testApp({ feedLimits: { unsentBytesMax: 1e9 } });
    const port = await listenOn(api);
    const frozen = await stream({ port });
    frozen.freeze();
    while ((await metric(api, 'farthing_live_feed_unsent_bytes')) < LIMIT) {
      await Promise.all(Array.from({ length: 200 }, () => api.post('/payments', LARGE)));
    }
    await api.close();
    frozen.thaw();
    await expectEventually(() => frozen.hasEnded());
  });

  async function metric(api: Pick<Service, 'get'>, name: string): Promise<number> {
    const { body } = await api.get('/metrics');
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]);
  }
});

describe('a server that closes', () => {
  test('ends all streams, of those that do not read too, and logs each', async () => {
    const first = await service();
    const { api, port } = first;
    const reading = await stream({ port });
    const frozen = await stream({ port, query: '?after=' });
    frozen.freeze();
    const writing = keepPaying(api);
    await reading.has(100);
    await writing.stop();
    await api.end();
    await expectEventually(() => reading.hasEnded());
    expect(reading.text().endsWith('\n\n')).toBe(true);
    expect(reading.isComplete()).toBe(true);
    const lines = api.requestLines.filter((line) => line.includes('/events/stream'));
    expect(lines.map((line) => (JSON.parse(line) as { status: number }).status)).toEqual([
      200, 200,
    ]);
  });

  test('as a process: SIGTERM ends it with clients that read and clients that do not', async () => {
    const server = await startServer({ database: ':memory:' });
    const port = Number(new URL(server.url).port);
    const streams = await Promise.all(Array.from({ length: 20 }, () => stream({ port })));
    for (const one of streams.slice(10)) one.freeze();
    const ended = await server.end('SIGTERM');
    expect(ended.code).toBe(0);
    await expectEventually(() => streams.slice(0, 10).every((one) => one.hasEnded()));
  });
});

test('a server that is killed: its clients go on with the next one on the same file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'farthing-feed-'));
  opened.push({ close: () => rmSync(folder, { recursive: true }) });
  const seen: StreamedEvent[] = [];
  let lastId = '';
  for (const signal of ['SIGKILL', 'SIGKILL', 'SIGTERM'] as const) {
    const server = await startServer({ database: join(folder, 'feed.db') });
    const headers: Record<string, string> = lastId === '' ? {} : { 'last-event-id': lastId };
    const port = Number(new URL(server.url).port);
    const feed = await stream({ port, query: '?after=', headers });
    const client = clientOf(server.url, 8);
    const body = JSON.stringify({ ...PAYMENT, simulate: { outcome: 'APPROVE' } });
    for (let made = 0; made < 20; made += 1) {
      await client.call({ method: 'POST', path: '/payments', body });
    }
    await feed.has(20);
    client.close();
    await server.end(signal);
    await expectEventually(() => feed.hasEnded());
    seen.push(...feed.events);
    lastId = feed.lastId();
  }
  const places = seen.map(({ cursor }) => Buffer.from(cursor, 'base64url').toString());
  const [, writer] = /^events:(\w+)\./.exec(places[0] ?? '') ?? [];
  expect(places).toEqual(places.map((_, index) => `events:${writer}.${index + 1}`));
});
