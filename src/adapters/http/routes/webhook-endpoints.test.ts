import { afterEach, describe, expect, test } from 'vitest';
import {
  type Answer,
  containing,
  expectProblem,
  jsonOf,
  matching,
  PAYMENT,
  type TestApp,
  testApp,
  type WireList,
} from '../../../../test/property/app.ts';
import { attemptOf, delivered } from '../../../../test/support/deliveries.ts';
import { START_MS } from '../../../../test/support/engine.ts';
import {
  type Endpoint,
  endpointIdOf,
  ENDPOINTS_MAX,
  ROTATION_MS,
} from '../../../core/webhooks/endpoint.ts';

const opened: TestApp[] = [];
afterEach(async () => {
  for (const api of opened.splice(0)) {
    // A 5xx leaves a line.
    if (api.errors.length > 0) throw new Error(api.errors.join('\n'));
    await api.close();
  }
});

async function open(options: Parameters<typeof testApp>[0] = {}): Promise<TestApp> {
  const api = await testApp(options);
  opened.push(api);
  // The log is followed from the start of a server on.
  await api.deliver();
  return api;
}

interface WireEndpoint {
  readonly id: string;
  readonly secret: string;
  readonly [name: string]: unknown;
}

const URL_ = 'https://shop.example/webhooks';
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;
const FRESH = {
  id: matching(/^we_[0-9a-f]{32}$/),
  url: URL_,
  events: ['*'],
  description: null,
  payload: 'envelope',
  ordering: 'none',
  enabled: true,
  disabled_reason: null,
  faults: {},
  from_environment: false,
  previous_secret_expires_at: null,
  created_at: new Date(START_MS).toISOString(),
  updated_at: new Date(START_MS).toISOString(),
  deliveries: { pending: 0, delivered: 0, failing: 0, dead: 0 },
};

async function made(api: TestApp, body: object = {}): Promise<WireEndpoint> {
  const answer = await api.post('/webhook-endpoints', { url: URL_, ...body });
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^201 /);
  return jsonOf<WireEndpoint>(answer);
}

const patch = (api: TestApp, id: string, body: object | string): Promise<Answer> =>
  api.send('PATCH', `/webhook-endpoints/${id}`, body);

async function patched(api: TestApp, id: string, body: object): Promise<WireEndpoint> {
  const answer = await patch(api, id, body);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^200 /);
  return jsonOf<WireEndpoint>(answer);
}

async function listed(api: TestApp): Promise<readonly WireEndpoint[]> {
  return jsonOf<WireList<WireEndpoint>>(await api.get('/webhook-endpoints')).data;
}

/** The endpoint that WEBHOOK_URL names, as the start makes it. */
async function fromEnvironment(api: TestApp, changes: Partial<Endpoint> = {}): Promise<string> {
  const endpoint: Endpoint = {
    id: endpointIdOf('environment'),
    url: 'http://127.0.0.1:9/hook',
    events: ['*'],
    description: null,
    payload: 'payment',
    ordering: 'none',
    isEnabled: true,
    disabledReason: null,
    secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    previousSecret: null,
    faults: {},
    isFromEnvironment: true,
    createdAtMs: START_MS,
    updatedAtMs: START_MS,
    ...changes,
  };
  await api.deliveries.addEndpoint(endpoint, await api.engine.store.logHead());
  return endpoint.id;
}

describe('POST /webhook-endpoints', () => {
  test('makes an endpoint that hears of everything, and tells its secret', async () => {
    const api = await open();
    expect(await made(api)).toEqual({ ...FRESH, secret: matching(SECRET) });
  });

  test('takes everything that can be set', async () => {
    const api = await open();
    const asked = {
      url: '/sinks/shop',
      events: ['payment.*', 'rules.changed'],
      description: 'The shop',
      payload: 'payment',
      ordering: 'strict',
      enabled: false,
      faults: { drop: { rate: 0.1 }, delay: { next: 3 }, reorder: { rate: 1, delay_ms: 5 } },
    };
    const { secret, ...endpoint } = await made(api, asked);
    expect(secret).toMatch(SECRET);
    expect(endpoint).toEqual({
      ...FRESH,
      ...asked,
      faults: {
        drop: { rate: 0.1, next: 0 },
        delay: { rate: 0, next: 3, delay_ms: 2000 },
        reorder: { rate: 1, next: 0, delay_ms: 5 },
      },
    });
    expect(await listed(api)).toEqual([endpoint]);
  });

  test('gives every endpoint a secret of its own', async () => {
    const api = await open();
    const secrets = [await made(api), await made(api), await made(api)].map((one) => one.secret);
    expect(new Set(secrets).size).toBe(3);
  });

  test('lets an endpoint hear only of what happens after it', async () => {
    const api = await open();
    await api.settled(PAYMENT);
    const { id } = await made(api);
    await api.settled(PAYMENT);
    await patched(api, id, { enabled: false });
    await api.deliver();
    const [endpoint] = await listed(api);
    expect(endpoint?.['deliveries']).toMatchObject({ pending: 3 });
  });

  const bodies: readonly [string, object | string, string, string][] = [
    ['nothing', {}, '/url', 'is needed'],
    ['no text for a url', { url: 5 }, '/url', 'must be a string'],
    ['an empty url', { url: '' }, '/url', 'fewer than 1'],
    ['a url that is too long', { url: `https://a.example/${'a'.repeat(2_048)}` }, '/url', '2048'],
    ['no url', { url: 'shop.example' }, '/url', 'must be an http or https address'],
    ['another scheme', { url: 'ftp://shop.example' }, '/url', 'http or https'],
    ['javascript', { url: 'javascript:alert(1)' }, '/url', 'http or https'],
    ['a backslash', { url: 'http:\\\\shop.example' }, '/url', 'http or https'],
    ['a line break', { url: 'http://shop.\nexample' }, '/url', 'http or https'],
    ['a space', { url: 'http://shop.example/a b' }, '/url', 'http or https'],
    ['a password', { url: 'http://u:p@shop.example/' }, '/url', 'password'],
    ['a user', { url: 'http://u@shop.example/' }, '/url', 'user name'],
    ['a fragment', { url: 'http://shop.example/#a' }, '/url', 'fragment'],
    ['a card number in the url', { url: `${URL_}?a=4242424242424242` }, '/url', 'card number'],
    ['another path', { url: '/payments' }, '/url', '/sinks/{name}'],
    ['a host without a scheme', { url: '//evil.example/sinks/a' }, '/url', '/sinks/{name}'],
    ['a sink without a name', { url: '/sinks/' }, '/url', '/sinks/{name}'],
    ['a sink with a bad name', { url: '/sinks/A B' }, '/url', 'a-z'],
    ['a sink of dots', { url: '/sinks/..' }, '/url', 'a-z'],
    ['events that are no list', { url: URL_, events: '*' }, '/events', 'must be an array'],
    ['no events', { url: URL_, events: [] }, '/events', 'fewer than 1'],
    ['too many events', { url: URL_, events: Array(99).fill('*') }, '/events', 'more than'],
    [
      'an unknown event',
      { url: URL_, events: ['*', 'payment.suceeded'] },
      '/events/1',
      'did you mean payment.succeeded?',
    ],
    ['an unknown kind', { url: URL_, events: ['paymnt.*'] }, '/events/0', 'payment.*?'],
    ['an event that is no text', { url: URL_, events: [null] }, '/events/0', 'must be a string'],
    ['a long description', { url: URL_, description: 'a'.repeat(256) }, '/description', '255'],
    ['an unknown payload', { url: URL_, payload: 'payments' }, '/payload', 'did you mean payment?'],
    ['an unknown ordering', { url: URL_, ordering: 'Strict' }, '/ordering', 'did you mean strict?'],
    ['no boolean', { url: URL_, enabled: 'yes' }, '/enabled', 'must be a boolean'],
    ['a secret', { url: URL_, secret: 'whsec_x' }, '/secret', 'is no field here'],
    ['a slip', { url: URL_, evnts: ['*'] }, '/evnts', 'did you mean events?'],
    ['an unknown fault', { url: URL_, faults: { drops: {} } }, '/faults/drops', 'mean drop?'],
    ['a rate over 1', { url: URL_, faults: { drop: { rate: 1.1 } } }, '/faults/drop/rate', '<= 1'],
    ['a rate below 0', { url: URL_, faults: { drop: { rate: -1 } } }, '/faults/drop/rate', '>= 0'],
    [
      'a broken count',
      { url: URL_, faults: { duplicate: { next: 1.5 } } },
      '/faults/duplicate/next',
      'must be an integer',
    ],
    [
      'too large a count',
      { url: URL_, faults: { duplicate: { next: 1_000_001 } } },
      '/faults/duplicate/next',
      '1000000',
    ],
    [
      'a delay of what has none',
      { url: URL_, faults: { drop: { delay_ms: 5 } } },
      '/faults/drop/delay_ms',
      'is no field here',
    ],
    [
      'a delay that is too long',
      { url: URL_, faults: { delay: { delay_ms: 86_400_001 } } },
      '/faults/delay/delay_ms',
      '86400000',
    ],
    ['a list of faults', { url: URL_, faults: [] }, '/faults', 'must be an object'],
    ['a list', '[]', '', 'must be an object'],
  ];
  test.each(bodies)('with %s is 400 and makes nothing', async (_name, body, pointer, detail) => {
    const api = await open();
    const { errors } = expectProblem(
      await api.post('/webhook-endpoints', body),
      400,
      'validation_failed',
    );
    expect(errors).toContainEqual({ pointer, code: matching(/\w/), detail: containing(detail) });
    expect(await listed(api)).toEqual([]);
  });

  const addresses = [
    'http://169.254.169.254/latest/meta-data',
    'http://[fe80::1]/',
    'http://0xa9fea9fe/',
  ];
  test.each(addresses)('never sends to %s', async (url) => {
    const api = await open();
    const { detail, errors } = expectProblem(
      await api.post('/webhook-endpoints', { url }),
      400,
      'webhook_address_refused',
    );
    expect(detail).toContain('never sent there');
    expect(errors).toMatchObject([{ pointer: '/url', code: 'webhook_address_refused' }]);
  });

  const local = ['http://127.0.0.1:9/', 'http://localhost/', 'http://10.0.0.1/', 'http://[::1]/'];
  test.each(local)('sends to %s only while bound to loopback', async (url) => {
    await made(await open(), { url });
    const api = await open({ isOnLoopback: false });
    const answer = await api.post('/webhook-endpoints', { url });
    const { detail } = expectProblem(answer, 400, 'webhook_address_refused');
    expect(detail).toContain('WEBHOOK_ALLOW_CIDRS');
    await made(api, { url: '/sinks/shop' });
  });

  test('masks a card number in the description', async () => {
    const api = await open();
    const { description } = await made(api, { description: 'for 4242 4242 4242 4242' });
    expect(description).toBe('for ************4242');
  });

  test('takes each event once', async () => {
    const api = await open();
    expect((await made(api, { events: ['*', 'payment.*', '*'] }))['events']).toEqual([
      '*',
      'payment.*',
    ]);
  });

  test(`makes ${ENDPOINTS_MAX} and no more`, async () => {
    const api = await open();
    const endpoints = [];
    for (let index = 0; index < ENDPOINTS_MAX; index += 1) {
      endpoints.push(await made(api, { url: '/sinks/shop' }));
    }
    const { detail } = expectProblem(
      await api.post('/webhook-endpoints', { url: URL_ }),
      409,
      'too_many_webhook_endpoints',
    );
    expect(detail).toContain('DELETE');
    expect(await listed(api)).toHaveLength(ENDPOINTS_MAX);
    expect((await api.send('DELETE', `/webhook-endpoints/${endpoints[50]?.id}`)).statusCode).toBe(
      204,
    );
    await made(api);
  });
});

describe('an endpoint', () => {
  test('is listed and read without its secret', async () => {
    const api = await open();
    const { secret, ...first } = await made(api);
    const { secret: other, ...second } = await made(api, { url: '/sinks/a' });
    const list = await api.get('/webhook-endpoints');
    expect(jsonOf(list)).toEqual({ data: [first, second], has_more: false, next_cursor: null });
    const read = await api.get(`/webhook-endpoints/${second.id}`);
    expect(jsonOf(read)).toEqual(second);
    const changed = await patch(api, second.id, { enabled: true });
    for (const { body } of [list, read, changed]) {
      expect(body).not.toContain('whsec_');
      expect(body).not.toContain(secret.slice(6));
      expect(body).not.toContain(other.slice(6));
    }
  });

  test('counts its deliveries by status', async () => {
    const api = await open();
    const { id } = await made(api, { enabled: false, events: ['payment.succeeded'] });
    await api.settled(PAYMENT);
    await api.settled(PAYMENT);
    await api.deliver();
    const read = jsonOf(await api.get(`/webhook-endpoints/${id}`));
    expect(read['deliveries']).toEqual({ pending: 2, delivered: 0, failing: 0, dead: 0 });
  });

  const strange = ['we_0', 'nonsense', 'we_', `we_${'a'.repeat(60)}`, '%00', 'WE_1'];
  test.each(strange)('that is not there (%s) is 404 for everything', async (id) => {
    const api = await open();
    const path = `/webhook-endpoints/${id}`;
    const answers = [
      await api.get(path),
      await api.send('PATCH', path, { enabled: true }),
      await api.send('DELETE', path),
      await api.post(`${path}/rotate-secret`),
      await api.post(`${path}/test`),
    ];
    for (const answer of answers) {
      const { detail } = expectProblem(answer, 404, 'webhook_endpoint_not_found');
      expect(detail).toContain('GET /webhook-endpoints');
    }
  });
});

describe('PATCH /webhook-endpoints/{id}', () => {
  test('changes what it names and nothing else', async () => {
    const api = await open();
    const { secret, ...before } = await made(api, { description: 'The shop' });
    api.clock.advance(1_000);
    const changes = { url: '/sinks/b', events: ['payment.failed'], ordering: 'strict' };
    const updated = new Date(START_MS + 1_000).toISOString();
    expect(await patched(api, before.id, changes)).toEqual({
      ...before,
      ...changes,
      updated_at: updated,
    });
    const more = { payload: 'payment', enabled: false, description: null };
    expect(await patched(api, before.id, more)).toEqual({
      ...before,
      ...changes,
      ...more,
      updated_at: updated,
    });
    const kept = await api.deliveries.findEndpoint(endpointIdOf(before.id.slice(3)));
    expect(kept?.secret).toBe(secret);
  });

  test('adds, replaces and clears faults one by one', async () => {
    const api = await open();
    const { id } = await made(api, { faults: { drop: { rate: 0.5, next: 2 } } });
    const faultsAfter = async (faults: unknown) => (await patched(api, id, { faults }))['faults'];
    const duplicate = { rate: 0, next: 1 };
    expect(await faultsAfter({ duplicate: { next: 1 } })).toEqual({
      drop: { rate: 0.5, next: 2 },
      duplicate,
    });
    expect(await faultsAfter({ drop: { rate: 1 } })).toEqual({
      drop: { rate: 1, next: 0 },
      duplicate,
    });
    expect(await faultsAfter({ drop: null })).toEqual({ duplicate });
    expect(await faultsAfter(null)).toEqual({});
  });

  test('lets one that said 410 be sent to again', async () => {
    const api = await open();
    const { id } = await made(api);
    await api.deliveries.changeEndpoint(endpointIdOf(id.slice(3)), (before) => ({
      ...before,
      isEnabled: false,
      disabledReason: 'gone',
    }));
    expect(jsonOf(await api.get(`/webhook-endpoints/${id}`))).toMatchObject({
      enabled: false,
      disabled_reason: 'gone',
    });
    expect(await patched(api, id, { enabled: true })).toMatchObject({
      enabled: true,
      disabled_reason: null,
    });
  });

  test('moves it only where webhooks may go', async () => {
    const api = await open({ isOnLoopback: false });
    const { id } = await made(api);
    const answer = await patch(api, id, { url: 'http://10.0.0.1/' });
    expectProblem(answer, 400, 'webhook_address_refused');
    expectProblem(await patch(api, id, { url: 'nowhere' }), 400, 'validation_failed');
    expect(jsonOf(await api.get(`/webhook-endpoints/${id}`))).toMatchObject({ url: URL_ });
  });

  const bodies: readonly [object | string, string, string][] = [
    [{}, '', 'must change something: send one of url, events'],
    [{ id: 'we_1' }, '/id', 'is no field here'],
    [{ secret: 'whsec_x' }, '/secret', 'is no field here'],
    [{ url: null }, '/url', 'must be a string'],
    [{ enabled: null }, '/enabled', 'must be a boolean'],
    [{ faults: { delay: 5 } }, '/faults/delay', 'must be an object'],
  ];
  test.each(bodies)('with %j is 400', async (body, pointer, detail) => {
    const api = await open();
    const { id } = await made(api);
    const { errors } = expectProblem(await patch(api, id, body), 400, 'validation_failed');
    expect(errors).toContainEqual({ pointer, code: matching(/\w/), detail: containing(detail) });
  });
});

describe('GET /webhook-endpoints/{id}/health', () => {
  const healthOf = (api: TestApp, id: string) => api.get(`/webhook-endpoints/${id}/health`);

  test('tells what became of the last hundred deliveries, and how long their attempts took', async () => {
    const api = await open();
    const { id } = await made(api, { events: ['payment.created'], enabled: false });
    const empty = { endpoint_id: id, deliveries: [], attempt_ms: null };
    expect(jsonOf(await healthOf(api, id))).toEqual(empty);
    for (let payment = 0; payment < 101; payment += 1) await api.post('/payments', PAYMENT);
    await api.deliver();
    await patched(api, id, { enabled: true });
    const token = 'token';
    const nowMs = api.clock.nowMs();
    const [endpointId] = [...(await api.deliveries.counts()).keys()];
    if (endpointId === undefined) throw new Error('there is no endpoint');
    const claimed = await api.deliveries.claim({
      endpointId,
      limit: 21,
      nowMs,
      leaseUntilMs: nowMs + 60_000,
      token,
    });
    // The first is the hundred-and-first from the end: it counts for nothing.
    await api.deliveries.record(
      token,
      claimed.map(({ ordinal }, index) => ({
        ...delivered(ordinal),
        attempts: [attemptOf({ durationMs: index === 0 ? 5_000 : index })],
      })),
    );
    const { deliveries, attempt_ms } = jsonOf<{
      readonly deliveries: readonly { readonly id: string; readonly status: string }[];
      readonly attempt_ms: unknown;
    }>(await healthOf(api, id));
    expect(deliveries.map(({ id: delivery }) => delivery)).toEqual(
      Array.from({ length: 100 }, (_, index) => `del_${101 - index}`),
    );
    expect(deliveries.map(({ status }) => status)).toEqual([
      ...Array<string>(80).fill('pending'),
      ...Array<string>(20).fill('delivered'),
    ]);
    expect(attempt_ms).toEqual({ p50: 10, p95: 19 });
  });

  test.each(['we_1', 'nonsense', `we_${'0'.repeat(32)}`])('of %s is 404', async (id) => {
    expectProblem(await healthOf(await open(), id), 404, 'webhook_endpoint_not_found');
  });
});

describe('DELETE /webhook-endpoints/{id}', () => {
  test('takes it away with its deliveries', async () => {
    const api = await open();
    const { id } = await made(api, { enabled: false });
    await api.settled(PAYMENT);
    await api.deliver();
    const gone = await api.send('DELETE', `/webhook-endpoints/${id}`);
    expect([gone.statusCode, gone.body]).toEqual([204, '']);
    expect(await listed(api)).toEqual([]);
    expect(jsonOf(await api.get('/webhook-deliveries'))['data']).toEqual([]);
    const again = await api.send('DELETE', `/webhook-endpoints/${id}`);
    expectProblem(again, 404, 'webhook_endpoint_not_found');
  });
});

describe('rotate-secret', () => {
  test('tells a new secret once, and for how long the old one still signs', async () => {
    const api = await open();
    const { secret, ...endpoint } = await made(api);
    const answer = await api.post(`/webhook-endpoints/${endpoint.id}/rotate-secret`);
    const rotated = jsonOf<WireEndpoint>(answer);
    const until = new Date(START_MS + ROTATION_MS).toISOString();
    expect(rotated).toEqual({
      ...endpoint,
      previous_secret_expires_at: until,
      secret: matching(SECRET),
    });
    expect(rotated.secret).not.toBe(secret);
    expect(answer.body).not.toContain(secret);
    const kept = await api.deliveries.findEndpoint(endpointIdOf(endpoint.id.slice(3)));
    expect(kept).toMatchObject({ secret: rotated.secret, previousSecret: { secret } });
    const read = await api.get(`/webhook-endpoints/${endpoint.id}`);
    expect(read.body).not.toContain('whsec_');
    api.clock.advance(ROTATION_MS);
    expect(jsonOf(await api.get(`/webhook-endpoints/${endpoint.id}`))).toMatchObject({
      previous_secret_expires_at: null,
    });
  });
});

describe('the endpoint that WEBHOOK_URL names', () => {
  test('is listed, and without its secret', async () => {
    const api = await open();
    const id = await fromEnvironment(api);
    expect(await listed(api)).toMatchObject([{ id, from_environment: true, payload: 'payment' }]);
    expect((await api.get('/webhook-endpoints')).body).not.toContain('whsec_');
  });

  test('can be paused, filtered and given faults', async () => {
    const api = await open();
    const id = await fromEnvironment(api);
    const changes = { enabled: false, events: ['payment.failed'], description: 'ours' };
    expect(await patched(api, id, changes)).toMatchObject(changes);
    expect(await patched(api, id, { enabled: true, faults: { drop: { next: 1 } } })).toMatchObject({
      enabled: true,
      disabled_reason: null,
      faults: { drop: { next: 1 } },
    });
  });

  test('stays where it is', async () => {
    const api = await open();
    const id = await fromEnvironment(api);
    const moved = expectProblem(await patch(api, id, { url: URL_ }), 409, 'webhook_endpoint_fixed');
    expect(moved.detail).toContain('WEBHOOK_URL');
    await patched(api, id, { url: 'http://127.0.0.1:9/hook', enabled: false });
    const gone = await api.send('DELETE', `/webhook-endpoints/${id}`);
    const { detail } = expectProblem(gone, 409, 'webhook_endpoint_fixed');
    expect(detail).toContain('{"enabled": false}');
    expect(await listed(api)).toMatchObject([{ id, url: 'http://127.0.0.1:9/hook' }]);
  });

  test('can go when the variable is gone, but is not enabled again', async () => {
    const api = await open();
    const id = await fromEnvironment(api, { isEnabled: false, disabledReason: 'unset' });
    const on = await patch(api, id, { enabled: true });
    expect(expectProblem(on, 409, 'webhook_endpoint_fixed').detail).toContain('not set any more');
    expect(await patched(api, id, { enabled: false })).toMatchObject({ disabled_reason: 'unset' });
    expect((await api.send('DELETE', `/webhook-endpoints/${id}`)).statusCode).toBe(204);
  });
});
