/** What a caller waits at a rate that leaves room: a constant 500 requests a second, counted from when each is due. */
import path from 'node:path';
import type { Bench } from './bench.ts';
import { type Load, runLoad } from './load.ts';
import { figure, type Line } from './report.ts';
import { alternate, othersText } from './rounds.ts';
import { startEcho, startServer } from './server-process.ts';
import { median, spread } from './statistics.ts';
import type { Pairs } from './throughput.ts';

export const RATE_PER_SECOND = 500;
const P99_MS_BELOW = 10;
const WARMUP_SECONDS = 2;

/** One long round each would be at the mercy of whatever else the machine does just then. */
const PAIRS = 3;

export async function measureLatency(bench: Bench): Promise<Line[]> {
  const echo = await startEcho(bench);
  const server = await startServer(bench, { databasePath: path.join(bench.folder, 'latency.db') });
  const lines = await measureWaits(bench, {
    section: 'latency',
    name: 'POST /payments',
    server,
    echo,
    load: ({ url, pid }, seconds) =>
      runLoad(bench, { url, pid, seconds, ratePerSecond: RATE_PER_SECOND }),
  });
  await Promise.all([server.stop(), echo.stop()]);
  return lines;
}

/** At the constant rate, from both, in rounds that alternate. */
export async function measureWaits(bench: Bench, pairs: Pairs): Promise<Line[]> {
  const { section, name, server, echo, load } = pairs;
  const { latencySeconds } = bench.options.plan;
  await load(echo, WARMUP_SECONDS);
  await load(server, WARMUP_SECONDS);
  const rounds = await alternate(
    PAIRS,
    () => load(server, latencySeconds),
    () => load(echo, latencySeconds),
  );
  const served = latencyLine(
    section,
    `${name}, p99`,
    rounds.map((round) => round.server),
  );
  return [
    { ...served, target: { kind: 'below', value: P99_MS_BELOW } },
    latencyLine(
      section,
      'bare echo, p99',
      rounds.map((round) => round.echo),
    ),
  ];
}

function latencyLine(section: Line['section'], name: string, loads: readonly Load[]): Line {
  const p99s = loads.map((load) => load.p99Ms);
  const p50 = figure(median(loads.map((load) => load.p50Ms)), 'ms');
  const max = figure(Math.max(...loads.map((load) => load.maxMs)), 'ms');
  return {
    section,
    name: `${name} at ${RATE_PER_SECOND}/s`,
    value: median(p99s),
    unit: 'ms',
    target: null,
    note: `${spread(p99s, 1)} in ${loads.length} rounds; p50 ${p50}, longest ${max}${othersText(loads)}`,
  };
}
