/**
 * Brings a database to the newest schema: each migration and the number that records it are one transaction, so
 * that a crash leaves either the old schema or the new one. A database from a newer Farthing is refused.
 */
import type { DatabaseSync } from 'node:sqlite';
import { sql as payments } from './migrations/0001-payments.ts';
import { sql as cards } from './migrations/0002-cards.ts';
import { sql as search } from './migrations/0003-search.ts';

/** In order; the number of a migration is its place here, from 1, and is kept in SQLite's user_version. */
const MIGRATIONS: readonly { readonly name: string; readonly sql: string }[] = [
  { name: '0001-payments', sql: payments },
  { name: '0002-cards', sql: cards },
  { name: '0003-search', sql: search },
];

/** Migrates up; throws an Error that names the migration that failed, which then has changed nothing. */
export function migrate(database: DatabaseSync): void {
  const version = schemaVersion(database);
  if (version > MIGRATIONS.length) {
    throw new Error(
      'the database was made by a newer Farthing; upgrade this one, or use another file',
    );
  }
  if (version === 0 && hasTables(database)) {
    throw new Error('the database holds tables that are not ours; use another file');
  }
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index >= version) apply(database, migration.name, migration.sql, index + 1);
  }
}

/** True when the database has the newest schema. */
export function isMigrated(database: DatabaseSync): boolean {
  return schemaVersion(database) === MIGRATIONS.length;
}

function apply(database: DatabaseSync, name: string, sql: string, version: number): void {
  try {
    database.exec('begin immediate');
    database.exec(sql);
    database.exec(`pragma user_version = ${version}`);
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
