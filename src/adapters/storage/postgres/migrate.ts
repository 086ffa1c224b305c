/**
 * Brings a database to the newest schema, by Kysely's Migrator: under an advisory lock, so that of several processes that
 * start together one does it and the others wait; each migration whole or not at all.
 */
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';
import { postgresUrl } from './connection.ts';
import { sql as store } from './migrations/0001-store.ts';
import { sql as webhooks } from './migrations/0002-webhooks.ts';

const MIGRATIONS: Readonly<Record<string, string>> = {
  '0001-store': store,
  '0002-webhooks': webhooks,
};

/** Throws an Error that says what to do when the database cannot be brought there, or is not to be trusted. */
export async function migrate(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: postgresUrl(url), max: 1 });
  pool.on('error', () => {});
  const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await assertDurable(database);
    const { error } = await new Migrator({
      db: database,
      provider: { getMigrations: async () => migrations() },
    }).migrateToLatest();
    if (error !== undefined) {
      throw new Error('a migration of the Postgres database failed; nothing was changed', {
        cause: error,
      });
    }
  } finally {
    await database.destroy();
  }
}

function migrations(): Record<string, Migration> {
  return Object.fromEntries(
    Object.entries(MIGRATIONS).map(([name, text]) => [
      name,
      { up: async (database) => void (await sql.raw(text).execute(database)) },
    ]),
  );
}

/** What is answered must be on disk; a server that is told to forget that is not used. */
async function assertDurable(database: Kysely<unknown>): Promise<void> {
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const { rows } = await sql<{ value: string }>`select current_setting(${name}) as value`.execute(
      database,
    );
    if (rows[0]?.value === 'off') {
      throw new Error(
        `Postgres runs with ${name} = off, so that a crash could lose what was answered; turn it on`,
      );
    }
  }
}
