/**
 * The HTTP application for tests, on a real database of its own: once with a clock that stands until
 * a test moves it, once as `compose` wires it, with real time. Nothing listens but what asks to.
 */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { type Logger, pino } from 'pino';
import { expect } from 'vitest';
import { buildApp } from '../../src/adapters/http/app.ts';
import type { HttpOptions } from '../../src/adapters/http/deps.ts';
import { createMetrics } from '../../src/adapters/http/metrics.ts';
import { replyRenderer } from '../../src/adapters/http/replies.ts';
import { compileRules } from '../../src/adapters/rules/compile.ts';
import { keyedHasher } from '../../src/adapters/system/secret-key.ts';
import { compose } from '../../src/apps/compose.ts';
import { effectiveSettings, parseConfig } from '../../src/apps/config.ts';
import type { SettingName } from '../../src/apps/settings.ts';
import { openTraffic } from '../../src/apps/traffic.ts';
import type { Payment } from '../../src/core/payment.ts';
import type { Settings } from '../../src/core/scenario.ts';
import type { FeedLimits } from '../../src/engine/feed/ports.ts';
import type { Engine, Store } from '../../src/engine/ports.ts';
import { type Collector, collectTimeSeries } from '../../src/engine/time-series/collector.ts';
import type { DeliveryStore } from '../../src/engine/webhooks/ports.ts';
import { snapshot } from '../../src/engine/snapshot.ts';
import { runTimers, SETTINGS, testClock, type TestClock, testEngine } from '../support/engine.ts';
import { type TestJobs, testJobs } from '../support/jobs.ts';
import { type TestPlace, testPlace } from '../support/store.ts';
import { testWebhooks } from '../support/webhooks.ts';

export type Answer = LightMyRequestResponse;

/** JSON text as it stands, bytes, or a value that is written as JSON. */
export type Body = string | Buffer | object;
export type Headers = Readonly<Record<string, string | string[]>>;

export interface Client {
  readonly app: FastifyInstance;
  readonly engine: Engine;
  readonly place: TestPlace;
  /** What was logged at level error: a 5xx leaves a line here. */
  readonly errors: readonly string[];
  get(url: string, headers?: Headers): Promise<Answer>;
  post(url: string, body?: Body, headers?: Headers): Promise<Answer>;
  send(method: string, url: string, body?: Body, headers?: Headers): Promise<Answer>;
  /** Everything that is stored, in numbers: equal before and after what must store nothing. */
  footprint(): Promise<Footprint>;
  close(): Promise<void>;
}

export interface TestApp extends Client {
  readonly clock: TestClock;
  /** Moves the clock to each timer in turn, until none is left. */
  runTimers(): Promise<void>;
  /** Written down when the test says so. */
  readonly timeSeries: Collector;
  readonly deliveries: DeliveryStore;
  readonly jobs: TestJobs;
  /** Sends all webhooks that are due now; resolves when nothing is under way. */
  deliver(): Promise<void>;
  /** Makes a payment, runs its timers and reads what became of it. */
  settled(body: Body): Promise<WirePayment>;
}

export interface Service extends Client {
  /** What the access log says, a line a request. */
  readonly requestLines: readonly string[];
  /** Ends it and keeps its files; `close` takes those away too. */
  end(): Promise<void>;
}

export interface Footprint {
  readonly head: string;
  readonly rows: Readonly<Record<string, number>>;
}

export interface WirePayment {
  readonly payment_id: string;
  readonly status: string;
  readonly amount: number;
  readonly currency: string | null;
  readonly failure_reason: string | null;
  readonly created_at: string;
  readonly refunds: readonly { readonly refund_id: string; readonly amount: number }[];
  readonly [name: string]: unknown;
}

export interface WireList<Item> {
  readonly data: readonly Item[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

export interface WireProblem {
  readonly code: string;
  readonly detail: string;
  readonly request_id: string;
  readonly instance: string;
  readonly errors: readonly { pointer: string; code: string; detail: string }[];
}

/** What a payment needs to succeed. */
export const PAYMENT = { amount: 100, currency: 'USD', recipient: 'alice@example.com' } as const;

const OPTIONS: HttpOptions = {
  allowedHosts: [],
  corsOrigins: ['http://localhost:5173'],
  apiKeys: [],
  rateLimitPerMinute: 0,
  isSync: false,
  luhn: 'signal',
  version: 'test',
};

interface TestAppOptions {
  readonly settings?: Partial<Settings>;
  readonly http?: Partial<HttpOptions>;
  readonly seed?: string;
  /** Puts something between the engine and its store. */
  readonly wrapStore?: (store: Store) => Store;
  readonly notReady?: () => string | null;
  readonly feedLimits?: Partial<FeedLimits>;
  readonly onFatal?: (error: unknown) => void;
  /** Where a built dashboard lies. */
  readonly dashboardFolder?: string;
  /** What is changed by hand (a test, a resend) is delivered at once, as by a server. */
  readonly delivers?: boolean;
  /** False: webhooks go nowhere but to public addresses, as of a server that is not bound to loopback. */
  readonly isOnLoopback?: boolean;
}

/** An application whose clock stands still and whose timers run when the test says so. */
export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const place = await testPlace();
  const clock = testClock();
  const settings = { ...SETTINGS, ...options.settings };
  const publish = (payment: Payment) => JSON.stringify(snapshot(payment, settings.retriesMax));
  const { logger, errors } = errorLog();
  const opened = await place.openStore({ publish, nowMs: () => clock.nowMs() });
  const store = options.wrapStore?.(opened) ?? opened;
  const bare = testEngine(store, clock, { ...options, settings });
  const engine: Engine = { ...bare, renderReply: replyRenderer(publish) };
  const webhooks = await testWebhooks(engine, {
    store: await place.openDeliveries(),
    ownOrigin: () => originOf(app),
    delivers: options.delivers ?? false,
    isOpen: options.isOnLoopback ?? true,
  });
  const asked = {
    engine,
    keyedHash: keyedHasher(Buffer.alloc(32, 7)),
    newRequestId: () => engine.random.newId(clock.nowMs()),
  };
  const timeSeries = collectTimeSeries(engine);
  const traffic = openTraffic({
    ...asked,
    luhn: options.http?.luhn ?? 'signal',
    webhooks: webhooks.deps,
    onError: (error) => logger.error({ err: error }),
  });
  const jobs = testJobs();
  const app: FastifyInstance = await buildApp({
    ...asked,
    logger,
    metrics: createMetrics(),
    options: { ...OPTIONS, ...options.http },
    publish,
    configuration: [],
    health: { notReady: options.notReady ?? (() => null) },
    compileRules,
    timeSeries,
    webhooks: webhooks.deps,
    traffic,
    jobs: jobs.deps,
    ...(options.dashboardFolder === undefined ? {} : { dashboardFolder: options.dashboardFolder }),
    ...(options.feedLimits === undefined ? {} : { feedLimits: options.feedLimits }),
    onFatal: options.onFatal ?? (() => {}),
  });
  const client = clientOf(app, engine, place, errors);
  return {
    ...client,
    clock,
    timeSeries,
    deliveries: webhooks.deps.store,
    jobs,
    deliver: () => webhooks.deliver(),
    runTimers: () => runTimers(engine, clock),
    async settled(body) {
      const { payment_id: id } = expectPayment(await client.post('/payments', body), 201);
      await runTimers(engine, clock);
      return expectPayment(await client.get(`/payments/${id}`));
    },
    async close() {
      await traffic.close();
      await app.close();
      await webhooks.close();
      await jobs.store.close();
      await store.close();
      await place.remove();
    },
  };
}

/** Where the application listens; null when it does not. */
function originOf(app: FastifyInstance): string | null {
  const address = app.server.address();
  return address === null || typeof address === 'string'
    ? null
    : `http://127.0.0.1:${address.port}`;
}

/** The application as `npm start` wires it, running: real time, real timers, real chance unless a seed is given. */
export async function testService(
  environment: Partial<Record<SettingName, string>> = {},
): Promise<Service> {
  const place = await testPlace();
  const settings = { DATABASE_URL: place.url, FAILURE_RATE: '0', ...environment };
  const { logger, errors } = errorLog();
  const requestLines: string[] = [];
  const service = await compose(
    parseConfig(effectiveSettings(settings, {})),
    logger,
    (error) => {
      throw error;
    },
    (entry) => requestLines.push(JSON.stringify(entry)),
  );
  service.begin();
  const client = clientOf(service.app, service.engine, place, errors);
  let ended: Promise<void> | undefined;
  const end = () => (ended ??= service.end());
  return {
    ...client,
    requestLines,
    end,
    async close() {
      await end();
      await place.remove();
    },
  };
}

function clientOf(
  app: FastifyInstance,
  engine: Engine,
  place: TestPlace,
  errors: readonly string[],
): Omit<Client, 'close'> {
  giveDistinctHeaders(app);
  const send = (method: string, url: string, body?: Body, headers: Headers = {}) => {
    const isJson = body !== undefined && !('content-type' in headers);
    const type = isJson ? { 'content-type': 'application/json' } : {};
    return app.inject({
      method: method as 'GET',
      url,
      headers: { host: 'localhost', ...type, ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
  };
  return {
    app,
    engine,
    place,
    errors,
    send,
    get: (url, headers) => send('GET', url, undefined, headers),
    post: (url, body, headers) => send('POST', url, body, headers),
    footprint: () => footprintOf(place),
  };
}

/** Node gives every request `headersDistinct`; the request that `inject` makes lacks it. */
function giveDistinctHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const distinct: Record<string, string[]> = {};
    const { rawHeaders } = request.raw;
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const name = String(rawHeaders[index]).toLowerCase();
      (distinct[name] ??= []).push(String(rawHeaders[index + 1]));
    }
    if (!('headersDistinct' in request.raw)) {
      Object.defineProperty(request.raw, 'headersDistinct', { value: distinct });
    }
    done();
  });
}

/** Pino's number for it. */
const ERROR = 50;

function errorLog(): { logger: Logger; errors: string[] } {
  const errors: string[] = [];
  const write = (line: string) => {
    const { level } = JSON.parse(line) as { level: number };
    if (level >= ERROR) errors.push(line);
  };
  return { errors, logger: pino({ level: 'info' }, { write }) };
}

const TABLES = [
  'payments',
  'refunds',
  'events',
  'ledger_entries',
  'ledger_totals',
  'timers',
  'replies',
  'counters',
  'sketch_bins',
];

async function footprintOf(place: TestPlace): Promise<Footprint> {
  const counts = TABLES.map((table) => `(select count(*) from ${table}) as ${table}`);
  const [row = {}] = await place.query(`select ${counts.join(', ')}`);
  const rows = TABLES.map((table) => [table, Number(row[table])] as const);
  const [last] = await place.query('select hash from events order by sequence desc limit 1');
  const hash = last?.['hash'];
  const head = hash instanceof Uint8Array ? Buffer.from(hash).toString('hex') : String(hash);
  return { head, rows: Object.fromEntries(rows) };
}

/** The port of an application that listens on a free one. */
export async function listenOn({ app }: Pick<Client, 'app'>): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

/** Vitest's matchers as values of no type: theirs is `any`. */
export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}
export function containing(text: string): unknown {
  return expect.stringContaining(text);
}
export function like(members: object): unknown {
  return expect.objectContaining(members);
}
export function anyOne(kind: unknown): unknown {
  return expect.any(kind);
}

/** The body as JSON; the caller says what it must be. */
export function jsonOf<Value = Record<string, unknown>>(answer: Answer): Value {
  return JSON.parse(answer.body) as Value;
}

/** The payment that was answered, with this status. */
export function expectPayment(answer: Answer, status = 200): WirePayment {
  expect(`${answer.statusCode} ${answer.body}`).toMatch(new RegExp(`^${status} \\{"payment_id"`));
  return jsonOf<WirePayment>(answer);
}

/** The payments of a list that was answered. */
export function expectList(answer: Answer): WireList<WirePayment> {
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^200 \{"data"/);
  return jsonOf<WireList<WirePayment>>(answer);
}

/** Expects a problem with every member of the convention, and gives it back. */
export function expectProblem(answer: Answer, status: number, code: string): WireProblem {
  expect(`${answer.statusCode} ${answer.body}`).toContain(`"code":"${code}"`);
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const problem = jsonOf<WireProblem>(answer);
  expect(problem).toMatchObject({
    type: `/errors/${code}`,
    title: matching(/\w/),
    status,
    detail: matching(/\w.{10}/),
    instance: matching(/^\S+$/),
    code,
    request_id: answer.headers['x-request-id'],
    errors: anyOne(Array),
  });
  for (const fault of problem.errors) {
    expect(fault).toEqual({
      pointer: anyOne(String),
      code: matching(/^\w+$/),
      detail: matching(/\w/),
    });
  }
  return problem;
}
