/** The command line in a process of its own, as a shell would run it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../src/apps/main.ts', import.meta.url));

/** Longer than anything takes on a machine that does ten other things. */
const WAIT_MS_MAX = 20_000;

export type Environment = Readonly<Record<string, string>>;
export type Json = Readonly<Record<string, unknown>>;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly env?: Environment;
  readonly cwd?: string;
}

export interface CommandLine {
  /** Runs it to its end. */
  run(args: readonly string[], surroundings?: Surroundings): Promise<Run>;
  start(args: readonly string[], surroundings?: Surroundings): ChildProcessWithoutNullStreams;
  /** `payments create` of 250.00 USD; options given again count. */
  create(...more: string[]): Promise<Run>;
  /** The id of such a payment, once it has its outcome. */
  createdId(...more: string[]): Promise<string>;
  environment(more?: Environment): NodeJS.ProcessEnv;
}

/** In `folder`, with `defaults` and nothing else of this process's environment. */
export function commandLine(folder: string, defaults: () => Environment): CommandLine {
  const environment = (more: Environment = {}) => ({
    PATH: process.env['PATH'],
    // Half of the time of a short command is the reading of its modules.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    ...defaults(),
    ...more,
  });
  const start: CommandLine['start'] = (args, { env = {}, cwd = folder } = {}) =>
    spawn(process.execPath, [MAIN, ...args], { cwd, env: environment(env) });
  const run: CommandLine['run'] = (args, surroundings) => ended(start(args, surroundings));
  const create: CommandLine['create'] = (...more) => {
    const required = [
      '--amount',
      '250.00',
      '--currency',
      'USD',
      '--recipient',
      'alice@example.com',
    ];
    return run(['payments', 'create', ...required, ...more]);
  };
  return {
    run,
    start,
    create,
    createdId: async (...more) =>
      String(json(await create('--wait', '--json', ...more))['payment_id']),
    environment,
  };
}

/** What a process wrote, and how it ended. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<Run> {
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}

export function json({ stdout }: Pick<Run, 'stdout'>): Json {
  return JSON.parse(stdout) as Json;
}

export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** A server that is not ours; gone when `use` is done. */
export async function withStranger<Value>(
  listener: RequestListener,
  use: (url: string) => Value | Promise<Value>,
): Promise<Value> {
  const stranger = createServer(listener);
  await new Promise<void>((resolve) => {
    stranger.listen(0, '127.0.0.1', resolve);
  });
  const { port } = stranger.address() as AddressInfo;
  try {
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    stranger.closeAllConnections();
    await new Promise((resolve) => {
      stranger.close(resolve);
    });
  }
}

export async function eventually(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + WAIT_MS_MAX;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('it never came true');
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
