import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCommand, requestOf } from '../../../../test/support/engine.ts';
import {
  expectProblem,
  jsonOf,
  like,
  expectList,
  PAYMENT,
  type TestApp,
  testApp,
  type WirePayment,
} from '../../../../test/property/app.ts';
import { isPostgres } from '../../../../test/support/store.ts';
import { currencyOf } from '../../../core/currencies.ts';
import { execute } from '../../../engine/execute.ts';

let api: TestApp;
let made: WirePayment[];

/** In the order in which they are made, half a second apart; each with another property. */
const BODIES: readonly object[] = [
  { ...PAYMENT, reference: 'r-1' },
  { ...PAYMENT, currency: 'JPY', amount: 500, recipient: 'Alina' },
  { ...PAYMENT, currency: 'KWD', amount: 0.125, recipient: 'ALBERT' },
  { ...PAYMENT, simulate: { outcome: 'PROCESSING_ERROR' }, reference: 'r-1' },
  { ...PAYMENT, amount: 0 },
  { ...PAYMENT, amount: 20, recipient: 'Bob' },
  { ...PAYMENT, recipient: 'al%' },
  { amount: 5 },
];

beforeAll(async () => {
  api = await testApp();
  made = [];
  for (const body of BODIES) made.push(await api.settled(body));
  await api.post(`/payments/${made[5]?.payment_id}/refund`);
});
afterAll(() => api.close());

/** Places in BODIES of what a list holds, in its order. */
async function places(query: string): Promise<number[]> {
  const { data } = expectList(await api.get(`/payments?${query}`));
  return data.map(({ payment_id: id }) => made.findIndex((one) => one.payment_id === id));
}

describe('the list of payments', () => {
  const filters: readonly [string, readonly number[]][] = [
    ['', [7, 6, 5, 4, 3, 2, 1, 0]],
    ['limit=100', [7, 6, 5, 4, 3, 2, 1, 0]],
    ['limit=2', [7, 6]],
    ['status=FAILED', [7, 4, 3]],
    ['status=failed', [7, 4, 3]],
    ['status=FAILED,REFUNDED', [7, 5, 4, 3]],
    ['status=%20refunded%20,FAILED,FAILED', [7, 5, 4, 3]],
    ['status=CREATED', []],
    ['currency=JPY', [1]],
    ['currency=kwd', [2]],
    ['method=account', [7, 6, 5, 4, 3, 2, 1, 0]],
    ['method=card', []],
    ['failure_reason=PROCESSING_ERROR', [3]],
    ['failure_reason=INVALID_REQUEST', [7]],
    ['reference=r-1', [3, 0]],
    ['reference=nobody', []],
    ['created_at[gte]=2026-01-01T00:00:02Z', [7, 6, 5, 4]],
    ['created_at[lt]=2026-01-01T00:00:02Z', [3, 2, 1, 0]],
    ['created_at%5Bgte%5D=2026-01-01T00:00:02Z', [7, 6, 5, 4]],
    ['created_at[gte]=2026-01-01T01:00:02%2B01:00', [7, 6, 5, 4]],
    ['created_at[gte]=2026-01-01T00:00:00.500Z&created_at[lt]=2026-01-01T00:00:01.500Z', [2, 1]],
    ['created_at[gte]=2999-01-01T00:00:00Z', []],
    ['created_at[lt]=1969-01-01T00:00:00Z', []],
    ['amount[gte]=100', [6, 3, 1, 0]],
    ['amount[gte]=100.0001', [1]],
    ['amount[lte]=0.125', [4, 2]],
    ['amount[lte]=0.1249', [4]],
    ['amount[gte]=5&amount[lte]=20', [7, 5]],
    ['status=SUCCESS&currency=USD&amount[gte]=100&reference=r-1', [0]],
    ['q=al', [6, 2, 4, 3, 0, 1]],
    ['q=AL', [6, 2, 4, 3, 0, 1]],
    ['q=al%25', [6]],
    ['q=ali', [4, 3, 0, 1]],
    ['q=_l', []],
    ['q=al&status=FAILED', [4, 3]],
    ['q=zzz', []],
  ];
  test.each(filters)('?%s holds what fits, in order', async (query, expected) => {
    expect(await places(query)).toEqual(expected);
  });

  test('?q= with an id, in any case, holds that payment', async () => {
    const id = made[2]?.payment_id ?? '';
    expect(await places(`q=${id}`)).toEqual([2]);
    expect(await places(`q=%20${id.toUpperCase()}%20`)).toEqual([2]);
    expect(await places(`q=${id}&currency=USD`)).toEqual([]);
    expect(await places('q=01980000-0000-7000-8000-000000000000')).toEqual([]);
  });

  test('holds payments exactly as GET shows them', async () => {
    const answer = await api.get('/payments?limit=1');
    const one = await api.get(`/payments/${made[7]?.payment_id}`);
    expect(answer.body).toContain(one.body);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  });
});

describe('pages', () => {
  const shapes = [
    '',
    'currency=USD',
    'status=FAILED',
    'q=al',
    'q=al&currency=USD',
    'amount[gte]=5',
  ];
  test.each(shapes)('of ?%s put together are the whole list', async (filter) => {
    const whole = expectList(await api.get(`/payments?${filter}&limit=100`));
    expect(whole).toMatchObject({ has_more: false, next_cursor: null });
    const seen: WirePayment[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null && page < 20; page += 1) {
      const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const list = expectList(await api.get(`/payments?${filter}&limit=2${after}`));
      expect(list.has_more).toBe(list.next_cursor !== null);
      seen.push(...list.data);
      cursor = list.next_cursor;
    }
    expect(cursor).toBeNull();
    expect(seen).toEqual(whole.data);
  });

  test('hold twenty payments unless asked otherwise', async () => {
    const many = await testApp();
    await Promise.all(Array.from({ length: 21 }, () => many.post('/payments', PAYMENT)));
    const list = expectList(await many.get('/payments'));
    expect(list.data).toHaveLength(20);
    expect(list.has_more).toBe(true);
    await many.close();
  });

  test('of a search go on behind recipients of the longest kind, in any script', async () => {
    const other = await testApp();
    const recipient = '\u{1f600}'.repeat(255);
    for (let count = 0; count < 2; count += 1) {
      await other.post('/payments', { ...PAYMENT, recipient });
    }
    const q = encodeURIComponent('\u{1f600}');
    const first = expectList(await other.get(`/payments?q=${q}&limit=1`));
    const second = expectList(
      await other.get(`/payments?q=${q}&limit=1&cursor=${first.next_cursor}`),
    );
    expect(second.data).toHaveLength(1);
    expect(second.next_cursor).toBeNull();
    await other.close();
  });

  test('of a filter that no index serves go on after 10,000 payments that do not fit', async () => {
    const other = await testApp();
    const command = createCommand({ recipient: 'alice' });
    const yen = createCommand({ recipient: 'alice', currency: currencyOf('JPY') });
    await execute(other.engine, requestOf(yen));
    const rest = Array.from({ length: 10_050 }, () => execute(other.engine, requestOf(command)));
    await Promise.all(rest);
    for (const search of ['', 'q=ali&']) {
      const found: WirePayment[] = [];
      let cursor: string | null = '';
      for (let page = 0; cursor !== null && page < 5; page += 1) {
        const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const list = expectList(await other.get(`/payments?${search}currency=JPY${after}`));
        found.push(...list.data);
        cursor = list.next_cursor;
      }
      expect(`${search}${found.length}`).toBe(`${search}1`);
    }
    await other.close();
  });
});

describe('a list that cannot be', () => {
  const refused: readonly [string, string, string][] = [
    ['limit=0', '?limit', 'out_of_range'],
    ['limit=101', '?limit', 'out_of_range'],
    ['limit=-1', '?limit', 'out_of_range'],
    ['limit=ten', '?limit', 'wrong_type'],
    ['limit=1.5', '?limit', 'wrong_type'],
    ['limit=', '?limit', 'wrong_type'],
    ['limit=1&limit=2', '?limit', 'wrong_type'],
    ['limit=1e999', '?limit', 'out_of_range'],
    ['status=SUCESS', '?status', 'not_one_of'],
    ['status=', '?status', 'not_one_of'],
    ['status=FAILED,', '?status', 'not_one_of'],
    ['method=cash', '?method', 'not_one_of'],
    ['failure_reason=NONE', '?failure_reason', 'not_one_of'],
    ['created_at[gte]=yesterday', '?created_at[gte]', 'wrong_format'],
    ['created_at[gte]=2026-01-01', '?created_at[gte]', 'wrong_format'],
    ['created_at[gte]=2026-01-01T00:00:00', '?created_at[gte]', 'wrong_format'],
    ['created_at[lt]=2026-13-01T00:00:00Z', '?created_at[lt]', 'wrong_format'],
    ['created_at[lt]=2026-02-30T00:00:00Z', '?created_at[lt]', 'wrong_format'],
    ['amount[gte]=-1', '?amount[gte]', 'wrong_format'],
    ['amount[lte]=1e3', '?amount[lte]', 'wrong_format'],
    ['amount[lte]=1.00001', '?amount[lte]', 'wrong_format'],
    ['amount[lte]=9999999999999', '?amount[lte]', 'wrong_format'],
    ['q=', '?q', 'too_short'],
    ['stauts=FAILED', '?stauts', 'unknown_field'],
    ['created_at=2026-01-01T00:00:00Z', '?created_at', 'unknown_field'],
    ['__proto__=1', '?__proto__', 'unknown_field'],
    ['constructor=1', '?constructor', 'unknown_field'],
  ];
  test.each(refused)(
    '?%s is refused and says which parameter and why',
    async (query, pointer, code) => {
      const { errors } = expectProblem(
        await api.get(`/payments?${query}`),
        400,
        'validation_failed',
      );
      expect(errors).toContainEqual(like({ pointer, code }));
    },
  );

  test.each([
    ['stauts=FAILED', 'did you mean status?'],
    ['status=SUCESS', 'did you mean SUCCESS?'],
    ['method=cash', 'account, card'],
  ])('?%s is answered with what was probably meant', async (query, hint) => {
    const problem = expectProblem(await api.get(`/payments?${query}`), 400, 'validation_failed');
    expect(problem.detail).toContain(hint);
  });

  test.each(['XXX', 'nope', ''])('?currency=%s is no currency', async (code) => {
    const answer = await api.get(`/payments?currency=${code}`);
    expectProblem(answer, 400, 'unknown_currency');
  });

  const cursors = [
    '',
    'x',
    '5',
    encode('payments:'),
    encode('payments:-1'),
    encode('payments:1 '),
    encode('payments:1234567890123456'),
    // Of the other store.
    encode(isPostgres ? 'payments:5' : 'payments:01980000-0000-7000-8000-000000000000'),
    encode('events:abc123.1'),
    `${encode('payments:5')}=`,
    encode('payments:5\n'),
  ];
  test.each(cursors)('?cursor=%s is no cursor', async (cursor) => {
    const answer = await api.get(`/payments?cursor=${encodeURIComponent(cursor)}`);
    expectProblem(answer, 400, 'invalid_cursor');
  });

  test('a cursor of a search is not one of the plain list', async () => {
    const { next_cursor: cursor } = expectList(await api.get('/payments?q=al&limit=1'));
    expectProblem(await api.get(`/payments?cursor=${cursor}`), 400, 'invalid_cursor');
    const { next_cursor: plain } = expectList(await api.get('/payments?limit=1'));
    expectProblem(await api.get(`/payments?q=al&cursor=${plain}`), 400, 'invalid_cursor');
  });

  test('nothing of it is a 5xx', async () => {
    const answer = await api.get('/payments?q=%ED%A0%80&reference=%00&cursor=%ff');
    expect(jsonOf(answer)).toMatchObject({ status: 400 });
    expect(api.errors).toEqual([]);
  });
});

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
