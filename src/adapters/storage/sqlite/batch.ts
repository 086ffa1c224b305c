/**
 * Batches on the deciding side: gather what one needs, decide it, take it in, and hand its changes to the writer. The
 * next one may be decided while it is on its way to the disk: what memory holds is ahead of the disk by that much. When a
 * batch fails, memory is read again from the disk, and what was decided on top of it is superseded.
 */
import type { StatementSync } from 'node:sqlite';
import { subjectOf } from '../../../core/commands.ts';
import type { PaymentId } from '../../../core/ids.ts';
import { IDEMPOTENCY_KEPT_MS } from '../../../core/limits.ts';
import type { Payment } from '../../../core/payment.ts';
import {
  type CommandRequest,
  type Reply,
  StorageError,
  type StoredReply,
} from '../../../engine/ports.ts';
import { WorkingSet } from '../../../engine/working-set.ts';
import { type ChangeSet, changesOf } from '../change-set.ts';
import { readPayment, type PaymentReads } from './payments.ts';
import type { RecentPayments } from './recent-payments.ts';
import { replyFrom } from '../rows.ts';
import { advance, loadRunning, type Running, totalsAfter } from './running.ts';
import type { WriteHost } from './write-host.ts';

export interface BatchOptions {
  readonly host: WriteHost;
  readonly reads: PaymentReads;
  readonly running: Running;
  readonly recent: RecentPayments;
  readonly publish: (payment: Payment) => string;
  readonly newWriter: () => string;
  readonly nowMs: () => number;
}

export interface Batches {
  /** Decides at once, on top of all batches before; settles when the changes are on disk. */
  run(
    requests: readonly CommandRequest[],
    decideAll: (working: WorkingSet) => readonly Reply[],
  ): Promise<readonly Reply[]>;
  /** Does something after all that was handed over before it, whatever became of that. */
  after<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** What is on its way to the disk, beside what `running` and `recent` hold of it. */
interface Ahead {
  /** Replies of batches that are not on disk yet, by key hash. */
  readonly replies: Map<string, StoredReply>;
  /** Batches that were handed over and have not settled. */
  inFlight: number;
  /** Of the last of them. */
  last: Promise<unknown>;
}

export function batchRunner(options: BatchOptions): Batches {
  const storedReply = options.reads.database.prepare(
    'select * from replies where key_hash = ? and created_at_ms > ?',
  );
  const { host, running, recent, publish, newWriter, nowMs } = options;
  const ahead: Ahead = { replies: new Map(), inFlight: 0, last: Promise.resolve() };

  const commit = async (changes: ChangeSet, working: WorkingSet): Promise<void> => {
    try {
      running.head = await host.perform({ kind: 'commit', changes });
      for (const [keyHash, reply] of working.repliesChanged) {
        if (ahead.replies.get(keyHash) === reply) ahead.replies.delete(keyHash);
      }
    } catch (error) {
      restore(options, ahead);
      throw error;
    }
  };
  return {
    async run(requests, decideAll) {
      const working = new WorkingSet(gather(requests, options, ahead, storedReply));
      const replies = decideAll(working);
      const totals = totalsAfter(running, working);
      const changes = changesOf(working, totals, { publish, nowMs: nowMs(), newWriter });
      advance(running, working, totals);
      if (working.isReset) recent.clear();
      for (const { after } of working.touched.values()) recent.keep(after);
      for (const [keyHash, reply] of working.repliesChanged) ahead.replies.set(keyHash, reply);
      await inTurn(ahead, () => commit(changes, working));
      return replies;
    },
    after: (work) => ahead.last.then(work, work),
  };
}

/** At once when nothing is in flight; else after what is, unless that fails. */
async function inTurn(ahead: Ahead, commit: () => Promise<void>): Promise<void> {
  const before = ahead.last;
  const done =
    ahead.inFlight === 0
      ? commit()
      : before.then(commit, () => {
          throw new StorageError('superseded', 'the batch before it failed');
        });
  ahead.last = done;
  ahead.inFlight += 1;
  try {
    await done;
  } finally {
    ahead.inFlight -= 1;
  }
}

/** A batch failed: nothing of it was written, nor of what was decided on top of it. */
function restore({ reads, running, recent }: BatchOptions, ahead: Ahead): void {
  Object.assign(running, loadRunning(reads.database, running.head.writer));
  recent.clear();
  ahead.replies.clear();
}

function gather(
  requests: readonly CommandRequest[],
  { reads, running, recent, nowMs }: BatchOptions,
  ahead: Ahead,
  storedReply: StatementSync,
) {
  const payments = new Map<PaymentId, Payment>();
  const replies = new Map<string, StoredReply>();
  const keptSinceMs = nowMs() - IDEMPOTENCY_KEPT_MS;
  const addReply = (keyHash: string | undefined) => {
    if (keyHash === undefined || replies.has(keyHash)) return;
    const coming = ahead.replies.get(keyHash);
    if (coming !== undefined) {
      replies.set(keyHash, coming);
      return;
    }
    const row = storedReply.get(keyHash, keptSinceMs);
    if (row !== undefined) replies.set(keyHash, replyFrom(row));
  };
  for (const { command, idempotency } of requests) {
    addReply(idempotency?.keyHash);
    const subject = subjectOf(command);
    if (subject === null || payments.has(subject)) continue;
    const payment = recent.find(subject) ?? readPayment(reads, subject);
    if (payment !== null) payments.set(subject, payment);
    addReply(running.waiting.get(subject));
  }
  const { ordinals, head, sequence } = running;
  return { payments, replies, ordinals, head: { ...head, sequence } };
}
