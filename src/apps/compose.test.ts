import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import {
  type Client,
  jsonOf,
  listenOn,
  PAYMENT,
  expectPayment,
  testService,
  type WireList,
  type WirePayment,
} from '../../test/property/app.ts';
import { exchange, head } from '../../test/property/socket.ts';
import { expectEventually, passed } from '../../test/property/store.ts';
import { createCommand, mustDecide, testClock, testEngine } from '../../test/support/engine.ts';
import { type TestPlace, testPlace } from '../../test/support/store.ts';
import { compose, type Service } from './compose.ts';
import { effectiveSettings, parseConfig } from './config.ts';

interface WireEvent {
  readonly type: string;
  readonly actor: string;
  readonly payment_id: string;
  readonly payment_sequence: number;
  readonly cause: unknown;
  readonly data: WirePayment;
}

/** Everything there is, page by page. */
async function wholeLog(api: Client): Promise<WireEvent[]> {
  const events: WireEvent[] = [];
  for (let after = ''; ;) {
    const page = jsonOf<WireList<WireEvent>>(await api.get(`/events?limit=500&after=${after}`));
    events.push(...page.data);
    if (!page.has_more || page.next_cursor === null) return events;
    after = page.next_cursor;
  }
}

/** One JSON text per payment, in the order in which they were made, without what time and ids make of it. */
function historyOf(events: readonly WireEvent[]): string[] {
  const lives = new Map<string, unknown[]>();
  for (const { type, actor, payment_id: id, payment_sequence: sequence, cause, data } of events) {
    const life = lives.get(id) ?? [];
    lives.set(id, life);
    life.push({ type, actor, sequence, cause, data });
  }
  return [...lives.values()].map((life) =>
    JSON.stringify(life, (key, value: unknown) =>
      /_at$|_id$|^refundId$/.test(key) ? undefined : value,
    ),
  );
}

async function settled(api: Client): Promise<void> {
  await expectEventually(async () => (await api.engine.store.nextTimerAtMs()) === null, 20_000);
}

const BODIES: readonly object[] = [
  PAYMENT,
  { ...PAYMENT, amount: 0 },
  { ...PAYMENT, amount: 20_000 },
  { amount: 5 },
  { ...PAYMENT, currency: 'JPY', amount: 7 },
  { ...PAYMENT, simulate: { sequence: ['ISSUER_TIMEOUT', 'APPROVE'] } },
];

/** Makes payments a few at a time, in one order, then retries and refunds what can be. */
async function drive(api: Client, atOnce: number): Promise<string[]> {
  for (let made = 0; made < 120; made += atOnce) {
    const bodies = Array.from({ length: atOnce }, (_, index) => BODIES[(made + index) % 6]);
    await Promise.all(bodies.map((body = PAYMENT) => api.post('/payments', body)));
  }
  await settled(api);
  const events = await wholeLog(api);
  const ids = [...new Set(events.map(({ payment_id: id }) => id))];
  for (const id of ids) await api.post(`/payments/${id}/retry`);
  await settled(api);
  for (const id of ids) await api.post(`/payments/${id}/refund`, { amount: 1 });
  return historyOf(await wholeLog(api));
}

async function historyWith(seed: string, atOnce: number, jitter = '0'): Promise<string[]> {
  const api = await testService({
    SIMULATION_SEED: seed,
    FAILURE_RATE: '0.5',
    PROCESSING_DELAY_MS: '2',
    PROCESSING_JITTER_MS: jitter,
  });
  const history = await drive(api, atOnce);
  await api.close();
  return history;
}

describe('chance', () => {
  test('with one seed and the same commands gives one history, however they are batched', async () => {
    const one = await historyWith('seed-7', 1);
    expect(one).toHaveLength(120);
    expect(one.join('\n')).toContain('payment.retried');
    expect(one.join('\n')).toContain('"random_failure"');
    expect(await historyWith('seed-7', 1)).toEqual(one);
    expect(await historyWith('seed-7', 30)).toEqual(one);
    expect(await historyWith('seed-7', 8, '2')).toEqual(one);
  });

  test('with another seed gives another history', async () => {
    expect(await historyWith('seed-8', 30)).not.toEqual(await historyWith('seed-7', 30));
  });

  test('fails one payment in five, within three sigma of 5,000', async () => {
    const api = await testService({
      SIMULATION_SEED: 'five-thousand',
      FAILURE_RATE: '0.2',
      PROCESSING_DELAY_MS: '0',
    });
    const count = 5_000;
    for (let made = 0; made < count; made += 250) {
      const answers = Array.from({ length: 250 }, () => api.post('/payments', PAYMENT));
      for (const answer of await Promise.all(answers)) expectPayment(answer, 201);
    }
    await settled(api);
    const summary = jsonOf<{ total: number; success: number; failed: number }>(
      await api.get('/summary'),
    );
    await api.close();
    expect(summary.total).toBe(count);
    expect(summary.success + summary.failed).toBe(count);
    const sigma = Math.sqrt(0.2 * 0.8 * count);
    expect(Math.abs(summary.failed - 0.2 * count)).toBeLessThan(3 * sigma);
  });

  test('never fails at a rate of 0, and always at 1', async () => {
    for (const [FAILURE_RATE, failed] of [
      ['0', 0],
      ['1', 200],
    ] as const) {
      const api = await testService({ FAILURE_RATE, PROCESSING_DELAY_MS: '0' });
      await Promise.all(Array.from({ length: 200 }, () => api.post('/payments', PAYMENT)));
      await settled(api);
      expect(jsonOf(await api.get('/summary'))).toMatchObject({ total: 200, failed });
      await api.close();
    }
  });
});

describe('a service', () => {
  const openAt = async (place: TestPlace, more: Record<string, string> = {}): Promise<Service> => {
    const environment = { DATABASE_URL: place.url, ...more };
    const config = parseConfig(effectiveSettings({ FAILURE_RATE: '0', ...environment }, {}));
    return compose(config, pino({ level: 'silent' }), (error) => {
      throw error;
    });
  };
  const inPlace = async (work: (place: TestPlace) => Promise<void>) => {
    const place = await testPlace();
    try {
      await work(place);
    } finally {
      await place.remove();
    }
  };
  const inject = (service: Service, url: string) =>
    service.app.inject({ url, headers: { host: 'localhost' } });

  test('is not ready before it begins, nor after it ended', async () => {
    await inPlace(async (place) => {
      const service = await openAt(place);
      expect((await inject(service, '/readyz')).statusCode).toBe(503);
      service.begin();
      expect((await inject(service, '/readyz')).statusCode).toBe(200);
      await service.end();
    });
  });

  test('keeps its seed with its database, unless it is given one', async () => {
    await inPlace(async (place) => {
      const first = await openAt(place);
      await first.end();
      const second = await openAt(place);
      await second.end();
      const third = await openAt(place, { SIMULATION_SEED: 'mine' });
      await third.end();
      expect(first.seed).toMatch(/^[0-9a-f]{16}$/);
      expect(second.seed).toBe(first.seed);
      expect(third.seed).toBe('mine');
    });
  });

  test('goes on behind the last time it stored, though the wall clock be earlier', async () => {
    await inPlace(async (place) => {
      const clock = testClock(Date.now() + 60 * 60 * 1000);
      const store = await place.openStore({ nowMs: () => clock.nowMs() });
      const before = await mustDecide(testEngine(store, clock), createCommand());
      await store.close();
      const service = await openAt(place);
      const after = await mustDecide(service.engine, createCommand());
      await service.end();
      expect(after.createdAtMs).toBeGreaterThanOrEqual(before.createdAtMs);
      expect(after.createdAtMs).toBeLessThan(before.createdAtMs + 60_000);
      expect(after.id > before.id).toBe(true);
    });
  });

  test('that is ended in the middle of payments goes on with them at its next start', async () => {
    await inPlace(async (place) => {
      const first = await openAt(place, { PROCESSING_DELAY_MS: '300' });
      first.begin();
      const headers = { host: 'localhost', 'content-type': 'application/json' };
      const payload = JSON.stringify(PAYMENT);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          first.app.inject({ method: 'POST', url: '/payments', headers, payload }),
        ),
      );
      expect(answers.every(({ statusCode }) => statusCode === 201)).toBe(true);
      await passed(30);
      await first.end();
      const second = await openAt(place);
      second.begin();
      await expectEventually(async () => (await second.engine.store.nextTimerAtMs()) === null);
      const summary = await inject(second, '/summary');
      await second.end();
      expect(JSON.parse(summary.body)).toMatchObject({ total: 20, success: 20 });
    });
  });

  test('that is ended answers those who wait, with the payment as it stands', async () => {
    const api = await testService({ PROCESSING_DELAY_MS: '60000' });
    const port = await listenOn(api);
    const body = JSON.stringify(PAYMENT);
    const request = head(
      'POST /payments HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Prefer: wait=30',
      'Connection: close',
    );
    const waiting = exchange(port, [request + body]);
    await passed(200);
    const startedAt = performance.now();
    await api.close();
    const answer = await waiting;
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 'PROCESSING' });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  test('names the timer as the actor, and the request that led to it', async () => {
    const api = await testService({ PROCESSING_DELAY_MS: '0' });
    const answer = await api.post('/payments', PAYMENT, { 'x-request-id': 'led-to-it' });
    await settled(api);
    const { payment_id: id } = expectPayment(answer, 201);
    const { data } = jsonOf<WireList<WireEvent & { request_id: string }>>(
      await api.get(`/payments/${id}/events`),
    );
    await api.close();
    expect(data.map(({ actor }) => actor)).toEqual(['anonymous', 'timer', 'timer']);
    expect(new Set(data.map((event) => event.request_id))).toEqual(new Set(['led-to-it']));
  });
});
