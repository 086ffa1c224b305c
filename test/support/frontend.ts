/** The nginx of the stack with the configuration that is shipped, beside processes of a test instead of containers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { programOf } from './debian.ts';

const CONFIGURATION = fileURLToPath(new URL('../../deploy/nginx.conf', import.meta.url));

const START_MS_MAX = 10_000;

export interface Frontend {
  readonly url: string;
  /** What nginx wrote: its errors and a line for each request. */
  output(): string;
  stop(): Promise<void>;
}

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export function nginxProgram(): string {
  return programOf('nginx-light', [
    '/usr/sbin/nginx',
    '/usr/local/bin/nginx',
    '/opt/homebrew/bin/nginx',
  ]);
}

/** Starts it; `api` is looked up at the name server, and asked on `apiPort`. */
export async function startFrontend(options: {
  readonly nameServerPort: number;
  readonly apiPort: number;
}): Promise<Frontend> {
  const folder = mkdtempSync(join(tmpdir(), 'farthing-frontend-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configurationFor({ ...options, port, folder }));
  // As root it would run as nobody, who may not enter our folder; in its container it is never root.
  const user = process.getuid?.() === 0 ? ' user root;' : '';
  const child = spawn(nginxProgram(), ['-c', file, '-p', folder, '-g', `daemon off;${user}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.add(child);
  const ended = once(child, 'exit');
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const accessLog = join(folder, 'access.log');
  const output = () => errors + (existsSync(accessLog) ? readFileSync(accessLog, 'utf8') : '');
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
    children.delete(child);
    rmSync(folder, { recursive: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilItAnswers(`${url}/frontend/livez`, child, output);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, output, stop };
}

/** What is shipped, but for the places of a container. Throws when one of them is no longer there. */
export function configurationFor(places: {
  readonly nameServerPort: number;
  readonly apiPort: number;
  readonly port: number;
  readonly folder: string;
}): string {
  const changes: readonly [RegExp, string][] = [
    [/\blisten 8080;/g, `listen 127.0.0.1:${places.port};`],
    [/\bapi:8080\b/g, `api:${places.apiPort}`],
    [/\bresolver 127\.0\.0\.11 /g, `resolver 127.0.0.1:${places.nameServerPort} `],
    [/(?<= )\/tmp\//g, `${places.folder}/`],
    [/\bworker_processes auto;/g, 'worker_processes 1;'],
    // Node gives a child sockets, which cannot be opened by a path.
    [/\/dev\/stdout\b/g, `${places.folder}/access.log`],
  ];
  let text = readFileSync(CONFIGURATION, 'utf8');
  for (const [pattern, replacement] of changes) {
    if (!pattern.test(text)) throw new Error(`deploy/nginx.conf has no ${String(pattern)}`);
    text = text.replaceAll(pattern, replacement);
  }
  return text;
}

async function untilItAnswers(
  url: string,
  child: ChildProcess,
  output: () => string,
): Promise<void> {
  const deadline = performance.now() + START_MS_MAX;
  while (performance.now() < deadline && child.exitCode === null) {
    const isThere = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    await sleep(50);
  }
  throw new Error(`nginx does not answer; it said:\n${output()}`);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
