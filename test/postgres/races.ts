/**
 * A hundred at once, in turns through two servers on one Postgres: of a hundred full refunds one is made, of a hundred
 * retries of the last attempt one begins it, and a hundred requests under one Idempotency-Key make one payment and get
 * the same bytes.
 */
import { auditDatabase } from '../support/audit.ts';
import { type Answer, type Call, type Client, clientOf } from '../support/http.ts';
import { startServer } from '../support/server.ts';
import { type WirePage, type WirePayment, wirePayment } from '../support/wire.ts';

export const RACES = ['refund', 'last retry', 'one key'] as const;
export type Race = (typeof RACES)[number];

export interface RaceOptions {
  readonly databaseUrl: string;
  /** Of each kind. */
  readonly payments: number;
  /** Requests about each payment. */
  readonly width: number;
  /** Payments that are raced for at the same time. */
  readonly atOnce: number;
  readonly kinds?: readonly Race[];
  readonly onLine?: (line: string) => void;
}

export interface RaceReport {
  readonly faults: readonly string[];
  readonly requests: number;
}

const ENVIRONMENT = {
  FAILURE_RATE: '0',
  PROCESSING_DELAY_MS: '0',
  RATE_LIMIT_PER_MINUTE: '0',
  MAX_RETRIES: '1',
  LOG_LEVEL: 'info',
};
const CONNECTIONS = 100;
const FAULTS_MAX = 10;
const BODY = { amount: 20, currency: 'USD', recipient: 'alice' };

interface Arena {
  readonly clients: readonly [Client, Client];
  readonly width: number;
}

export async function runRaces(options: RaceOptions): Promise<RaceReport> {
  const { databaseUrl: database, payments, width, atOnce, kinds = RACES } = options;
  const start = () => startServer({ database, environment: ENVIRONMENT });
  const servers = await Promise.all([start(), start()]);
  const [a, b] = servers.map(({ url }) => clientOf(url, CONNECTIONS));
  if (a === undefined || b === undefined) throw new Error('there are two servers');
  const arena: Arena = { clients: [a, b], width };
  const faults: string[] = [];
  for (const kind of kinds) {
    const startedAt = performance.now();
    for (let made = 0; made < payments; made += atOnce) {
      const count = Math.min(atOnce, payments - made);
      const raced = await Promise.all(
        Array.from({ length: count }, (_, index) => RUN[kind](arena, `${kind}-${made + index}`)),
      );
      faults.push(...raced.flat());
      if (faults.length >= FAULTS_MAX) break;
    }
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    options.onLine?.(`${kind}: ${payments} payments, ${width} at once, ${seconds} s`);
  }
  faults.push(...(await auditDatabase(database)).faults);
  for (const client of [a, b]) client.close();
  await Promise.all(servers.map((server) => server.end('SIGTERM')));
  return { faults: faults.slice(0, FAULTS_MAX), requests: payments * width * kinds.length };
}

const RUN: Readonly<Record<Race, (arena: Arena, name: string) => Promise<string[]>>> = {
  refund: raceForRefund,
  'last retry': raceForLastRetry,
  'one key': raceUnderOneKey,
};

async function raceForRefund(arena: Arena, name: string): Promise<string[]> {
  const { payment_id: id } = await pay(arena, { simulate: { outcome: 'APPROVE' } });
  const answers = await race(arena, { method: 'POST', path: `/payments/${id}/refund` });
  const { amount_refunded: refunded, refunds } = await read(arena, id);
  return [
    ...oneWinner(name, answers),
    ...(refunded === BODY.amount && refunds.length === 1
      ? []
      : [`${name}: ${refunds.length} refunds, ${refunded} of ${BODY.amount}`]),
  ];
}

/** With one retry allowed, the first one is the last one, though it fails for a reason that could be tried again. */
async function raceForLastRetry(arena: Arena, name: string): Promise<string[]> {
  const simulate = { sequence: ['PROCESSING_ERROR', 'PROCESSING_ERROR', 'PROCESSING_ERROR'] };
  const { payment_id: id, status } = await pay(arena, { simulate });
  if (status !== 'FAILED') return [`${name} was to fail and is ${status}`];
  const answers = await race(arena, { method: 'POST', path: `/payments/${id}/retry` });
  const { attempts } = await read(arena, id);
  return [
    ...oneWinner(name, answers),
    ...(attempts === 2 ? [] : [`${name}: ${attempts} attempts`]),
  ];
}

async function raceUnderOneKey(arena: Arena, name: string): Promise<string[]> {
  const reference = name.replaceAll(' ', '-');
  const answers = await race(arena, {
    method: 'POST',
    path: '/payments',
    body: JSON.stringify({ ...BODY, reference }),
    headers: { 'idempotency-key': `${reference}-${process.pid}` },
  });
  const said = new Set(answers.map((answer) => `${answer?.status} ${answer?.text}`));
  const first = answers.filter((answer) => answer?.headers['idempotent-replayed'] === undefined);
  const listed = await arena.clients[0].json(`/payments?reference=${reference}`);
  const { length } = (listed as WirePage<WirePayment>).data;
  return [
    ...(said.size === 1 ? [] : [`${name}: ${said.size} answers: ${[...said].slice(0, 3).join()}`]),
    ...(first.length === 1 ? [] : [`${name}: ${first.length} were not replays`]),
    ...(answers[0]?.status === 201 && length === 1 ? [] : [`${name}: ${length} payments`]),
  ];
}

/** One is answered with 200, all others with 409. */
function oneWinner(name: string, answers: readonly (Answer | null)[]): string[] {
  const statuses = answers.map((answer) => answer?.status ?? 'lost');
  const won = statuses.filter((status) => status === 200).length;
  const refused = statuses.filter((status) => status === 409).length;
  if (won === 1 && refused === statuses.length - 1) return [];
  return [
    `${name}: ${won} winners, ${refused} refused of ${statuses.length}: ${countOf(statuses)}`,
  ];
}

function countOf(values: readonly unknown[]): string {
  return JSON.stringify(Object.fromEntries(Map.groupBy(values, String)), (_, value: unknown) =>
    Array.isArray(value) ? value.length : value,
  );
}

function race({ clients, width }: Arena, call: Call): Promise<(Answer | null)[]> {
  return Promise.all(
    Array.from({ length: width }, (_, index) => clients[index % 2 === 0 ? 0 : 1].call(call)),
  );
}

async function pay({ clients }: Arena, more: object): Promise<WirePayment> {
  const body = JSON.stringify({ ...BODY, ...more });
  const headers = { prefer: 'wait=10' };
  const answer = await clients[0].call({ method: 'POST', path: '/payments', body, headers });
  if (answer?.status !== 201) throw new Error(`no payment was made: ${answer?.text}`);
  return wirePayment(answer.text);
}

async function read({ clients }: Arena, id: string): Promise<WirePayment> {
  return wirePayment((await clients[1].get(`/payments/${id}`)).text);
}
