/** Databases of their own on a real Postgres: the one that TEST_DATABASE_URL names, or one that is started for the tests. */
import { randomBytes } from 'node:crypto';
import process from 'node:process';
import pg from 'pg';
import { afterAll } from 'vitest';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

let started: Promise<PostgresServer> | null = null;

/** The address of a server that the tests may do anything to. */
async function serverUrl(): Promise<string> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  started ??= startPostgres();
  return (await started).url;
}

/** Called in a file's outermost `afterAll`, so that what was started for it ends with it. */
export function stopPostgresAfterAll(): void {
  afterAll(async () => {
    const server = await started;
    started = null;
    await server?.stop();
  });
}

export interface TestDatabase {
  readonly url: string;
  query(sql: string): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** A new, empty database. */
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

async function asAdmin(sql: string): Promise<Record<string, unknown>[]> {
  return runOn(await serverUrl(), sql);
}

async function runOn(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
