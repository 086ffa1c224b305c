/**
 * What telling the world costs those who pay: the wait for `POST /payments` at a constant rate, with five endpoints
 * that hear of everything and without any; how late the deliveries are; and, after a burst at full speed, how long
 * until none is owed.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { type Load, runLoad } from './load.ts';
import { figure, type Line } from './report.ts';
import { type ServerProcess, startReceiver, startServer } from './server-process.ts';
import { median, spread } from './statistics.ts';
import type { Received } from './webhook-receiver.ts';

const SECTION = 'webhooks';
const RATE_PER_SECOND = 300;
const ENDPOINTS = 5;
const PAIRS = 5;
const P99_RATIO_MAX = 1.25;
const LATE_MS_MAX = 2_000;
const WARMUP_SECONDS = 3;

const POLL_MS = 100;
const DRAIN_MS_MAX = 300_000;

export async function measureWebhooks(bench: Bench): Promise<Line[]> {
  const receiver = await startReceiver(bench);
  const plain = await startServer(bench, { databasePath: path.join(bench.folder, 'plain.db') });
  const telling = await startServer(bench, { databasePath: path.join(bench.folder, 'telling.db') });
  for (let index = 1; index <= ENDPOINTS; index += 1) {
    await addEndpoint(telling, `${receiver.url}/${index}`);
  }
  const lines = [
    ...(await measureRate(bench, plain, telling, receiver)),
    ...(await measureBurst(bench, plain, telling, receiver)),
  ];
  await Promise.all([plain.stop(), telling.stop(), receiver.stop()]);
  return lines;
}

async function measureRate(
  bench: Bench,
  plain: ServerProcess,
  telling: ServerProcess,
  receiver: ServerProcess,
): Promise<Line[]> {
  const { latencySeconds } = bench.options.plan;
  const load = (server: ServerProcess, seconds: number) =>
    runLoad(bench, { ...server, seconds, ratePerSecond: RATE_PER_SECOND });
  await load(plain, WARMUP_SECONDS);
  await load(telling, WARMUP_SECONDS);
  await drained(telling);
  const rounds: { quiet: Load; loud: Load; received: Received }[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const before = pair % 2 === 0 ? await load(plain, latencySeconds) : null;
    await read(receiver);
    const loud = await load(telling, latencySeconds);
    await drained(telling);
    const received = await read(receiver);
    rounds.push({ quiet: before ?? (await load(plain, latencySeconds)), loud, received });
  }
  const ratios = rounds.map(({ quiet, loud }) => loud.p99Ms / quiet.p99Ms);
  const late = rounds.map(({ received }) => received.maxMs ?? Number.NaN);
  const middle = median(rounds.map(({ received }) => received.p50Ms ?? Number.NaN));
  const p99 = (loads: readonly Load[]) => figure(median(loads.map((one) => one.p99Ms)), 'ms');
  const quiet = p99(rounds.map((round) => round.quiet));
  const loud = p99(rounds.map((round) => round.loud));
  const told = rounds.reduce((sum, { received }) => sum + received.deliveries, 0);
  const made = rounds.reduce((sum, round) => sum + round.loud.requests, 0);
  return [
    {
      section: SECTION,
      name: `p99 of POST /payments at ${RATE_PER_SECOND}/s, ${ENDPOINTS} endpoints / none`,
      value: median(ratios),
      unit: '',
      target: { kind: 'at_most', value: P99_RATIO_MAX },
      note: `${spread(ratios, 2)} in ${PAIRS} pairs; ${loud} beside ${quiet}`,
    },
    {
      section: SECTION,
      name: 'the latest delivery after its event',
      value: Math.max(...late),
      unit: 'ms',
      target: { kind: 'below', value: LATE_MS_MAX },
      note: `p50 ${figure(middle, 'ms')}; ${(told / made).toFixed(1)} deliveries a payment`,
    },
  ];
}

async function measureBurst(
  bench: Bench,
  plain: ServerProcess,
  telling: ServerProcess,
  receiver: ServerProcess,
): Promise<Line[]> {
  const { roundSeconds } = bench.options.plan;
  const quiet = await runLoad(bench, { ...plain, seconds: roundSeconds });
  await read(receiver);
  const loud = await runLoad(bench, { ...telling, seconds: roundSeconds });
  const endedAt = performance.now();
  await drained(telling);
  const drainSeconds = (performance.now() - endedAt) / 1_000;
  const { deliveries } = await read(receiver);
  const rate = figure(loud.perSecond, '/s');
  return [
    {
      section: SECTION,
      name: 'payments in a burst, with endpoints / without',
      value: loud.perSecond / quiet.perSecond,
      unit: '',
      target: null,
      note: `${rate} for ${roundSeconds} s beside ${figure(quiet.perSecond, '/s')}`,
    },
    {
      section: SECTION,
      name: 'until a burst has been delivered',
      value: drainSeconds,
      unit: 's',
      target: null,
      note: `${deliveries.toLocaleString('en')} deliveries of ${loud.requests.toLocaleString('en')} payments`,
    },
  ];
}

async function addEndpoint(server: ServerProcess, url: string): Promise<void> {
  const response = await fetch(`${server.url}/webhook-endpoints`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url }),
  });
  if (response.status !== 201) throw new Error(`no endpoint: ${await response.text()}`);
}

interface Endpoints {
  readonly data: readonly { readonly deliveries: Readonly<Record<string, number>> }[];
}

/** Until every payment is final and every event has reached every endpoint. */
async function drained(server: ServerProcess): Promise<void> {
  const endsAt = performance.now() + DRAIN_MS_MAX;
  while (performance.now() < endsAt) {
    const { total, success, failed } = (await json(`${server.url}/summary`)) as Record<
      string,
      number
    >;
    const { data } = (await json(`${server.url}/webhook-endpoints`)) as Endpoints;
    const owed = data.reduce(
      (sum, { deliveries }) => sum + (deliveries['pending'] ?? 0) + (deliveries['failing'] ?? 0),
      0,
    );
    const done = data.map(({ deliveries }) => deliveries['delivered'] ?? 0);
    const isTold = done.every((count) => count >= 3 * (total ?? 0));
    if (total === (success ?? 0) + (failed ?? 0) && owed === 0 && isTold) return;
    await sleep(POLL_MS);
  }
  throw new Error('deliveries are still owed after five minutes');
}

async function read(receiver: ServerProcess): Promise<Received> {
  return (await json(receiver.url)) as Received;
}

async function json(url: string): Promise<unknown> {
  const response = await fetch(url);
  return response.json();
}
