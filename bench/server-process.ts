/**
 * A server under test: a process of its own, as a user starts it, with its log in a file. Also the echo beside it,
 * so that both are started, found and stopped in the same way.
 */
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.ts';
import type { Child } from './children.ts';

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** From the spawn until the log said where it listens. */
  readonly listeningMs: number;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** The database file, made when it does not exist. */
  readonly databasePath: string;
  /** Settings beside the defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  /** By scripts/run.js, as `npm start` does. */
  readonly viaLauncher?: boolean;
  readonly nodeArguments?: readonly string[];
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAIN = 'src/apps/main.ts';
const START_MS_MAX = 60_000;

/** Fine enough for a start of 300 ms, coarse enough not to slow it down. */
const POLL_MS = 2;

export function startServer(bench: Bench, options: ServerOptions): Promise<ServerProcess> {
  const { databasePath, settings = {}, viaLauncher = false, nodeArguments = [] } = options;
  const program = viaLauncher ? [path.join(ROOT, 'scripts/run.js'), MAIN] : [path.join(ROOT, MAIN)];
  return startProgram(bench, [...nodeArguments, ...program, 'start'], {
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'info',
    DATABASE_URL: `sqlite:${databasePath}`,
    // What Node keeps of compiled code goes when we go.
    NODE_COMPILE_CACHE: path.join(bench.folder, 'compile-cache'),
    ...settings,
  });
}

export function startEcho(bench: Bench): Promise<ServerProcess> {
  return startProgram(bench, [fileURLToPath(new URL('./echo-server.ts', import.meta.url))], {});
}

export function startReceiver(bench: Bench): Promise<ServerProcess> {
  const program = fileURLToPath(new URL('./webhook-receiver.ts', import.meta.url));
  return startProgram(bench, [program], {});
}

let started = 0;

async function startProgram(
  bench: Bench,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  started += 1;
  const logPath = path.join(bench.folder, `server-${started}.log`);
  const log = openSync(logPath, 'a');
  const startedAt = performance.now();
  // The flags that scripts/run.js gave us: the server is measured as `npm start` starts it.
  const command = { file: process.execPath, args: [...process.execArgv, ...args] };
  const child = bench.children.start(command, { environment, folder: bench.folder, stdout: log });
  closeSync(log);
  const url = await listeningUrl(child, logPath);
  const listeningMs = performance.now() - startedAt;
  void child.ended.then(async (code) => {
    if (child.wasStopped()) return;
    bench.say(`a server ended by itself (${code}): ${await child.errors}${lastLines(logPath)}`);
  });
  return { url, pid: child.pid, listeningMs, stop: () => child.stop() };
}

const LAST_CHARACTERS = 2_000;

function lastLines(logPath: string): string {
  return existsSync(logPath) ? readFileSync(logPath, 'utf8').slice(-LAST_CHARACTERS) : '';
}

/** Waits for the line that says where it listens; throws with what it said when it ends instead. */
async function listeningUrl(child: Child, logPath: string): Promise<string> {
  const deadline = performance.now() + START_MS_MAX;
  while (performance.now() < deadline) {
    const lines = readFileSync(logPath, 'utf8').split('\n').slice(0, -1);
    const found = lines.map(urlOf).find((url) => url !== null);
    if (found !== undefined && found !== null) return found;
    if (child.hasEnded()) throw new Error(`a server did not start: ${await child.errors}`);
    await sleep(POLL_MS);
  }
  await child.stop();
  throw new Error(`a server did not start within ${START_MS_MAX / 1000} s`);
}

function urlOf(line: string): string | null {
  if (!line.includes('"listening"')) return null;
  const { url } = JSON.parse(line) as { url?: unknown };
  return typeof url === 'string' ? url : null;
}

/** GETs once and reads the body; throws for anything but 200. For what is not measured. */
export function getText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`GET ${url} answered ${response.statusCode}: ${body}`));
      });
    });
    request.on('error', reject);
  });
}
