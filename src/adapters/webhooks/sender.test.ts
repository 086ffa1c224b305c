import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { Sender } from '../../engine/webhooks/ports.ts';
import { addressGuard, type Lookup } from './addresses.ts';
import type { Connection } from './connections.ts';
import { Exchange } from './exchange.ts';
import { SENDER_LIMITS, type SenderLimits } from './limits.ts';
import { openSender } from './sender.ts';
import { openTargets } from './targets.ts';

const now = Date.UTC(2030, 0, 1);
const SHORT: Partial<SenderLimits> = { connectMs: 400, totalMs: 400, bodyMs: 100 };

const senders: Sender[] = [];
const receivers: Receiver[] = [];

afterEach(async () => {
  for (const sender of senders.splice(0)) await sender.close();
  for (const receiver of receivers.splice(0)) await receiver.close();
});

// ---- receivers

interface Receiver {
  readonly url: string;
  readonly sockets: Set<Socket>;
  connections: number;
  close(): Promise<void>;
}

async function listen(server: Server): Promise<Receiver> {
  const sockets = new Set<Socket>();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook?a=b`,
    sockets,
    connections: 0,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  server.on('connection', (socket) => {
    receiver.connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  receivers.push(receiver);
  return receiver;
}

/** Speaks bytes: `answer` gets the socket when a whole request has come, with its ordinal on this connection. */
async function raw(answer: (socket: Socket, ordinal: number) => void): Promise<Receiver> {
  return listen(
    createServer((socket) => {
      let text = '';
      let ordinal = 0;
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        const head = text.indexOf('\r\n\r\n');
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
        if (head < 0 || text.length < head + 4 + length) return;
        text = '';
        answer(socket, (ordinal += 1));
      });
    }),
  );
}

const says = (text: string | Buffer) => raw((socket) => socket.write(text));

async function http(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<Receiver> {
  return listen(
    createHttpServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => answer(request, response, body));
    }),
  );
}

/** Writes `text` until the connection ends. */
function pour(socket: Socket, text: string): void {
  while (!socket.destroyed && socket.write(text));
  if (!socket.destroyed) socket.once('drain', () => pour(socket, text));
}

function drip(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 10);
  socket.on('close', () => clearInterval(timer));
}

// ---- the sender

function newSender(
  limits: Partial<SenderLimits> = {},
  lookup: Lookup = async () => [{ address: '127.0.0.1' }],
): Sender {
  const guard = addressGuard({
    isOpen: true,
    allowCidrs: [],
    allowHosts: [],
    ownOrigin: () => null,
    lookup,
  });
  const sender = openSender({
    guard,
    lookup,
    limits,
    nowMs: () => now,
    ticksMs: () => performance.now(),
    version: '1.2.3',
  });
  senders.push(sender);
  return sender;
}

const sendTo = (url: string, limits?: Partial<SenderLimits>) =>
  newSender(limits).send({ url, headers: { 'webhook-id': 'evt_1' }, body: '{"name":"Zoë"}' });

const noAnswer = (error: string | RegExp) => ({
  statusCode: null,
  error: expect.stringMatching(error) as string,
  retryAfterMs: null,
  response: null,
});

test('posts the bytes with their headers, and tells what was sent and answered', async () => {
  let seen: unknown = null;
  const receiver = await http(({ method, url, headers }, response, body) => {
    seen = { method, url, headers, body };
    response.writeHead(201, { 'x-one': ['a', 'b'] }).end('thanks');
  });
  const result = await sendTo(receiver.url);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Farthing/1.2.3',
    'accept-encoding': 'identity',
    'webhook-id': 'evt_1',
  };
  expect(seen).toMatchObject({
    method: 'POST',
    url: '/hook?a=b',
    headers: { ...headers, host: new URL(receiver.url).host, 'content-length': '15' },
    body: '{"name":"Zoë"}',
  });
  expect(result).toMatchObject({
    atMs: now,
    statusCode: 201,
    error: null,
    retryAfterMs: null,
    request: { url: receiver.url, headers },
    response: { headers: { 'x-one': 'a, b' }, body: 'thanks', isTruncated: false },
  });
  expect(Number.isInteger(result.durationMs) && result.durationMs >= 0).toBe(true);
});

describe('an attempt without an answer says why', () => {
  test('nothing listens', async () => {
    const receiver = await http(() => undefined);
    await receiver.close();
    expect(await sendTo(receiver.url)).toMatchObject(noAnswer(/^connection refused: nothing/));
  });

  test('the name is not found', async () => {
    const lookup: Lookup = () =>
      Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }));
    const sender = newSender({}, lookup);
    const result = await sender.send({ url: 'http://shop.example/', headers: {}, body: '{}' });
    expect(result).toMatchObject(noAnswer('the name was not found'));
  });

  test('the name is never looked up', async () => {
    const sender = newSender({ connectMs: 50 }, () => new Promise(() => undefined));
    const result = await sender.send({ url: 'http://shop.example/', headers: {}, body: '{}' });
    expect(result).toMatchObject(noAnswer(/^timed out while connecting: .* within 0.05 s$/));
  });

  test('the name has no address', async () => {
    const sender = newSender({}, async () => []);
    const result = await sender.send({ url: 'http://shop.example/', headers: {}, body: '{}' });
    expect(result).toMatchObject(noAnswer('the name has no address'));
  });

  test('it is no address, or cannot be sent', async () => {
    const sender = newSender();
    const bad = { url: 'nowhere', headers: {}, body: '{}' };
    expect(await sender.send(bad)).toMatchObject(noAnswer('not an http or https address'));
    const receiver = await says('');
    const worse = { url: receiver.url, headers: { 'x-bad': 'a\nb' }, body: '{}' };
    expect(await sender.send(worse)).toMatchObject(noAnswer(/^failed \(UND_ERR_INVALID_ARG\)$/));
  });

  test('TLS to a plain port', async () => {
    const receiver = await says('HTTP/1.1 200 OK\r\n\r\n');
    const plain = await listen(createServer((socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n')));
    const url = plain.url.replace('http:', 'https:');
    expect(await sendTo(url)).toMatchObject(noAnswer(/^TLS failed: .* does not speak TLS/));
    const silent = receiver.url.replace('http:', 'https:');
    expect(await sendTo(silent, SHORT)).toMatchObject(noAnswer(/^timed out/));
  });

  test.each([
    ['it never answers', () => raw(() => undefined), /^timed out: no answer within 0.4 s$/],
    [
      'it drips headers',
      () => raw((socket) => socket.write('HTTP/1.1 200 OK\r\n') && drip(socket, 'a: b\r\n')),
      /^timed out: no answer/,
    ],
    [
      'it says Early Hints for ever',
      () => raw((socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n')),
      /^timed out: no answer/,
    ],
    ['it resets', () => raw((socket) => socket.resetAndDestroy()), /^connection reset/],
    ['it closes', () => raw((socket) => socket.end()), /^connection closed before an answer came/],
    [
      'it closes in the head',
      () => raw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent')),
      /^connection closed before an answer came/,
    ],
    [
      'its head is endless',
      () =>
        raw((socket) => {
          socket.write('HTTP/1.1 200 OK\r\n');
          pour(socket, `x: ${'y'.repeat(1_000)}\r\n`);
        }),
      /^the head of the answer is too long$/,
    ],
    ['it speaks something else', () => says('SSH-2.0-OpenSSH_9.9\r\n'), /^the answer is not HTTP/],
    [
      'it switches protocols',
      () => says('HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'),
      /^connection closed/,
    ],
    ['it says 100 unasked', () => says('HTTP/1.1 100 Continue\r\n\r\n'), /^connection closed/],
  ])('%s', async (_, open, error) => {
    const receiver = await open();
    // A busy machine must not turn another failure into a timeout.
    const limits = error.source.startsWith('^timed out') ? SHORT : {};
    expect(await sendTo(receiver.url, limits)).toMatchObject(noAnswer(error));
    expect(receiver.connections).toBe(1);
  });
});

describe('the head decides, whatever the body does', () => {
  const head = (more = '') => `HTTP/1.1 200 OK\r\n${more}\r\n`;

  test.each([
    ['204 without a body', () => says('HTTP/1.1 204 No Content\r\n\r\n'), '', false],
    ['HTTP/1.0', () => raw((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nold')), 'old', false],
    [
      'after 103',
      () => says(`HTTP/1.1 103 E\r\na: b\r\n\r\n${head('content-length: 2\r\n')}ok`),
      'ok',
      false,
    ],
    ['a body that stops', () => says(`${head('content-length: 9\r\n')}abc`), 'abc', true],
    [
      'a body that is cut off',
      () => raw((socket) => socket.end(`${head('content-length: 9\r\n')}abc`)),
      'abc',
      true,
    ],
    [
      'a broken chunk',
      () => says(`${head('transfer-encoding: chunked\r\n')}1\r\na\r\nZZ`),
      'a',
      true,
    ],
    [
      'no UTF-8',
      () => says(Buffer.from(`${head('content-length: 3\r\n')}a\xffb`, 'latin1')),
      'a\uFFFDb',
      false,
    ],
  ])('%s', async (_, open, body, isTruncated) => {
    const receiver = await open();
    const { statusCode, error, response } = await sendTo(receiver.url, { bodyMs: 300 });
    expect([statusCode === 200 || statusCode === 204, error]).toEqual([true, null]);
    expect(response).toMatchObject({ body, isTruncated });
  });

  test('a body that drips for ever is read for a while', async () => {
    const receiver = await raw((socket) => {
      socket.write(head());
      drip(socket, 'x');
    });
    const limits = { totalMs: 600_000, bodyMs: 50 };
    const { statusCode, error, response } = await sendTo(receiver.url, limits);
    expect([statusCode, error, response?.isTruncated]).toEqual([200, null, true]);
    expect(response?.body).toMatch(/^x*$/);
  });

  test('an endless body is read up to 64 KiB, and not through a character', async () => {
    const receiver = await raw((socket) => {
      socket.write(head());
      pour(socket, `a${'💳'.repeat(500)}`);
    });
    const { statusCode, response } = await sendTo(receiver.url, { totalMs: 10_000 });
    expect([statusCode, response?.isTruncated]).toEqual([200, true]);
    expect(response?.body).not.toContain('\uFFFD');
    expect(Math.abs(65_536 - Buffer.byteLength(response?.body ?? ''))).toBeLessThan(4);
  });

  test('what is compressed is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    const receiver = await http((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    const { response } = await sendTo(receiver.url);
    expect(response?.body.length).toBeLessThanOrEqual(bomb.length);
    expect(response?.headers).toMatchObject({ 'content-encoding': 'gzip' });
  });

  test('of its headers a bounded part is kept', async () => {
    const many = Array.from({ length: 100 }, (_, index) => `h${index}: 1\r\n`).join('');
    const text = `${head(`long: ${'y'.repeat(5_000)}\r\n__proto__: x\r\n${many}content-length: 0\r\n`)}`;
    const receiver = await says(text);
    const { response } = await sendTo(receiver.url);
    expect(Object.keys(response?.headers ?? {})).toHaveLength(64);
    expect(response?.headers['long']).toHaveLength(1_024);
    expect(Object.keys(response?.headers ?? {})).toContain('__proto__');
  });
});

describe('a status that is not 2xx is a failure', () => {
  test.each([
    [500, 'status 500'],
    [404, 'status 404'],
    [410, 'status 410'],
    [304, 'status 304'],
    [
      302,
      'status 302: a redirect to /elsewhere, and webhooks follow none; give the address itself',
    ],
  ])('%i', async (status, error) => {
    const receiver = await http((_, response) => {
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    expect(await sendTo(receiver.url)).toMatchObject({ statusCode: status, error });
    expect(receiver.connections).toBe(1);
  });

  test.each([
    ['0', 0],
    ['120', 120_000],
    ['999999999999999', Number.MAX_SAFE_INTEGER],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['9'.repeat(40), null],
    ['', null],
    ['2030', 2_030_000],
    [new Date(now + 90_000).toUTCString(), 90_000],
    [new Date(now - 90_000).toUTCString(), 0],
    ['Tuesday, 01-Jan-30 00:01:00 GMT', 60_000],
    ['Tue Jan  1 00:01:00 2030', 60_000],
    ['Tue, 32 Jan 2030 00:01:00 GMT', null],
    ['2030-01-01T00:01:00Z', null],
  ])('Retry-After: %s', async (text, retryAfterMs) => {
    const receiver = await http((_, response) => {
      response.writeHead(429, { 'retry-after': text }).end();
    });
    expect(await sendTo(receiver.url)).toMatchObject({
      statusCode: 429,
      error: 'status 429',
      retryAfterMs,
    });
  });
});

describe('connections', () => {
  test('are kept, and at most eight to an address', async () => {
    let isHeld = true;
    const held: ServerResponse[] = [];
    const receiver = await http((_, response) => {
      held.push(response);
      if (isHeld && held.length < 8) return;
      for (const each of held.splice(0)) each.end('ok');
    });
    const sender = newSender();
    const request = { url: receiver.url, headers: {}, body: '{}' };
    const results = await Promise.all(Array.from({ length: 96 }, () => sender.send(request)));
    isHeld = false;
    for (let turn = 0; turn < 20; turn += 1) results.push(await sender.send(request));
    expect(results.filter(({ statusCode }) => statusCode !== 200)).toEqual([]);
    expect(receiver.connections).toBe(8);
  });

  test('to an address that hangs take none from another on the same host', async () => {
    const receiver = await http(({ url }, response) => {
      if (url !== '/hangs') response.end('ok');
    });
    const sender = newSender();
    const hanging = new URL('/hangs', receiver.url).href;
    const lost = Array.from({ length: 20 }, () =>
      sender.send({ url: hanging, headers: {}, body: '{}' }),
    );
    const result = await sender.send({ url: receiver.url, headers: {}, body: '{}' });
    expect(result.statusCode).toBe(200);
    await sender.close();
    for (const { error } of await Promise.all(lost)) {
      expect(error).toBe('the server was stopped before an answer came');
    }
  });

  test('that are all taken are waited for, within the same time', async () => {
    const receiver = await http(({ url }, response) => {
      if (url !== '/hangs') response.end('ok');
    });
    const sender = newSender({ totalMs: 1_000, connectionsMax: 1 });
    const sendAll = (path: string) => {
      const request = { url: new URL(path, receiver.url).href, headers: {}, body: '{}' };
      return Promise.all([1, 2, 3, 4].map(() => sender.send(request)));
    };
    for (const { statusCode } of await sendAll('/quick')) expect(statusCode).toBe(200);
    expect(receiver.connections).toBe(1);
    for (const result of await sendAll('/hangs')) {
      expect(result).toMatchObject(noAnswer(/^timed out: no answer within 1 s$/));
    }
  });

  test('that the receiver closed in between cost no attempt', async () => {
    const receiver = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      setImmediate(() => socket.destroy());
    });
    const sender = newSender();
    for (let turn = 0; turn < 200; turn += 1) {
      const result = await sender.send({ url: receiver.url, headers: {}, body: '{}' });
      expect(result).toMatchObject({ statusCode: 200, error: null });
    }
  });

  test('that end without a word when used again are replaced, once', async () => {
    let requests = 0;
    const receiver = await raw((socket, ordinal) => {
      requests += 1;
      if (ordinal > 1 || requests > 4) socket.resetAndDestroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
    const sender = newSender();
    const send = () => sender.send({ url: receiver.url, headers: {}, body: '{}' });
    expect((await send()).statusCode).toBe(200);
    // The second request resets the first connection, and is made again on a fresh one.
    expect((await send()).statusCode).toBe(200);
    expect(requests).toBe(3);
    requests = 4;
    expect(await send()).toMatchObject(noAnswer(/^connection reset/));
    expect(requests).toBe(6);
    expect(await send()).toMatchObject(noAnswer(/^connection reset/));
    expect(requests).toBe(7);
  });

  /** Two connections that have served one request each; the receiver's ends, the older one first. */
  async function openTwo(sender: Sender, receiver: Receiver, held: Socket[]): Promise<Socket[]> {
    const request = { url: receiver.url, headers: {}, body: '{}' };
    const both = [sender.send(request), sender.send(request)];
    await expect.poll(() => held.length).toBe(2);
    const sockets = held.splice(0);
    for (const socket of sockets) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    for (const { statusCode } of await Promise.all(both)) expect(statusCode).toBe(200);
    return sockets;
  }

  test('that all end without a word are replaced by a fresh one', async () => {
    const held: Socket[] = [];
    const receiver = await raw((socket, ordinal) => {
      if (ordinal > 1) socket.resetAndDestroy();
      else if (receiver.connections > 2) socket.write('HTTP/1.1 202 Yes\r\n\r\n');
      else held.push(socket);
    });
    const sender = newSender({ bodyMs: 10 });
    await openTwo(sender, receiver, held);
    const result = await sender.send({ url: receiver.url, headers: {}, body: '{}' });
    expect([result.statusCode, receiver.connections]).toEqual([202, 3]);
  });

  test.each([0, 1])('of which one was closed (%i) leave the other in use', async (closed) => {
    const held: Socket[] = [];
    const receiver = await raw((socket, ordinal) => {
      if (ordinal === 1) held.push(socket);
      else socket.write('HTTP/1.1 202 Yes\r\ncontent-length: 0\r\n\r\n');
    });
    const sender = newSender();
    const sockets = await openTwo(sender, receiver, held);
    sockets[closed]?.destroy();
    await expect.poll(() => receiver.sockets.size).toBe(1);
    for (let turn = 0; turn < 3; turn += 1) {
      const result = await sender.send({ url: receiver.url, headers: {}, body: '{}' });
      expect(result).toMatchObject({ statusCode: 202, error: null });
    }
    expect(receiver.connections).toBe(2);
  });

  test('are forgotten with their address when the last one closes', async () => {
    const guard = addressGuard({
      isOpen: true,
      allowCidrs: [],
      allowHosts: [],
      ownOrigin: () => null,
    });
    const targets = openTargets({ guard }, { ...SENDER_LIMITS, idleMs: 20 });
    const receiver = await http((_, response) => response.end('ok'));
    const first = targets.of(receiver.url);
    expect(targets.of(receiver.url)).toBe(first);
    await new Promise<void>((resolve) => {
      const onOver = (connection: Connection) => {
        connection.release();
        resolve();
      };
      first?.connections.acquire((connection) => {
        const events = { onHead: () => undefined, onOver: () => onOver(connection) };
        connection.dispatch({ path: '/', method: 'POST' }, new Exchange(SENDER_LIMITS, events));
      }, false);
    });
    await expect.poll(() => targets.of(receiver.url) === first).toBe(false);
    targets.close(new Error('over'));
  });

  test('that are idle close, and the sender can be used again', async () => {
    const receiver = await http((_, response) => response.end('ok'));
    const sender = newSender({ idleMs: 20 });
    const request = { url: receiver.url, headers: {}, body: '{}' };
    expect((await sender.send(request)).statusCode).toBe(200);
    await expect.poll(() => receiver.sockets.size).toBe(0);
    expect((await sender.send(request)).statusCode).toBe(200);
    expect(receiver.connections).toBe(2);
  });

  test('that are closed by the answer are not used again', async () => {
    const receiver = await http((_, response) => {
      response.setHeader('connection', 'close').end('ok');
    });
    const sender = newSender();
    for (let turn = 0; turn < 3; turn += 1) {
      const result = await sender.send({ url: receiver.url, headers: {}, body: '{}' });
      expect(result).toMatchObject({ statusCode: 200, response: { isTruncated: false } });
    }
    expect(receiver.connections).toBe(3);
  });
});

test('a closed sender has no connection left, answers what was on its way, and sends no more', async () => {
  const receiver = await http(({ url }, response) => {
    if (url === '/quick') response.end('ok');
  });
  const sender = newSender({}, (name) =>
    name === 'lost.example' ? new Promise(() => undefined) : Promise.resolve([]),
  );
  const at = (url: string) => sender.send({ url, headers: {}, body: '{}' });
  await at(new URL('/quick', receiver.url).href);
  const silent = await raw(() => undefined);
  const secure = silent.url.replace('http:', 'https:');
  const lost = [at(receiver.url), at(secure), at('http://lost.example/')];
  await expect.poll(() => receiver.connections + silent.connections).toBe(3);
  await sender.close();
  const stopped = 'the server was stopped before an answer came';
  for (const result of await Promise.all(lost)) expect(result).toMatchObject(noAnswer(stopped));
  expect(await at(receiver.url)).toMatchObject(noAnswer(stopped));
  await expect.poll(() => receiver.sockets.size).toBe(0);
  await expect.poll(openSockets).toBe(0);
  expect(receiver.connections).toBe(2);
});

function openSockets(): number {
  const kinds = new Set(['TCPSocketWrap', 'TCPWRAP', 'TCPConnectWrap', 'TLSWrap']);
  return process.getActiveResourcesInfo().filter((kind) => kinds.has(kind)).length;
}
