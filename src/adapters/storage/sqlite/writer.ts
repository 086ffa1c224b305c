/**
 * The one connection that writes. A change set is one transaction: BEGIN IMMEDIATE, rows, COMMIT, on prepared
 * statements, with one fsync. There are no savepoints: a full disk inside one silently rolls back its neighbours.
 *
 * It owns the head of the hash chain; the head moves only after COMMIT.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  type LogPosition,
  type SeriesAddition,
  StorageError,
  type StoredBytes,
} from '../../../engine/ports.ts';
import { type ChainHead, type EntryColumns, hashEntry } from '../chain.ts';
import type { ChangeSet, Values } from '../change-set.ts';
import { countOtherEntries } from './other-chains.ts';
import { beginAnew } from './reset.ts';
import { integer, text } from '../rows.ts';
import type { SearchTuning } from './search-tuning.ts';
import { searchUpkeep, type UpkeepSlice } from './search-upkeep.ts';
import { seriesWriter } from './time-series.ts';

/** What the writing side is asked for, one at a time. */
export type WriteTask =
  | { readonly kind: 'commit'; readonly changes: ChangeSet }
  | { readonly kind: 'end_wait'; readonly keyHash: string }
  | { readonly kind: 'remove_replies'; readonly beforeMs: number; readonly limit: number }
  | { readonly kind: 'remember'; readonly name: string; readonly value: string }
  | { readonly kind: 'save_cursor'; readonly follower: string; readonly to: LogPosition }
  | { readonly kind: 'add_to_series'; readonly addition: SeriesAddition }
  | { readonly kind: 'tend_search' };

/** What each task gives back. */
export interface WriteResults {
  /** The head of the log after the commit. */
  readonly commit: ChainHead;
  /** The reply as it now stands. */
  readonly end_wait: StoredBytes | null;
  /** How many. */
  readonly remove_replies: number;
  /** The value that is kept. */
  readonly remember: string;
  readonly save_cursor: null;
  /** False when nothing was added: the series or the log do not stand where the addition begins. */
  readonly add_to_series: boolean;
  readonly tend_search: UpkeepSlice;
}
export type WriteResult = WriteResults[WriteTask['kind']];

export interface Writer {
  /** Throws what SQLite throws, or a StorageError; then nothing was written. */
  perform(task: WriteTask): WriteResult;
}

type Statements = ReturnType<typeof prepareStatements>;

export function createWriter(
  database: DatabaseSync,
  from: ChainHead,
  tuning: SearchTuning,
): Writer {
  const statements = prepareStatements(database);
  const tendSearch = searchUpkeep(database, tuning);
  const addToSeries = seriesWriter(database);
  let head = from;
  let otherEntries = countOtherEntries(database);
  const commit = (changes: ChangeSet): ChainHead => {
    statements.begin.run();
    try {
      const isAnew = changes.newLog !== null;
      const after = write(changes, { head, otherEntries }, database, statements);
      statements.commit.run();
      head = after;
      if (isAnew) otherEntries = 0;
      return head;
    } finally {
      // Still open only when something threw; some errors (a full disk) roll back by themselves.
      if (database.isTransaction) statements.rollback.run();
    }
  };
  return {
    perform(task) {
      switch (task.kind) {
        case 'commit':
          return commit(task.changes);
        case 'end_wait':
          return endWait(task.keyHash, statements);
        case 'remove_replies':
          return Number(statements.deleteReplies.run(task.beforeMs, task.limit).changes);
        case 'remember':
          return remember(database, task.name, task.value);
        case 'save_cursor':
          statements.upsertCursor.run(task.follower, task.to.writer, task.to.sequence);
          return null;
        case 'add_to_series':
          return addToSeries(task.addition, head);
        case 'tend_search':
          return tendSearch();
      }
    },
  };
}

/** Where the log ends, and how many entries of it are not of our chain. */
interface LogEnd {
  readonly head: ChainHead;
  readonly otherEntries: number;
}

function write(
  changes: ChangeSet,
  from: LogEnd,
  database: DatabaseSync,
  statements: Statements,
): ChainHead {
  const { newLog } = changes;
  const end = newLog === null ? from : { head: beginAnew(database, newLog), otherEntries: 0 };
  runAll(statements.insertPayment, changes.newPayments);
  for (const values of changes.changedPayments) {
    // The version makes sure that nobody else has changed the payment since it was read.
    if (statements.updatePayment.run(...values).changes !== 1) {
      throw new StorageError('refused', 'a payment was changed meanwhile');
    }
  }
  runAll(statements.updateCard, changes.changedCards);
  const after = writeEvents(changes.events, end, statements.insertEvent);
  runAll(statements.insertEntry, changes.entries);
  runAll(statements.insertRefund, changes.refunds);
  runAll(statements.insertTimer, changes.timers);
  runAll(statements.deleteTimer, changes.firedTimers);
  runAll(statements.upsertReply, changes.replies);
  if (changes.expired !== null) statements.deleteReplies.run(...changes.expired);
  runAll(statements.upsertCounter, changes.counters);
  runAll(statements.upsertBin, changes.bins);
  runAll(statements.upsertLedgerTotal, changes.ledgerTotals);
  runAll(statements.upsertSetting, changes.settings);
  return after;
}

function runAll(statement: StatementSync, rows: readonly Values[]): void {
  for (const values of rows) statement.run(...values);
}

function writeEvents(
  events: readonly EntryColumns[],
  { head, otherEntries }: LogEnd,
  insertEvent: StatementSync,
): ChainHead {
  let { sequence, hash } = head;
  let previous = Buffer.from(hash, 'hex');
  for (const event of events) {
    sequence += 1;
    hash = hashEntry(hash, head.writer, sequence - otherEntries, event);
    const current = Buffer.from(hash, 'hex');
    insertEvent.run(sequence, ...event, previous, current);
    previous = current;
  }
  return { writer: head.writer, sequence, hash };
}

/** Null when a reset has taken the reply out. */
function endWait(keyHash: string, statements: Statements): StoredBytes | null {
  statements.endWait.run(keyHash);
  const row = statements.reply.get(keyHash);
  return row === undefined ? null : { status: integer(row, 'status'), body: text(row, 'body') };
}

/** Keeps `value` under `name` unless there is one already; gives the one that is kept. */
export function remember(database: DatabaseSync, name: string, value: string): string {
  const known = database.prepare('select value from meta where name = ?').get(name);
  if (known !== undefined) return text(known, 'value');
  database.prepare('insert into meta (name, value) values (?, ?)').run(name, value);
  return value;
}

function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    begin: prepare('begin immediate'),
    commit: prepare('commit'),
    rollback: prepare('rollback'),
    insertPayment: prepare(
      `insert into payments (ordinal, payment_id, version, status, amount_minor, currency, recipient,
         reference, description, channel, device_id, metadata, scenario, failure_reason, attempts,
         captured_minor, refunded_minor, created_at_ms, updated_at_ms, entry, ip, risk, card_last4, card,
         model_score)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    updateCard: prepare(
      'update payments set card_last4 = ?, card = ?, model_score = ?, scenario = ? where ordinal = ?',
    ),
    updatePayment: prepare(
      `update payments set version = ?, status = ?, failure_reason = ?, attempts = ?,
         captured_minor = ?, refunded_minor = ?, risk = ?, updated_at_ms = ?
       where ordinal = ? and version = ?`,
    ),
    insertEvent: prepare('insert into events values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    insertEntry: prepare('insert into ledger_entries values (?, ?, ?, ?, ?, ?, ?, ?)'),
    insertRefund: prepare('insert into refunds values (?, ?, ?, ?, ?)'),
    // Settings that are changed for a time twice in one millisecond end together: the later change's timer counts.
    insertTimer: prepare(
      `insert into timers values (?, ?, ?, ?, ?) on conflict do update set
         attempt = excluded.attempt, request_id = excluded.request_id`,
    ),
    deleteTimer: prepare(
      'delete from timers where due_at_ms = ? and payment_id = ? and kind = ? and attempt = ?',
    ),
    reply: prepare('select status, body from replies where key_hash = ?'),
    endWait: prepare('update replies set waits_for = null where key_hash = ?'),
    upsertReply: prepare(
      `insert into replies values (?, ?, ?, ?, ?, ?) on conflict do update set
         fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body,
         waits_for = excluded.waits_for, created_at_ms = excluded.created_at_ms`,
    ),
    deleteReplies: prepare(
      `delete from replies where key_hash in (select key_hash from replies
         where created_at_ms <= ? order by created_at_ms limit ?)`,
    ),
    upsertCounter: prepare(
      'insert into counters values (?, ?) on conflict do update set total = excluded.total',
    ),
    upsertBin: prepare(
      'insert into sketch_bins values (?, ?, ?) on conflict do update set count = excluded.count',
    ),
    upsertSetting: prepare(
      'insert into settings values (?, ?) on conflict do update set value = excluded.value',
    ),
    upsertLedgerTotal: prepare(
      `insert into ledger_totals values (?, ?, ?, ?) on conflict do update set
         debits_minor = excluded.debits_minor, credits_minor = excluded.credits_minor`,
    ),
    upsertCursor: prepare(
      `insert into cursors values (?, ?, ?) on conflict do update set
         writer = excluded.writer, sequence = excluded.sequence`,
    ),
  };
}
