/**
 * The embedded store: one SQLite file, one writing process, every answered request on disk. Implements the Store
 * port; what it promises is written down as tests in ../store.contract.ts.
 */
import type { DatabaseSync } from 'node:sqlite';
import { assert } from '../../../core/assert.ts';
import { trialBalance } from '../../../core/ledger.ts';
import type { Payment } from '../../../core/payment.ts';
import type { Store, StoredBytes } from '../../../engine/ports.ts';
import { type Batches, batchRunner } from './batch.ts';
import { checkChainTail } from './chain-tail.ts';
import { type Database, openDatabase } from './database.ts';
import { readCursor, readEvents } from './log.ts';
import { migrate } from './migrate.ts';
import { chainHeads } from './other-chains.ts';
import { preparePaymentReads, readPayment } from './payments.ts';
import { recentPayments } from './recent-payments.ts';
import { entryFrom, integer, refundFrom, text, timerFrom } from '../rows.ts';
import { loadRunning, type Running } from './running.ts';
import { followPayments } from './search-follower.ts';
import { SEARCH_TUNING, type SearchTuning } from './search-tuning.ts';
import { paymentLists } from './search.ts';
import { seriesReads } from './time-series.ts';
import { readAccountTotals, readTotals } from './totals.ts';
import { inlineHost, threadHost, type WriteHost } from './write-host.ts';
import { remember } from './writer.ts';

export interface SqliteOptions {
  /** A file, made when it does not exist, or `:memory:`. */
  readonly path: string;
  /** True: a file is written by a thread of its own. */
  readonly hasWriteThread?: boolean;
  /** Names this log's writer when the database is new. */
  readonly newWriter: () => string;
  /** The public JSON text of a payment, as it is kept in the log. */
  readonly publish: (payment: Payment) => string;
  readonly nowMs: () => number;
  /** Hears why the search index fell behind; it goes on by itself, and nothing is lost meanwhile. */
  readonly onSearchError?: (error: unknown) => void;
  /** For tests, which want small segments. */
  readonly searchTuning?: SearchTuning;
}

/** Opens the database, migrates it, and checks the tail of its log; throws an Error that says what to do. */
export function openSqliteStore(options: SqliteOptions): Store {
  const database = openDatabase(options.path);
  try {
    migrate(database.writer);
    const writer = remember(database.writer, 'writer', options.newWriter());
    assertSound(database);
    const running = loadRunning(database.writer, writer);
    const host = startHost(database, running, options);
    return createStore(database, host, running, options);
  } catch (error) {
    void database.close();
    throw error;
  }
}

function startHost(
  database: Database,
  { head }: Running,
  { hasWriteThread = false, searchTuning: tuning = SEARCH_TUNING }: SqliteOptions,
): WriteHost {
  const start = { path: database.path, head, tuning };
  if (!database.isFile || !hasWriteThread) return inlineHost(database.writer, start);
  database.handOver();
  return threadHost(start);
}

function createStore(
  database: Database,
  host: WriteHost,
  running: Running,
  options: SqliteOptions,
): Store {
  const { reader } = database;
  const reads = preparePaymentReads(reader);
  const list = paymentLists(reads);
  const prepared = prepareReads(reader);
  const series = seriesReads(reader);
  const { publish, newWriter, nowMs } = options;
  const recent = recentPayments();
  const batches = batchRunner({ host, reads, running, recent, publish, newWriter, nowMs });
  const { searchTuning = SEARCH_TUNING, onSearchError = () => {} } = options;
  const searchIndex = followPayments(host, searchTuning, onSearchError);
  searchIndex.look(running.ordinals);

  return {
    commitsElsewhere: host.isThread,
    ordersLater: false,
    async batch(requests, decideAll) {
      const replies = await batches.run(requests, decideAll);
      searchIndex.look(running.ordinals);
      return replies;
    },
    endWait: (keyHash) => endWait(keyHash, { host, running, batches }),
    removeReplies: (beforeMs, limit) => host.perform({ kind: 'remove_replies', beforeMs, limit }),
    findPayment: async (id) => readPayment(reads, id),
    async findRefund(id) {
      const row = prepared.refund.get(id);
      if (row === undefined) return null;
      const refund = refundFrom(row);
      const payment = readPayment(reads, refund.paymentId);
      assert(payment !== null, 'a refund has its payment');
      return { refund, payment };
    },
    listPayments: async (query) => list(query),
    totals: async () => readTotals(reader),
    accountTotals: async () => readAccountTotals(reader),
    ledgerEntries: async (paymentId) => prepared.entries.all(paymentId).map(entryFrom),
    dueTimers: async (dueAtMs, limit) => prepared.due.all(dueAtMs, limit).map(timerFrom),
    async nextTimerAtMs() {
      const row = prepared.nextDue.get();
      return row === undefined ? null : integer(row, 'due_at_ms');
    },
    async logHead() {
      const last = prepared.lastAt.get();
      return { ...running.head, atMs: last === undefined ? 0 : integer(last, 'at_ms') };
    },
    chainHeads: async () => chainHeads(reader),
    events: async (query) => readEvents(reader, query, running.head.sequence),
    async setting(name) {
      const row = prepared.setting.get(name);
      return row === undefined ? null : text(row, 'value');
    },
    remember: (name, value) => host.perform({ kind: 'remember', name, value }),
    cursor: async (follower) => readCursor(reader, follower),
    async saveCursor(follower, to) {
      await host.perform({ kind: 'save_cursor', follower, to });
    },
    addToSeries: (addition) => host.perform({ kind: 'add_to_series', addition }),
    tallies: async (span) => series.tallies(span),
    riskScores: async (span) => series.riskScores(span),
    async close() {
      await searchIndex.stop();
      await database.close(() => host.close());
    },
  };
}

async function endWait(
  keyHash: string,
  { host, running, batches }: { host: WriteHost; running: Running; batches: Batches },
): Promise<StoredBytes | null> {
  // At once, so that no batch decided from now on ends this wait too.
  const ended = takeWaits(running, keyHash);
  try {
    return await batches.after(() => host.perform({ kind: 'end_wait', keyHash }));
  } catch (error) {
    // It goes on: the commit that settles the payment ends it.
    for (const paymentId of ended) running.waiting.set(paymentId, keyHash);
    throw error;
  }
}

/** The payments that the reply under this key waits for, no longer waited for. */
function takeWaits({ waiting }: Running, keyHash: string): string[] {
  const taken = [...waiting].filter(([, key]) => key === keyHash).map(([paymentId]) => paymentId);
  for (const paymentId of taken) waiting.delete(paymentId);
  return taken;
}

function prepareReads(reader: DatabaseSync) {
  return {
    refund: reader.prepare('select * from refunds where refund_id = ?'),
    entries: reader.prepare(
      'select * from ledger_entries where payment_id = ? order by at_ms, kind',
    ),
    due: reader.prepare(
      'select * from timers where due_at_ms <= ? order by due_at_ms, payment_id, kind limit ?',
    ),
    nextDue: reader.prepare('select due_at_ms from timers order by due_at_ms limit 1'),
    setting: reader.prepare('select value from settings where name = ?'),
    lastAt: reader.prepare('select at_ms from events order by sequence desc limit 1'),
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
