/**
 * Databases on a real Postgres: the one that TEST_DATABASE_URL names, or one that is started. In a run of tests it is one for
 * the whole run (postgres-service.ts); a command that runs without vitest has its own.
 */
import { randomBytes } from 'node:crypto';
import process from 'node:process';
import pg from 'pg';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

/** Where the files of a run find postgres-service.ts. */
export const SERVICE = 'TEST_POSTGRES_SERVICE';

let started: Promise<PostgresServer> | null = null;

/** The address of a server that the tests may do anything to, but end it. */
async function serverUrl(): Promise<string> {
  const given = process.env['TEST_DATABASE_URL'] ?? '';
  if (given !== '') return given;
  if (process.env[SERVICE] !== undefined) return askService('GET', '/server');
  started ??= startPostgres();
  return (await started).url;
}

/** For commands: ends what was started for them. */
export async function stopPostgres(): Promise<void> {
  const server = await started;
  started = null;
  await server?.stop();
}

async function askService(method: 'GET' | 'POST' | 'DELETE', path: string): Promise<string> {
  const answer = await fetch(`${process.env[SERVICE]}${path}`, { method });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`no Postgres for this test: ${text}`);
  return text;
}

export interface TestDatabase {
  readonly url: string;
  readonly query: (sql: string) => Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** A new, empty database, without a schema. */
export async function testDatabase(): Promise<TestDatabase> {
  const name = `farthing_test_${randomBytes(6).toString('hex')}`;
  await asAdmin(`create database ${name}`);
  const url = new URL(await serverUrl());
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (sql) => runOn(url.href, sql),
    drop: async () => void (await asAdmin(`drop database if exists ${name} with (force)`)),
  };
}

/**
 * A database with the newest schema and nothing in it. Dropping it only gives it back, to be emptied for the next one, so
 * that a test that changes the schema takes testDatabase(); what a file does not give back is taken back when its process
 * ends.
 */
export async function lentDatabase(): Promise<TestDatabase> {
  if (process.env[SERVICE] === undefined) return testDatabase();
  const url = await askService('POST', `/?pid=${process.pid}`);
  // One connection for all that a test asks.
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('error', () => {});
  return {
    url,
    query: async (sql) => (await pool.query<Record<string, unknown>>(sql)).rows,
    async drop() {
      await pool.end();
      await askService('DELETE', new URL(url).pathname);
    },
  };
}

async function asAdmin(sql: string): Promise<Record<string, unknown>[]> {
  return runOn(await serverUrl(), sql);
}

export async function runOn(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
