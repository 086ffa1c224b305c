/**
 * POST /payment on Postgres beside pgbench, which writes the same rows into tables of the same migrations on the same
 * server, one transaction a payment. What the server does beside that (HTTP, rules, what is known of cards, the hash
 * chain, the order of the log, the time series) pgbench does not. Rounds of all of them take turns.
 */
import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { startPostgres } from '../test/support/postgres-server.ts';
import type { Bench } from './bench.ts';
import { CARD_KEY } from './cards.ts';
import { type Load, runLoad } from './load.ts';
import { preparePgbench, query, runPgbench, type Sending, type Written } from './pgbench.ts';
import { profileArguments, profileText } from './profile.ts';
import { figure, type Line } from './report.ts';
import { rateLine } from './rounds.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { median, spread } from './statistics.ts';

const RATIO_MIN = 1.2;
/** The second is for what batches make of more callers. */
const CONNECTIONS = [32, 128] as const;
const CARDS = 1_000_000;

const section = 'postgres';

interface Round {
  readonly few: Load;
  readonly many: Load;
  readonly steps: Written;
  readonly pipeline: Written;
}

export async function measurePostgres(bench: Bench): Promise<Line[]> {
  const given = process.env['TEST_DATABASE_URL'] ?? '';
  const own = given === '' ? await startPostgres() : null;
  const name = `farthing_bench_${randomBytes(4).toString('hex')}`;
  const admin = own?.url ?? given;
  const urls = {
    server: withDatabase(admin, name),
    pgbench: withDatabase(admin, `${name}_pgbench`),
  };
  try {
    for (const url of Object.values(urls)) await query(admin, `create database ${databaseIn(url)}`);
    await preparePgbench(urls.pgbench);
    const server = await startServer(bench, {
      databasePath: '',
      settings: { DATABASE_URL: urls.server, CARD_FINGERPRINT_KEY: CARD_KEY },
      nodeArguments: profileArguments(bench, section),
    });
    const rounds = await takeTurns(bench, server, urls.pgbench);
    await server.stop();
    bench.say(profileText(bench, section));
    return linesOf(rounds);
  } finally {
    for (const url of Object.values(urls)) {
      await query(admin, `drop database if exists ${databaseIn(url)} with (force)`);
    }
    await own?.stop();
  }
}

/** Each round begins with another one of them, so that a drift of the machine favours none. */
async function takeTurns(bench: Bench, server: ServerProcess, url: string): Promise<Round[]> {
  const { pairs, roundSeconds, warmupSeconds } = bench.options.plan;
  const [few, many] = CONNECTIONS;
  const serve = (connections: number) =>
    authorize(bench, server, { connections, seconds: roundSeconds });
  const write = (sending: Sending) => runPgbench(bench, url, { seconds: roundSeconds, sending });
  await authorize(bench, server, { connections: few, seconds: warmupSeconds });
  await runPgbench(bench, url, { seconds: warmupSeconds, sending: 'steps' });
  const rounds: Round[] = [];
  for (let round = 0; round < pairs; round += 1) {
    const results: Partial<{ -readonly [Name in keyof Round]: Round[Name] }> = {};
    const turns = [
      async () => (results.steps = await write('steps')),
      async () => (results.few = await serve(few)),
      async () => (results.pipeline = await write('pipeline')),
      async () => (results.many = await serve(many)),
    ];
    for (let turn = 0; turn < turns.length; turn += 1)
      await turns[(round + turn) % turns.length]?.();
    rounds.push(results as Round);
  }
  return rounds;
}

let loads = 0;

/** Others are not looked for: what Postgres takes is no disturbance here. */
async function authorize(
  bench: Bench,
  { url, pid }: ServerProcess,
  load: { connections: number; seconds: number },
): Promise<Load> {
  loads += 1;
  const workload = { kind: 'cards', cards: CARDS, seed: loads } as const;
  return { ...(await runLoad(bench, { url, pid, ...load, workload })), othersCores: null };
}

function linesOf(rounds: readonly Round[]): Line[] {
  const [few, many] = CONNECTIONS;
  return [
    ratio(rounds, `POST /payment at ${few} connections / pgbench at 32 clients`, {
      of: ({ few: { perSecond }, steps }) => perSecond / steps.perSecond,
      atLeast: RATIO_MIN,
    }),
    ratio(rounds, `POST /payment at ${many} connections / pgbench at 32 clients`, {
      of: ({ many: { perSecond }, steps }) => perSecond / steps.perSecond,
      atLeast: null,
    }),
    rateLine(
      section,
      `POST /payment, ${few} connections`,
      rounds.map((round) => round.few),
    ),
    rateLine(
      section,
      `POST /payment, ${many} connections`,
      rounds.map((round) => round.many),
    ),
    written(
      rounds.map(({ steps }) => steps),
      'pgbench, a statement at a time',
    ),
    written(
      rounds.map(({ pipeline }) => pipeline),
      'pgbench, a transaction in one round trip',
    ),
  ];
}

function ratio(
  rounds: readonly Round[],
  name: string,
  { of, atLeast }: { of: (round: Round) => number; atLeast: number | null },
): Line {
  const ratios = rounds.map(of);
  return {
    section,
    name,
    value: median(ratios),
    unit: '',
    target: atLeast === null ? null : { kind: 'at_least', value: atLeast },
    note: `${spread(ratios, 2)} in ${rounds.length} rounds`,
  };
}

function written(results: readonly Written[], name: string): Line {
  return {
    section,
    name,
    value: median(results.map(({ perSecond }) => perSecond)),
    unit: '/s',
    target: null,
    note: `${figure(median(results.map(({ meanMs }) => meanMs)), 'ms')} on average`,
  };
}

function withDatabase(address: string, name: string): string {
  const url = new URL(address);
  url.pathname = `/${name}`;
  return url.href;
}

function databaseIn(address: string): string {
  return new URL(address).pathname.slice(1);
}
