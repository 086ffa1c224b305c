/**
 * `npm run bench`: how fast Farthing is on this machine, beside what the machine can do, and whether that is fast
 * enough. What it measures and why stands in docs/performance.md. Everything runs on 127.0.0.1 and on temporary
 * files, and nothing of it stays.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Bench } from './bench.ts';
import { RECIPIENTS } from './bodies.ts';
import { measureCards } from './card-load.ts';
import { Children } from './children.ts';
import { measureDashboard } from './dashboard.ts';
import { measureFeed } from './feed.ts';
import { fillFiles, type FilledFiles } from './fill.ts';
import { measureGrowth } from './growth.ts';
import { measureLatency } from './latency.ts';
import { measureLives } from './lives.ts';
import type { Workload } from './load-result.ts';
import { describeMachine } from './machine.ts';
import { type Options, parseOptions, type Section, USAGE } from './options.ts';
import { jsonOf, type Line, type Report, tableOf } from './report.ts';
import { measurePostgres } from './postgres.ts';
import { measureStart } from './start.ts';
import { measureThroughput } from './throughput.ts';
import { measureWebhooks } from './webhooks.ts';

process.exitCode = await main(process.argv.slice(2));

/** 0 when everything was measured, whether or not the targets were met: the machine may just be slow. */
async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    console.error(`${messageOf(error)}\n${USAGE}`);
    return 2;
  }
  const bench = openBench(options);
  const cleanUp = cleanUpOnSignals(bench);
  try {
    const report = await measureAll(bench);
    console.log(options.isJson ? jsonOf(report) : tableOf(report));
    return report.failures.length === 0 ? 0 : 1;
  } finally {
    await cleanUp();
  }
}

function openBench(options: Options): Bench {
  const { parentFolder, profileFolder } = options;
  if (profileFolder !== null) mkdirSync(profileFolder, { recursive: true });
  mkdirSync(parentFolder, { recursive: true });
  return {
    options,
    generator: options.generator,
    folder: mkdtempSync(path.join(path.resolve(parentFolder), 'farthing-bench-')),
    children: new Children(),
    say: (message) => {
      if (message !== '') console.error(message);
    },
  };
}

/** Returns what ends the children and removes the files; a signal does it too, a second one does it at once. */
function cleanUpOnSignals({ children, folder, say }: Bench): () => Promise<void> {
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  const cleanUp = async () => {
    await children.stopAll();
    removeFolder();
  };
  process.on('exit', () => {
    children.killAll();
    removeFolder();
  });
  let isEnding = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const code = 128 + os.constants.signals[signal];
      if (isEnding) process.exit(code);
      isEnding = true;
      say(`stopped by ${signal}`);
      void cleanUp().finally(() => process.exit(code));
    });
  }
  return cleanUp;
}

async function measureAll(bench: Bench): Promise<Report> {
  const { sections } = bench.options;
  const machine = describeMachine(bench.folder);
  const filled = new Map<Workload['kind'], Promise<FilledFiles>>();
  const files = (kind: Workload['kind']) => {
    const filling = filled.get(kind) ?? fillFiles(bench, kind);
    filled.set(kind, filling);
    return filling;
  };
  const measures: Readonly<Record<Section, () => Promise<Line[]>>> = {
    throughput: () => measureThroughput(bench),
    lives: () => measureLives(bench),
    postgres: () => measurePostgres(bench),
    latency: () => measureLatency(bench),
    webhooks: () => measureWebhooks(bench),
    feed: () => measureFeed(bench),
    dashboard: () => measureDashboard(bench),
    growth: async () => measureGrowth(bench, await files('payments'), await files('cards')),
    start: async () => measureStart(bench, await files('payments'), await files('cards')),
    // The last one: its load makes the largest file of cards larger.
    cards: async () => measureCards(bench, await files('cards')),
  };
  const lines: Line[] = [];
  const failures: { section: Section; message: string }[] = [];
  for (const section of sections) {
    bench.say(`measuring ${section}`);
    try {
      lines.push(...(await measures[section]()));
    } catch (error) {
      failures.push({ section, message: messageOf(error) });
    }
    await bench.children.stopAll();
  }
  return { machine, generator: bench.generator, recipients: RECIPIENTS, lines, failures };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
