/**
 * Brings a database to the newest schema, by Kysely's Migrator: under an advisory lock, so that of several processes that
 * start together one does it and the others wait; each migration whole or not at all.
 */
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';
import type { Row } from '../rows.ts';
import { postgresUrl } from './connection.ts';
import { sql as store } from './migrations/0001-store.ts';
import { sql as webhooks } from './migrations/0002-webhooks.ts';
import { sql as processes } from './migrations/0003-processes.ts';
import { sql as jobs } from './migrations/0004-jobs.ts';
import { sql as order } from './migrations/0005-order.ts';

const MIGRATIONS: Readonly<Record<string, string>> = {
  '0001-store': store,
  '0002-webhooks': webhooks,
  '0003-processes': processes,
  '0004-jobs': jobs,
  '0005-order': order,
};

/** Throws an Error that says what to do when the database cannot be brought there, or is not to be trusted. */
export async function migrate(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: postgresUrl(url), max: 1 });
  pool.on('error', () => {});
  const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await assertDurable(database);
    // Nearly always: looking takes a fraction of what the Migrator's locks and catalogue queries do.
    const select = async (text: string) => (await sql.raw<Row>(text).execute(database)).rows;
    if (await isMigrated(select)) return;
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

/** True when a database has the newest schema; `rows` runs a query on it. */
export async function isMigrated(
  rows: (text: string) => Promise<readonly Row[]>,
): Promise<boolean> {
  const [table] = await rows(`select to_regclass('kysely_migration') is not null as is_there`);
  if (table?.['is_there'] !== true) return false;
  const done = await rows('select name from kysely_migration order by name');
  return done.map(({ name }) => name).join() === Object.keys(MIGRATIONS).join();
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
  const { rows } = await sql<{ name: string }>`select name from pg_settings
    where name in ('fsync', 'synchronous_commit', 'full_page_writes') and setting = 'off'`.execute(
    database,
  );
  const [off] = rows;
  if (off === undefined) return;
  throw new Error(
    `Postgres runs with ${off.name} = off, so that a crash could lose what was answered; turn it on`,
  );
}
