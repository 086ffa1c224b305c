/** The database that the configuration names, to look at beside a running server: a SQLite file, or one on Postgres. */
import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Snapshot } from '../../adapters/storage/postgres/snapshot.ts';
import { openReadOnly } from '../../adapters/storage/sqlite/database.ts';
import { isMigrated } from '../../adapters/storage/sqlite/migrate.ts';
import type { RecountCheck } from '../../adapters/storage/sqlite/recount-check.ts';
import { StorageError } from '../../engine/ports.ts';
import { isPostgres, shownDatabase } from '../database-kind.ts';
import { CliError, EXIT } from './exit.ts';
import { count } from './wording.ts';

/** How one thing is looked at on either kind of store. */
export interface Looks<Value> {
  readonly sqlite: (database: DatabaseSync) => Value | Promise<Value>;
  /** At one moment of the database, whatever is written meanwhile. */
  readonly postgres: (snapshot: Snapshot) => Promise<Value>;
}

/** Opens it to read only, looks, and closes it again. */
export async function lookInto<Value>(path: string, looks: Looks<Value>): Promise<Value> {
  if (path === ':memory:') {
    throw new CliError(
      EXIT.usage,
      'DATABASE_URL names a database in memory, which only its own server can see',
    );
  }
  if (isPostgres({ databasePath: path })) return lookIntoPostgres(path, looks);
  const database = open(path);
  try {
    return await looks.sqlite(database);
  } finally {
    database.close();
  }
}

async function lookIntoPostgres<Value>(
  url: string,
  { postgres }: Pick<Looks<Value>, 'postgres'>,
): Promise<Value> {
  const { openSnapshot } = await import('../../adapters/storage/postgres/snapshot.ts');
  const { isMigrated: isReady } = await import('../../adapters/storage/postgres/migrate.ts');
  const shown = shownDatabase({ databasePath: url });
  const snapshot = await openSnapshot(url).catch((error: unknown) => {
    if (!(error instanceof StorageError)) throw error;
    throw new CliError(EXIT.unreachable, `${shown} cannot be read: ${error.message}`, {
      cause: error,
    });
  });
  try {
    if (!(await isReady((text) => snapshot.all(text)))) throw notOurSchema(shown);
    return await postgres(snapshot);
  } finally {
    await snapshot.close();
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
  throw notOurSchema(path);
}

function notOurSchema(shown: string): CliError {
  return new CliError(
    EXIT.unreachable,
    `${shown} has not the schema of this Farthing; start the server of this version on it once`,
  );
}

/** Compares every total with what it was made of. */
export function recountOf(path: string): Promise<readonly RecountCheck[]> {
  return lookInto(path, {
    sqlite: async (database) => {
      const { recount } = await import('../../adapters/storage/sqlite/recount.ts');
      return recount(database);
    },
    postgres: async (snapshot) => {
      const { recount } = await import('../../adapters/storage/postgres/recount.ts');
      return recount(snapshot);
    },
  });
}

/** The first differences of a recount, and how many more there are. */
export function remarksOf({ examples, differences }: RecountCheck): readonly string[] {
  const more = differences - examples.length;
  return more === 0 ? examples : [...examples, `and ${count(more, 'more difference')}`];
}
