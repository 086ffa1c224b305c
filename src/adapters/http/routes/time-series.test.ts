import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  expectProblem,
  jsonOf,
  PAYMENT,
  testApp,
  type TestApp,
} from '../../../../test/property/app.ts';
import { isPostgres } from '../../../../test/support/store.ts';
import { START_MS } from '../../../../test/support/engine.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Chart {
  readonly from: string;
  readonly to: string;
  readonly step_seconds: number;
  readonly points: readonly (Record<string, unknown> & { readonly at: string })[];
}
interface Histogram {
  readonly from: string | null;
  readonly to: string;
  readonly buckets: readonly { from: number; to: number; count: number }[];
  readonly total: number;
}

let api: TestApp;
beforeEach(async () => {
  api = await testApp({ settings: { processingDelayMs: 500 } });
});
afterEach(() => api.close());

const iso = (ms: number) => new Date(ms).toISOString();
type Query = Readonly<Record<string, string>>;
/** Where the log is ordered later, it is counted from there, a little later too. */
const logCounted = () => (isPostgres ? api.timeSeries.catchUp(Infinity) : Promise.resolve());
const chart = async (query: Query = {}) => {
  await logCounted();
  return jsonOf<Chart>(await api.get(`/timeseries?${new URLSearchParams(query).toString()}`));
};
const histogram = async (query: Query = {}) => {
  await logCounted();
  const answer = await api.get(`/histograms/risk-score?${new URLSearchParams(query).toString()}`);
  return jsonOf<Histogram>(answer);
};
/** Whether it is in memory or on disk must not show. */
const save = async () => {
  await api.timeSeries.catchUp(Infinity);
  await api.timeSeries.save();
};
const card = { card_number: '4242424242424242', currency: 'USD', merchant: 'shop' };

const NOTHING = {
  created: 0,
  succeeded: 0,
  failed: 0,
  authorized: 0,
  canceled: 0,
  refunded: 0,
  volume: {},
  refund_volume: {},
  outcome_ms: null,
  decision_ms: null,
};

describe('GET /timeseries', () => {
  test('of nothing is the last hour in minutes, each of them zero', async () => {
    const { from, to, step_seconds: seconds, points } = await chart();
    expect({ from, to, seconds }).toEqual({
      from: iso(START_MS - HOUR),
      to: iso(START_MS),
      seconds: 60,
    });
    expect(points).toEqual(
      Array.from({ length: 60 }, (_, index) => ({
        at: iso(START_MS - HOUR + index * MINUTE),
        ...NOTHING,
      })),
    );
  });

  test('tells what happened in each step', async () => {
    const { payment_id: id } = await api.settled({ ...PAYMENT, amount: 12.5 });
    await api.settled({ ...PAYMENT, amount: 0 });
    await api.settled({ ...PAYMENT, amount: 300, currency: 'JPY' });
    api.clock.advance(MINUTE);
    await save();
    await api.post(`/payments/${id}/refund`, { amount: 2.25 });
    await api.post(`/payments/${id}/refund`);
    await api.post('/payment', { ...card, amount: 10 });
    for (const look of ['in memory', 'on disk']) {
      const { points } = await chart({ from: iso(START_MS) });
      expect([look, ...points]).toEqual([
        look,
        {
          ...NOTHING,
          at: iso(START_MS),
          created: 3,
          succeeded: 2,
          failed: 1,
          volume: { JPY: 300, USD: 12.5 },
          // 500 ms, as the sketch knows them.
          outcome_ms: { p50: 497.8, p95: 497.8 },
        },
        {
          ...NOTHING,
          at: iso(START_MS + MINUTE),
          created: 1,
          succeeded: 1,
          refunded: 2,
          volume: { USD: 10 },
          refund_volume: { USD: 12.5 },
          decision_ms: { p50: 0, p95: 0 },
        },
      ]);
      await save();
    }
  });

  test('adds the same up to longer steps', async () => {
    await api.settled(PAYMENT);
    api.clock.advance(7 * MINUTE);
    await api.settled(PAYMENT);
    await save();
    api.clock.advance(2 * HOUR);
    await api.settled(PAYMENT);
    const counts = async (query: Readonly<Record<string, string>>) => {
      const { points, ...range } = await chart(query);
      const busy = points.filter(({ created }) => created !== 0);
      return [range.step_seconds, ...busy.map(({ at, created }) => `${at} ${String(created)}`)];
    };
    expect(await counts({ step: '5m', from: iso(START_MS) })).toEqual([
      300,
      '2026-01-01T00:00:00.000Z 1',
      '2026-01-01T00:05:00.000Z 1',
      '2026-01-01T02:05:00.000Z 1',
    ]);
    expect(await counts({ step: '1h', from: iso(START_MS) })).toEqual([
      3_600,
      '2026-01-01T00:00:00.000Z 2',
      '2026-01-01T02:00:00.000Z 1',
    ]);
    expect(await counts({ step: '1d', from: iso(START_MS) })).toEqual([
      86_400,
      '2026-01-01T00:00:00.000Z 3',
    ]);
    expect(await counts({ from: iso(START_MS - 4 * DAY) })).toEqual([
      3_600,
      '2026-01-01T00:00:00.000Z 2',
      '2026-01-01T02:00:00.000Z 1',
    ]);
  });

  test('widens a range to whole steps and says so', async () => {
    api.clock.advance(10 * HOUR);
    const { from, to, points } = await chart({
      from: '2026-01-01T01:59:59.999+01:00',
      to: '2026-01-01T03:00:00.001Z',
      step: '1h',
    });
    expect([from, to]).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T04:00:00.000Z']);
    expect(points.map(({ at }) => at.slice(11, 13))).toEqual(['00', '01', '02', '03']);
  });

  test('knows of old days what they were, when their minutes are gone', async () => {
    await api.settled({ ...PAYMENT, amount: 5 });
    api.clock.advance(30 * DAY);
    await api.settled(PAYMENT);
    await save();
    const { points } = await chart({ from: iso(START_MS), to: iso(START_MS + DAY) });
    expect(points).toHaveLength(24);
    expect(points[0]).toMatchObject({ succeeded: 1, volume: { USD: 5 } });
    const problem = expectProblem(
      await api.get(`/timeseries?step=1m&from=${iso(START_MS)}&to=${iso(START_MS + HOUR)}`),
      400,
      'validation_failed',
    );
    expect(problem.errors).toEqual([
      {
        pointer: '?step',
        code: 'out_of_range',
        detail: '1m reaches back 48 hours; use step=1h, or ask for a shorter range',
      },
    ]);
  });

  test('shows sums that a JavaScript number does not hold digit by digit', async () => {
    const { store } = api.engine;
    const { writer } = await store.logHead();
    await api.settled(PAYMENT);
    await logCounted();
    const [tally] = (await api.timeSeries.tallies(ever())).values();
    if (tally === undefined) throw new Error('something was counted');
    tally.volume.set('USD', 12_345_678_901_234_567_891n);
    // What was counted is in memory still; on Postgres it is written down with that.
    const after = isPostgres ? 3 : 0;
    if (isPostgres) await save();
    const minutes = new Map([[START_MS, tally]]);
    const to = { writer, sequence: 3 };
    expect(await store.addToSeries({ after, to, minutes, minutesKeptFromMs: 0 })).toBe(true);
    const text = (await api.get(`/timeseries?from=${iso(START_MS)}`)).body;
    expect(text).toContain('{"USD":123456789012345778.91}');
  });

  test('is empty after a reset', async () => {
    await api.settled(PAYMENT);
    await save();
    await api.settled(PAYMENT);
    await api.send('DELETE', '/admin/reset');
    const { points } = await chart();
    expect(points.every(({ created }) => created === 0)).toBe(true);
    expect((await histogram()).total).toBe(0);
  });
});

const ever = () => ({ level: 'ever', fromMs: 0, beforeMs: 1 }) as const;

describe('GET /histograms/risk-score', () => {
  const authorize = (amount: number) => api.post('/payment', { ...card, amount });

  test('has all twenty buckets, whatever was counted', async () => {
    const { buckets, total, from, to } = await histogram();
    expect({ total, from, to }).toEqual({ total: 0, from: null, to: iso(START_MS) });
    expect(buckets.map((bucket) => bucket.from)).toEqual(
      Array.from({ length: 20 }, (_, bucket) => bucket / 20),
    );
    expect(buckets.map((bucket) => bucket.to)).toEqual(
      Array.from({ length: 20 }, (_, bucket) => (bucket + 1) / 20),
    );
  });

  test('counts decided card payments by their score, and no others', async () => {
    for (const amount of [1, 600, 1000]) await authorize(amount);
    await api.settled(PAYMENT);
    const { items } = await api.engine.store.listPayments({ limit: 10, cursor: null });
    const scores = items.flatMap(({ risk }) =>
      risk === null ? [] : [Math.floor(risk.score * 20)],
    );
    expect(scores).toHaveLength(3);
    for (const look of ['in memory', 'on disk']) {
      const { buckets, total } = await histogram();
      expect([look, total]).toEqual([look, 3]);
      const counted = buckets.flatMap(({ count }, bucket) =>
        Array.from({ length: count }, () => bucket),
      );
      expect(counted).toEqual(scores.toSorted((left, right) => left - right));
      await save();
    }
  });

  test('of a range counts what is in it, and says what it is', async () => {
    await authorize(1);
    api.clock.advance(DAY + 90 * MINUTE + 30_000);
    await authorize(1);
    await save();
    await authorize(1);
    const of = async (query: Readonly<Record<string, string>>) => {
      const { from, to, total } = await histogram(query);
      return [from, to, total];
    };
    expect(await of({ from: '2026-01-02T01:30:29.999Z' })).toEqual([
      '2026-01-02T01:30:00.000Z',
      '2026-01-02T01:31:00.000Z',
      2,
    ]);
    expect(await of({ to: '2026-01-02T01:30:00Z' })).toEqual([null, '2026-01-02T01:30:00.000Z', 1]);
    expect(await of({ from: iso(START_MS), to: iso(START_MS + 2 * DAY) })).toEqual([
      iso(START_MS),
      iso(START_MS + 2 * DAY),
      3,
    ]);
    api.clock.advance(10 * DAY);
    expect(await of({ from: '2026-01-02T01:40:00Z', to: '2026-01-02T01:50:00Z' })).toEqual([
      '2026-01-02T01:00:00.000Z',
      '2026-01-02T02:00:00.000Z',
      2,
    ]);
  });
});

describe('what makes no sense is refused with what to do:', () => {
  const NOW = iso(START_MS);
  const soon = iso(START_MS + DAY + 1);
  test.each([
    ['from=yesterday', '?from', 'wrong_format', 'RFC 3339'],
    ['from=', '?from', 'wrong_format', 'RFC 3339'],
    ['from=2026-01-01', '?from', 'wrong_format', 'RFC 3339'],
    ['from=2026-02-30T00:00:00Z', '?from', 'wrong_format', 'RFC 3339'],
    ['to=1767225600000', '?to', 'wrong_format', 'RFC 3339'],
    [`from=${NOW}&from=${NOW}`, '?from', 'wrong_type', 'must be a string'],
    [`from=${NOW}`, '?from', 'out_of_range', 'earlier than `to`'],
    [`from=2025-12-31T23:00:00Z&to=2025-12-31T22:00:00Z`, '?from', 'out_of_range', 'earlier'],
    [`to=${soon}`, '?to', 'out_of_range', 'at most a day from now'],
    ['to=9999-12-31T23:59:59Z', '?to', 'out_of_range', 'at most a day from now'],
    ['form=2026-01-01T00:00:00Z', '?form', 'unknown_field', 'there are from, to'],
  ])('%s', async (query, pointer, code, detail) => {
    for (const path of ['/timeseries', '/histograms/risk-score']) {
      const problem = expectProblem(await api.get(`${path}?${query}`), 400, 'validation_failed');
      const [fault] = problem.errors;
      expect(fault).toMatchObject({ pointer, code });
      expect(fault?.detail).toContain(detail);
    }
  });

  test.each([
    ['step=2m', 'not_one_of', 'must be one of 1m, 5m, 1h, 1d'],
    ['step=', 'not_one_of', 'must be one of'],
    ['step=1H', 'not_one_of', 'did you mean 1h?'],
    [
      'step=1m&from=2025-12-30T12:00:00Z',
      'too_many_points',
      '1m makes more than 1,500 points of this range; use step=5m',
    ],
    [
      'step=1h&from=2025-01-01T00:00:00Z',
      'too_many_points',
      '1h makes more than 1,500 points of this range; use step=1d',
    ],
    [
      'from=0000-01-01T00:00:00Z',
      'too_many_points',
      '1d makes more than 1,500 points of this range; ask for a shorter range',
    ],
    ['step=5m&from=2025-12-01T00:00:00Z', 'out_of_range', '5m reaches back 48 hours; use step=1h'],
  ])('%s', async (query, code, detail) => {
    const problem = expectProblem(await api.get(`/timeseries?${query}`), 400, 'validation_failed');
    expect(problem.errors[0]).toMatchObject({ pointer: '?step', code });
    expect(problem.detail).toContain(detail);
  });

  test('but a histogram may reach back to the beginning of time', async () => {
    expect((await histogram({ from: '0001-01-01T00:00:00Z' })).total).toBe(0);
    expect((await histogram({ to: '0001-01-01T00:00:00Z' })).total).toBe(0);
  });

  test('and a step is nothing that a histogram has', async () => {
    const answer = await api.get('/histograms/risk-score?step=1m');
    expectProblem(answer, 400, 'validation_failed');
  });
});
