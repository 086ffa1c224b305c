import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { openStream, type Stream } from '../../../../test/live-feed/stream.ts';
import {
  type Answer,
  expectProblem,
  jsonOf,
  listenOn,
  PAYMENT,
  type TestApp,
  testApp,
  type WireList,
} from '../../../../test/property/app.ts';
import { head } from '../../../../test/property/socket.ts';
import { expectEventually } from '../../../../test/property/store.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

type Options = Parameters<typeof testApp>[0];

async function api(options?: Options): Promise<TestApp> {
  const made = await testApp(options);
  opened.push(made);
  return made;
}

async function listening(options?: Options): Promise<{ app: TestApp; port: number }> {
  const app = await api(options);
  return { app, port: await listenOn(app) };
}

async function stream(...[options]: Parameters<typeof openStream>): Promise<Stream> {
  const made = await openStream(options);
  opened.push(made);
  return made;
}

const listOf = async (app: TestApp) =>
  jsonOf<WireList<{ cursor: string; type: string }>>(await app.get('/events?limit=500')).data;

const cursorOf = (text: string) => Buffer.from(`events:${text}`).toString('base64url');

describe('GET /events/stream', () => {
  test('sends each event as the list shows it, with its cursor as id', async () => {
    const { app, port } = await listening();
    const feed = await stream({ port });
    expect(feed.status).toBe(200);
    await app.settled(PAYMENT);
    await feed.has(3);
    expect(feed.events).toEqual(await listOf(app));
    expect(feed.lastId()).toBe(feed.events.at(-1)?.cursor);
    expect(feed.text()).not.toContain('event:');
    expect(feed.text()).toMatch(/^retry: 1000\n/);
  });

  test('has the headers that keep proxies and caches out of it, and those of every answer', async () => {
    const { port } = await listening();
    const origin = 'http://localhost:5173';
    const { headers } = await stream({ port, headers: { origin, 'x-request-id': 'mine' } });
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-request-id': 'mine',
      'access-control-allow-origin': origin,
    });
    expect(headers).not.toHaveProperty('content-length');
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  test('begins now, at the start, or behind a cursor', async () => {
    const { app, port } = await listening();
    await app.settled(PAYMENT);
    const [first, second] = await listOf(app);
    const now = await stream({ port });
    const start = await stream({ port, query: '?after=' });
    const behind = await stream({ port, query: `?after=${first?.cursor}` });
    await app.post('/payments', PAYMENT);
    await Promise.all([now.has(1), start.has(4), behind.has(3)]);
    const all = await listOf(app);
    expect(now.events).toEqual(all.slice(3));
    expect(start.events).toEqual(all);
    expect(behind.events).toEqual(all.slice(1));
    expect(behind.events[0]?.cursor).toBe(second?.cursor);
  });

  test('goes on behind the Last-Event-ID, whatever the address says; an empty one says nothing', async () => {
    const { app, port } = await listening();
    await app.settled(PAYMENT);
    const all = await listOf(app);
    const headers = { 'last-event-id': all[1]?.cursor ?? '' };
    const back = await stream({ port, query: `?after=${all[0]?.cursor}`, headers });
    await back.has(1);
    expect(back.events).toEqual(all.slice(2));
    const empty = await stream({ port, query: '?after=', headers: { 'last-event-id': '' } });
    await empty.has(3);
    expect(empty.events).toEqual(all);
  });

  test('tells where it is before the first event: who comes back with that misses nothing', async () => {
    const { app, port } = await listening();
    await app.settled(PAYMENT);
    const first = await stream({ port });
    await expectEventually(() => first.lastId() !== '');
    first.close();
    await app.post('/payments', PAYMENT);
    const again = await stream({ port, headers: { 'last-event-id': first.lastId() } });
    await again.has(1);
    expect(again.events).toEqual((await listOf(app)).slice(3));
  });

  test('filters by types, by kinds and by payment', async () => {
    const { app, port } = await listening();
    const { payment_id: id } = await app.settled(PAYMENT);
    const two = await stream({ port, query: '?after=&type=payment.created,%20simulation.changed' });
    const kind = await stream({ port, query: '?after=&type=simulation.*' });
    const all = await stream({ port, query: '?after=&type=*' });
    const one = await stream({ port, query: `?after=&payment_id=${id}` });
    const both = await stream({ port, query: `?payment_id=${id}&type=payment.refunded&after=` });
    await app.settled(PAYMENT);
    await app.send('PATCH', '/simulation', { failure_rate: 0.5 });
    await app.post(`/payments/${id}/refund`);
    await all.has(8);
    await Promise.all([two.has(3), kind.has(1), one.has(4), both.has(1)]);
    const typesOf = ({ events }: Stream) => events.map(({ type }) => type);
    expect(typesOf(two)).toEqual(['payment.created', 'payment.created', 'simulation.changed']);
    expect(typesOf(kind)).toEqual(['simulation.changed']);
    expect(typesOf(both)).toEqual(['payment.refunded']);
    expect(one.events.map(({ payment_id }) => payment_id)).toEqual([id, id, id, id]);
  });

  test('tells of a reset and goes on with the new log', async () => {
    const { app, port } = await listening();
    await app.settled(PAYMENT);
    const [first] = await listOf(app);
    const feed = await stream({ port, query: '?type=payment.*' });
    await app.send('DELETE', '/admin/reset');
    await app.post('/payments', PAYMENT);
    await feed.has(1);
    expect(feed.resets).toMatchObject([{ reason: 'log_reset' }]);
    const back = await stream({ port, query: `?after=${first?.cursor}` });
    await back.has(2);
    expect(back.resets).toMatchObject([{ reason: 'log_reset' }]);
    expect(back.events).toEqual(await listOf(app));
    const onward = await stream({ port, query: `?after=${back.resets[0]?.cursor}` });
    await onward.has(2);
    expect(onward.events).toEqual(back.events);
  });

  test('tells who was away for too long, or is ahead of the log, from where it goes on', async () => {
    const { app, port } = await listening({ feedLimits: { behindMax: 4 } });
    await app.settled(PAYMENT);
    await app.settled(PAYMENT);
    const [first] = await listOf(app);
    const { writer, sequence } = await app.engine.store.logHead();
    const old = await stream({ port, query: `?after=${first?.cursor}` });
    const ahead = await stream({ port, query: `?after=${cursorOf(`${writer}.${sequence + 1}`)}` });
    await expectEventually(() => old.resets.length + ahead.resets.length === 2);
    const cursor = cursorOf(`${writer}.${sequence}`);
    expect(old.resets).toMatchObject([{ reason: 'too_old', cursor }]);
    expect(ahead.resets).toMatchObject([{ reason: 'not_in_log', cursor }]);
    await app.post('/payments', PAYMENT);
    await Promise.all([old.has(1), ahead.has(1)]);
    expect(old.events).toEqual((await listOf(app)).slice(6));
  });

  test('sends a sign of life', async () => {
    const { port } = await listening({ feedLimits: { heartbeatMs: 20 } });
    const feed = await stream({ port });
    await expectEventually(() => feed.text().includes('\n\n: still here\nid: '));
  });
});

describe('what it does not take', () => {
  const refusals: readonly [string, string, number, string][] = [
    ['a cursor that is none', '?after=abc', 400, 'invalid_cursor'],
    ['a cursor of another list', `?after=${btoa('payments:1')}`, 400, 'invalid_cursor'],
    ['a type that is none', '?type=payment.suceeded', 400, 'validation_failed'],
    ['no type', '?type=', 400, 'validation_failed'],
    ['a kind that is none', '?type=payments.*', 400, 'validation_failed'],
    ['a payment id that is none', '?payment_id=7', 404, 'payment_not_found'],
    ['a parameter that is none', '?types=payment.created', 400, 'validation_failed'],
    ['a parameter twice', '?after=&after=', 400, 'validation_failed'],
  ];
  test.each(refusals)('%s is a problem before anything is sent', async (_, query, status, code) => {
    const app = await api();
    const answer = await app.get(`/events/stream${query}`);
    expectProblem(answer, status, code);
  });

  test('names the type that was probably meant', async () => {
    const app = await api();
    const { detail, errors } = expectProblem(
      await app.get('/events/stream?type=payment.created,payment.suceeded'),
      400,
      'validation_failed',
    );
    expect(detail).toContain('did you mean payment.succeeded?');
    expect(errors).toMatchObject([{ pointer: '?type', code: 'not_one_of' }]);
  });

  test('a Last-Event-ID that is no cursor, or comes twice, is a problem', async () => {
    const app = await api();
    const [event] = await settledEvents(app);
    const twice = { 'last-event-id': [event?.cursor ?? '', event?.cursor ?? ''] };
    for (const headers of [{ 'last-event-id': '7' }, twice]) {
      expectProblem(await app.get('/events/stream', headers), 400, 'invalid_cursor');
    }
  });

  test('other methods are 405, other hosts and pages 403', async () => {
    const app = await api();
    const posted = await app.post('/events/stream');
    expectProblem(posted, 405, 'method_not_allowed');
    expect(posted.headers['allow']).toBe('GET, HEAD');
    const get = (headers: Record<string, string>) => app.get('/events/stream', headers);
    expectProblem(await get({ host: 'evil.example' }), 403, 'host_not_allowed');
    expectProblem(await get({ origin: 'http://evil.example' }), 403, 'origin_not_allowed');
  });

  test('more clients than there may be are told to come back', async () => {
    const { app, port } = await listening({ feedLimits: { readersMax: 1 } });
    const only = await stream({ port });
    const answer = await app.get('/events/stream');
    expectProblem(answer, 503, 'too_many_streams');
    expect(answer.headers['retry-after']).toBe('5');
    only.close();
    await expectEventually(async () => (await metric(app, 'farthing_live_feed_clients')) === 0);
    expect((await stream({ port })).status).toBe(200);
  });

  async function settledEvents(app: TestApp) {
    await app.settled(PAYMENT);
    return listOf(app);
  }
});

test('an API key is needed when there are any; one that only reads will do', async () => {
  const sha256 = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b'; // "secret"
  const http = { apiKeys: [{ name: 'reader', sha256, mayWrite: false }] };
  const { app, port } = await listening({ http });
  expectProblem(await app.get('/events/stream'), 401, 'unauthorized');
  const feed = await stream({ port, headers: { authorization: 'Bearer secret' } });
  expect(feed.status).toBe(200);
});

describe('HEAD', () => {
  test('answers like GET and ends', async () => {
    const app = await api();
    const answer = await app.send('HEAD', '/events/stream?type=payment.*');
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    });
    expect((await app.send('HEAD', '/events/stream?after=7')).statusCode).toBe(400);
  });
});

test.each(['HTTP/1.0', 'HTTP/1.1'])(
  'a client of %s that wants the connection closed',
  async (version) => {
    const { app, port } = await listening();
    await app.settled(PAYMENT);
    const lines = [`GET /events/stream?after= ${version}`, 'Host: localhost', 'Connection: close'];
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    const closed = once(socket, 'close');
    let text = '';
    socket.on('data', (chunk: string) => (text += chunk));
    socket.write(head(...lines));
    // It gets everything, without chunks, and the end is the end of the connection.
    const events = () => text.match(/^data: \{"id":"evt_[^\n]+\}$/gm)?.length;
    await expectEventually(() => events() === 3);
    await app.app.close();
    await closed;
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).toMatch(/^connection: close\r$/im);
    expect(events()).toBe(3);
    expect(text.endsWith('\n\n')).toBe(true);
  },
);

describe('a stream that has ended', () => {
  test('left one line in the log, and counts as a request that took until it began', async () => {
    const { app, port } = await listening({ feedLimits: { heartbeatMs: 60_000 } });
    const feed = await stream({ port });
    const count = 'http_server_request_duration_seconds_count{.*/events/stream.*200.*}';
    expect(await metric(app, count)).toBe(1);
    feed.close();
    await expectEventually(async () => (await metric(app, 'farthing_live_feed_clients')) === 0);
    expect(await metric(app, count)).toBe(1);
    expect(app.errors).toEqual([]);
  });
});

async function metric(app: TestApp, pattern: string): Promise<number | null> {
  const { body }: Answer = await app.get('/metrics');
  const [, value] = new RegExp(`^${pattern} (\\S+)$`, 'm').exec(body) ?? [];
  return value === undefined ? null : Number(value);
}
