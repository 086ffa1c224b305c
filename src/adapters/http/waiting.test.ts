import { afterEach, describe, expect, test } from 'vitest';
import { type Store, StorageError } from '../../engine/ports.ts';
import {
  type Answer,
  type Client,
  expectProblem,
  jsonOf,
  PAYMENT,
  expectPayment,
  testApp,
  testService,
} from '../../../test/property/app.ts';

let api: Client;
afterEach(() => api.close());

const start = async (delayMs: number, more: Parameters<typeof testService>[0] = {}) => {
  api = await testService({ PROCESSING_DELAY_MS: String(delayMs), ...more });
};
const waiting = (prefer: string | string[], more: Record<string, string> = {}) => ({
  prefer,
  ...more,
});
const slow = (delayMs: number) => ({ ...PAYMENT, simulate: { delay_ms: delayMs } });

async function timed(answer: Promise<Answer>): Promise<Answer & { ms: number }> {
  const startedAt = performance.now();
  return Object.assign(await answer, { ms: performance.now() - startedAt });
}

/** A store that writes, and cannot be read for a while: it was reached by the commit and is gone a moment later. */
function awayForReads() {
  const away = {
    isAway: true,
    wrapStore: (store: Store): Store => ({
      ...store,
      findPayment: (id) =>
        away.isAway
          ? Promise.reject(new StorageError('unavailable', 'the database is away'))
          : store.findPayment(id),
    }),
  };
  return away;
}

describe('Prefer: wait', () => {
  test('of a payment that cannot be read again answers with it as it was made', async () => {
    api = await testApp({ wrapStore: awayForReads().wrapStore });
    const answer = await api.post('/payments', PAYMENT, waiting('wait=10'));
    expect(expectPayment(answer, 201).status).toBe('CREATED');
  });

  test('answers with the outcome, as soon as there is one', async () => {
    await start(100);
    const answer = await timed(api.post('/payments', PAYMENT, waiting('wait=10')));
    expect(expectPayment(answer, 201)).toMatchObject({ status: 'SUCCESS', amount_captured: 100 });
    expect(answer.headers['preference-applied']).toBe('wait=10');
    expect(answer.ms).toBeGreaterThan(90);
    expect(answer.ms).toBeLessThan(2_000);
    const { payment_id: id } = expectPayment(answer, 201);
    expect((await api.get(`/payments/${id}`)).body).toBe(answer.body);
  });

  test('answers with a failure just as well', async () => {
    await start(50);
    const zero = { ...PAYMENT, amount: 0 };
    const answer = await api.post('/payments', zero, waiting('wait=10'));
    expect(expectPayment(answer, 201)).toMatchObject({
      status: 'FAILED',
      failure_reason: 'INVALID_AMOUNT',
    });
  });

  test('that ends too early answers with the payment as it stands', async () => {
    await start(60_000);
    const answer = await timed(api.post('/payments', PAYMENT, waiting('wait=1')));
    expect(expectPayment(answer, 201).status).toBe('PROCESSING');
    expect(answer.headers['preference-applied']).toBe('wait=1');
    expect(answer.ms).toBeGreaterThan(900);
    expect(answer.ms).toBeLessThan(3_000);
  });

  const understood: readonly [string | string[], string][] = [
    ['wait=2', 'wait=2'],
    ['WAIT=2', 'wait=2'],
    ['wait="2"', 'wait=2'],
    ['wait = 2', 'wait=2'],
    ['respond-async, wait=2', 'wait=2'],
    ['wait=2; foo="some parameter"', 'wait=2'],
    [['return=minimal', 'wait=2'], 'wait=2'],
    ['wait=31', 'wait=30'],
    ['wait=999999999', 'wait=30'],
    ['wait=99999999999999999999', 'wait=30'],
  ];
  test.each(understood)('%j is applied as %s', async (prefer, applied) => {
    await start(0);
    const answer = await api.post('/payments', PAYMENT, waiting(prefer));
    expect(expectPayment(answer, 201).status).toBe('SUCCESS');
    expect(answer.headers['preference-applied']).toBe(applied);
  });

  const ignored = ['', 'wait', 'wait=', 'wait=soon', 'wait=-1', 'wait=1.5', 'wait=1s', 'await=5'];
  test.each([...ignored, 'wait=0', 'wait=0x10', 'respond-async', 'x-wait=5', 'wait=5 6'])(
    '%j is ignored',
    async (prefer) => {
      await start(60_000);
      const answer = await timed(api.post('/payments', PAYMENT, waiting(prefer)));
      expect(expectPayment(answer, 201).status).toBe('CREATED');
      expect(answer.headers).not.toHaveProperty('preference-applied');
      expect(answer.ms).toBeLessThan(1_000);
    },
  );

  test('holds for a retry', async () => {
    await start(20);
    const sequence = ['PROCESSING_ERROR', 'APPROVE'];
    const body = { ...PAYMENT, simulate: { sequence } };
    const failed = expectPayment(await api.post('/payments', body, waiting('wait=5')), 201);
    const url = `/payments/${failed.payment_id}/retry`;
    const answer = await api.post(url, undefined, waiting('wait=5'));
    expect(expectPayment(answer)).toMatchObject({ status: 'SUCCESS', attempts: 2 });
    expect(answer.headers['preference-applied']).toBe('wait=5');
  });

  test('means nothing to a refund, which is settled at once, nor to a refusal', async () => {
    await start(0);
    const made = expectPayment(await api.post('/payments', PAYMENT, waiting('wait=5')), 201);
    const url = `/payments/${made.payment_id}/refund`;
    const refunded = await api.post(url, undefined, waiting('wait=5'));
    expect(expectPayment(refunded).status).toBe('REFUNDED');
    expect(refunded.headers).not.toHaveProperty('preference-applied');
    const refused = await timed(api.post(url, undefined, waiting('wait=5')));
    expectProblem(refused, 409, 'refund_not_allowed');
    expect(refused.ms).toBeLessThan(1_000);
  });

  test('of many callers at once holds nobody up', async () => {
    await start(200);
    const answers = await timed(
      Promise.all(
        Array.from({ length: 200 }, () => api.post('/payments', PAYMENT, waiting('wait=10'))),
      ).then((all) => {
        for (const answer of all) expect(expectPayment(answer, 201).status).toBe('SUCCESS');
        return all[0] as Answer;
      }),
    );
    expect(answers.ms).toBeLessThan(5_000);
  });
});

describe('PROCESSING_MODE=sync', () => {
  test('answers every payment and every retry with its outcome', async () => {
    await start(50, { PROCESSING_MODE: 'sync' });
    const sequence = ['PROCESSING_ERROR', 'APPROVE'];
    const failed = expectPayment(
      await api.post('/payments', { ...PAYMENT, simulate: { sequence } }),
      201,
    );
    expect(failed.status).toBe('FAILED');
    const retried = await api.post(`/payments/${failed.payment_id}/retry`);
    expect(expectPayment(retried).status).toBe('SUCCESS');
    expect(expectPayment(await api.post('/payments', { amount: 1 }), 201).status).toBe('FAILED');
  });

  test('lets a caller prefer less', async () => {
    await start(60_000, { PROCESSING_MODE: 'sync' });
    const answer = await timed(api.post('/payments', PAYMENT, waiting('wait=1')));
    expect(expectPayment(answer, 201).status).toBe('PROCESSING');
    expect(answer.ms).toBeLessThan(3_000);
  });
});

describe('a wait under an idempotency key', () => {
  const key = { 'idempotency-key': 'k' };

  test('stores the outcome before it is sent: asked again, the same bytes', async () => {
    await start(100);
    const first = await api.post('/payments', PAYMENT, waiting('wait=5', key));
    expect(expectPayment(first, 201).status).toBe('SUCCESS');
    const { payment_id: id } = expectPayment(first, 201);
    await api.post(`/payments/${id}/refund`);
    for (const headers of [key, waiting('wait=5', key)]) {
      const again = await api.post('/payments', PAYMENT, headers);
      expect(again.headers['idempotent-replayed']).toBe('true');
      expect(again.body).toBe(first.body);
    }
  });

  test('lets a second caller wait too: both get the same settled bytes', async () => {
    await start(600);
    const first = api.post('/payments', PAYMENT, waiting('wait=10', key));
    await passed(100);
    const second = await timed(api.post('/payments', PAYMENT, key));
    expect(second.ms).toBeGreaterThan(300);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.body).toBe((await first).body);
    expect(expectPayment(second, 201).status).toBe('SUCCESS');
  });

  test('of more than two seconds gives a second caller 409 with Retry-After, then the outcome', async () => {
    await start(0);
    const first = api.post('/payments', slow(3_500), waiting('wait=10', key));
    await passed(100);
    const second = await timed(api.post('/payments', slow(3_500), key));
    expectProblem(second, 409, 'idempotency_key_in_use');
    expect(second.headers['retry-after']).toBe('1');
    expect(second.ms).toBeGreaterThan(1_900);
    expect(second.ms).toBeLessThan(3_000);
    const settled = await first;
    const third = await api.post('/payments', slow(3_500), key);
    expect(third.body).toBe(settled.body);
    expect((await api.footprint()).rows).toMatchObject({ payments: 1, replies: 1 });
  });

  test('refuses another request at once, without waiting', async () => {
    await start(0);
    const first = api.post('/payments', slow(1_000), waiting('wait=10', key));
    await passed(100);
    const other = await timed(api.post('/payments', slow(1_001), key));
    expectProblem(other, 422, 'idempotency_key_reused');
    expect(other.ms).toBeLessThan(800);
    await first;
  });

  test('that storage cannot end says that the payment was made, to whoever can ask again', async () => {
    const away = awayForReads();
    const app = await testApp({ wrapStore: away.wrapStore });
    api = app;
    const keyed = await api.post(
      '/payments',
      PAYMENT,
      waiting('wait=1', { 'idempotency-key': 'k' }),
    );
    expect(expectProblem(keyed, 503, 'storage_unavailable').detail).toContain('was made');
    away.isAway = false;
    await app.runTimers();
    const again = await api.post(
      '/payments',
      PAYMENT,
      waiting('wait=1', { 'idempotency-key': 'k' }),
    );
    expectPayment(again, 201);
    expect((await api.footprint()).rows['payments']).toBe(1);
  });

  test('that ends before the outcome keeps what it answered, for good', async () => {
    await start(0);
    const body = slow(1_600);
    const first = await api.post('/payments', body, waiting('wait=1', key));
    expect(['CREATED', 'PROCESSING']).toContain(expectPayment(first, 201).status);
    const soon = await api.post('/payments', body, key);
    await passed(1_200);
    const { payment_id: id } = expectPayment(first, 201);
    expect(jsonOf(await api.get(`/payments/${id}`))).toMatchObject({ status: 'SUCCESS' });
    const later = await api.post('/payments', body, key);
    for (const again of [soon, later]) {
      expect(again.headers['idempotent-replayed']).toBe('true');
      expect(again.body).toBe(first.body);
    }
  });

  test('of 100 callers with one key at once makes one payment and one answer', async () => {
    await start(300);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => api.post('/payments', PAYMENT, waiting('wait=10', key))),
    );
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    expect(jsonOf(answers[0] as Answer)).toMatchObject({ status: 'SUCCESS' });
    expect((await api.footprint()).rows).toMatchObject({ payments: 1, replies: 1 });
  });
});

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
