/** Whether a process has a database open to write: who may ask without opening it the same way. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/** Looks at the lock that database.ts holds on a file beside the database; changes nothing. */
export function isInUse(path: string): boolean {
  if (!existsSync(`${path}-lock`)) return false;
  const lock = new DatabaseSync(`${path}-lock`, { readOnly: true, timeout: 0 });
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
