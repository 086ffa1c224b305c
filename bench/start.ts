/** From the command to the first answer, on an empty file and on a large one, and what an idle server takes. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import type { FilledFiles } from './fill.ts';
import { cpuSeconds, residentMib } from './machine.ts';
import { figure, type Line, type Target } from './report.ts';
import { getText, startServer } from './server-process.ts';
import { median, spread } from './statistics.ts';

const EMPTY_SECONDS_BELOW = 1;
const LARGE_SECONDS_BELOW = 2;
const IDLE_MIB_BELOW = 150;

/** Each look at /readyz before it says 200; the server that listens is nearly always ready. */
const READY_LOOKS_MAX = 1_000;

interface Launch {
  readonly name: string;
  readonly secondsBelow: number;
  /** The file for the n-th start. */
  readonly databasePath: (index: number) => string;
}

export async function measureStart(bench: Bench, files: FilledFiles): Promise<Line[]> {
  const { plan } = bench.options;
  const largest = Math.max(...plan.sizes);
  const large = files.get(largest) ?? '';
  const launches: Launch[] = [
    {
      name: 'an empty file',
      secondsBelow: EMPTY_SECONDS_BELOW,
      databasePath: (index) => path.join(bench.folder, `start-${index}.db`),
    },
    {
      name: `${largest.toLocaleString('en')} payments`,
      secondsBelow: LARGE_SECONDS_BELOW,
      databasePath: () => large,
    },
  ];
  const lines: Line[] = [];
  for (const launch of launches) {
    lines.push(await measureLaunch(bench, launch, false), await measureLaunch(bench, launch, true));
  }
  return [...lines, await idleLine(bench)];
}

let launched = 0;

async function measureLaunch(bench: Bench, launch: Launch, viaLauncher: boolean): Promise<Line> {
  const starts: Start[] = [];
  for (let index = 0; index < bench.options.plan.starts; index += 1) {
    launched += 1;
    starts.push(await startOnce(bench, launch.databasePath(launched), viaLauncher));
  }
  const ready = starts.map((start) => start.ready);
  const listening = figure(median(starts.map((start) => start.listening)), 's');
  const cpu = median(starts.map((start) => start.cpu ?? Number.NaN));
  const cpuText = Number.isNaN(cpu) ? '' : `, ${figure(cpu, 's')} of processor`;
  const target: Target = { kind: 'below', value: launch.secondsBelow };
  return {
    section: 'start',
    name: `start to ready, ${launch.name}, ${viaLauncher ? 'as npm start does' : 'node alone'}`,
    value: median(ready),
    unit: 's',
    target,
    note: `${spread(ready, 2)} in ${starts.length} starts; listening after ${listening}${cpuText}`,
  };
}

/** Seconds. */
interface Start {
  readonly listening: number;
  readonly ready: number;
  /** Null where there is no /proc. */
  readonly cpu: number | null;
}

async function startOnce(bench: Bench, databasePath: string, viaLauncher: boolean): Promise<Start> {
  const startedAt = performance.now();
  const server = await startServer(bench, { databasePath, viaLauncher });
  await untilReady(server.url);
  const ready = (performance.now() - startedAt) / 1000;
  const cpu = cpuSeconds(server.pid);
  await server.stop();
  return { ready, listening: server.listeningMs / 1000, cpu };
}

async function untilReady(url: string): Promise<void> {
  for (let look = 1; ; look += 1) {
    try {
      await getText(`${url}/readyz`);
      return;
    } catch (error) {
      if (look >= READY_LOOKS_MAX) throw error;
      await sleep(1);
    }
  }
}

async function idleLine(bench: Bench): Promise<Line> {
  const { idleSeconds } = bench.options.plan;
  const databasePath = path.join(bench.folder, 'idle.db');
  const server = await startServer(bench, { databasePath });
  await sleep(idleSeconds * 1000);
  const mib = residentMib(server.pid);
  await server.stop();
  return {
    section: 'start',
    name: `resident memory, idle for ${idleSeconds} s`,
    value: mib ?? Number.NaN,
    unit: 'MiB',
    target: mib === null ? null : { kind: 'below', value: IDLE_MIB_BELOW },
    note: mib === null ? 'this system has no /proc to read it from' : '',
  };
}
