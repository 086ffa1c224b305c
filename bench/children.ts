/**
 * The processes that the benchmark starts. It owns the promise that none outlives it: each is asked to end, then
 * made to, by its id.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export interface Child {
  readonly pid: number;
  /** All that it printed, once it has ended; empty when stdout went to a file. */
  readonly output: Promise<string>;
  readonly errors: Promise<string>;
  /** The exit code; -1 after a signal. */
  readonly ended: Promise<number>;
  readonly hasEnded: () => boolean;
  /** Whether it was us who ended it. */
  readonly wasStopped: () => boolean;
  /** Ends it: SIGTERM, and SIGKILL when it does not listen. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** A file descriptor that takes the child's stdout; without it, `output` does. */
  readonly stdout?: number;
}

/** The server finishes what it began within 10 seconds, and then gives up by itself. */
const STOP_MS_MAX = 12_000;

export class Children {
  readonly #running = new Map<number, ChildProcess>();

  start({ file, args }: Command, options: ChildOptions): Child {
    const child = spawn(file, args, {
      cwd: options.folder,
      env: { ...inheritedEnvironment(), ...options.environment },
      // Its stdin ends with us: what reads it ends too, even when we are killed outright.
      stdio: ['pipe', options.stdout ?? 'pipe', 'pipe'],
    });
    const { pid } = child;
    if (pid !== undefined) this.#running.set(pid, child);
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? -1));
    });
    const forget = () => this.#running.delete(pid ?? 0);
    ended.then(forget, forget);
    return {
      pid: pid ?? 0,
      output: child.stdout === null ? Promise.resolve('') : text(child.stdout),
      errors: child.stderr === null ? Promise.resolve('') : text(child.stderr),
      ended,
      hasEnded: () => child.exitCode !== null || child.signalCode !== null,
      wasStopped: () => child.killed,
      stop: () => stop(child, ended),
    };
  }

  async stopAll(): Promise<void> {
    const ends = [...this.#running.values()].map((child) =>
      stop(child, new Promise((resolve) => void child.once('exit', () => resolve(0)))),
    );
    await Promise.all(ends);
  }

  /** The last resort: at once, without waiting. */
  killAll(): void {
    for (const child of this.#running.values()) child.kill('SIGKILL');
  }
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(force);
}

/** Only what a program needs to run: a setting of the server in our own environment must not change what we measure. */
function inheritedEnvironment(): Record<string, string> {
  const names = [
    'PATH',
    'Path',
    'HOME',
    'TMPDIR',
    'TEMP',
    'TMP',
    'SystemRoot',
    'LANG',
    'BENCH_RECIPIENTS',
  ];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
