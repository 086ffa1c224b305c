/** The client against the real service, over real connections. */
import { describe, expect, test } from 'vitest';
import { createClient, FarthingError, type Payment } from '../src/index.ts';
import { all, start } from './service.ts';

const PAYMENT = { amount: 100, currency: 'USD', recipient: 'alice@example.com' } as const;

async function failureOf(work: Promise<unknown>): Promise<FarthingError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof FarthingError) return error;
  throw new Error('it did not fail as expected', { cause: error });
}

describe('a payment', () => {
  test('is made, watched to its outcome, refunded in part, and told as a story', async () => {
    const { client } = await start();
    const created = await client.payments.create({ ...PAYMENT, amount: 250.01 });
    expect(created).toMatchObject({ status: 'CREATED', amount: 250.01, refunds: [] });
    const paid = await client.payments.waitFor(created.payment_id);
    expect(paid.status).toBe('SUCCESS');
    const refunded = await client.payments.refund(paid.payment_id, {
      amount: 50.01,
      reason: 'one',
    });
    expect(refunded).toMatchObject({ status: 'SUCCESS', amount_refunded: 50.01 });
    const [refund] = refunded.refunds;
    expect(await client.refunds.get(refund?.refund_id ?? '')).toEqual(refund);
    expect((await client.payments.refund(paid.payment_id)).status).toBe('REFUNDED');
    expect(await client.payments.get(paid.payment_id)).toMatchObject({ amount_refunded: 250.01 });
    const types: string[] = [];
    for await (const { type, data } of client.payments.events(paid.payment_id)) {
      types.push(`${type} ${String(data['status'])}`);
    }
    expect(types).toEqual([
      'payment.created CREATED',
      'payment.processing PROCESSING',
      'payment.succeeded SUCCESS',
      'payment.partially_refunded SUCCESS',
      'payment.refunded REFUNDED',
    ]);
    const booked = await all(client.ledger.entries({ payment_id: paid.payment_id }));
    expect(booked.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['capture', 250.01],
      ['refund', 50.01],
      ['refund', 200],
    ]);
    expect((await client.ledger.trialBalance()).balanced).toBe(true);
    expect(await client.summary.get()).toMatchObject({ total: 1, refunded: 1 });
  });

  test('is seen in what happened when, and its card in how risky they were', async () => {
    const { client } = await start();
    const { created_at: from } = await client.payments.create(PAYMENT, { waitSeconds: 10 });
    const { score } = await client.cards.authorize({
      card_number: '4242424242424242',
      amount: 10,
      currency: 'USD',
      merchant: 'shop',
    });
    const series = () => client.timeSeries.get({ from: new Date(from), step: '1m' });
    expect((await series()).step_seconds).toBe(60);
    const sums = async () => {
      const { points } = await series();
      const sum = (name: 'created' | 'succeeded') =>
        points.reduce((count, point) => count + point[name], 0);
      return [sum('created'), sum('succeeded')];
    };
    // On Postgres it is counted from the log, a second or so behind.
    await expect.poll(sums, { timeout: 10_000 }).toEqual([2, 2]);
    expect((await client.timeSeries.get()).points.length).toBeGreaterThanOrEqual(60);
    for (const histogram of [
      await client.timeSeries.riskScores(),
      await client.timeSeries.riskScores({ from }),
    ]) {
      const filled = histogram.buckets.filter(({ count }) => count > 0);
      expect(filled).toMatchObject([{ count: 1 }]);
      expect(score).toBeGreaterThanOrEqual(filled[0]?.from ?? 1);
      expect(score).toBeLessThan(filled[0]?.to ?? 0);
    }
    const refusal = await failureOf(
      client.timeSeries.get({ from: '2020-01-01T00:00:00Z', step: '1m' }),
    );
    expect(refusal).toMatchObject({ status: 400, code: 'validation_failed' });
    expect(refusal.errors).toMatchObject([{ pointer: '?step', code: 'out_of_range' }]);
  });

  test('are made by the service itself, when it is asked for traffic', async () => {
    const { client } = await start();
    expect(await client.traffic.get()).toMatchObject({ running: null, last: null });
    const { id } = await client.traffic.start({ mix: { invoices: 1 }, rate: 100, duration: 60 });
    const refusal = await failureOf(client.traffic.start());
    expect(refusal).toMatchObject({ status: 409, code: 'traffic_running' });
    expect((await client.traffic.get()).running).toMatchObject({ id, status: 'running' });
    const stopped = await client.traffic.stop();
    expect(stopped).toMatchObject({ id, status: 'stopped' });
    const made = await all(client.payments.list());
    expect(made).toHaveLength(stopped.accepted);
    expect(made[0]?.metadata).toMatchObject({ traffic_run: id, traffic_label: 'legitimate' });
    expect(await failureOf(client.traffic.stop())).toMatchObject({ code: 'traffic_not_running' });
  });

  test('are made in the background, by a job that says how far it is', async () => {
    const { client } = await start();
    const params = { count: 40, batch_size: 20, seed: 'sdk' };
    const job = await client.jobs.create({ type: 'seed_synthetic_transactions', params });
    let now = job;
    while (now.finished_at === null) now = await client.jobs.get(job.id);
    expect(now).toMatchObject({ status: 'succeeded', params, progress: { done: 40, total: 40 } });
    expect(await all(client.payments.list())).toHaveLength(40);
    const listed = await all(client.jobs.list({ status: ['succeeded', 'failed'] }));
    expect(listed.map(({ id }) => id)).toEqual([job.id]);
    expect(await failureOf(client.jobs.cancel(job.id))).toMatchObject({ code: 'job_finished' });
  });

  test('can be asked for an outcome, waited for in the answer, and tried again', async () => {
    const { client } = await start();
    const simulate = { sequence: ['PROCESSING_ERROR', 'APPROVE'] } as const;
    const failed = await client.payments.create({ ...PAYMENT, simulate }, { waitSeconds: 10 });
    expect(failed).toMatchObject({ status: 'FAILED', failure_reason: 'PROCESSING_ERROR' });
    expect(failed.retryable).toBe(true);
    const again = await client.payments.retry(failed.payment_id, {}, { waitSeconds: 10 });
    expect(again).toMatchObject({ status: 'SUCCESS', attempts: 2 });
  });

  test('keeps every cent of any amount there can be', async () => {
    const { client } = await start();
    for (const amount of [0.01, 9_999_999_999.99, 8_765_432_109.87]) {
      expect((await client.payments.create({ ...PAYMENT, amount })).amount).toBe(amount);
    }
    const refusal = await failureOf(client.payments.create({ ...PAYMENT, amount: 0.1 + 0.2 }));
    expect(refusal).toMatchObject({ status: 400, code: 'invalid_amount_precision' });
  });

  test('that is waited for too long is an error with what it was', async () => {
    const { client } = await start({ PROCESSING_DELAY_MS: '60000' });
    const { payment_id: id } = await client.payments.create(PAYMENT);
    const error = await failureOf(client.payments.waitFor(id, { waitMsMax: 0 }));
    expect(error).toMatchObject({ status: null, code: 'timeout' });
    expect(error.message).toMatch(/still (?:CREATED|PROCESSING)/);
    const started = await client.payments.waitFor(id, { until: ['PROCESSING'] });
    expect(started.status).toBe('PROCESSING');
  });
});

describe('a list', () => {
  test('is gone through whole, over many pages, or page by page', async () => {
    const { client } = await start();
    const made: string[] = [];
    for (let number = 0; number < 23; number += 1) {
      const reference = number % 2 === 0 ? 'even' : 'odd';
      const payment = await client.payments.create({ ...PAYMENT, amount: 10 + number, reference });
      made.unshift(payment.payment_id);
    }
    const ids = async (list: AsyncIterable<Payment>) =>
      (await all(list)).map(({ payment_id: id }) => id);
    expect(await ids(client.payments.list({ limit: 5 }))).toEqual(made);
    expect(await ids(client.payments.list({ reference: 'odd', limit: 2 }))).toHaveLength(11);
    const some = client.payments.list({
      amount: { gte: 12, lte: 14 },
      status: ['CREATED', 'PROCESSING', 'SUCCESS'],
    });
    expect(await ids(some)).toEqual(made.slice(18, 21));
    const future = client.payments.list({ created_at: { gte: new Date(Date.now() + 60_000) } });
    expect(await ids(future)).toEqual([]);

    const list = client.payments.list({ limit: 20 });
    const first = await list.page();
    expect(first).toMatchObject({ has_more: true });
    const second = await list.page(first.next_cursor);
    expect(second).toMatchObject({ has_more: false });
    expect([...first.data, ...second.data].map(({ payment_id: id }) => id)).toEqual(made);
    const sizes: number[] = [];
    for await (const page of list.pages()) sizes.push(page.data.length);
    expect(sizes).toEqual([20, 3]);
  });

  test('asks for no further page than is looked at', async () => {
    const { client, service } = await start();
    for (let number = 0; number < 3; number += 1) await client.payments.create(PAYMENT);
    for await (const payment of client.payments.list({ limit: 1 })) {
      expect(payment.amount).toBe(100);
      break;
    }
    expect(service.requestLines.filter((line) => line.includes('"method":"GET"'))).toHaveLength(1);
  });
});

describe('everything else', () => {
  test('answers what the service has', async () => {
    const { client } = await start();
    const decision = await client.cards.authorize({
      card_number: '4242424242424242',
      amount: 20,
      currency: 'GBP',
      merchant: 'Coffee Shop',
    });
    expect(decision.status).toBe('Approved');
    const id = decision.transaction_id;
    expect(await client.cards.transaction(id)).toMatchObject({ id, card_last4: '4242' });
    expect(await client.cards.audit(id)).toHaveLength(1);
    expect(await client.cards.stats()).toMatchObject({ total: 1, approved: 1 });
    expect((await client.ledger.accounts()).data.length).toBeGreaterThan(0);
    expect((await client.testCards.list()).cards.length).toBeGreaterThan(5);
    expect(await client.simulation.change({ failure_rate: 0.5 })).toMatchObject({
      failure_rate: 0.5,
    });
    expect(await client.simulation.get()).toMatchObject({ failure_rate: 0.5 });
    const rules = await client.rules.get();
    expect(await client.rules.put(rules)).toEqual(rules);
    expect(await client.health.get()).toEqual({ status: 'ok' });
    expect(await client.health.ready({ waitSeconds: 5 })).toMatchObject({ status: 'ready' });
    const types = (await all(client.events.list({ limit: 1 }))).map(({ type }) => type);
    expect(types).toEqual(['payment.succeeded', 'simulation.changed', 'rules.changed']);
    expect(await client.admin.reset()).toMatchObject({ total: 0 });
    const after = await all(client.events.list({ type: ['data.reset'] }));
    expect(after.map(({ type }) => type)).toEqual(['data.reset']);
  });
});

describe('an error', () => {
  test('says what was asked, what was wrong, and where to look it up', async () => {
    const { client } = await start();
    const error = await failureOf(
      // @ts-expect-error: an amount is a number, and `recipent` is no field
      client.payments.create({ amount: '12', recipent: 'a' }, { requestId: 'order-7' }),
    );
    expect(error).toMatchObject({
      name: 'FarthingError',
      status: 400,
      code: 'validation_failed',
      requestId: 'order-7',
      retryable: false,
      attempts: 1,
    });
    expect(error.errors.map(({ pointer }) => pointer).toSorted()).toEqual(['/amount', '/recipent']);
    expect(error.message).toContain('POST /payments: 400 validation_failed: ');
    expect(error.detail).toContain('recipient');
  });

  test('has an id of its own making when the call names none', async () => {
    const { client } = await start();
    const error = await failureOf(client.payments.get('0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a21'));
    expect(error).toMatchObject({ status: 404, code: 'payment_not_found' });
    expect(error.requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  });

  test('is one of the program for an id that would name another place', async () => {
    const { client, service } = await start();
    for (const id of ['', '.', '..']) {
      expect(() => client.payments.get(id)).toThrow(TypeError);
    }
    const odd = await failureOf(client.payments.get('../summary?a=b#c'));
    expect(odd).toMatchObject({ status: 404 });
    expect(service.requestLines).toHaveLength(1);
  });

  test('is thrown at once for options that cannot be used, without the key', () => {
    expect(() => createClient({ baseUrl: 'localhost:8000' })).toThrow(/absolute http or https/);
    expect(() => createClient({ baseUrl: 'http://me:secret@host/' })).toThrow(/without user/);
    expect(() => createClient({ retriesMax: -1 })).toThrow(/retriesMax/);
    expect(() => createClient({ timeoutMs: Number.NaN })).toThrow(/timeoutMs/);
    expect(() => createClient({ apiKey: 'sk line\n' })).toThrow(/^(?!.*sk line)apiKey/s);
  });
});

describe('an API key', () => {
  test('lets in who has it', async () => {
    const running = await start({ API_KEYS: 'shop:0123456789abcdef' });
    const refused = await failureOf(running.client.payments.create(PAYMENT));
    expect(refused).toMatchObject({ status: 401, code: 'unauthorized', retryable: false });
    const client = running.clientWith({ apiKey: '0123456789abcdef' });
    expect((await client.payments.create(PAYMENT)).status).toBe('CREATED');
  });
});
