import { afterEach, describe, expect, test } from 'vitest';
import {
  anyOne,
  type Client,
  expectProblem,
  jsonOf,
  matching,
  type Service,
  testApp,
  type TestApp,
  testService,
  type WireList,
} from '../../../../test/property/app.ts';
import { expectEventually } from '../../../../test/property/store.ts';
import { crowdOf } from '../../traffic/crowd.ts';
import { planOf } from '../../../core/traffic/plan.ts';
import { TRAFFIC_PRESET_NAMES, TRAFFIC_PRESETS } from '../../../core/traffic/preset.ts';

interface Run {
  readonly id: string;
  readonly status: string;
  readonly planned: number;
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly by_label: Readonly<Record<string, number>>;
  readonly seed: number;
}

interface Traffic {
  readonly running: Run | null;
  readonly last: Run | null;
  readonly presets: readonly { readonly name: string; readonly labels: readonly string[] }[];
  readonly scenarios: readonly { readonly name: string; readonly label: string }[];
}

const PATH = '/simulation/traffic';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** With a clock that stands: a run sends its first payment, and no other. */
async function open(options: Parameters<typeof testApp>[0] = {}): Promise<TestApp> {
  const api = await testApp(options);
  opened.push(api);
  return api;
}

async function serve(environment: Parameters<typeof testService>[0] = {}): Promise<Service> {
  const service = await testService(environment);
  opened.push(service);
  return service;
}

async function traffic(api: Client): Promise<Traffic> {
  return jsonOf<Traffic>(await api.get(PATH));
}

async function begun(api: Client, body?: object): Promise<Run> {
  const answer = await api.post(PATH, body);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^201 /);
  return jsonOf<Run>(answer);
}

async function ended(api: Client): Promise<Run> {
  await expectEventually(async () => (await traffic(api)).running === null, 20_000);
  const { last } = await traffic(api);
  if (last === null) throw new Error('a run has ended');
  return last;
}

interface Payment {
  readonly amount: number;
  readonly currency: string;
  readonly recipient: string;
  readonly channel: string | null;
  readonly device_id: string | null;
  readonly card: { readonly last4: string } | null;
  readonly refunds: readonly unknown[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Everything there is, page by page. */
async function allPayments(api: Client): Promise<Payment[]> {
  const payments: Payment[] = [];
  for (let cursor = ''; ;) {
    const page = jsonOf<WireList<Payment>>(await api.get(`/payments?limit=100${cursor}`));
    payments.push(...page.data);
    if (page.next_cursor === null) return payments;
    cursor = `&cursor=${page.next_cursor}`;
  }
}

describe('GET /simulation/traffic', () => {
  test('says what can be made, and that nothing is', async () => {
    const { running, last, presets, scenarios } = await traffic(await open());
    expect([running, last]).toEqual([null, null]);
    expect(presets.map(({ name }) => name)).toEqual(TRAFFIC_PRESET_NAMES);
    const { rate, mix, durationSeconds: duration_seconds } = TRAFFIC_PRESETS.card_testing;
    expect(presets[2]).toMatchObject({ rate, mix, duration_seconds });
    expect(presets.map(({ labels }) => labels)).toContainEqual(['legitimate', 'card_testing']);
    expect(scenarios.map(({ name, label }) => [name, label])).toEqual([
      ['shopping', 'legitimate'],
      ['invoices', 'legitimate'],
      ['card_testing', 'card_testing'],
      ['account_takeover', 'account_takeover'],
      ['friendly_fraud', 'friendly_fraud'],
    ]);
  });
});

describe('POST /simulation/traffic', () => {
  test('begins a run, which GET then shows', async () => {
    const api = await open();
    const run = await begun(api, { preset: 'card_testing', rate: 0.5, seed: 7, duration: 90 });
    expect(run).toEqual({
      id: matching(/^tr_[0-9a-f-]{36}$/),
      preset: 'card_testing',
      rate: 0.5,
      mix: TRAFFIC_PRESETS.card_testing.mix,
      seed: 7,
      duration_seconds: 90,
      status: 'running',
      started_at: '2026-01-01T00:00:00.000Z',
      ends_at: '2026-01-01T00:01:30.000Z',
      planned: 45,
      sent: anyOne(Number),
      accepted: 0,
      refused: 0,
      behind: 0,
      refunds: 0,
      retries: 0,
      by_label: anyOne(Object),
      error: null,
    });
    await expectEventually(async () => (await traffic(api)).running?.accepted === 1);
    const { running, last } = await traffic(api);
    expect(running).toMatchObject({ id: run.id, status: 'running', sent: 1 });
    expect(last).toBeNull();
  });

  test.each([undefined, {}])('takes quiet_shop where nothing is asked for: %j', async (body) => {
    const { rate, mix, durationSeconds: duration_seconds } = planOf({}, 0);
    expect(await begun(await open(), body)).toMatchObject({
      preset: null,
      rate,
      mix,
      duration_seconds,
    });
  });

  test('draws a seed for the hour that it is', async () => {
    const api = await open(); // Thursday, 00:00
    const { seed } = await begun(api);
    expect(seed % 168).toBe(3 * 24);
  });

  test.each([
    [{ rate: 0.1 }],
    [{ rate: 500 }],
    [{ duration: 1 }],
    [{ duration: 86_400 }],
    [{ seed: 0 }],
    [{ seed: 4_294_967_295 }],
    [{ mix: { invoices: 1e-9 } }],
    [{ mix: { shopping: 0, card_testing: 1_000_000 } }],
  ])('takes %j', async (body) => {
    expect(await begun(await open(), body)).toMatchObject({ status: 'running' });
  });

  test.each([
    [
      { preset: 'card_tester' },
      '/preset',
      /^must be one of quiet_shop, .* did you mean card_testing\?$/,
    ],
    [{ preset: 7 }, '/preset', /must be a string/],
    [{ preset: null }, '/preset', /must be a string/],
    [{ rate: 0 }, '/rate', /must be >= 0.1/],
    [{ rate: -1 }, '/rate', /must be >= 0.1/],
    [{ rate: 0.0999 }, '/rate', /must be >= 0.1/],
    [{ rate: 1e9 }, '/rate', /must be <= 500/],
    [{ rate: '20' }, '/rate', /must be a number/],
    ['{"rate":1e999}', '/rate', /must be <= 500/],
    [{ duration: 0 }, '/duration', /must be >= 1/],
    [{ duration: 86_401 }, '/duration', /must be <= 86400/],
    [{ duration: 1.5 }, '/duration', /must be an integer/],
    [{ seed: 1.5 }, '/seed', /must be an integer/],
    [{ seed: 'x' }, '/seed', /must be an integer/],
    [{ seed: -1 }, '/seed', /must be >= 0/],
    ['{"seed":9007199254740993}', '/seed', /must be <= 4294967295/],
    [{ mix: {} }, '/mix', /must give some scenario a weight above zero/],
    [{ mix: { shopping: 0, invoices: 0 } }, '/mix', /a weight above zero/],
    [{ mix: { shopping: -1 } }, '/mix/shopping', /must be >= 0/],
    [{ mix: { shopping: 1e7 } }, '/mix/shopping', /must be <= 1000000/],
    [{ mix: { shoping: 1 } }, '/mix/shoping', /did you mean shopping\?/],
    [{ mix: { theft: 1 } }, '/mix/theft', /there are shopping, invoices, card_testing/],
    [{ mix: [1] }, '/mix', /must be an object/],
    ['{"mix":{"__proto__":1}}', '/mix/__proto__', /./],
    [{ rates: 5 }, '/rates', /did you mean rate\?/],
    [[], '', /must be an object/],
    ['{"rate": NaN}', '/rate', /./],
  ])('refuses %j and begins nothing', async (body, pointer, detail) => {
    const api = await open();
    const answer = await api.post(PATH, typeof body === 'string' ? body : JSON.stringify(body));
    expect(answer.statusCode).toBe(400);
    const { errors } = jsonOf<{ errors: readonly { pointer: string; detail: string }[] }>(answer);
    expect(errors[0]?.pointer).toBe(pointer);
    expect(errors[0]?.detail).toMatch(detail);
    expect((await traffic(api)).running).toBeNull();
  });

  test('refuses a second run, and a hundred of them', async () => {
    const api = await open();
    const answers = await Promise.all(Array.from({ length: 100 }, () => api.post(PATH, {})));
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1);
    const refused = answers.filter(({ statusCode }) => statusCode !== 201);
    expect(refused).toHaveLength(99);
    for (const answer of refused) expectProblem(answer, 409, 'traffic_running');
  });

  test('begins one run for one Idempotency-Key, however often it is asked', async () => {
    const api = await open();
    const ask = () => api.post(PATH, { rate: 1 }, { 'idempotency-key': 'once' });
    const [first, second] = [await ask(), await ask()];
    expect(second.body).toBe(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
    const other = await api.post(PATH, { rate: 2 }, { 'idempotency-key': 'once' });
    expectProblem(other, 422, 'idempotency_key_reused');
  });

  test('is for keys that may change something', async () => {
    const key = 'reader';
    const sha256 = '3d0941964aa3ebdcb00ccef58b1bb399f9f898465e9886d5aec7f31090a0fb30';
    const api = await open({ http: { apiKeys: [{ name: 'reader', sha256, mayWrite: false }] } });
    const authorization = `Bearer ${key}`;
    expectProblem(await api.post(PATH, {}, { authorization }), 403, 'read_only_key');
    expectProblem(await api.post(PATH, {}), 401, 'unauthorized');
  });
});

describe('DELETE /simulation/traffic', () => {
  test('stops the run; without one there is nothing to stop', async () => {
    const api = await open();
    expectProblem(await api.send('DELETE', PATH), 404, 'traffic_not_running');
    const { id } = await begun(api);
    const answer = await api.send('DELETE', PATH);
    expect(answer.statusCode).toBe(200);
    expect(jsonOf(answer)).toMatchObject({ id, status: 'stopped' });
    expect(await traffic(api)).toMatchObject({ running: null, last: { id, status: 'stopped' } });
    expectProblem(await api.send('DELETE', PATH), 404, 'traffic_not_running');
    await begun(api);
  });
});

describe('a whole run', () => {
  test('makes payments that carry labels, and leaves the ledger in balance', async () => {
    const service = await serve({ FAILURE_RATE: '0.3', PROCESSING_DELAY_MS: '50' });
    const mix = {
      shopping: 40,
      invoices: 15,
      card_testing: 20,
      account_takeover: 10,
      friendly_fraud: 15,
    };
    const { id } = await begun(service, { mix, rate: 100, duration: 8, seed: 9 });
    const run = await ended(service);
    expect(run).toMatchObject({ id, status: 'finished', sent: 800, accepted: 800, refused: 0 });

    const payments = await allPayments(service);
    expect(payments).toHaveLength(800);
    const counted: Record<string, number> = {};
    for (const { metadata } of payments) {
      expect(metadata['traffic_run']).toBe(id);
      const label = String(metadata['traffic_label']);
      counted[label] = (counted[label] ?? 0) + 1;
    }
    expect(counted).toEqual(run.by_label);
    for (const [label, share] of [
      ['legitimate', 0.55],
      ['card_testing', 0.2],
      ['account_takeover', 0.1],
      ['friendly_fraud', 0.15],
    ] as const) {
      expect(Math.abs((counted[label] ?? 0) / 800 - share)).toBeLessThan(0.05);
    }

    const refunded = payments.filter(({ refunds }) => refunds.length > 0);
    const claimed = refunded.filter(
      ({ metadata }) => metadata['traffic_label'] === 'friendly_fraud',
    );
    expect(claimed.length).toBeGreaterThan(20);
    const balance = jsonOf<{ balanced: boolean }>(await service.get('/ledger/trial-balance'));
    expect(balance.balanced).toBe(true);
    expect(service.errors).toEqual([]);
  });

  test('asks for the same payments for the same seed', async () => {
    const asked = async () => {
      const service = await serve();
      await begun(service, { preset: 'card_testing', rate: 100, duration: 2, seed: 21 });
      await ended(service);
      const payments = await allPayments(service);
      return payments.toReversed().map((payment) => {
        const { amount, currency, recipient, card, channel, device_id, metadata } = payment;
        const { traffic_run: _, ...labels } = metadata;
        const last4 = card?.last4;
        return { amount, currency, recipient, last4, channel, device_id, labels };
      });
    };
    const first = await asked();
    expect(first).toHaveLength(200);
    expect(await asked()).toEqual(first);
  });

  test('leaves no card number anywhere', async () => {
    const service = await serve();
    const wish = { preset: 'black_friday', rate: 200, seed: 9 } as const;
    const { planned } = await begun(service, { ...wish, duration: 2 });
    await ended(service);
    const crowd = crowdOf(planOf({ ...wish, durationSeconds: 2 }, 0), 'tr_1');
    const numbers = Array.from({ length: planned }, () => crowd.next(9).body).flatMap(
      (body) => /"(?:card_)?number":"(\d+)"/.exec(body)?.[1] ?? [],
    );
    const kept = [await service.place.everything(), ...service.requestLines].join('\n');
    expect(numbers.filter((number) => kept.includes(number))).toEqual([]);
    // They are the ones that were used: of each, the last four digits are kept.
    const used = (await allPayments(service)).flatMap(({ card }) => card?.last4 ?? []);
    expect(numbers.map((number) => number.slice(-4)).toSorted()).toEqual(used.toSorted());
  });

  test('is over when everything is reset, and nothing of it comes after', async () => {
    const service = await serve();
    await begun(service, { rate: 300, duration: 60 });
    await expectEventually(async () => ((await traffic(service)).running?.accepted ?? 0) > 30);
    const reset = await service.send('DELETE', '/admin/reset');
    expect(reset.statusCode).toBe(200);
    expect(await traffic(service)).toMatchObject({ running: null, last: { status: 'stopped' } });
    expect(jsonOf(await service.get('/summary'))).toMatchObject({ total: 0 });
  });

  test('is over when the server stops', async () => {
    const service = await serve();
    await begun(service, { rate: 300, duration: 60 });
    await service.end();
    expect(service.errors).toEqual([]);
  });
});

describe('slow_webhooks', () => {
  const endpoint = async (api: Client, id: string) =>
    jsonOf<{ faults: Record<string, unknown> }>(await api.get(`/webhook-endpoints/${id}`));

  async function added(api: Client, faults?: object): Promise<string> {
    const url = 'http://127.0.0.1:9/hook';
    const answer = await api.post('/webhook-endpoints', { url, ...(faults && { faults }) });
    expect(answer.statusCode).toBe(201);
    return String(jsonOf(answer)['id']);
  }

  test('holds webhooks up while it runs, where nobody holds them up already', async () => {
    const api = await open();
    const drop = { drop: { rate: 0.5 } };
    const own = { delay: { rate: 0.1, delay_ms: 10 } };
    const ids = [await added(api), await added(api, drop), await added(api, own)];
    const before = await Promise.all(ids.map(async (id) => (await endpoint(api, id)).faults));
    await begun(api, { preset: 'slow_webhooks' });
    const [plain, dropping, delaying] = await Promise.all(
      ids.map(async (id) => (await endpoint(api, id)).faults),
    );
    expect(plain).toMatchObject({ delay: { rate: 1, delay_ms: 5_000 } });
    expect(dropping).toMatchObject({ ...before[1], delay: { rate: 1, delay_ms: 5_000 } });
    expect(delaying).toEqual(before[2]);
    await api.send('DELETE', PATH);
    expect(await Promise.all(ids.map(async (id) => (await endpoint(api, id)).faults))).toEqual(
      before,
    );
  });

  test('leaves alone what was changed or taken away meanwhile', async () => {
    const api = await open();
    const [changed, removed] = [await added(api), await added(api)];
    await begun(api, { preset: 'slow_webhooks' });
    const faults = { delay: { rate: 1, delay_ms: 70 } };
    await api.send('PATCH', `/webhook-endpoints/${changed}`, { faults });
    await api.send('DELETE', `/webhook-endpoints/${removed}`);
    expect((await api.send('DELETE', PATH)).statusCode).toBe(200);
    expect((await endpoint(api, changed)).faults).toMatchObject(faults);
  });

  test('without an endpoint is ordinary traffic', async () => {
    const api = await open();
    await begun(api, { preset: 'slow_webhooks' });
    await expectEventually(async () => (await traffic(api)).running?.accepted === 1);
  });
});

test('issuer_outage is the change that PATCH /simulation makes, and an event', async () => {
  const api = await open();
  await begun(api, { preset: 'issuer_outage', duration: 60 });
  expect(jsonOf(await api.get('/simulation'))).toMatchObject({
    outage: 'unavailable',
    temporary: ['outage'],
    expires_at: '2026-01-01T00:01:00.000Z',
  });
  await api.send('DELETE', PATH);
  expect(jsonOf(await api.get('/simulation'))).toMatchObject({ outage: 'none', expires_at: null });
  const events = jsonOf<{ data: { type: string; actor: string }[] }>(
    await api.get('/events?type=simulation.changed'),
  );
  expect(events.data.map(({ actor }) => actor)).toEqual(['traffic', 'traffic']);
});

test('no rate limit counts generated payments', async () => {
  const service = await serve({ RATE_LIMIT_PER_MINUTE: '60' });
  const { store } = service.engine;
  await begun(service, { rate: 200, duration: 1 });
  await expectEventually(
    async () => (await store.listPayments({ limit: 100, cursor: null })).items.length === 100,
  );
  expect(await traffic(service)).toMatchObject({ running: { refused: 0 } });
});
