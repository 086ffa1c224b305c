/**
 * The store that this run is about: TEST_STORE=sqlite (also when it is not set) or postgres. Tests that are about what is
 * kept, and not about one of the two, open it here; everything they see must be the same on both.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { openPostgresStore } from '../../src/adapters/storage/postgres/store.ts';
import { openPostgresDeliveries } from '../../src/adapters/storage/postgres-webhooks/store.ts';
import { openSqliteStore } from '../../src/adapters/storage/sqlite/store.ts';
import { openSqliteDeliveries } from '../../src/adapters/storage/sqlite-webhooks/store.ts';
import type { Payment } from '../../src/core/payment.ts';
import type { Store } from '../../src/engine/ports.ts';
import type { DeliveryStore } from '../../src/engine/webhooks/ports.ts';
import { publish as publishPayment, testClock } from './engine.ts';
import { lentDatabase, runOn, type TestDatabase, testDatabase } from './postgres.ts';

const asked = process.env['TEST_STORE'] ?? 'sqlite';
if (asked !== 'sqlite' && asked !== 'postgres') {
  throw new Error(`TEST_STORE is ${asked}; expected sqlite or postgres`);
}
export const isPostgres = asked === 'postgres';

interface StoreOptions {
  /** Names the log when the database is new, and after each reset. */
  readonly newLog?: () => string;
  readonly publish?: (payment: Payment) => string;
  readonly nowMs: () => number;
  /** Of SQLite. */
  readonly hasWriteThread?: boolean;
}

/** An empty database, and what is in it, whatever opens it. */
export interface TestPlace {
  /** As DATABASE_URL names it. */
  readonly url: string;
  /** The database file; a file that is not there on Postgres, for what is kept beside it. */
  readonly path: string;
  /** May be called again after it was closed. */
  openStore(options: StoreOptions): Promise<Store>;
  openDeliveries(): Promise<DeliveryStore>;
  /** What one statement selects. Only what both dialects know. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Everything that is stored, also what was deleted and is still in a file, as text. */
  everything(): Promise<string>;
  /** To be called when everything is closed. */
  remove(): Promise<void>;
}

export async function testPlace(): Promise<TestPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'farthing-test-'));
  const path = join(folder, 'test.db');
  return isPostgres ? postgresPlace(await lentDatabase(), folder, path) : filePlace(folder, path);
}

function filePlace(folder: string, path: string): TestPlace {
  return {
    url: `sqlite:${path}`,
    path,
    openStore: async ({ newLog = anyLog(), publish = publishPayment, ...more }) =>
      openSqliteStore({ path, newWriter: newLog, publish, ...more }),
    openDeliveries: async () => openSqliteDeliveries({ path: `${path}.webhooks` }),
    query: async (sql) => selectFrom(path, sql),
    everything: async () => filesIn(folder),
    remove: async () => rmSync(folder, { recursive: true }),
  };
}

function postgresPlace(database: TestDatabase, folder: string, path: string): TestPlace {
  const { url, query } = database;
  return {
    url,
    path,
    openStore: ({ newLog = anyLog(), publish = publishPayment, nowMs }) =>
      openPostgresStore({ url, newLog, publish, nowMs, reach: () => {} }),
    openDeliveries: () => openPostgresDeliveries({ url }),
    query,
    async everything() {
      const tables = await query(`select tablename from pg_tables where schemaname = 'public'`);
      const texts = await Promise.all(
        tables.map(({ tablename }) =>
          query(`select row_to_json(t)::text as row from ${String(tablename)} t`),
        ),
      );
      return (
        texts.flatMap((rows) => rows.map(({ row }) => String(row))).join('\n') + filesIn(folder)
      );
    },
    async remove() {
      rmSync(folder, { recursive: true });
      await database.drop();
    },
  };
}

function filesIn(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n');
}

/** A reset begins another log, with another name. */
function anyLog(): () => string {
  let logs = 0;
  return () => `abc${123 + logs++}`;
}

/** An empty store that ends with the test: in memory, where it can be. */
export async function emptyStore(
  clock: { nowMs(): number } = testClock(),
  newLog: () => string = anyLog(),
): Promise<Store> {
  const nowMs = () => clock.nowMs();
  const publish = publishPayment;
  if (!isPostgres) return openSqliteStore({ path: ':memory:', newWriter: newLog, publish, nowMs });
  const place = await testPlace();
  const store = await place.openStore({ newLog, nowMs });
  return closingAlso(store, () => place.remove());
}

export async function emptyDeliveries(): Promise<DeliveryStore> {
  if (!isPostgres) return openSqliteDeliveries({ path: ':memory:' });
  const place = await testPlace();
  return closingAlso(await place.openDeliveries(), () => place.remove());
}

function closingAlso<Closed extends { close(): Promise<void> }>(
  closed: Closed,
  then: () => Promise<void>,
): Closed {
  return {
    ...closed,
    async close() {
      await closed.close();
      await then();
    },
  };
}

function selectFrom(path: string, sql: string): Record<string, unknown>[] {
  const reader = new DatabaseSync(path, { readOnly: true });
  try {
    return reader.prepare(sql).all();
  } finally {
    reader.close();
  }
}

const databases = new Map<string, Promise<TestDatabase>>();

/**
 * What DATABASE_URL says for servers to find the same data under the same path; each ':memory:' is another. `isBare`: one
 * without a schema, so that the first start has to make it.
 */
export async function databaseUrl(path: string, isBare = false): Promise<string> {
  if (!isPostgres || isAddress(path)) return addressOf(path);
  if (path === ':memory:') return (await lentDatabase()).url;
  const known = databases.get(path) ?? (isBare ? testDatabase() : lentDatabase());
  databases.set(path, known);
  return (await known).url;
}

/** What one statement selects from the database at this address. */
export async function queryAt(url: string, sql: string): Promise<Record<string, unknown>[]> {
  return url.startsWith('sqlite:') ? selectFrom(url.slice('sqlite:'.length), sql) : runOn(url, sql);
}

/** The same without asking which store the run is about. */
export function addressOf(path: string): string {
  return isAddress(path) ? path : `sqlite:${path}`;
}

function isAddress(path: string): boolean {
  return /^(?:sqlite|postgres(?:ql)?):/.test(path);
}
