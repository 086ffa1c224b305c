/**
 * Brings a database to the newest schema: each migration and the number that records it are one transaction, so
 * that a crash leaves either the old schema or the new one. A database from a newer Farthing is refused.
 */
import type { DatabaseSync } from 'node:sqlite';
import { sql as payments } from './migrations/0001-payments.ts';
import { sql as cards } from './migrations/0002-cards.ts';
import { sql as search } from './migrations/0003-search.ts';
import { sql as timeSeries } from './migrations/0004-time-series.ts';
import { sql as otherChains } from './migrations/0005-other-chains.ts';

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** In order; the number of a migration is its place here, from 1, and is kept in SQLite's user_version. */
const MIGRATIONS: readonly Migration[] = [
  { name: '0001-payments', sql: payments },
  { name: '0002-cards', sql: cards },
  { name: '0003-search', sql: search },
  { name: '0004-time-series', sql: timeSeries },
  { name: '0005-other-chains', sql: otherChains },
];

/**
 * Migrates up; throws an Error that names the migration that failed, which then has changed nothing. Two may do so at
 * once: each looks again at what is left to do when it has the lock.
 */
export function migrate(
  database: DatabaseSync,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  assertOurs(database, migrations.length);
  for (const [index, migration] of migrations.entries()) {
    if (schemaVersion(database) <= index) apply(database, migration, index + 1);
  }
}

/** True when the database has the newest schema. */
export function isMigrated(database: DatabaseSync): boolean {
  return schemaVersion(database) === MIGRATIONS.length;
}

function assertOurs(database: DatabaseSync, newest: number): void {
  // In one transaction, so that the tables that another process makes meanwhile are not taken for foreign ones.
  database.exec('begin');
  const version = schemaVersion(database);
  const isForeign = version === 0 && hasTables(database);
  database.exec('commit');
  if (version > newest) {
    throw new Error(
      'the database was made by a newer Farthing; upgrade this one, or use another file',
    );
  }
  if (isForeign) throw new Error('the database holds tables that are not ours; use another file');
}

function apply(database: DatabaseSync, { name, sql }: Migration, version: number): void {
  try {
    database.exec('begin immediate');
    if (schemaVersion(database) < version) {
      database.exec(sql);
      database.exec(`pragma user_version = ${version}`);
    }
    database.exec('commit');
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw new Error(`migration ${name} failed; nothing was changed`, { cause: error });
  }
}

function schemaVersion(database: DatabaseSync): number {
  const row = database.prepare('pragma user_version').get();
  return Number(row?.['user_version'] ?? 0);
}

function hasTables(database: DatabaseSync): boolean {
  return database.prepare('select 1 from sqlite_schema limit 1').get() !== undefined;
}
