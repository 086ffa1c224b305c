/**
 * Batches: gather what the requests need, decide at once in memory, write all of it by one statement (see
 * commit-statement.ts). One batch is under way at a time.
 *
 * A batch is optimistic: it reads without locks, or not at all where nothing has to be read, and its statement writes
 * nothing unless all is still as it was read. When somebody else was first it is superseded: the engine decides it again,
 * and that one locks what it reads, in the order of ids, in a transaction, so that nobody else can be first.
 *
 *   gather ──► decide ──► one statement ──► done
 *                              │ conflict, or settings were changed: superseded, the next one locks
 *                              └ connection lost: the writer's row says whether it was written
 */
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
import { hashEntry } from '../chain.ts';
import { type ChangeSet, changesOf, type Values } from '../change-set.ts';
import { integer, replyFrom } from '../rows.ts';
import { commitStatement, type WriterMove, type Written } from './commit-statement.ts';
import { ConflictError, type Connections, LostError, type Queries } from './connection.ts';
import type { KnownEvents } from './known-events.ts';
import { logHead } from './log.ts';
import { forgetLog } from './others.ts';
import { lockPayments, paymentsByIds } from './payments.ts';
import { beginAnew } from './reset.ts';
import { addedTotals } from './totals.ts';
import { ordinalBase, type Writer } from './writer.ts';

export interface BatchOptions {
  readonly connections: Connections;
  readonly publish: (payment: Payment) => string;
  readonly newLog: () => string;
  readonly nowMs: () => number;
  /** No time before this is given to any event from now on. */
  readonly reach: (ms: number) => void;
  readonly state: BatchState;
  /** Takes the writer anew: after a lost connection, or a change by others that this process has not seen. */
  readonly renew: () => Promise<Writer>;
}

export interface BatchState {
  writer: Writer;
  /** Events that this process has seen, of all writers: what it calls a place in the log before that is known. */
  seen: number;
  /** Which those are. */
  readonly known: KnownEvents;
  /** Batches in a row that somebody else got ahead of. */
  conflicts: number;
}

/** With locks it happens to nobody twice that somebody else is first, but for deadlocks and keys. */
const CONFLICTS_MAX = 20;

/** What a batch needs to know, and the transaction that it is written in. */
interface Attempt {
  readonly options: BatchOptions;
  readonly queries: Queries;
  readonly isTransaction: boolean;
}

/** Decides on what is there now, and writes it. */
export async function runBatch(
  options: BatchOptions,
  requests: readonly CommandRequest[],
  decideAll: (working: WorkingSet) => readonly Reply[],
): Promise<readonly Reply[]> {
  const { state, connections } = options;
  const isReset = requests.some(({ command }) => command.type === 'reset_data');
  const isTransaction = isReset || state.conflicts > 0;
  try {
    const replies = await connections.using(async (queries) => {
      const attempt = { options, queries, isTransaction };
      if (isTransaction) await queries.rows('begin', 'begin');
      const gathered = await gather(requests, attempt, isReset);
      const working = new WorkingSet(gathered);
      const decided = decideAll(working);
      await write(attempt, working, gathered.replies);
      return decided;
    });
    state.conflicts = 0;
    return replies;
  } catch (error) {
    if (!(error instanceof ConflictError) || state.conflicts >= CONFLICTS_MAX) throw error;
    state.conflicts += 1;
    throw new StorageError('superseded', error.message, { cause: error });
  }
}

async function gather(requests: readonly CommandRequest[], attempt: Attempt, isReset: boolean) {
  const { options, queries, isTransaction } = attempt;
  const { state, nowMs, reach } = options;
  const keys = new Set<string>();
  const ids = new Set<PaymentId>();
  for (const { command, idempotency } of requests) {
    if (idempotency !== null) keys.add(idempotency.keyHash);
    const subject = subjectOf(command);
    if (subject !== null) ids.add(subject);
  }
  if (isTransaction && keys.size > 0) await lockKeys([...keys].sort(), queries);
  const payments = new Map<PaymentId, Payment>();
  if (ids.size > 0) {
    if (isTransaction) await lockPayments([...ids], queries);
    for (const { payment, writerNo } of await paymentsByIds([...ids], queries)) {
      payments.set(payment.id, payment);
      // What is decided now comes after what it is decided on: the order of the log depends on it.
      reach(payment.updatedAtMs + (writerNo === state.writer.writerNo ? 0 : 1));
    }
  }
  const replies = new Map<string, StoredReply>();
  if (keys.size > 0 || ids.size > 0) {
    const rows = await queries.rows(
      'replies',
      `select * from replies
         where (key_hash = any($1) or waits_for = any($2)) and created_at_ms > $3`,
      [[...keys], [...ids], nowMs() - IDEMPOTENCY_KEPT_MS],
    );
    for (const row of rows) {
      const reply = replyFrom(row);
      replies.set(reply.keyHash, reply);
    }
  }
  const { writer, seen } = state;
  const head = isReset ? await logHead(queries) : { ...writer, writer: writer.log, sequence: seen };
  return { payments, replies, ordinals: ordinalBase(writer.writerNo) + writer.ordinals, head };
}

async function lockKeys(keys: readonly string[], queries: Queries): Promise<void> {
  await queries.rows(
    'lock_keys',
    'select pg_advisory_xact_lock(7013, hashtext(key)) from unnest($1::text[]) as key',
    [keys],
  );
}

async function write(
  attempt: Attempt,
  working: WorkingSet,
  known: ReadonlyMap<string, StoredReply>,
): Promise<void> {
  const { options, queries, isTransaction } = attempt;
  const { state, publish, newLog, nowMs } = options;
  const changes = changesOf(working, addedTotals(working), {
    publish,
    nowMs: nowMs(),
    newWriter: newLog,
  });
  if (!working.isReset && isNothing(changes)) {
    if (isTransaction) await queries.rows('commit', 'commit');
    return;
  }
  let { writer } = state;
  if (changes.newLog !== null) writer = await beginAnew(changes.newLog, writer, queries);
  const { events, move } = inChain(changes, working, writer);
  const statement = commitStatement(move, written(changes, known, events, nowMs()));
  const isWritten = await settled(options, { ...move, log: writer.log }, async () => {
    const [row] = await queries.rows(statement.name, statement.text, statement.values);
    if (row === undefined || integer(row, 'fenced') !== 1) return false;
    if (isTransaction) await queries.rows('commit', 'commit');
    return true;
  });
  if (!isWritten) {
    await options.renew();
    throw new ConflictError('the writer or the settings are not as they were');
  }
  const { sequence, hash, ordinals, atMs, settingsVersion } = move;
  const added = changes.settings.length > 0 ? 1 : 0;
  state.writer = {
    ...writer,
    sequence,
    hash,
    ordinals,
    atMs,
    settingsVersion: settingsVersion + added,
  };
  if (working.isReset) forgetLog(state);
  state.seen += events.length;
  state.known.commit({ writerNo: writer.writerNo, after: move.from, to: sequence });
}

/** Runs what writes; when the connection is lost meanwhile, finds out what became of it. */
async function settled(
  { renew }: BatchOptions,
  { sequence, hash, log }: WriterMove & Pick<Writer, 'log'>,
  run: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof LostError)) throw error;
    const found = await renew();
    if (found.sequence === sequence && found.hash === hash && found.log === log) return true;
    throw new ConflictError('the connection was lost before the batch was written');
  }
}

function isNothing(changes: ChangeSet): boolean {
  const { events, replies, firedTimers, changedPayments } = changes;
  return [events, replies, firedTimers, changedPayments].every((rows) => rows.length === 0);
}

/** Events with their place in our chain, and where the writer stands after them. */
function inChain(
  changes: ChangeSet,
  working: WorkingSet,
  writer: Writer,
): { events: Values[]; move: WriterMove } {
  let { sequence, hash, atMs } = writer;
  const events = changes.events.map((event): Values => {
    const before = hash;
    sequence += 1;
    hash = hashEntry(before, writer.name, sequence, event);
    atMs = Math.max(atMs, event[3]);
    return [sequence, ...event, before, hash];
  });
  const { writerNo, generation, settingsVersion } = writer;
  const ordinals = working.isReset ? 0 : working.ordinals - ordinalBase(writerNo);
  const from = writer.sequence;
  return {
    events,
    move: { writerNo, generation, settingsVersion, from, sequence, hash, ordinals, atMs },
  };
}

function written(
  changes: ChangeSet,
  known: ReadonlyMap<string, StoredReply>,
  events: readonly Values[],
  nowMs: number,
): Written {
  const cards = new Map(
    changes.changedCards.map((values) => [values.at(-1), values.slice(0, -1)] as const),
  );
  const ordinalOf = (values: Values) => values.at(-2);
  const isKnown = ([keyHash]: Values) => typeof keyHash === 'string' && known.has(keyHash);
  const { newPayments, entries, refunds, timers, counters, bins, settings, ledgerTotals } = changes;
  return {
    added: {
      newPayments,
      events,
      entries,
      refunds,
      timers,
      counters,
      bins,
      settings,
      ledgerTotals,
    },
    changed: changes.changedPayments.filter((values) => !cards.has(ordinalOf(values))),
    changedWithCard: changes.changedPayments.flatMap((values) => {
      const card = cards.get(ordinalOf(values));
      return card === undefined ? [] : [[...values, ...card]];
    }),
    firedTimers: changes.firedTimers,
    newReplies: changes.replies.filter((values) => !isKnown(values)),
    endedReplies: changes.replies.filter(isKnown),
    repliesKeptSinceMs: nowMs - IDEMPOTENCY_KEPT_MS,
    expiredRepliesMax: Number(changes.expired?.[1] ?? 0),
  };
}
