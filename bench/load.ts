/** Puts load on a server, by one of three generators, each a process of its own. */
import { fileURLToPath } from 'node:url';
import { autocannonCommand, autocannonResult } from './autocannon.ts';
import type { Bench } from './bench.ts';
import type { Command } from './children.ts';
import { type LoadOrder, type LoadResult, parseResult, type Workload } from './load-result.ts';
import { type Spent, watch } from './machine.ts';
import type { GeneratorName } from './options.ts';
import { wrkCommand, wrkResult } from './wrk.ts';

const PATHS: Readonly<Record<Workload['kind'], string>> = {
  payments: '/payments',
  cards: '/payment',
};

/** As many callers as most targets speak of. */
const CONNECTIONS = 32;

export interface LoadOptions {
  readonly url: string;
  /** The server's process, whose processor time is read. */
  readonly pid: number;
  readonly seconds: number;
  /** Absent: payments. */
  readonly workload?: Workload;
  /** Absent: as many as most targets speak of. */
  readonly connections?: number;
  /** Constant, whatever the server does (only our own generator can); without it as fast as answers come. */
  readonly ratePerSecond?: number;
}

export interface Load extends LoadResult {
  readonly perSecond: number;
  /** Processor time of the server; null where the system does not say. */
  readonly serverCpuSeconds: number | null;
  /** Processors that neither the server nor the generator used, but somebody did; null where nobody knows. */
  readonly othersCores: number | null;
}

/** Runs to the end; throws when a request was not answered with 201. */
export async function runLoad(bench: Bench, options: LoadOptions): Promise<Load> {
  const { pid, seconds, ratePerSecond = null, connections = CONNECTIONS } = options;
  const { workload = { kind: 'payments' } } = options;
  const generator = ratePerSecond === null ? bench.generator : 'own';
  const url = `${options.url}${PATHS[workload.kind]}`;
  const order = { url, workload, connections, seconds, ratePerSecond };
  const command = commandOf(generator, order, bench.folder);
  const startedAtMs = Date.now();
  const spentSince = watch(pid);
  const child = bench.children.start(command, { environment: {}, folder: bench.folder });
  const code = await child.ended;
  const spent = spentSince();
  if (code !== 0) {
    const reason = (await child.errors).trim() || 'a signal ended it';
    throw new Error(`the generator ${generator} failed: ${reason}`);
  }
  const result = resultOf(generator, await child.output, startedAtMs);
  if (result.failures > 0 || result.requests === 0) {
    const { failures, requests, firstFailure } = result;
    throw new Error(`${failures} of ${requests} requests failed; the first: ${firstFailure}`);
  }
  return {
    ...result,
    perSecond: result.requests / result.seconds,
    serverCpuSeconds: spent.processSeconds,
    othersCores: othersCores(spent, result),
  };
}

function othersCores(spent: Spent, { generatorCpuSeconds }: LoadResult): number | null {
  const { processSeconds, machineSeconds, wallSeconds } = spent;
  if (processSeconds === null || generatorCpuSeconds === null) return null;
  return Math.max(0, machineSeconds - processSeconds - generatorCpuSeconds) / wallSeconds;
}

function commandOf(generator: GeneratorName, order: LoadOrder, folder: string): Command {
  switch (generator) {
    case 'own':
      return {
        file: process.execPath,
        args: [fileURLToPath(new URL('./generator.ts', import.meta.url)), JSON.stringify(order)],
      };
    case 'wrk':
      return wrkCommand(order, folder);
    case 'autocannon':
      return autocannonCommand(order, folder);
  }
}

function resultOf(generator: GeneratorName, output: string, startedAtMs: number): LoadResult {
  switch (generator) {
    case 'own':
      return parseResult(output);
    case 'wrk':
      return wrkResult(output, startedAtMs);
    case 'autocannon':
      return autocannonResult(output, startedAtMs);
  }
}
