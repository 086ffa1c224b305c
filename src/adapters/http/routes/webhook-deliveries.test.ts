import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answer,
  containing,
  expectProblem,
  jsonOf,
  listenOn,
  matching,
  PAYMENT,
  type TestApp,
  testApp,
  type WireList,
} from '../../../../test/property/app.ts';
import { START_MS } from '../../../../test/support/engine.ts';
import { encodeCursor } from '../cursors.ts';
import { REPLAY_EVENTS_MAX } from '../limits.ts';

let api: TestApp;
beforeEach(async () => {
  api = await testApp();
  await listenOn(api);
  await api.deliver();
});
afterEach(async () => {
  // A 5xx leaves a line.
  if (api.errors.length > 0) throw new Error(api.errors.join('\n'));
  await api.close();
});

interface WireDelivery {
  readonly id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly payment_id: string | null;
  readonly status: string;
  readonly attempts?: readonly { readonly status_code: number | null }[];
  readonly [name: string]: unknown;
}

/** An endpoint of ours; its sink receives. */
async function made(body: object = {}): Promise<string> {
  const answer = await api.post('/webhook-endpoints', { url: '/sinks/shop', ...body });
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^201 /);
  return jsonOf<{ id: string }>(answer).id;
}

async function list(query = ''): Promise<WireList<WireDelivery>> {
  const answer = await api.get(`/webhook-deliveries${query}`);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^200 /);
  return jsonOf(answer);
}

/** What the sink got, oldest first: event ids. */
async function arrived(): Promise<string[]> {
  const { data } = jsonOf<WireList<{ headers: Record<string, string> }>>(
    await api.get('/sinks/shop?limit=100'),
  );
  return data.map(({ headers }) => headers['webhook-id'] ?? '').reverse();
}

const replayOf = (body: object): Promise<Answer> => api.post('/webhook-deliveries/replay', body);

async function replayed(body: object): Promise<Record<string, unknown>> {
  const answer = await replayOf(body);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^200 /);
  return jsonOf(answer);
}

const at = (seconds: number) => new Date(START_MS + seconds * 1_000).toISOString();

describe('GET /webhook-deliveries', () => {
  test('lists what became of each event, newest first', async () => {
    const endpoint = await made();
    const { payment_id: payment } = await api.settled(PAYMENT);
    await api.deliver();
    const { data, has_more } = await list();
    expect(has_more).toBe(false);
    expect(data.map((one) => one.event_type)).toEqual([
      'payment.succeeded',
      'payment.processing',
      'payment.created',
    ]);
    expect(data[0]).toEqual({
      id: matching(/^del_\d+$/),
      endpoint_id: endpoint,
      event_id: matching(/^evt_\w+_3$/),
      event_type: 'payment.succeeded',
      payment_id: payment,
      status: 'delivered',
      next_attempt_at: null,
      created_at: matching(/Z$/),
      attempt_count: 1,
      test: false,
    });
  });

  test('filters by everything, alone and joined', async () => {
    const [all, some] = [await made(), await made({ enabled: false, events: ['payment.failed'] })];
    const first = await api.settled(PAYMENT);
    const failing = { ...PAYMENT, simulate: { outcome: 'PROCESSING_ERROR' } };
    const second = await api.settled(failing);
    await api.deliver();
    const types = async (query: string) => (await list(query)).data.map((one) => one.event_type);
    expect(await types('')).toHaveLength(7);
    expect(await types(`?endpoint_id=${some}`)).toEqual(['payment.failed']);
    expect(await types('?status=pending')).toEqual(['payment.failed']);
    expect(await types('?status=DELIVERED,pending')).toHaveLength(7);
    expect(await types('?status=dead,failing')).toEqual([]);
    expect(await types(`?payment_id=${first.payment_id.toUpperCase()}`)).toHaveLength(3);
    expect(await types('?event_type=payment.failed')).toHaveLength(2);
    expect(await types('?event_type=payment.*,rules.changed')).toHaveLength(7);
    expect(await types('?event_type=rules.changed')).toEqual([]);
    const [{ event_id: event } = { event_id: '' }] = (await list(`?endpoint_id=${some}`)).data;
    expect(await types(`?event_id=${event}`)).toHaveLength(2);
    expect(await types(`?event_id=${event}&endpoint_id=${all}&status=delivered`)).toHaveLength(1);
    expect(await types(`?payment_id=${second.payment_id}&endpoint_id=${some}`)).toHaveLength(1);
    expect(await types('?event_id=evt_nothing')).toEqual([]);
  });

  test('pages by cursors', async () => {
    await made();
    for (let index = 0; index < 3; index += 1) await api.settled(PAYMENT);
    await api.deliver();
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page = await list(`?limit=4&status=delivered${next}`);
      seen.push(...page.data.map(({ id }) => id));
      expect(page.has_more).toBe(page.next_cursor !== null);
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(9);
    expect(seen).toEqual((await list('?limit=100')).data.map(({ id }) => id));
  });

  const queries: readonly [string, string, string][] = [
    ['?limit=0', '?limit', '>= 1'],
    ['?limit=101', '?limit', '<= 100'],
    ['?limit=x', '?limit', 'integer'],
    ['?status=deliverd', '?status', 'did you mean delivered?'],
    ['?status=', '?status', 'must be of pending'],
    ['?event_type=payment.suceeded', '?event_type', 'did you mean payment.succeeded?'],
    ['?stauts=dead', '?stauts', 'did you mean status?'],
  ];
  test.each(queries)('%s is 400', async (query, pointer, detail) => {
    const answer = await api.get(`/webhook-deliveries${query}`);
    const { errors } = expectProblem(answer, 400, 'validation_failed');
    expect(errors).toMatchObject([{ pointer, detail: containing(detail) }]);
  });

  test('refuses ids that cannot be one, and cursors of another list', async () => {
    const get = (query: string) => api.get(`/webhook-deliveries?${query}`);
    expectProblem(await get('endpoint_id=x'), 404, 'webhook_endpoint_not_found');
    expectProblem(await get('payment_id=x'), 404, 'payment_not_found');
    for (const cursor of ['x', encodeCursor('payments', '5'), encodeCursor('deliveries', '-5')]) {
      expectProblem(await get(`cursor=${cursor}`), 400, 'invalid_cursor');
    }
  });
});

describe('GET /webhook-deliveries/{id}', () => {
  test('shows every attempt and the bytes that were sent', async () => {
    await api.send('PATCH', '/sinks/shop', { status: 500, next: 1 });
    await made({ events: ['payment.succeeded'] });
    await api.settled(PAYMENT);
    await api.deliver();
    const [{ id } = { id: '' }] = (await list()).data;
    const failed = jsonOf<WireDelivery>(await api.get(`/webhook-deliveries/${id}`));
    expect(failed).toMatchObject({ status: 'failing', attempts: [{ status_code: 500 }] });
    api.clock.advance(60_000);
    await api.deliver();
    const delivered = jsonOf<WireDelivery>(await api.get(`/webhook-deliveries/${id}`));
    expect(delivered).toMatchObject({ status: 'delivered', attempt_count: 2 });
    expect(delivered.attempts?.map((one) => one.status_code)).toEqual([500, 200]);
    const { data } = jsonOf<WireList<{ body: string }>>(await api.get('/sinks/shop'));
    expect(data.map(({ body }) => body)).toEqual([
      delivered['request_body'],
      delivered['request_body'],
    ]);
  });

  const strange = ['del_0', 'del_99', 'del_', 'x', 'del_1e3', `del_${'9'.repeat(30)}`];
  test.each(strange)('of what is not there (%s) is 404', async (id) => {
    const path = `/webhook-deliveries/${id}`;
    for (const answer of [await api.get(path), await api.post(`${path}/resend`)]) {
      const { detail } = expectProblem(answer, 404, 'webhook_delivery_not_found');
      expect(detail).toContain('GET /webhook-deliveries');
    }
  });
});

describe('resend', () => {
  test('sends it once more, with the same id and bytes', async () => {
    await made({ events: ['payment.succeeded'] });
    await api.settled(PAYMENT);
    await api.deliver();
    const [{ id, event_id: event } = { id: '', event_id: '' }] = (await list()).data;
    const answer = await api.post(`/webhook-deliveries/${id}/resend`);
    expect(answer.statusCode).toBe(200);
    expect(jsonOf(answer)).toMatchObject({ id, status: 'pending', attempt_count: 1 });
    await api.deliver();
    expect(await arrived()).toEqual([event, event]);
    const { data } = jsonOf<WireList<Record<string, unknown>>>(await api.get('/sinks/shop'));
    expect(data.map((one) => one['duplicate_of'])).toEqual(['msg_1', null]);
    expect((await list()).data).toMatchObject([{ id, status: 'delivered', attempt_count: 2 }]);
  });
});

describe('replay', () => {
  /** Three payments, ten seconds apart, and then an endpoint that hears of none of them. */
  async function missed(body: object = {}): Promise<string> {
    for (let index = 0; index < 3; index += 1) {
      await api.settled(PAYMENT);
      api.clock.advance(10_000 - 500);
    }
    return made(body);
  }

  test('makes up for what an endpoint missed, and again sends the same ids', async () => {
    const id = await missed();
    expect(await replayed({ endpoint_id: id })).toEqual({
      replayed: 9,
      has_more: false,
      next_cursor: null,
    });
    await api.deliver();
    const first = await arrived();
    expect(new Set(first).size).toBe(9);
    expect(await replayed({ endpoint_id: id })).toMatchObject({ replayed: 9 });
    await api.deliver();
    expect((await arrived()).slice(9).toSorted()).toEqual(first.toSorted());
    expect((await list('?limit=100')).data).toHaveLength(9);
  });

  const ranges: readonly [string, object, number][] = [
    ['from a time', { from: at(10) }, 6],
    ['from a time between', { from: at(0.3) }, 7],
    ['before a time', { to: at(10) }, 3],
    ['between two times', { from: at(10), to: at(20) }, 3],
    ['from what is still to come', { from: at(99) }, 0],
    ['before everything', { to: at(-1) }, 0],
    ['types', { event_types: ['payment.succeeded'] }, 3],
    ['types within times', { from: at(10), event_types: ['payment.succeeded'] }, 2],
    ['types that were not', { event_types: ['rules.changed'] }, 0],
    ['a kind', { event_types: ['payment.*'] }, 9],
    ['nulls', { from: null, to: null, after: null }, 9],
  ];
  test.each(ranges)('by %s', async (_name, range, expected) => {
    const id = await missed();
    expect(await replayed({ endpoint_id: id, ...range })).toEqual({
      replayed: expected,
      has_more: false,
      next_cursor: null,
    });
  });

  test('goes on after a cursor of the log', async () => {
    const id = await missed();
    const { data } = jsonOf<WireList<{ cursor: string; id: string }>>(await api.get('/events'));
    const { replayed: count } = await replayed({ endpoint_id: id, after: data[3]?.cursor });
    expect(count).toBe(5);
    await api.deliver();
    expect((await arrived()).toSorted()).toEqual(
      data
        .slice(4)
        .map((one) => one.id)
        .toSorted(),
    );
  });

  test('sends an endpoint only what it wants', async () => {
    const id = await missed({ events: ['payment.succeeded'] });
    expect(await replayed({ endpoint_id: id })).toMatchObject({ replayed: 3 });
    await api.deliver();
    expect(await arrived()).toHaveLength(3);
  });

  test(`takes ${REPLAY_EVENTS_MAX} events at once and says how to go on`, async () => {
    const id = await made({ enabled: false });
    const many = Math.ceil(REPLAY_EVENTS_MAX / 1_000) + 1;
    for (let round = 0; round < many; round += 1) {
      await Promise.all(Array.from({ length: 1_000 }, () => api.post('/payments', PAYMENT)));
    }
    const first = await replayed({ endpoint_id: id });
    expect(first).toEqual({
      replayed: REPLAY_EVENTS_MAX,
      has_more: true,
      next_cursor: matching(/^\w+$/),
    });
    const rest = await replayed({ endpoint_id: id, after: first['next_cursor'] });
    expect(rest).toEqual({
      replayed: many * 1_000 - REPLAY_EVENTS_MAX,
      has_more: false,
      next_cursor: null,
    });
  });

  const bodies: readonly [object, string, string][] = [
    [{}, '/endpoint_id', 'is needed'],
    [{ endpoint_id: 5 }, '/endpoint_id', 'must be a string'],
    [{ endpoint_id: 'we_1', from: 'yesterday' }, '/from', 'RFC 3339'],
    [{ endpoint_id: 'we_1', to: '2026-01-01' }, '/to', 'RFC 3339'],
    [{ endpoint_id: 'we_1', event_types: ['payment.suceeded'] }, '/event_types/0', 'succeeded?'],
    [{ endpoint_id: 'we_1', evnt_types: [] }, '/evnt_types', 'did you mean event_types?'],
    [{ endpoint_id: 'we_1', until: at(0) }, '/until', 'is no field here'],
  ];
  test.each(bodies)('with %j is 400', async (body, pointer, detail) => {
    const { errors } = expectProblem(await replayOf(body), 400, 'validation_failed');
    expect(errors).toMatchObject([{ pointer, detail: containing(detail) }]);
  });

  test('refuses times the wrong way round, strange cursors and strange endpoints', async () => {
    const id = await missed();
    const turned = await replayOf({ endpoint_id: id, from: at(10), to: at(10) });
    expect(expectProblem(turned, 400, 'validation_failed').errors[0]?.pointer).toBe('/to');
    const other = encodeCursor('events', 'fff.3');
    for (const after of ['x', other, encodeCursor('payments', '3')]) {
      expectProblem(await replayOf({ endpoint_id: id, after }), 400, 'invalid_cursor');
    }
    const nowhere = await replayOf({ endpoint_id: 'we_1' });
    expectProblem(nowhere, 404, 'webhook_endpoint_not_found');
    expect((await list()).data).toEqual([]);
  });
});

describe('DELETE /admin/reset', () => {
  test('takes the deliveries out before it answers, and is delivered itself', async () => {
    await made({ enabled: false });
    const id = await made({ url: '/sinks/other' });
    await api.settled(PAYMENT);
    await api.deliver();
    expect((await list()).data).toHaveLength(6);
    expect((await api.send('DELETE', '/admin/reset')).statusCode).toBe(200);
    expect((await list()).data).toEqual([]);
    expect(jsonOf(await api.get(`/webhook-endpoints/${id}`))['deliveries']).toEqual({
      pending: 0,
      delivered: 0,
      failing: 0,
      dead: 0,
    });
    await api.deliver();
    expect((await list(`?endpoint_id=${id}`)).data).toMatchObject([
      { event_type: 'data.reset', status: 'delivered' },
    ]);
  });
});
