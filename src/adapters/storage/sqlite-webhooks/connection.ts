/**
 * One connection to the file of deliveries. Others may have it open too (the thread that delivers, the one that answers
 * requests), so that nothing that changes is remembered between two transactions.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StorageError } from '../../../engine/ports.ts';
import { assertWritable, closeWriter, openWriter, storageError } from '../sqlite/database.ts';
import { migrate } from '../sqlite/migrate.ts';
import { MIGRATIONS } from './schema.ts';

/**
 * Pages in the WAL (1.2 MB) before a commit also moves them into the file, and syncs. Few: payments wait for the same disk,
 * and a sync of four megabytes holds them up. Not fewer: most pages are changed several times, and then moved once.
 */
const CHECKPOINT_PAGES = 300;

export interface Connection {
  readonly prepare: (sql: string) => StatementSync;
  /** Everything that `work` reads is of one moment. */
  readonly read: <Result>(work: () => Result) => Result;
  /** Everything that `work` writes is on disk when this returns; nothing of it when it throws. */
  readonly write: <Result>(work: () => Result) => Result;
  /**
   * Like write, but together with whatever else is written soon in this turn of the event loop, and synced only with
   * the next write or checkpoint: what a power cut may take back. It takes back the end of the story, never a part of
   * its middle; deliveries are then made from the log once more and sent again under the same ids. The end of the
   * process takes nothing back.
   *
   * Endpoints write at the same moments and to the same pages, since their deliveries of one event stand side by side:
   * apart, they wrote each page five times over, and synced, payments would wait behind them in the disk's line.
   */
  readonly writeSoon: <Result>(work: () => Result) => Promise<Result>;
  /** To be called between any two rows that are written. */
  readonly giveWay: () => void;
  readonly close: () => void;
}

/** Opens (and makes, and migrates) the file; `path` may be `:memory:`. Throws an Error that says what to do. */
export function openConnection(path: string, giveWay: () => void): Connection {
  if (path !== ':memory:') assertWritable(path);
  const database = openWriter(path);
  try {
    migrate(database, MIGRATIONS);
  } catch (error) {
    database.close();
    throw error;
  }
  database.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  const transaction = transactions(database, path, giveWay);
  const soon = gathered((work) => {
    // In a WAL a commit that is not synced may be lost, with all after it; the file is sound all the same.
    database.exec('pragma synchronous = normal');
    try {
      return transaction('begin immediate', work);
    } finally {
      database.exec('pragma synchronous = full');
    }
  });
  return {
    prepare: (sql) => database.prepare(sql),
    read: (work) => transaction('begin', work),
    write(work) {
      soon.flush();
      return transaction('begin immediate', work);
    },
    writeSoon: soon.add,
    giveWay,
    close() {
      soon.flush();
      if (database.isOpen) closeWriter(database);
    },
  };
}

type Transaction = <Result>(work: () => Result) => Result;

interface Gathered {
  readonly add: <Result>(work: () => Result) => Promise<Result>;
  /** Does now what was added. */
  readonly flush: () => void;
}

/** Does in one transaction what was added in one turn of the event loop; one that fails is done without the others. */
function gathered(transaction: Transaction): Gathered {
  let waiting: { work: () => unknown; settle: PromiseWithResolvers<unknown> }[] = [];
  const flush = () => {
    const jobs = waiting;
    waiting = [];
    if (jobs.length === 0) return;
    try {
      const results = transaction(() => jobs.map(({ work }) => work()));
      for (const [index, { settle }] of jobs.entries()) settle.resolve(results[index]);
    } catch (error) {
      for (const { work, settle } of jobs) {
        if (jobs.length === 1) settle.reject(error);
        else settleAlone(settle, () => transaction(work));
      }
    }
  };
  return {
    add<Result>(work: () => Result) {
      const settle = Promise.withResolvers<unknown>();
      waiting.push({ work, settle });
      if (waiting.length === 1) setImmediate(flush);
      return settle.promise as Promise<Result>;
    },
    flush,
  };
}

function settleAlone(
  { resolve, reject }: PromiseWithResolvers<unknown>,
  work: () => unknown,
): void {
  try {
    resolve(work());
  } catch (error) {
    reject(error);
  }
}

type Begin = 'begin' | 'begin immediate';

function transactions(
  database: DatabaseSync,
  path: string,
  giveWay: () => void,
): <Result>(begin: Begin, work: () => Result) => Result {
  const commit = database.prepare('commit');
  const begins: Record<Begin, StatementSync> = {
    begin: database.prepare('begin'),
    'begin immediate': database.prepare('begin immediate'),
  };
  return (begin, work) => {
    try {
      begins[begin].run();
      const result = work();
      giveWay();
      commit.run();
      giveWay();
      return result;
    } catch (error) {
      if (database.isOpen && database.isTransaction) database.exec('rollback');
      throw asStorageError(error, path);
    }
  };
}

/** What is not SQLite's (a bug, a caller's function that throws) stays as it is. */
function asStorageError(error: unknown, path: string): unknown {
  if (error instanceof StorageError) return error;
  const isSqlite = error instanceof Error && 'errcode' in error;
  return isSqlite ? storageError(error, path) : error;
}
