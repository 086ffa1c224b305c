/**
 * One batch: BEGIN IMMEDIATE, gather, decide, write, COMMIT, without a single `await`, on prepared statements, with
 * one fsync. There are no savepoints: a full disk inside one silently rolls back its neighbours.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { subjectOf } from '../../../core/commands.ts';
import type { PaymentId } from '../../../core/ids.ts';
import { IDEMPOTENCY_KEPT_MS } from '../../../core/limits.ts';
import type { Payment } from '../../../core/payment.ts';
import {
  type CommandRequest,
  type Reply,
  StorageError,
  type StoredEvent,
  type StoredReply,
} from '../../../engine/ports.ts';
import { WorkingSet } from '../../../engine/working-set.ts';
import { type ChainHead, hashEvent } from '../chain.ts';
import { readPayment, type PaymentReads } from './payments.ts';
import { metadataText, replyFrom, scenarioText } from './rows.ts';
import { advance, type Running, type TotalsChange, totalsAfter } from './running.ts';

/** Keys past their time are taken out as new ones come in: twice as many, so that the table shrinks. */
const EXPIRED_PER_NEW_REPLY = 2;

type Statements = ReturnType<typeof prepareStatements>;

export interface BatchWriter {
  run(
    requests: readonly CommandRequest[],
    decideAll: (working: WorkingSet) => readonly Reply[],
  ): readonly Reply[];
}

export interface BatchOptions {
  readonly database: DatabaseSync;
  readonly reads: PaymentReads;
  readonly running: Running;
  readonly publish: (payment: Payment) => string;
  readonly nowMs: () => number;
}

export function createBatchWriter(options: BatchOptions): BatchWriter {
  const statements = prepareStatements(options.database);
  return {
    run(requests, decideAll) {
      statements.begin.run();
      try {
        const working = new WorkingSet(gather(requests, options, statements));
        const replies = decideAll(working);
        const totals = totalsAfter(options.running, working);
        const head = write(working, totals, options, statements);
        statements.commit.run();
        advance(options.running, working, totals, head);
        return replies;
      } finally {
        // Still open only when something threw; some errors (a full disk) roll back by themselves.
        if (options.database.isTransaction) statements.rollback.run();
      }
    },
  };
}

function gather(
  requests: readonly CommandRequest[],
  { reads, running, nowMs }: BatchOptions,
  statements: Statements,
) {
  const payments = new Map<PaymentId, Payment>();
  const replies = new Map<string, StoredReply>();
  const keptSinceMs = nowMs() - IDEMPOTENCY_KEPT_MS;
  const addReply = (keyHash: string | undefined) => {
    if (keyHash === undefined || replies.has(keyHash)) return;
    const row = statements.reply.get(keyHash, keptSinceMs);
    if (row !== undefined) replies.set(keyHash, replyFrom(row));
  };
  for (const { command, idempotency } of requests) {
    addReply(idempotency?.keyHash);
    const subject = subjectOf(command);
    if (subject === null || payments.has(subject)) continue;
    const payment = readPayment(reads, subject);
    if (payment !== null) payments.set(subject, payment);
    addReply(running.waiting.get(subject));
  }
  return { payments, replies, ordinals: running.ordinals };
}

function write(
  working: WorkingSet,
  totals: TotalsChange,
  options: BatchOptions,
  statements: Statements,
): ChainHead {
  for (const { before, after } of working.touched.values()) {
    if (before === null) insertPayment(statements.insertPayment, after);
    else updatePayment(statements.updatePayment, before, after);
  }
  const head = writeEvents(working, options, statements);
  for (const { decision, origin } of working.recorded) {
    const { refund, timer } = decision;
    for (const entry of decision.entries) {
      const { paymentId, kind, operation, debit, credit, currency, amountMinor, atMs } = entry;
      statements.insertEntry.run(
        paymentId,
        kind,
        operation,
        debit,
        credit,
        currency.code,
        amountMinor,
        atMs,
      );
    }
    if (refund !== null) {
      const { id, paymentId, amountMinor, reason, createdAtMs } = refund;
      statements.insertRefund.run(id, paymentId, amountMinor, reason, createdAtMs);
    }
    if (timer !== null) {
      const { dueAtMs, paymentId, kind, attempt } = timer;
      statements.insertTimer.run(dueAtMs, paymentId, kind, attempt, origin.requestId);
    }
  }
  for (const { dueAtMs, paymentId, kind } of working.firedTimers) {
    statements.deleteTimer.run(dueAtMs, paymentId, kind);
  }
  writeReplies(working, options.nowMs(), statements);
  writeTotals(totals, statements);
  return head;
}

function insertPayment(statement: StatementSync, payment: Payment): void {
  statement.run(
    payment.ordinal,
    payment.id,
    payment.version,
    payment.status,
    payment.amountMinor,
    payment.currency.code,
    payment.recipient,
    payment.reference,
    payment.description,
    payment.channel,
    payment.deviceId,
    metadataText(payment.metadata),
    scenarioText(payment.scenario),
    payment.failureReason,
    payment.attempts,
    payment.capturedMinor,
    payment.refundedMinor,
    payment.createdAtMs,
    payment.updatedAtMs,
  );
}

/** Writes what can change; the version makes sure that nobody else has changed it since it was read. */
function updatePayment(statement: StatementSync, before: Payment, after: Payment): void {
  const { changes } = statement.run(
    after.version,
    after.status,
    after.failureReason,
    after.attempts,
    after.capturedMinor,
    after.refundedMinor,
    after.updatedAtMs,
    after.ordinal,
    before.version,
  );
  if (changes !== 1) throw new StorageError('refused', `payment ${after.id} was changed meanwhile`);
}

function writeEvents(working: WorkingSet, options: BatchOptions, statements: Statements) {
  let { writer, sequence, hash } = options.running.head;
  let previous = Buffer.from(hash, 'hex');
  for (const { decision, origin } of working.recorded) {
    const { payment, event } = decision;
    sequence += 1;
    const entry: StoredEvent = {
      sequence,
      paymentId: payment.id,
      paymentSequence: payment.version,
      type: event.type,
      atMs: payment.updatedAtMs,
      requestId: origin.requestId,
      actor: origin.actor,
      cause: JSON.stringify(event.cause),
      payment: options.publish(payment),
    };
    hash = hashEvent(hash, writer, entry);
    const current = Buffer.from(hash, 'hex');
    statements.insertEvent.run(
      sequence,
      entry.paymentId,
      entry.paymentSequence,
      entry.type,
      entry.atMs,
      entry.requestId,
      entry.actor,
      entry.cause,
      entry.payment,
      previous,
      current,
    );
    previous = current;
  }
  return { writer, sequence, hash };
}

function writeReplies(working: WorkingSet, nowMs: number, statements: Statements): void {
  const { size } = working.repliesChanged;
  if (size === 0) return;
  for (const reply of working.repliesChanged.values()) {
    statements.upsertReply.run(
      reply.keyHash,
      reply.fingerprint,
      reply.status,
      reply.body,
      reply.waitsFor,
      reply.createdAtMs,
    );
  }
  statements.deleteReplies.run(nowMs - IDEMPOTENCY_KEPT_MS, size * EXPIRED_PER_NEW_REPLY);
}

function writeTotals(totals: TotalsChange, statements: Statements): void {
  for (const [name, total] of totals.counters) statements.upsertCounter.run(name, String(total));
  for (const [bin, count] of totals.outcomeBins) statements.upsertBin.run(bin, count);
  for (const [name, { debitsMinor, creditsMinor }] of totals.ledger) {
    const [account = '', currency = ''] = name.split(' ');
    statements.upsertLedgerTotal.run(account, currency, String(debitsMinor), String(creditsMinor));
  }
}

function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    begin: prepare('begin immediate'),
    commit: prepare('commit'),
    rollback: prepare('rollback'),
    reply: prepare('select * from replies where key_hash = ? and created_at_ms > ?'),
    insertPayment: prepare(
      `insert into payments (ordinal, payment_id, version, status, amount_minor, currency, recipient,
         reference, description, channel, device_id, metadata, scenario, failure_reason, attempts,
         captured_minor, refunded_minor, created_at_ms, updated_at_ms)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    updatePayment: prepare(
      `update payments set version = ?, status = ?, failure_reason = ?, attempts = ?,
         captured_minor = ?, refunded_minor = ?, updated_at_ms = ?
       where ordinal = ? and version = ?`,
    ),
    insertEvent: prepare('insert into events values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    insertEntry: prepare('insert into ledger_entries values (?, ?, ?, ?, ?, ?, ?, ?)'),
    insertRefund: prepare('insert into refunds values (?, ?, ?, ?, ?)'),
    insertTimer: prepare('insert into timers values (?, ?, ?, ?, ?)'),
    deleteTimer: prepare('delete from timers where due_at_ms = ? and payment_id = ? and kind = ?'),
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
      `insert into sketch_bins values ('time_to_outcome', ?, ?)
         on conflict do update set count = excluded.count`,
    ),
    upsertLedgerTotal: prepare(
      `insert into ledger_totals values (?, ?, ?, ?) on conflict do update set
         debits_minor = excluded.debits_minor, credits_minor = excluded.credits_minor`,
    ),
  };
}
