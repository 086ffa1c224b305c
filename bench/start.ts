/**
 * From the command to the first answer: the very first time, when Node has compiled nothing yet, and later, on an
 * empty file and on a large one. And what an idle server takes.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { FILLED_SETTINGS, type FilledFiles } from './fill.ts';
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
  /** By scripts/run.js, as `npm start` does. */
  readonly viaLauncher: boolean;
  readonly secondsBelow: number;
  /** The file for the n-th start. */
  readonly databasePath: (index: number) => string;
  /** Where Node finds what it compiled earlier; null for where earlier starts have left it. */
  readonly compileCache: ((index: number) => string) | null;
}

export async function measureStart(
  bench: Bench,
  files: FilledFiles,
  cardFiles: FilledFiles,
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const launch of launches(bench, files, cardFiles))
    lines.push(await measureLaunch(bench, launch));
  return [...lines, await idleLine(bench)];
}

function launches(
  { folder, options }: Bench,
  files: FilledFiles,
  cardFiles: FilledFiles,
): Launch[] {
  const largest = Math.max(...options.plan.sizes);
  const empty = {
    secondsBelow: EMPTY_SECONDS_BELOW,
    databasePath: (index: number) => path.join(folder, `start-${index}.db`),
    compileCache: null,
  };
  const large = {
    secondsBelow: LARGE_SECONDS_BELOW,
    databasePath: () => files.get(largest) ?? '',
    compileCache: null,
  };
  const cards = Math.max(...options.plan.cardSizes);
  const known = { ...large, databasePath: () => cardFiles.get(cards) ?? '' };
  const first = { ...empty, compileCache: (index: number) => path.join(folder, `cache-${index}`) };
  const size = `${largest.toLocaleString('en')} payments`;
  return [
    { ...first, name: 'the first one ever, npm start', viaLauncher: true },
    { ...empty, name: 'an empty file, node alone', viaLauncher: false },
    { ...empty, name: 'an empty file, npm start', viaLauncher: true },
    { ...large, name: `${size}, node alone`, viaLauncher: false },
    { ...large, name: `${size}, npm start`, viaLauncher: true },
    { ...known, name: `${cards.toLocaleString('en')} cards, node alone`, viaLauncher: false },
  ];
}

let launched = 0;

async function measureLaunch(bench: Bench, launch: Launch): Promise<Line> {
  const starts: Start[] = [];
  for (let index = 0; index < bench.options.plan.starts; index += 1) {
    starts.push(await startOnce(bench, launch));
  }
  const ready = starts.map((start) => start.ready);
  const listening = figure(median(starts.map((start) => start.listening)), 's');
  const cpu = median(starts.map((start) => start.cpu ?? Number.NaN));
  const cpuText = Number.isNaN(cpu) ? '' : `, ${figure(cpu, 's')} of processor`;
  const target: Target = { kind: 'below', value: launch.secondsBelow };
  return {
    section: 'start',
    name: `start to ready, ${launch.name}`,
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

async function startOnce(bench: Bench, launch: Launch): Promise<Start> {
  launched += 1;
  const { viaLauncher, compileCache } = launch;
  const cache = compileCache?.(launched);
  const settings = {
    ...FILLED_SETTINGS,
    ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }),
  };
  const databasePath = launch.databasePath(launched);
  const startedAt = performance.now();
  const server = await startServer(bench, { databasePath, viaLauncher, settings });
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
