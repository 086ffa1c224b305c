/**
 * Fills new SQLite files. They are made aside (`<path>.importing`) and moved into place when all is there, the log's last:
 * before that there is no database at `path`, and a server refuses to start while one is being made.
 */
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { integer, type Row, text } from '../rows.ts';
import { importingPath, lockFile } from '../sqlite/lock.ts';
import { migrate } from '../sqlite/migrate.ts';
import { MIGRATIONS as JOB_MIGRATIONS } from '../sqlite-jobs/schema.ts';
import { MIGRATIONS as DELIVERY_MIGRATIONS } from '../sqlite-webhooks/schema.ts';
import { type Kind, KINDS } from '../transfer/kinds.ts';
import { type ExportHeader, TransferError, type TransferTarget } from '../transfer/ports.ts';
import { sqliteSource } from './source.ts';

/** The endings of the files that belong to a database. */
const DELIVERIES = '.webhooks';
const JOBS = '.jobs';
const KEY = '.card-key';
const BESIDE = [DELIVERIES, JOBS, '.anchors', '.features'] as const;

/** Throws a TransferError when there is something already. */
export function openSqliteTarget(path: string, header: ExportHeader): TransferTarget {
  const unlock = lockFile(path);
  try {
    assertNothingThere(path);
    const aside = importingPath(path);
    removeAside(aside);
    const log = openAside(aside);
    const deliveries = openAside(aside + DELIVERIES);
    const jobs = openAside(aside + JOBS);
    migrate(log);
    migrate(deliveries, DELIVERY_MIGRATIONS);
    migrate(jobs, JOB_MIGRATIONS);
    for (const database of [log, deliveries, jobs]) database.exec('begin');
    return targetOn({ path, aside, log, deliveries, jobs, unlock, header });
  } catch (error) {
    unlock();
    throw error;
  }
}

function assertNothingThere(path: string): void {
  const isThere = (file: string) => existsSync(file) && statSync(file).size > 0;
  if (isThere(path)) {
    throw new TransferError(
      `there is a database at ${path} already; give DATABASE_URL a path where there is none`,
    );
  }
  // What an import that was cut off had moved already is its own.
  if (existsSync(importingPath(path))) return;
  const [left] = BESIDE.filter((ending) => isThere(path + ending));
  if (left !== undefined) {
    throw new TransferError(
      `${path}${left} belongs to a database that was there before; move it away, or give DATABASE_URL another path`,
    );
  }
}

/** Nothing is waited for before the end: then all of it is synced. */
function openAside(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = off; pragma foreign_keys = on; pragma cache_size = -65536',
  );
  return database;
}

function removeAside(aside: string): void {
  for (const file of [aside, aside + DELIVERIES, aside + JOBS]) {
    for (const ending of ['', '-wal', '-shm']) rmSync(file + ending, { force: true });
  }
}

interface Filling {
  readonly path: string;
  readonly aside: string;
  readonly log: DatabaseSync;
  readonly deliveries: DatabaseSync;
  readonly jobs: DatabaseSync;
  readonly unlock: () => void;
  readonly header: ExportHeader;
}

function targetOn(filling: Filling): TransferTarget {
  const { path, aside, log, deliveries, jobs, unlock, header } = filling;
  const databases = [log, deliveries, jobs];
  const insert = inserts(filling);
  let cardKey: string | null = null;
  let isCommitted = false;
  insert.meta.run('writer', header.log);
  return {
    async write(kind, rows) {
      for (const row of rows) {
        if (kind === 'meta' && row['name'] === 'card_key') cardKey = text(row, 'value');
        else insertRow(insert, kind, row);
      }
    },
    async finish() {
      if (cardKey !== null) assertSameKey(path + KEY, cardKey);
      deliveries.exec(COUNT_DELIVERIES);
      return sqliteSource({ log, deliveries, jobs, cardKey }, async () => {});
    },
    async commit() {
      for (const database of databases) closeSynced(database);
      if (cardKey !== null && !existsSync(path + KEY)) {
        writeFileSync(path + KEY, `${cardKey}\n`, { mode: 0o600, flush: true });
      }
      for (const ending of [DELIVERIES, JOBS]) renameSync(aside + ending, path + ending);
      renameSync(aside, path);
      isCommitted = true;
    },
    async close() {
      for (const database of databases) if (database.isOpen) database.close();
      if (!isCommitted) removeAside(aside);
      unlock();
    },
  };
}

/** A key that is there may be what other things were hashed with: it is never written over. */
function assertSameKey(path: string, key: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8').trim() === key) return;
  throw new TransferError(`${path} is another key than that of the export; move it away`);
}

function closeSynced(database: DatabaseSync): void {
  database.exec('commit; pragma synchronous = full; pragma wal_checkpoint(truncate)');
  database.close();
}

const COUNT_DELIVERIES = `update endpoints set (pending, delivered, failing, dead) = (
  select count(*) filter (where status = 'pending'), count(*) filter (where status = 'delivered'),
    count(*) filter (where status = 'failing'), count(*) filter (where status = 'dead')
  from deliveries where endpoint = number)`;

const DELIVERY_TABLES: Partial<Record<Kind, string>> = {
  webhook_position: 'log_position',
  webhook_endpoints: 'endpoints',
  webhook_removed_endpoints: 'removed_endpoints',
  webhook_deliveries: 'deliveries',
  webhook_attempts: 'attempts',
  webhook_replies: 'replies',
};

/** The file that a kind is kept in. */
function databaseOf(kind: Kind, { log, deliveries, jobs }: Filling): DatabaseSync {
  if (kind === 'jobs') return jobs;
  return kind in DELIVERY_TABLES ? deliveries : log;
}

type Inserts = ReturnType<typeof inserts>;

function inserts(filling: Filling) {
  const { log, deliveries, jobs, header } = filling;
  const into = (database: DatabaseSync, table: string, columns: readonly string[]) =>
    database.prepare(
      `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    );
  const plain = new Map<Kind, StatementSync>();
  for (const kind of Object.keys(KINDS) as Kind[]) {
    if (kind in SPECIAL_ROWS) continue;
    const table = DELIVERY_TABLES[kind] ?? kind;
    plain.set(kind, into(databaseOf(kind, filling), table, KINDS[kind]));
  }
  return {
    plain,
    meta: into(log, 'meta', KINDS.meta),
    chain: into(log, 'other_chains', KINDS.chains),
    payment: into(log, 'payments', KINDS.payments),
    event: into(log, 'events', EVENT_COLUMNS),
    otherEntry: into(log, 'other_entries', ['sequence', 'writer_no', 'place']),
    position: into(deliveries, 'log_position', ['only', ...KINDS.webhook_position]),
    delivery: into(deliveries, 'deliveries', [...KINDS.webhook_deliveries, 'due_at_ms']),
    numbers: {
      endpoints: numbering(deliveries, 'endpoints'),
      deliveries: numbering(deliveries, 'deliveries'),
      jobs: numbering(jobs, 'jobs'),
    },
    /** Payments of several writers get numbers without gaps, in the order of their ids. */
    nextOrdinal: header.ordinals === 'several' ? 1 : null,
  };
}

/** Makes the next number that a table gives the one after `last`. */
function numbering(database: DatabaseSync, table: string): (last: number) => void {
  const forget = database.prepare('delete from sqlite_sequence where name = ?');
  const keep = database.prepare('insert into sqlite_sequence (name, seq) values (?, ?)');
  return (last) => {
    forget.run(table);
    keep.run(table, last);
  };
}

const EVENT_COLUMNS = KINDS.events.filter((name) => name !== 'writer_no' && name !== 'place');

function insertRow(insert: Inserts, kind: Kind, row: Row): void {
  const special = SPECIAL_ROWS[kind];
  if (special !== undefined) special(insert, row);
  else insert.plain.get(kind)?.run(...valuesOf(row, KINDS[kind]));
}

function valuesOf(row: Row, columns: readonly string[]): SQLInputValue[] {
  return columns.map((column) => (row[column] ?? null) as SQLInputValue);
}

/** Those that are not written as they stand. */
const SPECIAL_ROWS: Readonly<Partial<Record<Kind, (insert: Inserts, row: Row) => void>>> = {
  chains(insert, row) {
    if (integer(row, 'writer_no') === 1 || integer(row, 'entries') === 0) return;
    insert.chain.run(...valuesOf(row, KINDS.chains.slice(0, -1)), bytesOf(row, 'hash'));
  },
  payments(insert, row) {
    const ordinal = insert.nextOrdinal ?? integer(row, 'ordinal');
    if (insert.nextOrdinal !== null) insert.nextOrdinal += 1;
    insert.payment.run(ordinal, ...valuesOf(row, KINDS.payments.slice(1)));
  },
  events(insert, row) {
    const hashes = [bytesOf(row, 'prev_hash'), bytesOf(row, 'hash')];
    insert.event.run(...valuesOf(row, EVENT_COLUMNS.slice(0, -2)), ...hashes);
    if (integer(row, 'writer_no') === 1) return;
    insert.otherEntry.run(...valuesOf(row, ['sequence', 'writer_no', 'place']));
  },
  webhook_position(insert, row) {
    insert.position.run(1, ...valuesOf(row, KINDS.webhook_position));
  },
  webhook_deliveries(insert, row) {
    const columns = [...KINDS.webhook_deliveries, 'next_attempt_at_ms'];
    insert.delivery.run(...valuesOf(row, columns));
  },
  numbers(insert, row) {
    for (const [name, keep] of Object.entries(insert.numbers)) keep(integer(row, name));
  },
};

function bytesOf(row: Row, column: string): Uint8Array {
  return Buffer.from(text(row, column), 'hex');
}
