/** Who has a database open to write: held by its process, looked at by everybody. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/**
 * One process writes a file: chain head and totals live in its memory. The lock is SQLite's own, on a file beside
 * it, so that it ends with the process, however that ends.
 */
export function lockFile(path: string): () => void {
  const lock = new DatabaseSync(lockPath(path));
  try {
    lock.exec('pragma busy_timeout = 0; pragma journal_mode = delete; begin exclusive');
  } catch (error) {
    lock.close();
    throw new Error(
      `${path} is in use by another Farthing process; stop it, or give this one another DATABASE_URL`,
      { cause: error },
    );
  }
  return () => lock.close();
}

/** Looks at the lock of this database; changes nothing. */
export function isInUse(path: string): boolean {
  if (!existsSync(lockPath(path))) return false;
  const lock = new DatabaseSync(lockPath(path), { readOnly: true, timeout: 0 });
  try {
    lock.prepare('select count(*) from sqlite_schema').get();
    return false;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return true;
    throw error;
  } finally {
    lock.close();
  }
}

/** Where a database is made that is moved to `path` when all of it is there (farthing import). */
export function importingPath(path: string): string {
  return `${path}.importing`;
}

function lockPath(path: string): string {
  return `${path}-lock`;
}
