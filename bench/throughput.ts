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
  const { pairs, roundSeconds, warmupSeconds } = bench.options.plan;
  const echo = await startEcho(bench);
  const server = await startServer(bench, {
    databasePath: path.join(bench.folder, 'throughput.db'),
    settings: { PROCESSING_START_DELAY_MS: START_DELAY_MS },
    nodeArguments: profileArguments(bench, 'throughput'),
  });
  const load = ({ url, pid }: ServerProcess, seconds: number): Promise<Load> =>
    runLoad(bench, { url, pid, seconds });
  await load(echo, warmupSeconds);
  await load(server, warmupSeconds);
  const rounds = await alternate(
    pairs,
    () => load(server, roundSeconds),
    () => load(echo, roundSeconds),
  );
  await Promise.all([server.stop(), echo.stop()]);
  bench.say(profileText(bench, 'throughput'));
  const section = 'throughput';
  return [
    ratioLine(rounds, { section, name: 'POST /payments / bare echo', atLeast: RATIO_MIN }),
    rateLine(
      section,
      'POST /payments',
      rounds.map((round) => round.server),
    ),
    rateLine(
      section,
      'bare echo',
      rounds.map((round) => round.echo),
    ),
    ...generatorLines(rounds.map((round) => round.echo)),
  ];
}

/** A generator that needs more processor time than the echo measures itself. */
function generatorLines(loads: readonly Load[]): Line[] {
  const requests = loads.reduce((sum, load) => sum + load.requests, 0);
  const used = loads.reduce((sum, load) => sum + (load.generatorCpuSeconds ?? Number.NaN), 0);
  const seconds = loads.reduce((sum, load) => sum + load.seconds, 0);
  if (Number.isNaN(used)) return [];
  const busy = Math.round((used / seconds) * 100);
  return [
    {
      section: 'throughput',
      name: 'load generator, processor a request',
      value: (used * 1e6) / requests,
      unit: 'µs',
      target: null,
      note: `${busy} % of one core while it drove the echo`,
    },
  ];
}
