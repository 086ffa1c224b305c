/** What is sent again and what is not: against the real service with its faults, and against one that follows a script. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  type ClientOptions,
  createClient,
  type Client,
  FarthingError,
  type Retry,
} from '../src/index.ts';
import { retryAfterMs } from '../src/errors.ts';
import { pause, retryDelayMs } from '../src/retry-delay.ts';
import { all, closeLater, QUICK, start } from './service.ts';

const PAYMENT = { amount: 100, currency: 'USD', recipient: 'alice@example.com' } as const;

async function failureOf(work: Promise<unknown>): Promise<FarthingError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof FarthingError) return error;
  throw new Error('it did not fail as expected', { cause: error });
}

type Step = (response: ServerResponse, request: IncomingMessage) => void;

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** A server that answers each request with the next step, and the last one for ever. */
async function scripted(steps: readonly Step[], options: ClientOptions = {}) {
  const seen: Seen[] = [];
  const retries: Retry[] = [];
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      const step = steps[Math.min(seen.length, steps.length - 1)];
      seen.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
      });
      step?.(response, request);
    });
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
  const baseUrl = `http://127.0.0.1:${port}`;
  const onRetry = (retry: Retry) => retries.push(retry);
  return { seen, retries, client: createClient({ baseUrl, ...QUICK, onRetry, ...options }) };
}

const answer =
  (status: number, body: string, headers: Record<string, string> = {}): Step =>
  (response) =>
    response.writeHead(status, headers).end(body);
const problem = (status: number, code: string, headers: Record<string, string> = {}): Step =>
  answer(
    status,
    JSON.stringify({ status, code, detail: `${code}, it said.`, errors: [] }),
    headers,
  );
const ok = answer(200, '{"status":"ok"}');
const drop: Step = (response) => response.destroy();
const cutShort: Step = (response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{"status"');
  setTimeout(() => response.destroy(), 5);
};
const hang: Step = () => {};
const stall: Step = (response) => void response.writeHead(200).write('{"status"');

describe('an answer that is lost', () => {
  for (const fault of ['drop', '500'] as const) {
    for (const when of ['before', 'after'] as const) {
      test(`by ${fault} ${when} the payment was made leaves one payment`, async () => {
        const retries: Retry[] = [];
        const { client } = await start().then((running) => ({
          client: running.clientWith({ onRetry: (retry) => retries.push(retry) }),
        }));
        const simulate = { http: { fault, when } };
        const payment = await client.payments.create({ ...PAYMENT, simulate });
        expect(retries).toHaveLength(1);
        const made = await all(client.payments.list());
        expect(made.map(({ payment_id: id }) => id)).toEqual([payment.payment_id]);
      });
    }
  }

  test('by a 429 is asked for again after Retry-After', async () => {
    const retries: Retry[] = [];
    const running = await start();
    const client = running.clientWith({ onRetry: (retry) => retries.push(retry) });
    const simulate = { http: { fault: '429', when: 'after' } } as const;
    const payment = await client.payments.create({ ...PAYMENT, simulate });
    expect(retries).toMatchObject([{ error: { status: 429, retryAfterMs: 1000 } }]);
    expect(retries[0]?.delayMs).toBeGreaterThanOrEqual(1000);
    expect(await all(client.payments.list())).toMatchObject([{ payment_id: payment.payment_id }]);
  });

  test('because it came too late leaves one payment, and its outcome', async () => {
    const retries: Retry[] = [];
    const running = await start();
    const client = running.clientWith({ onRetry: (retry) => retries.push(retry) });
    const simulate = { http: { fault: 'timeout', when: 'after' } } as const;
    const payment = await client.payments.create(
      { ...PAYMENT, simulate },
      { timeoutMs: 500, waitSeconds: 1 },
    );
    expect(retries.map(({ error }) => error.code)).toContain('timeout');
    expect(payment.status).toBe('SUCCESS');
    expect(await all(client.payments.list())).toHaveLength(1);
  });

  test('makes two payments when two calls are made: a call is what has a key', async () => {
    const { client } = await start();
    const simulate = { http: { fault: 'drop', when: 'after' } } as const;
    for (let call = 0; call < 2; call += 1) {
      await failureOf(client.payments.create({ ...PAYMENT, simulate }, { retriesMax: 0 }));
    }
    expect(await all(client.payments.list())).toHaveLength(2);
    const options = { idempotencyKey: 'order-1042', retriesMax: 0 };
    await failureOf(client.payments.create({ ...PAYMENT, simulate }, options));
    await client.payments.create({ ...PAYMENT, simulate }, options);
    expect(await all(client.payments.list())).toHaveLength(3);
  });
});

describe('every attempt of a call', () => {
  test('has the same key, the same id, and the key of the client', async () => {
    const { client, seen } = await scripted([drop, problem(503, 'storage_unavailable'), ok], {
      apiKey: 'sk_1',
      headers: { 'x-shop': 'a' },
    });
    await client.payments.create(PAYMENT, { headers: { traceparent: '00-1' } });
    expect(seen).toHaveLength(3);
    const [first] = seen;
    expect(first?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    for (const { method, path, headers } of seen) {
      expect([method, path]).toEqual(['POST', '/payments']);
      for (const name of ['idempotency-key', 'x-request-id']) {
        expect(headers[name]).toBe(first?.headers[name]);
      }
      expect(headers).toMatchObject({
        authorization: 'Bearer sk_1',
        'x-shop': 'a',
        traceparent: '00-1',
      });
    }
    await client.payments.create(PAYMENT);
    expect(seen[3]?.headers['idempotency-key']).not.toBe(first?.headers['idempotency-key']);
    await client.health.get();
    expect(seen[4]?.headers['idempotency-key']).toBeUndefined();
  });

  test('is at the path of the address that it was given', async () => {
    const { client, seen } = await scripted([ok], {});
    expect(await client.health.get()).toEqual({ status: 'ok' });
    expect(seen[0]?.path).toBe('/health');
  });
});

describe('what may pass is tried again, and what will not is not', () => {
  const passing: Record<string, Step> = {
    'no answer': drop,
    'half an answer': cutShort,
    'an answer that never comes': hang,
    'an answer that stalls half-way': stall,
    '408': problem(408, 'request_timeout'),
    '429': problem(429, 'rate_limited', { 'retry-after': '0' }),
    '500': problem(500, 'internal_error'),
    '502 of a proxy': answer(502, '<html>Bad gateway</html>'),
    '503': problem(503, 'storage_unavailable', { 'retry-after': '0' }),
    'a key in use': problem(409, 'idempotency_key_in_use', { 'retry-after': '0' }),
  };
  test.each(Object.entries(passing))('%s is', async (_name, step) => {
    const { client, seen } = await scripted([step, step, ok], { timeoutMs: 300 });
    expect(await client.payments.create(PAYMENT)).toEqual({ status: 'ok' });
    expect(seen).toHaveLength(3);
  });

  const final: Record<string, [Step, Partial<FarthingError>]> = {
    '400': [problem(400, 'validation_failed'), { status: 400, code: 'validation_failed' }],
    '401': [problem(401, 'unauthorized'), { status: 401 }],
    '404 of a proxy': [answer(404, 'nothing'), { status: 404, code: 'unexpected_response' }],
    '409': [problem(409, 'refund_not_allowed'), { code: 'refund_not_allowed' }],
    '422': [problem(422, 'idempotency_key_reused'), { status: 422 }],
    'a redirect': [
      answer(301, '', { location: '/elsewhere' }),
      { status: 301, code: 'unexpected_response' },
    ],
    'a page': [answer(200, '<html>'), { status: 200, code: 'unexpected_response' }],
    'a Retry-After of a day': [
      problem(503, 'x', { 'retry-after': '86400' }),
      { retryAfterMs: 86_400_000 },
    ],
  };
  test.each(Object.entries(final))('%s is not', async (_name, [step, facts]) => {
    const { client, seen } = await scripted([step, ok]);
    expect(await failureOf(client.payments.create(PAYMENT))).toMatchObject({
      ...facts,
      attempts: 1,
    });
    expect(seen).toHaveLength(1);
  });

  test('ends after so many retries, with the last error and how often it was sent', async () => {
    const { client, seen, retries } = await scripted([drop, problem(500, 'internal_error')]);
    const error = await failureOf(client.payments.create(PAYMENT));
    expect(error).toMatchObject({ status: 500, attempts: 4, retryable: true });
    expect(retries.map(({ error: { code } }) => code)).toEqual([
      'connection_failed',
      'internal_error',
      'internal_error',
    ]);
    expect(seen).toHaveLength(4);
    await failureOf(client.payments.create(PAYMENT, { retriesMax: 0 }));
    expect(seen).toHaveLength(5);
  });

  test('says where nobody listens', async () => {
    const error = await failureOf(
      createClient({ baseUrl: 'http://127.0.0.1:1', retriesMax: 0 }).health.get(),
    );
    expect(error).toMatchObject({ status: null, code: 'connection_failed' });
    expect(error.message).toContain('http://127.0.0.1:1 (');
  });
});

describe('what must not happen twice', () => {
  test('is sent again under its one key when its answer is lost', async () => {
    for (const ask of [
      (client: Client) => client.webhookEndpoints.create({ url: '/sinks/shop' }),
      (client: Client) => client.webhookEndpoints.rotateSecret('we_1'),
      (client: Client) => client.webhookEndpoints.test('we_1'),
    ]) {
      const { client, seen } = await scripted([drop]);
      await failureOf(ask(client));
      expect(seen.length).toBeGreaterThan(1);
      const keys = new Set(seen.map(({ headers }) => headers['idempotency-key']));
      expect(keys.size).toBe(1);
      expect([...keys][0]).toMatch(/./);
    }
  });

  test('is not sent again where the service keeps no answers', async () => {
    const { client, seen } = await scripted([drop]);
    await failureOf(client.admin.reset());
    expect(seen.map(({ path }) => path)).toEqual(['/admin/reset']);
  });

  test('is, after a 429, which changed nothing', async () => {
    const { client, seen } = await scripted([
      problem(429, 'rate_limited', { 'retry-after': '0' }),
      answer(201, '{"id":"we_1"}'),
    ]);
    expect(await client.webhookEndpoints.create({ url: '/sinks/shop' })).toEqual({ id: 'we_1' });
    expect(seen).toHaveLength(2);
  });

  test('is done when it is gone the second time: an endpoint that was taken away', async () => {
    const gone = problem(404, 'webhook_endpoint_not_found');
    const { client } = await scripted([drop, gone]);
    await client.webhookEndpoints.delete('we_1');
    expect(await failureOf(client.webhookEndpoints.delete('we_1'))).toMatchObject({ status: 404 });
  });
});

describe('a signal', () => {
  test('ends a call at once: before it, while it waits for an answer, and between attempts', async () => {
    const reason = new Error('enough');
    const { client } = await scripted([hang]);
    await expect(client.health.get({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

    const waiting = new AbortController();
    const call = client.health.get({ signal: waiting.signal });
    setTimeout(() => waiting.abort(reason), 20);
    await expect(call).rejects.toBe(reason);

    const between = new AbortController();
    const dropping = await scripted([drop], {
      retryDelayMs: 60_000,
      retryDelayMsMax: 60_000,
      onRetry: () => setTimeout(() => between.abort(reason), 1),
    });
    await expect(dropping.client.health.get({ signal: between.signal })).rejects.toBe(reason);
    expect(dropping.seen).toHaveLength(1);
    await expect(pause(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('the pause before the next attempt', () => {
  const rules = { retryDelayMs: 100, retryDelayMsMax: 1_000 };
  const pauses = (draw: number, retryAfter: number | null = null) =>
    [1, 2, 3, 4, 5, 40].map((attempts) =>
      retryDelayMs({ retryAfterMs: retryAfter }, { ...rules, attempts, draw }),
    );

  test('doubles to its end, somewhere in the upper half', () => {
    expect(pauses(0)).toEqual([50, 100, 200, 400, 500, 500]);
    expect(pauses(0.5)).toEqual([75, 150, 300, 600, 750, 750]);
  });

  test('is at least what the answer asked for, unless that is too long', () => {
    expect(pauses(0, 700)).toEqual([700, 700, 700, 700, 700, 700]);
    expect(pauses(0.5, 1_000)).toEqual([1050, 1100, 1200, 1400, 1500, 1500]);
    expect(pauses(0.5, 1_001)).toEqual([null, null, null, null, null, null]);
  });

  test('is read from seconds or from a date', () => {
    const nowMs = Date.parse('2026-02-26T10:00:00Z');
    expect(retryAfterMs('7', nowMs)).toBe(7000);
    expect(retryAfterMs('Thu, 26 Feb 2026 10:00:30 GMT', nowMs)).toBe(30_000);
    expect(retryAfterMs('Thu, 26 Feb 2026 09:00:00 GMT', nowMs)).toBe(0);
    expect(retryAfterMs('soon', nowMs)).toBeNull();
    expect(retryAfterMs(null, nowMs)).toBeNull();
  });
});
