/**
 * Opens SQLite files the one way we trust: WAL, every commit fsynced, one writing process. What was asked for is
 * read back, because SQLite ignores a pragma it does not know.
 */
import { closeSync, existsSync, openSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StorageError } from '../../../engine/ports.ts';
import { importingPath, lockFile } from './lock.ts';

/** Older libraries can corrupt a database when a WAL is reset (fixed in 3.51.3). */
const SQLITE_VERSION_MIN = [3, 51, 3] as const;

/**
 * Page cache of the writing connection, in KiB; it grows to this only as it is used. Not more: a commit in which a
 * tree was rebalanced walks the whole cache (pcache1TruncateUnsafe), which at 64 MiB was a seventh of all time and at
 * 16 MiB still 3 %, and what falls out of it is still in the system's cache.
 */
const CACHE_KIB = 8 * 1024;

/**
 * Pages in the WAL (4 MiB) before a commit also moves them into the database. Larger checkpoints are a little cheaper,
 * because they write each page once however often it changed; but each stalls one commit, and the 99th percentile at
 * 500 payments a second is made of these stalls.
 */
const CHECKPOINT_PAGES = 1_000;

/** With less than this free, an I/O error is taken for a full disk. */
const FREE_BYTES_MIN = 4 * 1024 * 1024;

export interface Database {
  /** For setting up; see handOver. */
  readonly writer: DatabaseSync;
  /** Sees only what is committed; cannot write. */
  readonly reader: DatabaseSync;
  readonly path: string;
  /** True when another thread can open it too. */
  readonly isFile: boolean;
  /** Closes the writing connection, so that another thread can be the one that writes. */
  handOver(): void;
  /** Closes what is open; `last` is done in between: whoever closes last moves the WAL into the file. */
  close(last?: () => Promise<void>): Promise<void>;
}

/** Opens (and makes) the database; `path` is a file or `:memory:`. Throws an Error that says what to do. */
export function openDatabase(path: string): Database {
  assertVersion();
  if (path === ':memory:') return openMemory();
  assertNotImporting(path);
  assertWritable(path);
  const unlock = lockFile(path);
  const writer = openWriter(path);
  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec(`pragma cache_size = -${CACHE_KIB / 4}; pragma busy_timeout = 5000`);
  return {
    writer,
    reader,
    path,
    isFile: true,
    handOver: () => writer.close(),
    async close(last) {
      reader.close();
      await last?.();
      if (writer.isOpen) closeWriter(writer);
      unlock();
    },
  };
}

/** The connection that writes to a file (or to memory), every commit fsynced. */
export function openWriter(path: string): DatabaseSync {
  const writer = new DatabaseSync(path);
  configureWriter(writer, path === ':memory:' ? 'memory' : 'wal');
  return writer;
}

/** Closes the connection that wrote. */
export function closeWriter(writer: DatabaseSync): void {
  optimize(writer);
  writer.close();
}

/** Only makes later queries faster: a full disk must not keep the process from ending. */
function optimize(writer: DatabaseSync): void {
  try {
    writer.exec('pragma optimize');
  } catch {
    // The next start optimizes.
  }
}

/** Opens an existing file beside a running server, to look only. */
export function openReadOnly(path: string): DatabaseSync {
  if (!existsSync(path)) throw new Error(`there is no database at ${path}; start the server once`);
  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec('pragma busy_timeout = 5000');
  return reader;
}

function openMemory(): Database {
  // One connection for both: a commit never awaits, so no read can fall between its BEGIN and COMMIT.
  const writer = new DatabaseSync(':memory:');
  configureWriter(writer, 'memory');
  return {
    writer,
    reader: writer,
    path: ':memory:',
    isFile: false,
    handOver() {},
    async close(last) {
      await last?.();
      writer.close();
    },
  };
}

function configureWriter(writer: DatabaseSync, journal: 'wal' | 'memory'): void {
  writer.exec(
    `pragma busy_timeout = 5000; pragma journal_mode = ${journal}; pragma synchronous = full;
     pragma foreign_keys = on; pragma cache_size = -${CACHE_KIB}; pragma temp_store = memory;
     pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  );
  const settings = [
    ['journal_mode', journal],
    ['synchronous', 2],
    ['foreign_keys', 1],
  ] as const;
  for (const [name, expected] of settings) {
    const actual = Object.values(writer.prepare(`pragma ${name}`).get() ?? {})[0];
    if (actual !== expected) {
      throw new Error(`SQLite kept ${name} = ${String(actual)} where ${expected} was asked for`);
    }
  }
}

function assertVersion(): void {
  const parts = (process.versions['sqlite'] ?? '0').split('.').map(Number);
  for (const [index, least] of SQLITE_VERSION_MIN.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least) {
      throw new Error(
        `SQLite ${parts.join('.')} is too old; ${SQLITE_VERSION_MIN.join('.')} or newer is needed: ` +
          'run Farthing with the Node.js that `npm ci` installs',
      );
    }
  }
}

function assertNotImporting(path: string): void {
  if (!existsSync(importingPath(path))) return;
  throw new Error(
    `an import into ${path} is under way or was cut off: do it again with farthing import, or remove ${importingPath(path)}`,
  );
}

/** Makes the file when there is none. */
export function assertWritable(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o640));
  } catch (error) {
    throw new Error(
      `the database file ${path} cannot be written; give DATABASE_URL a path in a folder that exists and is writable`,
      { cause: error },
    );
  }
}

/** SQLite's result codes (sqlite3.h); an extended code holds its primary one in the low byte. */
const CODES = { busy: 5, locked: 6, ioError: 10, full: 13, constraint: 19 } as const;
/** SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC. */
const FSYNC_CODES: readonly number[] = [1034, 1290];

/** What a failed statement means for the batch it stood in. `path` is where the database lives. */
export function storageError(error: unknown, path: string): StorageError {
  const extended = errorCode(error);
  const code = extended & 0xff;
  const text = error instanceof Error ? error.message : String(error);
  if (code === CODES.constraint || code === CODES.busy || code === CODES.locked) {
    return new StorageError('refused', `SQLite refused the batch: ${text}`, { cause: error });
  }
  // After a failed fsync the whole commit may be there or not: that is never "nothing was changed".
  const isUndecided = FSYNC_CODES.includes(extended);
  if (code === CODES.full || (code === CODES.ioError && !isUndecided && isDiskFull(path))) {
    return new StorageError('unavailable', 'the disk is full', { cause: error });
  }
  return new StorageError('fatal', `SQLite failed: ${text}`, { cause: error });
}

/** The extended result code; 0 when the error is not SQLite's. */
function errorCode(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error)) return 0;
  return typeof error.errcode === 'number' ? error.errcode : 0;
}

function isDiskFull(path: string): boolean {
  if (path === ':memory:') return false;
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize < FREE_BYTES_MIN;
}
