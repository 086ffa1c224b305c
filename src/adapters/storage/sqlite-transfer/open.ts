/** Opens a database's files to be exported. No server may be running on them. */
import { existsSync, readFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase, openReadOnly, openWriter } from '../sqlite/database.ts';
import { migrate, type Migration } from '../sqlite/migrate.ts';
import { MIGRATIONS as JOB_MIGRATIONS } from '../sqlite-jobs/schema.ts';
import { MIGRATIONS as DELIVERY_MIGRATIONS } from '../sqlite-webhooks/schema.ts';
import { TransferError, type TransferSource } from '../transfer/ports.ts';
import { sqliteSource } from './source.ts';

/** Brings the files to the newest schema first, as a start would. Throws an Error that says what to do. */
export async function openSqliteSource(path: string): Promise<TransferSource> {
  if (!existsSync(path)) {
    throw new TransferError(`there is no database at ${path}; say with DATABASE_URL where it is`);
  }
  // Holds the lock, so that nothing is written while it is read.
  const database = openDatabase(path);
  try {
    migrate(database.writer);
    const deliveries = openBeside(`${path}.webhooks`, DELIVERY_MIGRATIONS);
    const jobs = openBeside(`${path}.jobs`, JOB_MIGRATIONS);
    const key = `${path}.card-key`;
    const cardKey = existsSync(key) ? readFileSync(key, 'utf8').trim() : null;
    return sqliteSource({ log: database.reader, deliveries, jobs, cardKey }, async () => {
      deliveries?.close();
      jobs?.close();
      await database.close();
    });
  } catch (error) {
    await database.close();
    throw error;
  }
}

function openBeside(path: string, migrations: readonly Migration[]): DatabaseSync | null {
  if (!existsSync(path)) return null;
  const writer = openWriter(path);
  try {
    migrate(writer, migrations);
  } finally {
    writer.close();
  }
  return openReadOnly(path);
}
