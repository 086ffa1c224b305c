import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answer,
  expectProblem,
  jsonOf,
  matching,
  PAYMENT,
  expectPayment,
  type TestApp,
  testApp,
  type WireList,
  type WirePayment,
} from '../../../../test/property/app.ts';
import { createCommand, requestOf } from '../../../../test/support/engine.ts';
import { execute } from '../../../engine/execute.ts';

interface WireEvent {
  readonly id: string;
  readonly cursor: string;
  readonly type: string;
  readonly payment_id: string;
  readonly payment_sequence: number;
  readonly created_at: string;
  readonly request_id: string;
  readonly actor: string;
  readonly data: WirePayment;
}

let api: TestApp;
beforeEach(async () => {
  api = await testApp();
});
afterEach(() => api.close());

function eventsIn(answer: Answer): WireList<WireEvent> {
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^200 \{"data"/);
  return jsonOf<WireList<WireEvent>>(answer);
}

const log = async (query = '') => eventsIn(await api.get(`/events?${query}`));

describe('the timeline of a payment', () => {
  test('tells its whole life, oldest first, each entry with the payment as it became', async () => {
    const sequence = ['PROCESSING_ERROR', 'APPROVE'];
    const { payment_id: id } = await api.settled({ ...PAYMENT, simulate: { sequence } });
    await api.settled(PAYMENT);
    await api.post(`/payments/${id}/retry`);
    await api.runTimers();
    await api.post(`/payments/${id}/refund`, { amount: 1 });
    await api.post(`/payments/${id}/refund`);

    const { data, has_more: hasMore } = eventsIn(await api.get(`/payments/${id}/events`));
    expect(hasMore).toBe(false);
    expect(data.map(({ type, data: { status } }) => `${type} ${status}`)).toEqual([
      'payment.created CREATED',
      'payment.processing PROCESSING',
      'payment.failed FAILED',
      'payment.retried PROCESSING',
      'payment.succeeded SUCCESS',
      'payment.partially_refunded SUCCESS',
      'payment.refunded REFUNDED',
    ]);
    expect(data.map((event) => event.payment_sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(data.at(-1)?.data).toEqual(expectPayment(await api.get(`/payments/${id}`)));
  });

  test('has every member of an event', async () => {
    const answer = await api.post('/payments', PAYMENT, { 'x-request-id': 'mine-1' });
    const payment = expectPayment(answer, 201);
    const { data } = eventsIn(await api.get(`/payments/${payment.payment_id}/events`));
    expect(data).toEqual([
      {
        id: `evt_${payment.payment_id.replaceAll('-', '')}_1`,
        cursor: matching(/^[\w-]+$/),
        type: 'payment.created',
        payment_id: payment.payment_id,
        payment_sequence: 1,
        created_at: payment.created_at,
        request_id: 'mine-1',
        actor: 'anonymous',
        cause: { command: 'create_payment' },
        data: payment,
      },
    ]);
  });

  test('that just fills a page has no next one, whatever happens to others', async () => {
    const { payment_id: id } = await api.settled(PAYMENT);
    await api.settled(PAYMENT);
    const page = eventsIn(await api.get(`/payments/${id}/events?limit=3`));
    expect(page.data).toHaveLength(3);
    expect(page.has_more).toBe(false);
  });

  test('goes on page by page', async () => {
    const { payment_id: id } = await api.settled(PAYMENT);
    await api.settled(PAYMENT);
    const url = `/payments/${id}/events`;
    const first = eventsIn(await api.get(`${url}?limit=2`));
    expect(first).toMatchObject({ has_more: true });
    const second = eventsIn(await api.get(`${url}?limit=2&after=${first.next_cursor}`));
    expect(second.has_more).toBe(false);
    const types = [...first.data, ...second.data].map(({ type }) => type);
    expect(types).toEqual(['payment.created', 'payment.processing', 'payment.succeeded']);
  });
});

describe('the event log', () => {
  test('holds all events in order, and a cursor goes on behind the last one', async () => {
    await api.settled(PAYMENT);
    await api.settled(PAYMENT);
    const first = await log('limit=4');
    expect(first.data).toHaveLength(4);
    expect(first.has_more).toBe(true);
    const rest = await log(`after=${first.next_cursor}`);
    expect(rest.data).toHaveLength(2);
    expect(rest.has_more).toBe(false);
    expect([...first.data, ...rest.data]).toEqual((await log()).data);
  });

  test('is followed by asking again behind the last cursor', async () => {
    expect(await log()).toMatchObject({ data: [], has_more: false });
    const { next_cursor: start } = await log();
    await api.post('/payments', PAYMENT);
    const next = await log(`after=${start}`);
    expect(next.data).toHaveLength(1);
    expect((await log(`after=${next.next_cursor}`)).data).toEqual([]);
    await api.runTimers();
    expect((await log(`after=${next.next_cursor}`)).data).toHaveLength(2);
  });

  test('goes on behind the cursor of any event', async () => {
    await api.settled(PAYMENT);
    const { data } = await log();
    const behindFirst = await log(`after=${data[0]?.cursor}`);
    expect(behindFirst.data).toEqual(data.slice(1));
  });

  test('is filtered by types and by payment', async () => {
    const { payment_id: id } = await api.settled(PAYMENT);
    await api.settled({ ...PAYMENT, amount: 0 });
    const typesOf = async (query: string) => (await log(query)).data.map(({ type }) => type);
    expect(await typesOf('type=payment.failed')).toEqual(['payment.failed']);
    expect(await typesOf('type=payment.failed,%20payment.succeeded')).toEqual([
      'payment.succeeded',
      'payment.failed',
    ]);
    expect(await typesOf(`payment_id=${id}`)).toHaveLength(3);
    expect(await typesOf(`payment_id=${id.toUpperCase()}&type=payment.failed`)).toEqual([]);
  });

  test('filtered by a rare type is read to its end in bounded steps', async () => {
    const made = Array.from({ length: 10_050 }, () =>
      execute(api.engine, requestOf(createCommand())),
    );
    await Promise.all(made);
    await api.settled({ ...PAYMENT, amount: 0 });
    const first = await log('type=payment.failed');
    expect(first).toMatchObject({ data: [], has_more: true });
    let cursor = first.next_cursor;
    const found: WireEvent[] = [];
    for (let page = 0; page < 5; page += 1) {
      const list = await log(`type=payment.failed&after=${cursor}`);
      found.push(...list.data);
      cursor = list.next_cursor;
      if (!list.has_more) break;
    }
    expect(found).toHaveLength(1);
  });
});

describe('the event log, newest first', () => {
  const sequenced = ({ data }: WireList<WireEvent>) =>
    data.map(({ payment_id: id, payment_sequence: n }) => `${id} ${n}`);

  test('is the same log the other way round, page by page to its beginning', async () => {
    for (const amount of [1, 2, 3]) await api.settled({ ...PAYMENT, amount });
    const all = sequenced(await log());
    expect(all).toHaveLength(9);
    expect(sequenced(await log('order=asc'))).toEqual(all);
    expect(sequenced(await log('order=desc'))).toEqual(all.toReversed());
    const read: string[] = [];
    for (let before = '', isMore = true; isMore;) {
      const page = await log(`order=desc&limit=4${before}`);
      expect(page.data.length).toBe(Math.min(4, 9 - read.length));
      read.push(...sequenced(page));
      isMore = page.has_more;
      before = `&before=${page.next_cursor}`;
      if (!isMore) expect(page.next_cursor).toBeNull();
    }
    expect(read).toEqual(all.toReversed());
  });

  test('that just fills a page has no next one', async () => {
    await api.settled(PAYMENT);
    expect(await log('order=desc&limit=3')).toMatchObject({ has_more: false, next_cursor: null });
    expect(await log('order=desc&limit=2')).toMatchObject({ has_more: true });
  });

  test('of nothing is empty, and at its end', async () => {
    expect(await log('order=desc')).toEqual({ data: [], has_more: false, next_cursor: null });
  });

  test('does not move when more happens meanwhile', async () => {
    await api.settled(PAYMENT);
    await api.settled(PAYMENT);
    const first = await log('order=desc&limit=2');
    await api.settled(PAYMENT);
    const second = await log(`order=desc&limit=500&before=${first.next_cursor}`);
    const all = sequenced(await log()).slice(0, 6);
    expect([...sequenced(first), ...sequenced(second)]).toEqual(all.toReversed());
  });

  test('lies between two cursors, in either order', async () => {
    await api.settled(PAYMENT);
    await api.settled(PAYMENT);
    const { data } = await log();
    const [first, , , , fifth] = data;
    const range = `after=${first?.cursor}&before=${fifth?.cursor}`;
    expect((await log(range)).data).toEqual(data.slice(1, 4));
    expect((await log(`${range}&order=desc`)).data).toEqual(data.slice(1, 4).toReversed());
    expect(await log(`${range}&limit=3`)).toMatchObject({ has_more: false });
    expect(await log(`${range}&limit=3&order=desc`)).toMatchObject({ has_more: false });
    expect(await log(`${range}&limit=2`)).toMatchObject({ has_more: true });
    expect(await log(`${range}&limit=2&order=desc`)).toMatchObject({ has_more: true });
    const reversed = `after=${fifth?.cursor}&before=${first?.cursor}`;
    for (const order of ['asc', 'desc']) {
      const none = await log(`${reversed}&order=${order}`);
      expect(none).toMatchObject({ data: [], has_more: false });
    }
  });

  test('is filtered by types and by payment', async () => {
    const { payment_id: id } = await api.settled(PAYMENT);
    await api.settled({ ...PAYMENT, amount: 0 });
    const typesOf = async (query: string) => (await log(query)).data.map(({ type }) => type);
    expect(await typesOf('order=desc&type=payment.failed,payment.succeeded')).toEqual([
      'payment.failed',
      'payment.succeeded',
    ]);
    expect(await typesOf(`order=desc&payment_id=${id}`)).toEqual([
      'payment.succeeded',
      'payment.processing',
      'payment.created',
    ]);
  });

  test('filtered by a rare type is read to its beginning in bounded steps', async () => {
    await api.settled({ ...PAYMENT, amount: 0 });
    const made = Array.from({ length: 10_050 }, () =>
      execute(api.engine, requestOf(createCommand())),
    );
    await Promise.all(made);
    const first = await log('type=payment.failed&order=desc');
    expect(first).toMatchObject({ data: [], has_more: true });
    const second = await log(`type=payment.failed&order=desc&before=${first.next_cursor}`);
    expect(second).toMatchObject({ has_more: false, next_cursor: null });
    expect(second.data).toHaveLength(1);
  });
});

describe('a log that cannot be read', () => {
  const wrong: readonly [string, string][] = [
    ['type=payment.suceeded', 'validation_failed'],
    ['type=', 'validation_failed'],
    ['limit=501', 'validation_failed'],
    ['limit=0', 'validation_failed'],
    ['cursor=x', 'validation_failed'],
    ['after=x', 'invalid_cursor'],
    ['before=x', 'invalid_cursor'],
    [`before=${encode('events:fff.1')}`, 'invalid_cursor'],
    ['order=down', 'validation_failed'],
    ['order=', 'validation_failed'],
    [`after=${encode('events:abc123.x')}`, 'invalid_cursor'],
    [`after=${encode('events:abc123.-1')}`, 'invalid_cursor'],
    [`after=${encode('events:other.1')}`, 'invalid_cursor'],
    [`after=${encode('events:0ther.1')}`, 'invalid_cursor'],
    [`after=${encode('events:fff.1')}`, 'invalid_cursor'],
    [`after=${encode('payments:1')}`, 'invalid_cursor'],
  ];
  test.each(wrong)('?%s is refused', async (query, code) => {
    expectProblem(await api.get(`/events?${query}`), 400, code);
  });

  test('a type with a slip of the pen is answered with the nearest', async () => {
    const answer = await api.get('/events?type=payment.suceeded');
    const { detail } = expectProblem(answer, 400, 'validation_failed');
    expect(detail).toContain('did you mean payment.succeeded?');
  });

  test('a cursor from before a reset says that the log was reset', async () => {
    const answer = await api.get(`/events?after=${encode('events:fff.1')}`);
    expect(expectProblem(answer, 400, 'invalid_cursor').detail).toContain('reset');
  });

  test('a blank cursor is the beginning', async () => {
    await api.settled(PAYMENT);
    expect((await log('after=')).data).toHaveLength(3);
  });
});

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
