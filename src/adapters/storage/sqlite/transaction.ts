/** A transaction of the writing connection, beside those of commits (writer.ts). */
import type { DatabaseSync } from 'node:sqlite';

/** Does `work` in a transaction; when it throws, nothing was written. */
export function inTransaction<Value>(database: DatabaseSync, work: () => Value): Value {
  database.exec('begin immediate');
  try {
    const value = work();
    database.exec('commit');
    return value;
  } finally {
    // Still open only when something threw; some errors (a full disk) roll back by themselves.
    if (database.isTransaction) database.exec('rollback');
  }
}
