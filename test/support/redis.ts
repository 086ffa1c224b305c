/** Redis for tests: real ones. Whatever happens to the test, no server that was started here outlives it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Redis } from 'ioredis';

const START_MS_MAX = 20_000;

export interface TestRedis {
  /** What REDIS_URL is to be. Others may use the same server: keys and channels are told apart by their database's name. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A Redis of a test's own, which may come to harm. */
export interface OwnRedis extends TestRedis {
  readonly port: number;
  /** As a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  /** It stays connected and answers nothing. */
  freeze(): void;
  thaw(): void;
  flush(): Promise<void>;
  /** Every key there is. */
  keys(): Promise<string[]>;
}

/** The server that TEST_REDIS_URL names, else one of its own. */
export async function testRedis(): Promise<TestRedis> {
  const given = process.env['TEST_REDIS_URL'];
  if (given === undefined || given === '') return startRedis();
  return { url: given, stop: async () => {} };
}

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A server of its own on a free port, or on the port that is named. Keeps nothing on disk. */
export async function startRedis(options: { readonly port?: number } = {}): Promise<OwnRedis> {
  const port = options.port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), 'farthing-redis-'));
  const url = `redis://127.0.0.1:${port}`;
  let child = await launch(port, folder);
  const end = async () => {
    const ended = once(child, 'exit');
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await ended;
  };
  return {
    url,
    port,
    kill: end,
    async restart() {
      await end();
      child = await launch(port, folder);
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    flush: () => asking(url, async (client) => void (await client.flushall())),
    keys: () => asking(url, (client) => client.keys('*')),
    async stop() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port on which nothing listens now. */
export function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}

async function launch(port: number, folder: string): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = '';
  const hear = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
    if (said.includes('Ready to accept connections')) resolve();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.once('error', (error) =>
    reject(
      new Error('redis-server could not be started; install it: apt-get install redis-server', {
        cause: error,
      }),
    ),
  );
  child.once('exit', () => reject(new Error(`Redis ended:\n${said}`)));
  const timer = setTimeout(() => reject(new Error(`Redis did not start:\n${said}`)), START_MS_MAX);
  await promise.finally(() => clearTimeout(timer));
  return child;
}

async function asking<Value>(url: string, ask: (client: Redis) => Promise<Value>): Promise<Value> {
  const client = new Redis(url);
  try {
    return await ask(client);
  } finally {
    client.disconnect();
  }
}

/** A name that no other test has. */
export function uniqueName(): string {
  return `test-${randomBytes(6).toString('hex')}`;
}
