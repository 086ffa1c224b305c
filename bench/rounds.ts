/** Alternating rounds: what disturbs a shared machine then meets the server and the echo alike. */
import { figure, type Line } from './report.ts';
import { median, spread } from './statistics.ts';

export interface Round<Server, Echo> {
  readonly server: Server;
  readonly echo: Echo;
}

/** Each pair begins with the other one than the pair before, so that a drift does not favour one of them. */
export async function alternate<Server, Echo>(
  pairs: number,
  runServer: () => Promise<Server>,
  runEcho: () => Promise<Echo>,
): Promise<Round<Server, Echo>[]> {
  const rounds: Round<Server, Echo>[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    if (pair % 2 === 0) {
      const echo = await runEcho();
      rounds.push({ echo, server: await runServer() });
    } else {
      const server = await runServer();
      rounds.push({ server, echo: await runEcho() });
    }
  }
  return rounds;
}

/** The median of the pairs' ratios, and their spread. */
export function ratioLine(
  rounds: readonly Round<{ perSecond: number }, { perSecond: number }>[],
  { section, name, atLeast }: { section: Line['section']; name: string; atLeast: number },
): Line {
  const ratios = rounds.map(({ server, echo }) => server.perSecond / echo.perSecond);
  return {
    section,
    name,
    value: median(ratios),
    unit: '',
    target: { kind: 'at_least', value: atLeast },
    note: `${spread(ratios, 2)} in ${rounds.length} pairs`,
  };
}

interface Loaded {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
  readonly serverCpuSeconds: number | null;
}

/** Requests a second, and what one of them takes. */
export function rateLine(section: Line['section'], name: string, loads: readonly Loaded[]): Line {
  const p50 = figure(median(loads.map((load) => load.p50Ms)), 'ms');
  const p99 = figure(median(loads.map((load) => load.p99Ms)), 'ms');
  const cpu = median(
    loads.map((load) => ((load.serverCpuSeconds ?? Number.NaN) * 1e6) / load.requests),
  );
  const cpuText = Number.isNaN(cpu) ? '' : `, ${figure(cpu, 'µs')} of processor each`;
  return {
    section,
    name,
    value: median(loads.map((load) => load.perSecond)),
    unit: '/s',
    target: null,
    note: `p50 ${p50}, p99 ${p99}${cpuText}`,
  };
}
