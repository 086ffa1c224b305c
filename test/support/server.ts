/**
 * The real server as a child process: `node src/apps/main.ts start`, exactly what `npm start`
 * becomes. Whatever happens to the test, no child outlives it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { addressOf, databaseUrl } from './store.ts';

const MAIN = fileURLToPath(new URL('../../src/apps/main.ts', import.meta.url));

/** A start takes a fifth of a second; on a machine that does ten other things, several. */
const START_MS_MAX = 40_000;

/** What is kept of the log, to be shown when something goes wrong. */
const OUTPUT_CHARS_MAX = 64 * 1024;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerProcess {
  /** Of the server itself, or of what wraps it. */
  readonly pid: number;
  /** Resolves with the address once it listens; rejects when it ends before. */
  readonly listening: Promise<string>;
  readonly ended: Promise<Ended>;
  /** The end of what it wrote to stdout and stderr. */
  output(): string;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
  send(signal: NodeJS.Signals): void;
}

export interface ServerOptions {
  /** A file, or the address of a database on a server; with TEST_STORE=postgres a file's name stands for one of those. */
  readonly database: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What of it is started; the server when absent. */
  readonly command?: 'start' | 'worker';
  /** A command that runs the server's command line, which is appended to it. */
  readonly wrapper?: readonly string[];
}

interface Child {
  kill(): void;
  readonly ended: Promise<Ended>;
}

const children = new Set<Child>();
process.on('exit', () => {
  for (const child of children) child.kill();
});

/** For `afterEach`: ends the servers that a test which failed half-way has left running. */
export async function endServers(): Promise<void> {
  await Promise.all(
    [...children].map((child) => {
      child.kill();
      return child.ended;
    }),
  );
}

/** Starts it and waits until it listens. */
export async function startServer(
  options: ServerOptions,
): Promise<ServerProcess & { url: string }> {
  const server = spawnServer({ ...options, database: await databaseUrl(options.database) });
  const url = await server.listening;
  return { ...server, url };
}

/** Starts it and returns at once, so that it can be killed while it starts. */
export function spawnServer(options: ServerOptions): ServerProcess {
  const wrapped = [...(options.wrapper ?? []), process.execPath, MAIN, options.command ?? 'start'];
  const command = wrapped[0] ?? process.execPath;
  const args = wrapped.slice(1);
  const child = spawn(command, args, {
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      children.delete(entry);
      resolve({ code, signal });
    });
  });
  const entry: Child = { kill: () => void child.kill('SIGKILL'), ended };
  children.add(entry);
  const listening = heardAddress(child, ended, () => output);
  // Who kills it while it starts does not ask where it listens.
  listening.catch(() => {});
  return {
    pid: child.pid ?? 0,
    listening,
    ended,
    output: () => output,
    send: (signal) => void child.kill(signal),
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

function environmentOf({ database, environment }: ServerOptions): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    DATABASE_URL: addressOf(database),
    PORT: '0',
    WORKER_PORT: '0',
    LOG_LEVEL: 'info',
    PROCESSING_DELAY_MS: '200',
    ...environment,
  };
}

/** The `url` of the line that says it listens. */
async function heardAddress(
  child: ChildProcess,
  ended: Promise<Ended>,
  output: () => string,
): Promise<string> {
  const found = new Promise<string>((resolve) => {
    const look = () => {
      const [, url] = /"url":"(http:[^"]+)"/.exec(output()) ?? [];
      if (url === undefined) return;
      child.stdout?.off('data', look);
      resolve(url);
    };
    child.stdout?.on('data', look);
  });
  let timer: NodeJS.Timeout | undefined;
  const failed = Promise.race([
    ended.then((how) => `ended (${how.code ?? how.signal})`),
    new Promise<string>((resolve) => {
      timer = setTimeout(resolve, START_MS_MAX, `did not listen within ${START_MS_MAX} ms`);
    }),
  ]).then((why) => {
    throw new Error(`the server ${why}; it said:\n${output()}`);
  });
  return Promise.race([found, failed]).finally(() => clearTimeout(timer));
}
