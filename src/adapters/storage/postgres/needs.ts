/** What a batch is about, and reading it: all at once, and in a transaction locked before it is read. */
import { subjectOf } from '../../../core/commands.ts';
import type { PaymentId } from '../../../core/ids.ts';
import { IDEMPOTENCY_KEPT_MS } from '../../../core/limits.ts';
import type { CommandRequest, StoredReply } from '../../../engine/ports.ts';
import { replyFrom, type Row } from '../rows.ts';
import type { Queries } from './connection.ts';
import { type LogHead, logHead } from './log.ts';
import { type ChangedPayment, lockPayments, paymentsByIds } from './payments.ts';

export interface Needs {
  readonly keys: ReadonlySet<string>;
  readonly ids: ReadonlySet<PaymentId>;
  readonly isReset: boolean;
}

export function needsOf(requests: readonly CommandRequest[]): Needs {
  const keys = new Set<string>();
  const ids = new Set<PaymentId>();
  for (const { command, idempotency } of requests) {
    if (idempotency !== null) keys.add(idempotency.keyHash);
    const subject = subjectOf(command);
    if (subject !== null) ids.add(subject);
  }
  return { keys, ids, isReset: requests.some(({ command }) => command.type === 'reset_data') };
}

interface Reading {
  readonly queries: Queries;
  /** True: begins the transaction that it is locked in. */
  readonly isTransaction: boolean;
  readonly nowMs: number;
}

interface Found {
  readonly found: readonly ChangedPayment[];
  /** By key hash. */
  readonly replies: ReadonlyMap<string, StoredReply>;
  /** Of the log that is to end; else null. */
  readonly log: LogHead | null;
}

export async function readNeeds(
  { keys, ids, isReset }: Needs,
  { queries, isTransaction, nowMs }: Reading,
): Promise<Found> {
  const begun = isTransaction ? queries.rows('begin', 'begin') : [];
  const locked = isTransaction && keys.size > 0 ? lockKeys([...keys].sort(), queries) : [];
  const readPayments = isTransaction ? lockPayments : paymentsByIds;
  const payments = ids.size > 0 ? readPayments([...ids], queries) : [];
  const kept = keys.size > 0 || ids.size > 0 ? readReplies({ keys, ids }, nowMs, queries) : [];
  await firstFailure([begun, locked, payments, kept]);
  const [found, rows] = await Promise.all([payments, kept]);
  const replies = new Map(rows.map(replyFrom).map((reply) => [reply.keyHash, reply]));
  return { found, replies, log: isReset ? await logHead(queries) : null };
}

/** Waits for all. Rejects with the first of those that failed: in a transaction the others fail only because it did. */
async function firstFailure(asked: readonly unknown[]): Promise<void> {
  for (const outcome of await Promise.allSettled(asked)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}

async function lockKeys(keys: readonly string[], queries: Queries): Promise<void> {
  await queries.rows(
    'lock_keys',
    'select pg_advisory_xact_lock(7013, hashtext(key)) from unnest($1::text[]) as key',
    [keys],
  );
}

/** Replies under the keys, and of who waits for the payments. */
function readReplies(
  { keys, ids }: Pick<Needs, 'keys' | 'ids'>,
  nowMs: number,
  queries: Queries,
): Promise<Row[]> {
  return queries.rows(
    'replies',
    `select * from replies
       where (key_hash = any($1) or waits_for = any($2)) and created_at_ms > $3`,
    [[...keys], [...ids], nowMs - IDEMPOTENCY_KEPT_MS],
  );
}
