import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  anyOne,
  expectProblem,
  jsonOf,
  matching,
  PAYMENT,
  type TestApp,
  testApp,
} from '../../../../test/property/app.ts';
import { PUBLIC_CODES } from '../problems.ts';

let api: TestApp;
let reason: string | null;
beforeEach(async () => {
  reason = null;
  api = await testApp({ notReady: () => reason });
});
afterEach(() => api.close());

test.each(['/health', '/livez'])('%s says ok, also while the server is not ready', async (path) => {
  reason = 'starting';
  const answer = await api.get(path);
  expect(answer.statusCode).toBe(200);
  expect(jsonOf(answer)).toEqual({ status: 'ok' });
});

describe('/readyz', () => {
  test('says whether it is ready, and why not', async () => {
    expect(jsonOf(await api.get('/readyz'))).toEqual({
      status: 'ready',
      reason: null,
      checks: {},
    });
    reason = 'starting';
    const answer = await api.get('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(jsonOf(answer)).toEqual({ status: 'not_ready', reason: 'starting', checks: {} });
  });

  test('waits until it is', async () => {
    reason = 'starting';
    const answer = api.get('/readyz?wait=5');
    setTimeout(() => (reason = null), 150);
    expect((await answer).statusCode).toBe(200);
  });

  test('waits no longer than it was asked to', async () => {
    reason = 'starting';
    const startedAt = performance.now();
    expect((await api.get('/readyz?wait=0.2')).statusCode).toBe(503);
    expect(performance.now() - startedAt).toBeGreaterThan(150);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test.each(['-1', '61', 'x', '', '1e999', 'NaN'])('?wait=%s is refused', async (wait) => {
    expectProblem(await api.get(`/readyz?wait=${wait}`), 400, 'validation_failed');
  });
});

describe('/metrics', () => {
  const lines = async () => (await api.get('/metrics')).body.split('\n');

  test('counts requests by route, with no id in any label', async () => {
    const { payment_id: id } = await api.settled(PAYMENT);
    await api.get(`/payments/${id}/events`);
    await api.get('/nowhere');
    const text = (await lines()).filter((line) => line.startsWith('http_server')).join('\n');
    expect(text).toMatch(
      /http_server_request_duration_seconds_count\{.*http_route="\/payments\/:payment_id\/events".*\} 1/,
    );
    expect(text).toContain('http_route="unmatched"');
    expect(text).not.toContain(id);
    expect(text).not.toContain('/nowhere');
  });

  test('shows payments by status and failures by reason', async () => {
    await api.settled(PAYMENT);
    await api.settled({ ...PAYMENT, amount: 0 });
    const text = await lines();
    expect(text).toContain('farthing_payments{status="SUCCESS"} 1');
    expect(text).toContain('farthing_payments_failed{reason="INVALID_AMOUNT"} 1');
    expect(text).toContain('farthing_payment_outcomes_total 2');
    expect(await lines()).toContain('farthing_payment_outcomes_total 2');
  });

  test('is the text that Prometheus reads', async () => {
    const { headers } = await api.get('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=/);
  });
});

describe('/errors', () => {
  test('lists every code once, each with what it means', async () => {
    const list = jsonOf<{ data: Record<string, unknown>[] }>(await api.get('/errors'));
    expect(list.data.map(({ code }) => code)).toEqual(PUBLIC_CODES);
    for (const error of list.data) {
      expect(error).toEqual({
        code: matching(/^[a-z0-9_]+$/),
        status: anyOne(Number),
        title: matching(/^[A-Z]/),
        help: matching(/\.$/),
        retryable: anyOne(Boolean),
      });
    }
  });

  test.each(PUBLIC_CODES)('/%s is what the type of a problem points to', async (code) => {
    const answer = await api.get(`/errors/${code}`);
    expect(answer.statusCode).toBe(200);
    expect(jsonOf(answer)).toMatchObject({ code });
  });

  test.each(['stale_timer', 'nope', '__proto__', 'constructor', 'toString', '%00'])(
    '/%s is none',
    async (code) => {
      expectProblem(await api.get(`/errors/${code}`), 404, 'error_not_found');
    },
  );

  test('of a slip of the pen names the right one', async () => {
    const answer = await api.get('/errors/invalid_jsn');
    const { detail } = expectProblem(answer, 404, 'error_not_found');
    expect(detail).toContain('did you mean invalid_json?');
  });
});
