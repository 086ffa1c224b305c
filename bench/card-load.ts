/**
 * POST /payment with many cards known: how many a second, how long each takes, how long deciding takes. The file was
 * filled with one authorization of each card; those that we send are by the same cards on the same devices.
 */
import { DatabaseSync } from 'node:sqlite';
import type { Bench } from './bench.ts';
import { FILLED_SETTINGS, type FilledFiles } from './fill.ts';
import { measureWaits, RATE_PER_SECOND } from './latency.ts';
import { type Load, runLoad } from './load.ts';
import { residentMib } from './machine.ts';
import { profileArguments, profileText } from './profile.ts';
import type { Line } from './report.ts';
import { getText, type ServerProcess, startEcho, startServer } from './server-process.ts';
import { measurePairs } from './throughput.ts';

const DECISION_P95_MS_BELOW = 1;

const section = 'cards';

export async function measureCards(bench: Bench, files: FilledFiles): Promise<Line[]> {
  const cards = Math.max(...bench.options.plan.cardSizes);
  const databasePath = files.get(cards) ?? '';
  forgetLatencies(databasePath);
  const echo = await startEcho(bench);
  const server = await startServer(bench, {
    databasePath,
    settings: FILLED_SETTINGS,
    nodeArguments: profileArguments(bench, section),
  });
  const before = await authorizations(server);
  const pairs = {
    section,
    name: `POST /payment, ${cards.toLocaleString('en')} cards known`,
    server,
    echo,
  } as const;
  const lines = [
    ...(await measurePairs(bench, { ...pairs, load: loader(bench, cards) })),
    ...(await measureWaits(bench, { ...pairs, load: loader(bench, cards, RATE_PER_SECOND) })),
    await decisionLine(server, before),
    ...memoryLines(server),
  ];
  await Promise.all([server.stop(), echo.stop()]);
  bench.say(profileText(bench, section));
  return lines;
}

/** Decisions that were made while the file was filled say nothing about a server: its statistics begin with its own. */
function forgetLatencies(databasePath: string): void {
  const database = new DatabaseSync(databasePath);
  database.exec(`delete from sketch_bins where sketch = 'decision_latency'`);
  database.close();
}

let loads = 0;

/** Each load draws other cards, the same ones in every run of the benchmark. */
function loader(bench: Bench, cards: number, ratePerSecond?: number) {
  return ({ url, pid }: ServerProcess, seconds: number): Promise<Load> => {
    loads += 1;
    const workload = { kind: 'cards', cards, seed: loads } as const;
    const rate = ratePerSecond === undefined ? {} : { ratePerSecond };
    return runLoad(bench, { url, pid, seconds, workload, ...rate });
  };
}

/** All decisions of this server: those of the fill are no part of the statistics. */
async function decisionLine(server: ServerProcess, before: Stats): Promise<Line> {
  const after = await authorizations(server);
  return {
    section,
    name: 'deciding, p95 (GET /stats)',
    value: after.p95LatencyMs ?? Number.NaN,
    unit: 'ms',
    target: { kind: 'below', value: DECISION_P95_MS_BELOW },
    note: `over ${(after.total - before.total).toLocaleString('en')} decisions`,
  };
}

function memoryLines({ pid }: ServerProcess): Line[] {
  const mib = residentMib(pid);
  if (mib === null) return [];
  return [
    {
      section,
      name: 'resident memory, afterwards',
      value: mib,
      unit: 'MiB',
      target: null,
      note: '',
    },
  ];
}

interface Stats {
  readonly total: number;
  readonly p95LatencyMs: number | null;
}

async function authorizations({ url }: ServerProcess): Promise<Stats> {
  const { total, p95_latency: p95LatencyMs } = JSON.parse(await getText(`${url}/stats`)) as {
    total: number;
    p95_latency: number | null;
  };
  return { total, p95LatencyMs };
}
