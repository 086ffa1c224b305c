/**
 * The embedded store: one SQLite file, one writing process, every answered request on disk. Implements the Store
 * port; what it promises is written down as tests in ../store.contract.ts.
 */
import { assert } from '../../../core/assert.ts';
import { trialBalance } from '../../../core/ledger.ts';
import type { Payment } from '../../../core/payment.ts';
import { type Store, StorageError } from '../../../engine/ports.ts';
import { checkChainTail } from './chain-tail.ts';
import { type BatchOptions, createBatchWriter } from './batch.ts';
import { type Database, openDatabase, storageError } from './database.ts';
import { readCursor, readEvents, writeCursor } from './log.ts';
import { migrate } from './migrate.ts';
import { listPayments, preparePaymentReads, readPayment } from './payments.ts';
import { entryFrom, integer, refundFrom, replyFrom, text, timerFrom } from './rows.ts';
import { loadRunning, type Running } from './running.ts';
import { readAccountTotals, readTotals } from './totals.ts';

export interface SqliteOptions {
  /** A file, made when it does not exist, or `:memory:`. */
  readonly path: string;
  /** Names this log's writer when the database is new. */
  readonly newWriter: () => string;
  /** The public JSON text of a payment, as it is kept in the log. */
  readonly publish: (payment: Payment) => string;
  readonly nowMs: () => number;
}

/** Opens the database, migrates it, and checks the tail of its log; throws an Error that says what to do. */
export function openSqliteStore(options: SqliteOptions): Store {
  const database = openDatabase(options.path);
  try {
    migrate(database.writer);
    const writer = remember(database, 'writer', options.newWriter);
    assertSound(database);
    const running = loadRunning(database.writer, writer);
    return createStore(database, running, options);
  } catch (error) {
    database.close();
    throw error;
  }
}

function createStore(database: Database, running: Running, options: SqliteOptions): Store {
  const { writer, reader, path } = database;
  const batchOptions: BatchOptions = {
    database: writer,
    reads: preparePaymentReads(writer),
    running,
    publish: options.publish,
    nowMs: options.nowMs,
  };
  const batch = createBatchWriter(batchOptions);
  const reads = preparePaymentReads(reader);
  const prepared = {
    refund: reader.prepare('select * from refunds where refund_id = ?'),
    entries: reader.prepare(
      'select * from ledger_entries where payment_id = ? order by at_ms, kind',
    ),
    due: reader.prepare(
      'select * from timers where due_at_ms <= ? order by due_at_ms, payment_id, kind limit ?',
    ),
    nextDue: reader.prepare('select due_at_ms from timers order by due_at_ms limit 1'),
    lastAt: reader.prepare('select at_ms from events order by sequence desc limit 1'),
  };

  /** Runs a write; what SQLite throws becomes a StorageError, what our own code throws stays as it is. */
  const guarded = async <Value>(work: () => Value): Promise<Value> => {
    try {
      return work();
    } catch (error) {
      const isOurs = error instanceof StorageError || !isSqliteError(error);
      throw isOurs ? error : storageError(error, path);
    }
  };

  return {
    batch: (requests, decideAll) => guarded(() => batch.run(requests, decideAll)),
    endWait: (keyHash) => guarded(() => endWait(database, running, keyHash)),
    findPayment: async (id) => readPayment(reads, id),
    async findRefund(id) {
      const row = prepared.refund.get(id);
      if (row === undefined) return null;
      const refund = refundFrom(row);
      const payment = readPayment(reads, refund.paymentId);
      assert(payment !== null, 'a refund has its payment');
      return { refund, payment };
    },
    listPayments: async (query) => listPayments(reads, query),
    totals: async () => readTotals(reader),
    accountTotals: async () => readAccountTotals(reader),
    ledgerEntries: async (paymentId) => prepared.entries.all(paymentId).map(entryFrom),
    dueTimers: async (nowMs, limit) => prepared.due.all(nowMs, limit).map(timerFrom),
    async nextTimerAtMs() {
      const row = prepared.nextDue.get();
      return row === undefined ? null : integer(row, 'due_at_ms');
    },
    async logHead() {
      const last = prepared.lastAt.get();
      return { ...running.head, atMs: last === undefined ? 0 : integer(last, 'at_ms') };
    },
    events: async (query) => readEvents(reader, query, running.head.sequence),
    remember: (name, value) => guarded(() => remember(database, name, () => value)),
    cursor: async (follower) => readCursor(reader, follower),
    saveCursor: (follower, to) => guarded(() => writeCursor(writer, follower, to)),
    close: async () => database.close(),
  };
}

/** Entries of the log whose hashes are checked at every start; `farthing doctor` and an audit check more. */
const CHECKED_ENTRIES = 1_000;

/** Refuses to go on from a log or books that something else has changed. */
function assertSound({ writer, path }: Database): void {
  const { fault } = checkChainTail(writer, CHECKED_ENTRIES);
  if (fault !== null) {
    throw new Error(
      `the event log in ${path} was changed from outside: ${fault}; restore a backup`,
    );
  }
  if (!trialBalance(readAccountTotals(writer)).balanced) {
    throw new Error(`the ledger in ${path} does not balance; see: farthing ledger check`);
  }
}

function isSqliteError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
}

function remember({ writer }: Database, name: string, value: () => string): string {
  const known = writer.prepare('select value from meta where name = ?').get(name);
  if (known !== undefined) return text(known, 'value');
  const made = value();
  writer.prepare('insert into meta (name, value) values (?, ?)').run(name, made);
  return made;
}

function endWait({ writer }: Database, running: Running, keyHash: string) {
  writer.prepare('update replies set waits_for = null where key_hash = ?').run(keyHash);
  for (const [paymentId, waitingKey] of running.waiting) {
    if (waitingKey === keyHash) running.waiting.delete(paymentId);
  }
  const row = writer.prepare('select * from replies where key_hash = ?').get(keyHash);
  assert(row !== undefined, 'a wait ends on a stored reply');
  const { status, body } = replyFrom(row);
  return { status, body };
}
