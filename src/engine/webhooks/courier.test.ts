import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectEventually } from '../../../test/property/store.ts';
import { type CourierUnderTest, courierUnderTest, idOf } from '../../../test/support/far-end.ts';
import { requestOf } from '../../../test/support/engine.ts';
import { SECRET } from '../../../test/support/receivers.ts';
import { WEBHOOK_LEASE_MS } from '../../core/limits.ts';
import { ROTATION_MS } from '../../core/webhooks/endpoint.ts';
import type { Delivery } from '../../core/webhooks/delivery.ts';
import { execute } from '../execute.ts';
import { StorageError } from '../ports.ts';
import type { ClaimRequest } from './ports.ts';

const DAY_MS = 24 * 3_600_000;

let at: CourierUnderTest;
beforeEach(async () => {
  at = await courierUnderTest();
});
afterEach(() => at.close());

async function listed(): Promise<readonly Delivery[]> {
  const { items } = await at.deliveries.listDeliveries({ limit: 100, cursor: null });
  return items.toReversed();
}

const statuses = async () => (await listed()).map(({ status }) => status);

/** The types of what was sent, in order. */
const types = (url?: string) =>
  at.sent
    .filter((request) => url === undefined || request.url === url)
    .map(({ body }) => (JSON.parse(body) as { type: string }).type);

/** Fails everything until `at.answer` says otherwise. */
const down = () => at.answer(() => 500);
const up = () => at.answer(() => 204);

/** Lets what is under way go on for a while. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function payAndSend(times = 1): Promise<void> {
  await at.pay(times);
  await at.courier.settle();
}

describe('what happens is sent', () => {
  test('to every endpoint that wants it, in the order in which it happened', async () => {
    await at.add(1);
    await at.add(2, { events: ['payment.succeeded'], url: 'http://other.example/' });
    await payAndSend();
    expect(types('http://127.0.0.1:9/1')).toEqual([
      'payment.created',
      'payment.processing',
      'payment.succeeded',
    ]);
    expect(types('http://other.example/')).toEqual(['payment.succeeded']);
    expect(new Set(await statuses())).toEqual(new Set(['delivered']));
    expect(at.errors).toEqual([]);
  });

  test('signed, as an envelope around the bytes of the log or as those alone', async () => {
    await at.add(1);
    await at.add(2, { payload: 'payment', url: 'http://plain.example/' });
    await payAndSend();
    const { events } = await at.engine.store.events({ after: 0, limit: 9 });
    expect(at.sent).toHaveLength(6);
    for (const { url, headers, body } of at.sent) {
      const id = idOf({ headers });
      const event = events.find(({ paymentSequence }) => id.endsWith(`_${paymentSequence}`));
      const time = new Date(event?.atMs ?? 0).toISOString();
      const envelope = `{"type":"${event?.type}","timestamp":"${time}","data":${event?.data}}`;
      expect(body).toBe(url === 'http://plain.example/' ? event?.data : envelope);
      const signature = new Webhook(SECRET).sign(id, new Date(at.clock.nowMs()), body);
      expect(headers['webhook-signature']).toBe(signature);
    }
  });

  test('signed with both secrets while one replaces the other', async () => {
    const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    const untilMs = at.clock.nowMs() + ROTATION_MS;
    await at.add(1, { events: ['payment.created'], previousSecret: { secret, untilMs } });
    await payAndSend();
    at.clock.advance(ROTATION_MS);
    await payAndSend();
    const signatures = at.sent.map(
      ({ headers }) => headers['webhook-signature']?.split(' ').length,
    );
    expect(signatures).toEqual([2, 1]);
  });

  test('also a test, which stands in no log', async () => {
    const { id: endpointId } = await at.add(1);
    const eventId = 'evt_test_1' as Delivery['eventId'];
    const made = { endpointId, eventId, eventType: 'test', body: '{"a":1}' };
    await at.deliveries.addTest(made, at.clock.nowMs());
    await at.courier.settle();
    expect(at.sent.map((request) => [idOf(request), request.body])).toEqual([[eventId, made.body]]);
  });
});

describe('what is not accepted', () => {
  test('is sent again by the schedule, with the same id and the same bytes', async () => {
    await at.add(1, { events: ['payment.created'] });
    down();
    await payAndSend();
    const startMs = at.clock.nowMs();
    const ages: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await at.next();
      ages.push((at.clock.nowMs() - startMs) / 1_000);
    }
    up();
    while (await at.next());
    expect(ages.map((seconds, index) => seconds / ([5, 30, 120, 300][index] ?? 1) > 0.8)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(new Set(at.sent.map(idOf)).size).toBe(1);
    expect(new Set(at.sent.map(({ body }) => body)).size).toBe(1);
    expect(await statuses()).toEqual(['delivered']);
  });

  test('is dead after thirty days, and can be sent again by hand', async () => {
    await at.add(1, { events: ['payment.created'] });
    down();
    await payAndSend();
    const bornMs = at.clock.nowMs();
    while (await at.next());
    expect(await statuses()).toEqual(['dead']);
    expect(at.clock.nowMs() - bornMs).toBeGreaterThan(29 * DAY_MS);
    up();
    const [delivery] = await listed();
    await at.deliveries.resend(delivery?.ordinal ?? 0, at.clock.nowMs());
    await at.courier.settle();
    expect(await statuses()).toEqual(['delivered']);
  });

  test('is given up without another attempt when it waited longer than that', async () => {
    const endpoint = await at.add(1, { events: ['payment.created'] });
    down();
    await payAndSend();
    await at.deliveries.changeEndpoint(endpoint.id, (before) => ({ ...before, isEnabled: false }));
    at.clock.advance(31 * DAY_MS);
    await at.courier.settle();
    await at.deliveries.changeEndpoint(endpoint.id, (before) => ({ ...before, isEnabled: true }));
    await at.courier.settle();
    expect(at.sent).toHaveLength(1);
    expect(await statuses()).toEqual(['dead']);
  });

  test('with a 410, ends it: nothing is sent to that endpoint any more', async () => {
    const { id } = await at.add(1);
    at.answer(() => 410);
    await payAndSend(30);
    expect(at.sent.length).toBeLessThanOrEqual(8);
    expect(await at.deliveries.findEndpoint(id)).toMatchObject({
      isEnabled: false,
      disabledReason: 'gone',
    });
    expect(at.errors).toEqual([]);
  });

  test('waits as long as the receiver asks for', async () => {
    await at.add(1, { events: ['payment.created'] });
    at.answer(() => ({ statusCode: 429, error: 'no', retryAfterMs: 3_600_000 }));
    await payAndSend();
    const [delivery] = await listed();
    expect(delivery?.nextAttemptAtMs).toBe(at.clock.nowMs() + 3_600_000);
  });
});

describe('one endpoint and the others', () => {
  test('at most eight requests are under way to one, and another gets all of its own meanwhile', async () => {
    await at.add(1, { url: 'http://slow.example/' });
    await at.add(2, { url: 'http://fast.example/' });
    const held: (() => void)[] = [];
    at.answer(({ url }) =>
      url === 'http://fast.example/'
        ? 204
        : new Promise((resolve) => held.push(() => resolve(204))),
    );
    await at.pay(20);
    const settled = at.courier.settle();
    const [slow, fast] = [
      () => types('http://slow.example/').length,
      () => types('http://fast.example/').length,
    ];
    await expectEventually(() => fast() === 60 && slow() === 8);
    await turns(20);
    for (let freed = 0; freed < 60; freed += 1) {
      expect(held.length).toBeLessThanOrEqual(8);
      await expectEventually(() => held.length > 0);
      held.shift()?.();
    }
    await settled;
    expect(types('http://slow.example/')).toHaveLength(60);
  });

  test('a request that hangs does not hold up the others, even where one at a time was enough', async () => {
    await at.add(1, { events: ['payment.created'] });
    for (let times = 0; times < 9; times += 1) await payAndSend();
    let free = () => {};
    at.answer(() =>
      at.sent.length === 10 ? new Promise((resolve) => (free = () => resolve(204))) : 204,
    );
    await at.pay(20);
    const settled = at.courier.settle();
    await expectEventually(() => at.sent.length === 29);
    free();
    await settled;
    expect(new Set(await statuses())).toEqual(new Set(['delivered']));
  });

  test('before each request others are given way, who hear how long it has been due', async () => {
    await at.close();
    const dueForMs: number[] = [];
    at = await courierUnderTest({
      giveWay(ms) {
        if (ms !== undefined) dueForMs.push(ms);
      },
    });
    const { id } = await at.add(1, { events: ['payment.created'] });
    await payAndSend();
    await at.deliveries.changeEndpoint(id, (before) => ({ ...before, isEnabled: false }));
    await payAndSend();
    at.clock.advance(5_000);
    await at.deliveries.changeEndpoint(id, (before) => ({ ...before, isEnabled: true }));
    await at.courier.settle();
    expect(dueForMs).toHaveLength(2);
    expect(dueForMs[0]).toBeLessThan(5_000);
    expect(dueForMs[1]).toBeGreaterThanOrEqual(5_000);
  });

  test('on a strict one, a payment waits for its own events and for no other', async () => {
    await at.add(1, { ordering: 'strict' });
    await at.pay(2);
    const { events } = await at.engine.store.events({ after: 0, limit: 1 });
    const first = events[0]?.paymentId?.replaceAll('-', '') ?? '';
    at.answer((request) => (idOf(request).includes(first) ? 500 : 204));
    await at.courier.settle();
    const sentOf = (isFirst: boolean) =>
      at.sent.filter((request) => idOf(request).includes(first) === isFirst).length;
    expect([sentOf(true), sentOf(false)]).toEqual([1, 3]);
    up();
    while (await at.next());
    const places = at.sent
      .map(idOf)
      .filter((id) => id.includes(first))
      .map((id) => id.slice(-1));
    expect(places).toEqual(['1', '1', '2', '3']);
  });

  test('a paused one keeps what comes, and gets it when it is resumed', async () => {
    const { id } = await at.add(1);
    await at.deliveries.changeEndpoint(id, (before) => ({ ...before, isEnabled: false }));
    await payAndSend();
    expect(at.sent).toEqual([]);
    await at.deliveries.changeEndpoint(id, (before) => ({ ...before, isEnabled: true }));
    await at.courier.settle();
    expect(at.sent).toHaveLength(3);
  });

  test('one whose address is not known yet does not keep the rest from being sent', async () => {
    await at.close();
    at = await courierUnderTest({ addressOf: (url) => (url.startsWith('/') ? null : url) });
    await at.add(1, { url: '/sinks/a' });
    await at.add(2);
    await payAndSend();
    expect(at.sent).toHaveLength(3);
    expect(await statuses()).toContain('pending');
  });
});

describe('leases', () => {
  test('one that is nearly over is not sent on, but given back and taken anew', async () => {
    const untilMs = new Map<string, number>();
    const store = { ...at.deliveries };
    Object.assign(at.deliveries, {
      async claim(request: ClaimRequest) {
        const claimed = await store.claim(request);
        for (const { eventId } of claimed) untilMs.set(eventId, request.leaseUntilMs);
        return claimed;
      },
    });
    await at.add(1, { events: ['payment.created'] });
    // It is fast: from now on it gets more than it can begin.
    await payAndSend(30);
    const held: (() => void)[] = [];
    const leftMs: number[] = [];
    at.answer((request) => {
      leftMs.push((untilMs.get(idOf(request)) ?? 0) - at.clock.nowMs());
      return held.length < 8 ? new Promise((resolve) => held.push(() => resolve(204))) : 204;
    });
    await at.pay(20);
    const settled = at.courier.settle();
    await expectEventually(() => leftMs.length === 8);
    await turns(20);
    expect(leftMs).toEqual(Array(8).fill(WEBHOOK_LEASE_MS));
    // Twelve more are leased and wait; half of their lease goes by.
    at.clock.advance(WEBHOOK_LEASE_MS / 2);
    for (const free of held) free();
    await settled;
    expect(leftMs).toEqual(Array(20).fill(WEBHOOK_LEASE_MS));
    expect(new Set(at.sent.map(idOf)).size).toBe(50);
    expect(at.sent).toHaveLength(50);
  });

  test('of a courier that has ended are over after thirty seconds', async () => {
    const { id: endpointId } = await at.add(1, { events: ['payment.created'] });
    down();
    await payAndSend();
    // Another one takes it, and is never heard of again.
    const [due] = await listed();
    at.clock.advance(Math.max(0, (due?.nextAttemptAtMs ?? 0) - at.clock.nowMs()));
    const leaseUntilMs = at.clock.nowMs() + 30_000;
    const request = { endpointId, limit: 9, nowMs: at.clock.nowMs(), leaseUntilMs, token: 'lost' };
    expect(await at.deliveries.claim(request)).toHaveLength(1);
    up();
    await at.courier.settle();
    expect(await statuses()).toEqual(['failing']);
    await at.next();
    expect(at.clock.nowMs()).toBe(leaseUntilMs);
    expect(await statuses()).toEqual(['delivered']);
  });

  test('are given back by a stop, which waits for what is under way', async () => {
    await at.add(1, { events: ['payment.created'] });
    await payAndSend(30);
    let free = () => {};
    at.answer(() => new Promise((resolve) => (free = () => resolve(204))));
    await at.pay(1);
    await at.courier.look();
    await expectEventually(() => at.sent.length === 31);
    const stopping = at.courier.stop();
    setImmediate(() => free());
    await stopping;
    expect(new Set(await statuses())).toEqual(new Set(['delivered']));
  });

  test('are given back by a stop when a receiver does not answer in time', async () => {
    await at.add(1, { events: ['payment.created'] });
    at.answer(() => new Promise(() => {}));
    await at.pay(1);
    await at.courier.look();
    await at.courier.stop(10);
    expect(await at.deliveries.nextDueAtMs()).toBeLessThanOrEqual(at.clock.nowMs());
    expect(await statuses()).toEqual(['pending']);
  });
});

test('what storage could not write is written later, and nothing is sent twice for it', async () => {
  await at.add(1, { events: ['payment.created'] });
  const store = { ...at.deliveries };
  let failures = 1;
  Object.assign(at.deliveries, {
    record: (...given: Parameters<typeof store.record>) =>
      failures-- > 0
        ? Promise.reject(new StorageError('unavailable', 'the disk is full'))
        : store.record(...given),
  });
  await payAndSend();
  expect(at.errors).toHaveLength(1);
  expect(at.sent).toHaveLength(1);
  expect(await statuses()).toEqual(['delivered']);
});

test('a new log is followed from its beginning, and what was left of the old one is not sent', async () => {
  await at.add(1);
  down();
  await payAndSend();
  const sentBefore = at.sent.length;
  up();
  await execute(at.engine, requestOf({ type: 'reset_data' }));
  await payAndSend();
  expect(types().slice(sentBefore)).toEqual([
    'data.reset',
    'payment.created',
    'payment.processing',
    'payment.succeeded',
  ]);
  expect(new Set(await statuses())).toEqual(new Set(['delivered']));
});
