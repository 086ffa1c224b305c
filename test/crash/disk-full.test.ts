/**
 * A disk without room, and one that fails. A full disk is a state that ends: writes are refused
 * with a 503, reads go on, and once there is room again so do writes. Any other I/O error means
 * that nobody knows what is on disk: the process ends.
 *
 * The disk is full in two ways. SQLite's own page limit brings about its real SQLITE_FULL
 * everywhere, while a statement runs. A tmpfs of a few megabytes in a mount namespace of the
 * server's own brings about ENOSPC while the WAL is written; it needs Linux and user namespaces,
 * and where it cannot be had the second suite is not there.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { storageError } from '../../src/adapters/storage/sqlite/database.ts';
import { compose } from '../../src/apps/compose.ts';
import { effectiveSettings, parseConfig } from '../../src/apps/config.ts';
import { auditFile } from '../support/audit.ts';
import { freshSeed } from '../support/chance.ts';
import { withWriter } from '../support/connections.ts';
import { type Answer, type Client, clientOf } from '../support/http.ts';
import { endServers, startServer } from '../support/server.ts';
import { type WirePage, type WirePayment, wirePayment } from '../support/wire.ts';
import { startLoad } from './load.ts';
import { verify } from './verify.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-full-'));
afterEach(endServers);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Disk {
  readonly url: string;
  /** Of the server's own process. */
  output(): string;
  /** A path to read the file from, as it is now; nothing may be under way. */
  readable(): string;
  fill(): void;
  makeRoom(): void;
  /** Ends the server; resolves with its exit code, or null when it ran in this process. */
  end(): Promise<number | null>;
}

const ENVIRONMENT = { FAILURE_RATE: '0', PROCESSING_DELAY_MS: '300' };
const TMPFS_BYTES = 8 * 1024 * 1024;

/** The application in this process, its writer limited to the pages that it has. */
async function pageLimit(): Promise<Disk> {
  const database = join(mkdtempSync(join(folder, 'pages-')), 'pages.db');
  const settings = { ...ENVIRONMENT, DATABASE_URL: `sqlite:${database}`, SQLITE_THREAD: 'off' };
  const config = parseConfig(effectiveSettings(settings, {}));
  const onFatal = (error: unknown) => {
    throw new Error('a full disk is not fatal', { cause: error });
  };
  const { value: service, writer } = await withWriter(() =>
    compose(config, pino({ level: 'silent' }), onFatal),
  );
  service.begin();
  const url = await service.app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    output: () => '',
    readable: () => database,
    // Less than it has is taken for as many as it has.
    fill: () => writer.exec('pragma max_page_count = 1'),
    makeRoom: () => writer.exec('pragma max_page_count = 4294967294'),
    async end() {
      await service.end();
      return null;
    },
  };
}

/** A shell that mounts a small tmpfs where nobody else sees it, and becomes the server. */
function tmpfsWrapper(mountPoint: string): string[] {
  const mount = `mount -t tmpfs -o size=${TMPFS_BYTES} farthing "$0" && exec "$@"`;
  return ['unshare', '--map-root-user', '--mount', 'sh', '-c', mount, mountPoint];
}

const canMount = (() => {
  const [command = '', ...args] = tmpfsWrapper(folder);
  return spawnSync(command, [...args, 'true']).status === 0;
})();

if (!canMount) console.warn('no mount namespaces here: ENOSPC itself is not brought about');

async function smallFileSystem(): Promise<Disk> {
  const mountPoint = mkdtempSync(join(folder, 'mount-'));
  const server = await startServer({
    database: join(mountPoint, 'small.db'),
    environment: ENVIRONMENT,
    wrapper: tmpfsWrapper(mountPoint),
  });
  const inside = `/proc/${server.pid}/root${mountPoint}`;
  const filler = join(inside, 'filler');
  return {
    url: server.url,
    output: () => server.output(),
    // SQLite resolves links, and the link out of /proc leads back to our own file system.
    readable() {
      const copy = join(folder, `copy-${server.pid}.db`);
      for (const suffix of ['', '-wal'])
        copyFileSync(join(inside, `small.db${suffix}`), copy + suffix);
      return copy;
    },
    fill() {
      for (const bytes of [65_536, 4_096]) appendUntilFull(filler, bytes);
    },
    makeRoom: () => rmSync(filler),
    async end() {
      return (await server.end('SIGTERM')).code;
    },
  };
}

function appendUntilFull(path: string, bytes: number): void {
  const block = Buffer.alloc(bytes);
  try {
    for (let written = 0; written <= TMPFS_BYTES; written += bytes) appendFileSync(path, block);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
    throw error;
  }
  throw new Error('the file system did not fill up');
}

const DISKS: readonly (readonly [string, () => Promise<Disk>])[] = [
  ['SQLite at its page limit', pageLimit],
  ...(canMount ? [['a full file system', smallFileSystem] as const] : []),
];

function create(client: Client, reference: string, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ amount: 1, currency: 'USD', recipient: 'a', reference });
  return client.call({ method: 'POST', path: '/payments', body, headers });
}

/** Pays until it is refused; what is answered with 201 meanwhile is added to `made`. */
async function payUntilRefused(client: Client, made: Map<string, string>): Promise<Answer> {
  for (let payment = 0; payment < 5_000; payment += 1) {
    const reference = `before-${payment}`;
    const answer = await create(client, reference);
    if (answer?.status === 503) return answer;
    if (answer?.status !== 201) throw new Error(`neither made nor refused: ${answer?.text}`);
    made.set(reference, wirePayment(answer.text).payment_id);
  }
  throw new Error('nothing was refused');
}

async function firstNotRefused(client: Client, reference: string): Promise<Answer | null> {
  const endsAt = performance.now() + 5_000;
  for (;;) {
    const answer = await create(client, reference);
    if (answer?.status !== 503 || performance.now() > endsAt) return answer;
    await sleep(50);
  }
}

describe.each(DISKS)('%s', (_, open) => {
  test('refuses writes with a 503, reads on, and writes again when there is room', async () => {
    const disk = await open();
    const client = clientOf(disk.url, 16);
    const answer = await create(client, 'first', { prefer: 'wait=5' });
    const first = wirePayment(answer?.text ?? '');
    const made = new Map([['first', first.payment_id]]);
    disk.fill();
    const refused = await refusesWrites(client, made);
    // Long enough for timers to try, and for the relay.
    await sleep(1_500);
    expect(await client.json(`/payments/${first.payment_id}`)).toEqual(first);
    expect(await client.json('/summary')).toMatchObject({ total: made.size });
    disk.makeRoom();
    await writesAgain(client, made, refused);
    await sleep(200); // the relay's cursor follows the last event
    expect(auditFile(disk.readable())).toMatchObject({ faults: [], payments: made.size });
    client.close();
    await disk.end();
  });

  test('does not say that nothing was changed to a caller whose payment was made', async () => {
    const disk = await open();
    const client = clientOf(disk.url, 4);
    const headers = { prefer: 'wait=1', 'idempotency-key': 'waits' };
    const waiting = create(client, 'waits', headers);
    await expect.poll(() => countOf(client, 'waits')).toBe(1);
    disk.fill();
    await payUntilRefused(client, new Map());
    const answer = await waiting;
    // What became of it cannot be stored now; but it is there, and the answer must not deny it.
    if (answer?.status !== 201) expect(answer?.text).not.toMatch(/nothing was changed/i);
    disk.makeRoom();
    await writesAgain(client, new Map());
    expect((await create(client, 'waits', headers))?.status).toBe(201);
    expect(await countOf(client, 'waits')).toBe(1);
    client.close();
    await disk.end();
  });

  test('still ends in order when it is asked to stop', async () => {
    const disk = await open();
    const client = clientOf(disk.url, 4);
    await create(client, 'first');
    disk.fill();
    await payUntilRefused(client, new Map());
    client.close();
    const code = await disk.end();
    expect(code === 0 || code === null ? '' : disk.output()).toBe('');
  });
});

/**
 * Gives the references of what was refused. What is written behind the payments (the time series) may set a page free, in
 * which a last one finds room: it is taken like any other then.
 */
async function refusesWrites(client: Client, made: Map<string, string>): Promise<string[]> {
  const first = await payUntilRefused(client, made);
  expect(first).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect(JSON.parse(first.text)).toMatchObject({ code: 'storage_unavailable' });
  const refused: string[] = [];
  const references = Array.from({ length: 50 }, (_, index) => `refused-${index}`);
  const answers = await Promise.all(references.map((reference) => create(client, reference)));
  for (const [index, reference] of references.entries()) {
    const answer = answers[index];
    if (answer?.status === 201) made.set(reference, wirePayment(answer.text).payment_id);
    else refused.push(`${answer?.status} ${reference}`);
  }
  expect(refused.length).toBeGreaterThan(40);
  expect(refused.filter((one) => !one.startsWith('503 '))).toEqual([]);
  return refused.map((one) => one.slice('503 '.length));
}

/** By itself, and nothing is left of what was refused; what had been begun goes on. */
async function writesAgain(
  client: Client,
  made: Map<string, string>,
  refused: readonly string[] = [],
): Promise<void> {
  const resumed = await firstNotRefused(client, 'after');
  expect(resumed?.status).toBe(201);
  made.set('after', wirePayment(resumed?.text ?? '').payment_id);
  await expect
    .poll(() => client.json('/summary'), { timeout: 5_000 })
    .toMatchObject({ created: 0, processing: 0 });
  for (const reference of refused) expect(await countOf(client, reference)).toBe(0);
  for (const id of made.values()) {
    expect(await client.json(`/payments/${id}`)).toMatchObject({ status: 'SUCCESS' });
  }
}

async function countOf(client: Client, reference: string): Promise<number> {
  const page = (await client.json(`/payments?reference=${reference}`)) as WirePage<WirePayment>;
  return page.data.length;
}

describe('a disk that fails', () => {
  test(
    'ends the server with exit code 70, and every answer before that holds',
    { timeout: 60_000 },
    async () => {
      // Past RLIMIT_FSIZE a write fails with EFBIG (Node ignores SIGXFSZ), which SQLite reports as
      // an I/O error while there is room enough: as near to a failing disk as one comes without
      // privileges. The WAL reaches 2 MiB long before its first checkpoint; 'ulimit -f' counts
      // blocks of 512 or 1,024 bytes, depending on the shell.
      const database = join(folder, 'failing.db');
      const server = await startServer({
        database,
        wrapper: ['sh', '-c', 'ulimit -f 2000 && exec "$0" "$@"'],
      });
      const seed = freshSeed();
      const load = startLoad({ url: server.url, connections: 16, seed, requestsMax: 20_000 });
      await load.done;
      expect(await server.ended).toEqual({ code: 70, signal: null });
      expect(performance.now() - load.lastAnswerAt()).toBeLessThan(1_000);
      expect(server.output()).toMatch(/storage failed/);

      const next = await startServer({ database });
      const client = clientOf(next.url, 16);
      const { faults } = await verify(client, `sqlite:${database}`, {
        ...load,
        wasStopping: false,
      });
      client.close();
      await next.end('SIGTERM');
      expect({ seed, faults }).toEqual({ seed, faults: [] });
    },
  );

  // A file system that never has room. SQLITE_IOERR_WRITE and SQLITE_IOERR_FSYNC by their numbers.
  const noRoom = process.platform === 'linux' ? '/proc/self/file' : '/dev/file';
  test.each([
    [778, 'unavailable', 'a write without room leaves no whole commit behind'],
    [1_034, 'fatal', 'after a failed fsync the commit may be there or not, room or no room'],
  ])('takes SQLite error %i for %s: %s', (errcode, kind) => {
    const error = Object.assign(new Error('disk I/O error'), { errcode });
    expect(storageError(error, noRoom).kind).toBe(kind);
  });
});
