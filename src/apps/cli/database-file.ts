/** The database file that the configuration names, to look at beside a running server. */
import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { openReadOnly } from '../../adapters/storage/sqlite/database.ts';
import { isMigrated } from '../../adapters/storage/sqlite/migrate.ts';
import type { RecountCheck } from '../../adapters/storage/sqlite/recount-check.ts';
import { isPostgres } from '../database-kind.ts';
import { CliError, EXIT } from './exit.ts';
import { count } from './wording.ts';

/** Opens it to read only, hands it to `look`, and closes it again. */
export function withDatabase<Value>(path: string, look: (database: DatabaseSync) => Value): Value {
  if (path === ':memory:') {
    throw new CliError(
      EXIT.usage,
      'DATABASE_URL names a database in memory, which only its own server can see',
    );
  }
  if (isPostgres({ databasePath: path })) {
    throw new CliError(
      EXIT.usage,
      'DATABASE_URL names a Postgres server; this looks at SQLite files only',
    );
  }
  const database = open(path);
  try {
    return look(database);
  } finally {
    database.close();
  }
}

function open(path: string): DatabaseSync {
  if (!existsSync(path)) {
    throw new CliError(
      EXIT.unreachable,
      `there is no database at ${path}; start the server once, or say with DATABASE_URL where it is`,
    );
  }
  let database: DatabaseSync | undefined;
  try {
    database = openReadOnly(path);
    if (isMigrated(database)) return database;
  } catch (error) {
    database?.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.unreachable, `${path} cannot be read: ${reason}`, { cause: error });
  }
  database.close();
  throw new CliError(
    EXIT.unreachable,
    `${path} has not the schema of this Farthing; start the server of this version on it once`,
  );
}

/** The first differences of a recount, and how many more there are. */
export function remarksOf({ examples, differences }: RecountCheck): readonly string[] {
  const more = differences - examples.length;
  return more === 0 ? examples : [...examples, `and ${count(more, 'more difference')}`];
}
