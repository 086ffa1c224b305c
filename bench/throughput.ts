/** How many payments a second are taken, beside what bare HTTP takes. Their timers are due long after the run. */
import path from 'node:path';
import type { Bench } from './bench.ts';
import { type Load, runLoad } from './load.ts';
import { profileArguments, profileText } from './profile.ts';
import type { Line } from './report.ts';
import { alternate, rateLine, ratioLine } from './rounds.ts';
import { type ServerProcess, startEcho, startServer } from './server-process.ts';

const RATIO_MIN = 0.25;

/** Ten minutes: no payment goes on while we measure that it is taken. */
const START_DELAY_MS = '600000';

export async function measureThroughput(bench: Bench): Promise<Line[]> {
  const echo = await startEcho(bench);
  const server = await startServer(bench, {
    databasePath: path.join(bench.folder, 'throughput.db'),
    settings: { PROCESSING_START_DELAY_MS: START_DELAY_MS },
    nodeArguments: profileArguments(bench, 'throughput'),
  });
  const lines = await measurePairs(bench, {
    section: 'throughput',
    name: 'POST /payments',
    server,
    echo,
    load: ({ url, pid }, seconds) => runLoad(bench, { url, pid, seconds }),
  });
  await Promise.all([server.stop(), echo.stop()]);
  bench.say(profileText(bench, 'throughput'));
  return lines;
}

export interface Pairs {
  readonly section: Line['section'];
  /** Of what is asked for. */
  readonly name: string;
  readonly server: ServerProcess;
  readonly echo: ServerProcess;
  readonly load: (process: ServerProcess, seconds: number) => Promise<Load>;
}

/** As fast as answers come, from both, in rounds that alternate. */
export async function measurePairs(bench: Bench, pairs: Pairs): Promise<Line[]> {
  const { section, name, server, echo, load } = pairs;
  const { pairs: count, roundSeconds, warmupSeconds } = bench.options.plan;
  await load(echo, warmupSeconds);
  await load(server, warmupSeconds);
  const rounds = await alternate(
    count,
    () => load(server, roundSeconds),
    () => load(echo, roundSeconds),
  );
  return [
    ratioLine(rounds, { section, name: `${name} / bare echo`, atLeast: RATIO_MIN }),
    rateLine(
      section,
      name,
      rounds.map((round) => round.server),
    ),
    rateLine(
      section,
      'bare echo',
      rounds.map((round) => round.echo),
    ),
    ...generatorLines(
      section,
      rounds.map((round) => round.echo),
    ),
  ];
}

/** A generator that needs more processor time than the echo measures itself. */
function generatorLines(section: Line['section'], loads: readonly Load[]): Line[] {
  const requests = loads.reduce((sum, load) => sum + load.requests, 0);
  const used = loads.reduce((sum, load) => sum + (load.generatorCpuSeconds ?? Number.NaN), 0);
  const seconds = loads.reduce((sum, load) => sum + load.seconds, 0);
  if (Number.isNaN(used)) return [];
  const busy = Math.round((used / seconds) * 100);
  return [
    {
      section,
      name: 'load generator, processor a request',
      value: (used * 1e6) / requests,
      unit: 'µs',
      target: null,
      note: `${busy} % of one core while it drove the echo`,
    },
  ];
}
