/**
 * Alternating rounds: what disturbs a shared machine then meets the server and the echo alike. Where others took a
 * good part of it, rounds are run again, a bounded number of times, and those count in which they took least.
 */
import { figure, type Line } from './report.ts';
import { median, spread } from './statistics.ts';

interface Disturbed {
  /** Null where nobody knows. */
  readonly othersCores: number | null;
}

export interface Round<Server extends Disturbed, Echo extends Disturbed> {
  readonly server: Server;
  readonly echo: Echo;
}

/** Starting the generator alone takes a tenth of a processor from a short round. */
const OTHERS_CORES_MAX = 0.3;

/** Rounds that are run for each one that counts. */
const TRIES_MAX = 2;

/** Each pair begins with the other one than the pair before, so that a drift does not favour one of them. */
export async function alternate<Server extends Disturbed, Echo extends Disturbed>(
  pairs: number,
  runServer: () => Promise<Server>,
  runEcho: () => Promise<Echo>,
): Promise<Round<Server, Echo>[]> {
  const rounds: Round<Server, Echo>[] = [];
  let quiet = 0;
  for (let pair = 0; pair < pairs * TRIES_MAX && quiet < pairs; pair += 1) {
    const isEchoFirst = pair % 2 === 0;
    const before = isEchoFirst ? await runEcho() : null;
    const server = await runServer();
    const round = { server, echo: before ?? (await runEcho()) };
    rounds.push(round);
    if (disturbance(round) <= OTHERS_CORES_MAX) quiet += 1;
  }
  return rounds.toSorted((left, right) => disturbance(left) - disturbance(right)).slice(0, pairs);
}

function disturbance({ server, echo }: Round<Disturbed, Disturbed>): number {
  return Math.max(server.othersCores ?? 0, echo.othersCores ?? 0);
}

/** The median of the pairs' ratios, and their spread. */
export function ratioLine(
  rounds: readonly Round<Loaded, Loaded>[],
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

interface Loaded extends Disturbed {
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
    note: `p50 ${p50}, p99 ${p99}${cpuText}${othersText(loads)}`,
  };
}

/** Empty when nobody else was at work. */
export function othersText(loads: readonly Disturbed[]): string {
  const cores = median(loads.map((load) => load.othersCores ?? 0));
  return cores <= OTHERS_CORES_MAX ? '' : `; others took ${cores.toFixed(1)} cores meanwhile`;
}
