/**
 * A hundred thousand requests made by chance, fifty at a time, against the service as it is wired to run. After each
 * one: it settled in time, is no 5xx, and a refusal is a problem of the catalogue that says what to do. At the end:
 * every accepted POST left exactly one event and every refused one none, and a recount finds nothing.
 *
 * FARTHING_SEED repeats a run (up to what the order of concurrent requests makes of it), FARTHING_REQUESTS changes
 * its length.
 */
import { expect, test } from 'vitest';
import { isProblemCode, PROBLEMS } from '../../src/adapters/http/problems.ts';
import { REJECTION_CODES } from '../../src/core/rejections.ts';
import { auditDatabase } from '../support/audit.ts';
import { isPostgres } from '../support/store.ts';
import { chanceFrom, freshSeed } from '../support/chance.ts';
import { type Answer, jsonOf, type Service, testService, type WireProblem } from './app.ts';
import { type MadeRequest, requestGenerator } from './generator.ts';

const SEED = process.env['FARTHING_SEED'] ?? freshSeed();
const REQUESTS = Number(process.env['FARTHING_REQUESTS'] ?? (isPostgres ? 10_000 : 100_000));
const AT_ONCE = 50;

/** The longest wait that a generated request asks for is one second, behind another of two. */
const ANSWER_MS_MAX = 5_000;

/** What must have happened often enough, so that a run that proves nothing fails too. */
const KINDS: Readonly<Record<string, (request: MadeRequest, answer: Answer) => boolean>> = {
  'a payment was made': (_, { statusCode }) => statusCode === 201,
  'a refund was made': ({ url }, { statusCode }) => statusCode === 200 && url.endsWith('/refund'),
  'a retry was made': ({ url }, { statusCode }) => statusCode === 200 && url.endsWith('/retry'),
  'an answer was replayed': (_, { headers }) => headers['idempotent-replayed'] === 'true',
  'a list was read': ({ url }, { statusCode }) => statusCode === 200 && url.includes('?'),
  ...Object.fromEntries(
    ['400', '403', '404', '405', '409', '413', '415', '422'].map((status) => [
      `the answer was ${status}`,
      (_: MadeRequest, { statusCode }: Answer) => String(statusCode) === status,
    ]),
  ),
};
const LEAST_OF_A_KIND = Math.floor(REQUESTS / 5_000);

/** One request of each kind of fault is enough to look into. */
class Faults {
  readonly #seen = new Map<string, { count: number; example: string }>();

  add(kind: string, request: MadeRequest, answer: Answer | null): void {
    const seen = this.#seen.get(kind);
    if (seen !== undefined) {
      seen.count += 1;
      return;
    }
    const { method, url, headers, body } = request;
    const sent = `${method} ${url} ${JSON.stringify(headers)} ${shown(body)}`;
    const got = answer === null ? '' : ` -> ${answer.statusCode} ${answer.body.slice(0, 300)}`;
    this.#seen.set(kind, { count: 1, example: sent.slice(0, 600) + got });
  }

  list(): string[] {
    return [...this.#seen].map(([kind, { count, example }]) => `${count} × ${kind}: ${example}`);
  }
}

function shown(body: MadeRequest['body']): string {
  return Buffer.isBuffer(body) ? `bytes ${body.toString('hex')}` : JSON.stringify(body ?? null);
}

test(
  `${REQUESTS} requests made by chance (seed ${SEED}) break nothing`,
  { timeout: 600_000 },
  async () => {
    console.log(`FARTHING_SEED=${SEED} FARTHING_REQUESTS=${REQUESTS}`);
    const api = await testService({
      FAILURE_RATE: '0.2',
      PROCESSING_DELAY_MS: '0',
      SIMULATION_SEED: SEED,
      LOG_LEVEL: 'silent',
    });
    const faults = new Faults();
    const ledger = new AnswerBook();
    await throwAll(api, faults, ledger);
    await expectWhole(api, faults, ledger);
    await api.close();
  },
);

async function throwAll(api: Service, faults: Faults, book: AnswerBook): Promise<void> {
  const generator = requestGenerator(chanceFrom(SEED));
  let sent = 0;
  const worker = async () => {
    while (sent < REQUESTS) {
      sent += 1;
      const request = generator.next();
      const answer = await answerTo(api, request, faults);
      if (answer === null) continue;
      check(request, answer, faults);
      book.enter(request, answer, faults);
      const id = madeId(answer);
      if (id !== null) generator.know(id);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Null when it did not settle in time. */
async function answerTo(
  api: Service,
  request: MadeRequest,
  faults: Faults,
): Promise<Answer | null> {
  const { method, url, body, headers } = request;
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ANSWER_MS_MAX * 4);
  });
  const answer = await Promise.race([api.send(method, url, body, headers), late]);
  clearTimeout(timer);
  if (answer === null) faults.add('never settled', request, null);
  else if (performance.now() - startedAt > ANSWER_MS_MAX) faults.add('slow', request, answer);
  return answer;
}

function madeId(answer: Answer): string | null {
  if (answer.statusCode !== 201) return null;
  return jsonOf<{ payment_id: string }>(answer).payment_id;
}

// ---- after each

function check(request: MadeRequest, answer: Answer, faults: Faults): void {
  const { statusCode: status } = answer;
  if (status >= 500 || status < 200) faults.add(`status ${status}`, request, answer);
  else if (status >= 400) checkProblem(request, answer, faults);
  else if (request.method === 'POST' && status !== 200 && status !== 201) {
    faults.add(`a POST answered ${status}`, request, answer);
  }
}

function checkProblem(request: MadeRequest, answer: Answer, faults: Faults): void {
  const { headers, statusCode } = answer;
  if (headers['content-type'] !== 'application/problem+json; charset=utf-8') {
    faults.add(`${statusCode} as ${String(headers['content-type'])}`, request, answer);
    return;
  }
  if (request.method === 'HEAD') return;
  const problem = jsonOf<Partial<WireProblem>>(answer);
  const { code = '', detail = '', request_id: id, instance, errors } = problem;
  if (!isProblemCode(code) || PROBLEMS[code].status !== statusCode) {
    faults.add(`${statusCode} with the code «${code}»`, request, answer);
  }
  if (!/\w.{15}/.test(detail)) faults.add(`${code} without a detail`, request, answer);
  // A replay is the first answer byte for byte, the first request's id included.
  const isReplay = headers['idempotent-replayed'] === 'true';
  if (id !== headers['x-request-id'] && !isReplay) {
    faults.add('another request id', request, answer);
  }
  if (instance === undefined || !Array.isArray(errors))
    faults.add('a member less', request, answer);
  if (code === 'method_not_allowed' && allowsIt(request, answer)) {
    faults.add('405 for a method that is allowed', request, answer);
  }
}

function allowsIt({ method }: MadeRequest, { headers }: Answer): boolean {
  return String(headers['allow']).split(', ').includes(method);
}

// ---- what was answered, to be compared with what was stored

class AnswerBook {
  /** How many events each request id must have left. */
  readonly events = new Map<string, number>();
  payments = 0;
  readonly kinds = new Map(Object.keys(KINDS).map((kind) => [kind, 0]));
  /** Idempotency keys under which the engine decided something, a refusal or not. */
  readonly decidedKeys = new Set<string>();
  /** The one answer that an idempotency key has. */
  readonly #byKey = new Map<string, string>();

  enter(request: MadeRequest, answer: Answer, faults: Faults): void {
    for (const [kind, isSo] of Object.entries(KINDS)) {
      if (isSo(request, answer)) this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    }
    if (request.method !== 'POST') return;
    const isReplay = answer.headers['idempotent-replayed'] === 'true';
    const isAccepted = answer.statusCode < 300;
    if (isAccepted && !isReplay) {
      const id = String(answer.headers['x-request-id']);
      this.events.set(id, (this.events.get(id) ?? 0) + 1);
      if (answer.statusCode === 201) this.payments += 1;
    }
    const key = request.headers['idempotency-key'];
    if (key !== undefined && (isAccepted || isReplay || isDecidedRefusal(request, answer))) {
      this.decidedKeys.add(String(key));
    }
    if (key === undefined || !(isAccepted || isReplay)) return;
    const said = `${answer.statusCode} ${answer.body}`;
    const first = this.#byKey.get(String(key)) ?? said;
    if (first !== said) faults.add('two answers under one key', request, answer);
    this.#byKey.set(String(key), first);
  }
}

const ENGINE_CODES: ReadonlySet<string> = new Set(REJECTION_CODES);
const PAYMENT_PATH = /^\/payments\/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\/\w+$/i;

/** A refusal of the engine about a payment's id is kept under its key; one of the edge never is. */
function isDecidedRefusal({ url }: MadeRequest, answer: Answer): boolean {
  if (answer.statusCode < 400 || !PAYMENT_PATH.test(url)) return false;
  const { code } = jsonOf<WireProblem>(answer);
  return ENGINE_CODES.has(code) && !code.startsWith('idempotency_key');
}

async function expectWhole(api: Service, faults: Faults, book: AnswerBook): Promise<void> {
  const summary = jsonOf<{ total: number }>(await api.get('/summary'));
  const balance = jsonOf<{ balanced: boolean }>(await api.get('/ledger/trial-balance'));
  const { errors } = api;
  await api.end();
  expect.soft(faults.list()).toEqual([]);
  expect.soft([...book.kinds].filter(([, times]) => times < LEAST_OF_A_KIND)).toEqual([]);
  expect.soft(summary.total).toBe(book.payments);
  expect.soft(balance.balanced).toBe(true);
  expect.soft((await api.footprint()).rows['replies']).toBe(book.decidedKeys.size);
  expect.soft(differences(await eventsByRequest(api), book.events)).toEqual([]);
  expect
    .soft(await auditDatabase(api.place.url))
    .toMatchObject({ faults: [], payments: book.payments });
  expect.soft(errors).toEqual([]);
}

/** Events that a request made itself; those of timers carry its id too, but not its actor. */
async function eventsByRequest({ place }: Service): Promise<Map<string, number>> {
  const rows = await place.query(
    `select request_id, count(*) as n from events where actor <> 'timer' group by 1`,
  );
  return new Map(rows.map((row) => [String(row['request_id']), Number(row['n'])]));
}

function differences(stored: Map<string, number>, answered: Map<string, number>): string[] {
  const ids = new Set([...stored.keys(), ...answered.keys()]);
  return [...ids]
    .filter((id) => stored.get(id) !== answered.get(id))
    .map((id) => `${id}: ${stored.get(id) ?? 0} events, ${answered.get(id) ?? 0} answers`)
    .slice(0, 10);
}
