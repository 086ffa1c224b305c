/** Answers that are lost on purpose, over real connections: what the client sees, and what is there afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type Client,
  listenOn,
  matching,
  PAYMENT,
  type Service,
  testApp,
  testService,
} from '../../../test/property/app.ts';
import { exchange, head, type RawAnswer } from '../../../test/property/socket.ts';

/** How long nothing comes from a connection that hangs; an answer takes a few milliseconds. */
const SILENCE_MS = 400;

const DOORS = {
  '/payments': PAYMENT,
  '/payment': { card_number: '4242424242424242', amount: 100, merchant: 'Coffee Shop' },
} as const;
type Door = keyof typeof DOORS;

const opened: Client[] = [];
afterEach(async () => {
  for (const api of opened.splice(0)) await api.close();
});

async function open<Api extends Client>(making: Promise<Api>): Promise<{ api: Api; port: number }> {
  const api = await making;
  opened.push(api);
  return { api, port: await listenOn(api) };
}

interface Asked {
  readonly door?: Door;
  readonly simulate: object;
  readonly key?: string | null;
  readonly wait?: number;
}

/** What came, or null when nothing has come after a while and the connection still stands. */
async function ask(
  port: number,
  { door = '/payments', simulate, key = null, wait }: Asked,
): Promise<RawAnswer | null> {
  const body = JSON.stringify({ ...DOORS[door], simulate });
  const lines = [
    `POST ${door} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(key === null ? [] : [`Idempotency-Key: ${key}`]),
    ...(wait === undefined ? [] : [`Prefer: wait=${wait}`]),
  ];
  return Promise.race([exchange(port, [head(...lines) + body]), sleep(SILENCE_MS, null)]);
}

function expectLost(answer: RawAnswer | null, fault: string, when: string): void {
  if (fault === 'timeout') {
    expect(answer).toBeNull();
    return;
  }
  expect(answer).not.toBeNull();
  if (fault === 'drop') {
    expect(answer?.text).toBe('');
    return;
  }
  const code = fault === '429' ? 'simulated_rate_limit' : 'simulated_error';
  expect(`${answer?.status} ${answer?.body}`).toMatch(new RegExp(`^${fault} .*"code":"${code}"`));
  expect(answer?.body).toContain(when === 'before' ? 'nothing was made' : 'was carried out');
  expect(answer?.headers['retry-after']).toBe(fault === '429' ? '1' : undefined);
}

/** The answer to a request that was let through. */
function idIn(answer: RawAnswer | null, isReplayed: boolean): string {
  expect(`${answer?.status} ${answer?.body}`).toMatch(/^201 \{/);
  expect(answer?.headers['idempotent-replayed']).toBe(isReplayed ? 'true' : undefined);
  const body = JSON.parse(answer?.body ?? '') as Record<string, string>;
  return body['payment_id'] ?? body['transaction_id'] ?? '';
}

const FAULTS = ['drop', 'timeout', '429', '500'] as const;
const EVERY = FAULTS.flatMap((fault) =>
  (['/payments', '/payment'] as const).map((door) => ({ fault, door })),
);

describe.each(EVERY)('$fault at $door', ({ fault, door }) => {
  test('after the payment was made: the same key gets the answer that was lost', async () => {
    const { api, port } = await open(testApp());
    const asked = { door, simulate: { http: { fault, when: 'after' } }, key: 'order-1' };
    expectLost(await ask(port, asked), fault, 'after');
    expect((await api.footprint()).rows['payments']).toBe(1);
    const id = idIn(await ask(port, asked), true);
    expect(idIn(await ask(port, asked), true)).toBe(id);
    expect((await api.footprint()).rows['payments']).toBe(1);
    expect((await api.get(`/payments/${id}`)).statusCode).toBe(200);
    expect(api.errors).toEqual([]);
  });

  test('after the payment was made, without a key: each try is another payment', async () => {
    const { api, port } = await open(testApp());
    const asked = { door, simulate: { http: { fault, when: 'after' } } };
    expectLost(await ask(port, asked), fault, 'after');
    expectLost(await ask(port, asked), fault, 'after');
    expect((await api.footprint()).rows['payments']).toBe(2);
  });

  test('before anything was made: the same key comes through the second time', async () => {
    const { api, port } = await open(testApp());
    const untouched = await api.footprint();
    const asked = { door, simulate: { http: { fault, when: 'before' } }, key: 'order-1' };
    expectLost(await ask(port, asked), fault, 'before');
    expect(await api.footprint()).toEqual(untouched);
    const id = idIn(await ask(port, asked), false);
    expect(idIn(await ask(port, asked), true)).toBe(id);
    expect((await api.footprint()).rows['payments']).toBe(1);
    // Another key has its own first time.
    expectLost(await ask(port, { ...asked, key: 'order-2' }), fault, 'before');
    expect(api.errors).toEqual([]);
  });

  test('before anything was made, without a key: it never comes through', async () => {
    const { api, port } = await open(testApp());
    const untouched = await api.footprint();
    const asked = { door, simulate: { http: { fault, when: 'before' } } };
    expectLost(await ask(port, asked), fault, 'before');
    expectLost(await ask(port, asked), fault, 'before');
    expect(await api.footprint()).toEqual(untouched);
  });
});

describe('an answer that is lost', () => {
  test('is the one after the commit when nobody says which', async () => {
    const { api, port } = await open(testApp());
    expectLost(await ask(port, { simulate: { http: { fault: 'drop' } } }), 'drop', 'after');
    expect((await api.footprint()).rows['payments']).toBe(1);
  });

  test('has been waited for like any other: the key gets the outcome', async () => {
    const { api, port } = await open(testService({ PROCESSING_DELAY_MS: '50' }));
    const asked = { simulate: { http: { fault: 'drop' } }, key: 'order-1', wait: 5 };
    expectLost(await ask(port, asked), 'drop', 'after');
    const replayed = await ask(port, asked);
    idIn(replayed, true);
    expect(JSON.parse(replayed?.body ?? '')).toMatchObject({ status: 'SUCCESS' });
    expect((await api.footprint()).rows['payments']).toBe(1);
  });

  test('is no other answer: one key for two requests is refused, and that arrives', async () => {
    const { port } = await open(testApp());
    idIn(await ask(port, { simulate: {}, key: 'order-1' }), false);
    const other = { simulate: { http: { fault: 'drop', when: 'after' } }, key: 'order-1' };
    expect((await ask(port, other))?.body).toContain('"code":"idempotency_key_reused"');
  });

  test('is not lost where the request is refused', async () => {
    const { api, port } = await open(testApp());
    const untouched = await api.footprint();
    const simulate = { outcome: 'APROVE', http: { fault: 'drop' } };
    expect(await ask(port, { simulate })).toMatchObject({ status: 400 });
    expect(await api.footprint()).toEqual(untouched);
  });

  test.each([
    ['a fault that is none', { fault: 'drp' }, '/simulate/http/fault', 'did you mean drop?'],
    ['no fault', { when: 'after' }, '/simulate/http/fault', 'is needed'],
    ['a moment that is none', { fault: 'drop', when: 'later' }, '/simulate/http/when', 'after'],
    ['another field', { fault: 'drop', wen: 'after' }, '/simulate/http/wen', 'did you mean when?'],
    ['a status as a number', { fault: 429 }, '/simulate/http/fault', 'must be'],
  ])('is asked for in words that there are, not with %s', async (_, http, pointer, detail) => {
    const { port } = await open(testApp());
    const answer = await ask(port, { simulate: { http } });
    expect(answer?.status).toBe(400);
    const problem = JSON.parse(answer?.body ?? '') as { errors: object[] };
    expect(problem.errors).toContainEqual({
      pointer,
      code: matching(/./),
      detail: matching(new RegExp(detail.replace('?', '\\?'))),
    });
  });
});

describe('a server that ends', () => {
  /** How long it takes. */
  async function endingMs(api: Service): Promise<number> {
    const startedAt = performance.now();
    await api.end();
    return performance.now() - startedAt;
  }

  test('ends connections that hang', async () => {
    const { api, port } = await open(testService());
    const hang = { simulate: { http: { fault: 'timeout', when: 'before' } } };
    expect(await Promise.all([ask(port, hang), ask(port, hang)])).toEqual([null, null]);
    expect(await endingMs(api)).toBeLessThan(2_000);
  });

  test('ends those too that begin to hang meanwhile', async () => {
    const { api, port } = await open(testService({ PROCESSING_DELAY_MS: '600' }));
    const hang = { simulate: { http: { fault: 'timeout' } }, wait: 5 };
    expect(await ask(port, hang)).toBeNull();
    expect(await endingMs(api)).toBeLessThan(3_000);
  });

  test('holds no answer back any more', async () => {
    const { api, port } = await open(testService());
    const body = JSON.stringify({ ...DOORS['/payment'], simulate: { delay_ms: 3_600_000 } });
    const lines = [
      'POST /payment HTTP/1.1',
      'Host: localhost',
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    const held = Array.from({ length: 20 }, () => exchange(port, [head(...lines) + body]));
    expect(await Promise.race([...held, sleep(SILENCE_MS, null)])).toBeNull();
    expect(await endingMs(api)).toBeLessThan(2_000);
    for (const answer of await Promise.all(held)) idIn(answer, false);
  });
});
