/**
 * One Postgres for a whole run of tests, and empty databases on it. Vitest runs this once, beside the files: nothing is
 * started until the first of them asks, over HTTP, and everything ends with the run. A database that is given back, or
 * whose borrower has ended, is emptied and lent again: that takes a tenth of what making one does.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import pg from 'pg';
import { openPostgresDeliveries } from '../../src/adapters/storage/postgres-webhooks/store.ts';
import { startPostgres } from './postgres-server.ts';
import { runOn, SERVICE } from './postgres.ts';

interface Databases {
  /** Of the server itself. */
  readonly url: string;
  lend(pid: number): Promise<string>;
  takeBack(name: string): void;
  end(): Promise<void>;
}

let service: Server | undefined;
let databases: Promise<Databases> | undefined;

/** Called by vitest before all files. */
export async function setup(): Promise<void> {
  service = createServer((request, response) => {
    answer(request).then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  service.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = service.address() as AddressInfo;
  process.env[SERVICE] = `http://127.0.0.1:${port}`;
}

/** Called by vitest after all files. */
export async function teardown(): Promise<void> {
  service?.closeAllConnections();
  service?.close();
  await (await databases)?.end();
}

async function answer({ method, url = '' }: IncomingMessage): Promise<string> {
  databases ??= open();
  const opened = await databases;
  const { pathname, searchParams } = new URL(url, 'http://service');
  if (pathname === '/server') return opened.url;
  if (method === 'POST') return opened.lend(Number(searchParams.get('pid')));
  opened.takeBack(pathname.slice(1));
  return '';
}

async function open(): Promise<Databases> {
  const given = process.env['TEST_DATABASE_URL'] ?? '';
  const server =
    given === '' ? await startPostgres({ place: 'memory' }) : { url: given, stop: async () => {} };
  const admin = new pg.Pool({ connectionString: server.url, max: 2 });
  // The server is ended at once, whoever is connected to it.
  admin.on('error', () => {});
  const prefix = `farthing_lent_${process.pid}`;
  const template = `${prefix}_template`;
  await admin.query(`create database ${template}`);
  // It migrates everything there is, and keeps nothing open.
  await (await openPostgresDeliveries({ url: addressOf(server.url, template) })).close();
  const borrowers = new Map<string, number>();
  const free: Promise<string>[] = [];
  let made = 0;
  const newName = () => `${prefix}_${(made += 1)}`;
  const make = async () => {
    const name = newName();
    await admin.query(`create database ${name} template ${template}`);
    return name;
  };
  const empty = async (before: string) => {
    const name = newName();
    if (!(await renamed(admin, before, name))) return make();
    await runOn(addressOf(server.url, name), EMPTY);
    return name;
  };
  const takeBack = (name: string) => {
    if (borrowers.delete(name)) free.push(empty(name));
  };
  return {
    url: server.url,
    takeBack,
    async lend(pid) {
      for (const [name, borrower] of borrowers) if (!isRunning(borrower)) takeBack(name);
      const name = await (free.shift() ?? make());
      borrowers.set(name, pid);
      return addressOf(server.url, name);
    },
    async end() {
      await Promise.allSettled(free);
      if (given !== '') await dropAll(admin, prefix);
      await admin.end();
      await server.stop();
    },
  };
}

function addressOf(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Rows go one by one, which is quicker than TRUNCATE where there are few, and past the trigger that keeps the log. */
const EMPTY = `do $$ declare
    name text;
  begin
    set local session_replication_role = replica;
    for name in select tablename from pg_tables
      where schemaname = 'public' and tablename not like 'kysely%' loop
      execute format('delete from %I', name);
    end loop;
    for name in select sequencename from pg_sequences where schemaname = 'public' loop
      execute format('alter sequence %I restart', name);
    end loop;
    insert into webhook_position values (1, null, null);
  end $$`;

/**
 * Ends whatever is still connected, and gives it another name: what a test that ran out of its time has left running must
 * not find it again. False when that something is quicker.
 */
async function renamed(admin: pg.Pool, before: string, after: string): Promise<boolean> {
  const end = 'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1';
  await admin.query(end, [before]);
  return admin.query(`alter database ${before} rename to ${after}`).then(
    () => true,
    () => false,
  );
}

async function dropAll(admin: pg.Pool, prefix: string): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>(
    `select datname from pg_database where starts_with(datname, $1)`,
    [prefix],
  );
  for (const { datname } of rows) await admin.query(`drop database ${datname} with (force)`);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
