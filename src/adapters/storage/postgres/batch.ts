/**
 * Batches: gather what the requests need, decide at once in memory, write all of it by one statement (see
 * commit-statement.ts). While one is on its way the next one may be decided on top of it and sent behind it, on the same
 * connection (see flights.ts).
 *
 * A batch is optimistic: it reads without locks, or not at all where nothing has to be read, and its statement writes
 * nothing unless all is still as it was read. When somebody else was first it is superseded: the engine decides it again,
 * and that one, and those about the same for a while, lock what they read, in their order, in a transaction, so that
 * nobody else can be first.
 *
 *   gather ──► decide ──► one statement ──► done
 *                              │ conflict, or settings were changed: superseded, the next one locks
 *                              │ the batch before it failed: superseded
 *                              └ connection lost: the writer's row says whether it was written
 */
import type { PaymentId } from '../../../core/ids.ts';
import { IDEMPOTENCY_KEPT_MS } from '../../../core/limits.ts';
import type { Payment } from '../../../core/payment.ts';
import {
  type CommandRequest,
  type Reply,
  StorageError,
  type StoredReply,
} from '../../../engine/ports.ts';
import { type Gathered, WorkingSet } from '../../../engine/working-set.ts';
import { hashEntry } from '../chain.ts';
import { type ChangeSet, changesOf, type Values } from '../change-set.ts';
import { integer } from '../rows.ts';
import { commitStatement, type WriterMove, type Written } from './commit-statement.ts';
import { ConflictError, type Connections, LostError, type Queries } from './connection.ts';
import type { Contended } from './contended.ts';
import { behindFailure, type Flight, type Flights } from './flights.ts';
import type { KnownEvents } from './known-events.ts';
import { forgetLog } from './others.ts';
import { type Needs, needsOf, readNeeds } from './needs.ts';
import { beginAnew } from './reset.ts';
import { addedTotals } from './totals.ts';
import { ordinalBase, type Writer } from './writer.ts';

export interface BatchOptions {
  readonly connections: Connections;
  /** The connection that batches are sent on, one behind the other; null when it is lost. */
  readonly line: () => Queries | null;
  readonly publish: (payment: Payment) => string;
  readonly newLog: () => string;
  readonly nowMs: () => number;
  /** No time before this is given to any event from now on. */
  readonly reach: (ms: number) => void;
  readonly state: BatchState;
  /**
   * Takes the writer anew: after a lost connection, or a change by others that this process has not seen. Waits for a server
   * that is away: what became of a batch must be known.
   */
  readonly renew: () => Promise<Writer>;
  /** The same where nothing is under way: rejects as unavailable when the server is away. */
  readonly reopen: () => Promise<Writer>;
}

export interface BatchState {
  /** As it stands on disk, for all that is known. */
  writer: Writer;
  /** Events that this process has seen, of all writers: what it calls a place in the log before that is known. */
  seen: number;
  /** Which those are. */
  readonly known: KnownEvents;
  readonly flights: Flights;
  /** Batches in a row that somebody else got ahead of. */
  conflicts: number;
  /** What they were about: who asks for that soon after locks it at once. */
  readonly contended: Contended;
}

/** With locks it happens to nobody twice that somebody else is first, but for deadlocks and keys. */
const CONFLICTS_MAX = 20;

/** What a batch needs to know, and the transaction that it is written in. */
interface Attempt {
  readonly options: BatchOptions;
  /** What it is written on. */
  readonly line: Queries;
  /** What it reads by. */
  readonly queries: Queries;
  readonly isTransaction: boolean;
  /** The batch that this one is decided on top of, if that one is not on disk yet. */
  readonly ahead: Flight | null;
}

/** Decides on what is there now, and writes it. */
export async function runBatch(
  options: BatchOptions,
  requests: readonly CommandRequest[],
  decideAll: (working: WorkingSet) => readonly Reply[],
): Promise<readonly Reply[]> {
  const { state, connections } = options;
  const needs = needsOf(requests);
  const line = await openLine(options);
  const isTransaction = needs.isReset || state.conflicts > 0 || state.contended.has(needs);
  const ahead = await batchAhead(state, needs, isTransaction);
  const queries = isTransaction ? line : connections;
  try {
    const attempt = { options, line, queries, isTransaction, ahead };
    const { gathered, decided, working } = await decide(attempt, needs, decideAll);
    await write(attempt, working, gathered.replies);
    state.conflicts = 0;
    return decided;
  } catch (error) {
    // Where the connection is lost, so is the transaction.
    if (isTransaction) await queries.rows('rollback', 'rollback').catch(() => {});
    if (!(error instanceof ConflictError) || state.conflicts >= CONFLICTS_MAX) throw error;
    state.conflicts += 1;
    state.contended.add(needs);
    throw new StorageError('superseded', error.message, { cause: error });
  }
}

/** Nothing has been decided yet: who finds the connection lost takes the writer anew, and is decided on what it is now. */
async function openLine({ state, line, reopen }: BatchOptions): Promise<Queries> {
  const open = line();
  if (open !== null) return open;
  const { last } = state.flights;
  if (last === null) await reopen();
  else await last.written;
  throw new StorageError('superseded', 'the connection was lost before the batch was decided');
}

async function decide(
  attempt: Attempt,
  needs: Needs,
  decideAll: (working: WorkingSet) => readonly Reply[],
) {
  const gathered = await gather(needs, attempt);
  const working = new WorkingSet(gathered);
  return { gathered, working, decided: decideAll(working) };
}

/**
 * The batch that is on its way, when this one can be sent behind it; else waits for it. What it changes is not to be read
 * yet, and what is locked or reset is read behind it.
 */
async function batchAhead(
  { flights }: BatchState,
  { keys, ids }: Needs,
  isTransaction: boolean,
): Promise<Flight | null> {
  const { last } = flights;
  if (last === null) return null;
  const { touched, isAlone } = last;
  const isApart = ![...keys, ...ids].some((name) => touched.has(name));
  if (isApart && !isAlone && !isTransaction && !flights.isLost(last)) return last;
  if (!(await last.written)) throw behindFailure();
  return null;
}

async function gather(needs: Needs, attempt: Attempt): Promise<Gathered> {
  const { options, ahead } = attempt;
  const { state, reach } = options;
  const { isTransaction, queries } = attempt;
  const { found, replies, log } = await readNeeds(needs, {
    queries,
    isTransaction,
    nowMs: options.nowMs(),
  });
  if (ahead !== null && state.flights.isLost(ahead)) {
    await ahead.written;
    throw behindFailure();
  }
  const writer = writerAfterAll(state);
  const payments = new Map<PaymentId, Payment>();
  for (const { payment, writerNo } of found) {
    payments.set(payment.id, payment);
    // What is decided now comes after what it is decided on: the order of the log depends on it.
    reach(payment.updatedAtMs + (writerNo === writer.writerNo ? 0 : 1));
  }
  const head = log ?? {
    ...writer,
    writer: writer.log,
    sequence: state.seen + state.flights.events,
  };
  return { payments, replies, ordinals: ordinalBase(writer.writerNo) + writer.ordinals, head };
}

/** Where our writer will stand when all that is on its way is written. */
function writerAfterAll({ flights, writer }: BatchState): Writer {
  return flights.last?.head ?? writer;
}

async function write(
  attempt: Attempt,
  working: WorkingSet,
  known: ReadonlyMap<string, StoredReply>,
): Promise<void> {
  const { options, line, queries, isTransaction, ahead } = attempt;
  const { state, publish, newLog, nowMs } = options;
  const changes = changesOf(working, addedTotals(working), {
    publish,
    nowMs: nowMs(),
    newWriter: newLog,
  });
  if (!working.isReset && isNothing(changes)) {
    if (isTransaction) await queries.rows('commit', 'commit');
    // What was refused was refused because of what is not on disk yet.
    if (ahead !== null && !(await ahead.written)) throw behindFailure();
    return;
  }
  let writer = writerAfterAll(state);
  if (changes.newLog !== null) writer = await beginAnew(changes.newLog, writer, queries);
  const { events, move } = inChain(changes, working, writer);
  const statement = commitStatement(move, written(changes, known, events, nowMs()));
  const flight = state.flights.begin({
    head: writerAfter(writer, move, changes),
    events: events.length,
    touched: touchedBy(working),
    isAlone: isTransaction,
  });
  const send = async () => {
    const [[row]] = await Promise.all([
      line.rows(statement.name, statement.text, statement.values),
      // When the statement fails, or finds the fence closed, nothing is there to be committed.
      isTransaction ? line.rows('commit', 'commit') : [],
    ]);
    return row !== undefined && integer(row, 'fenced') === 1;
  };
  await land(options, { flight, ahead, move, isReset: working.isReset }, send);
}

function touchedBy(working: WorkingSet): ReadonlySet<string> {
  return new Set([...working.touched.keys(), ...working.repliesChanged.keys()]);
}

interface Sent {
  readonly flight: Flight;
  readonly ahead: Flight | null;
  readonly move: WriterMove;
  readonly isReset: boolean;
}

/** Sends it; when it is on disk, takes down where the writer stands. Rejects when it is not. */
async function land(
  { state, renew }: BatchOptions,
  { flight, ahead, move, isReset }: Sent,
  send: () => Promise<boolean>,
): Promise<void> {
  let isWritten = false;
  try {
    const outcome = await settled({ state, renew }, flight, ahead, send);
    isWritten = true;
    if (outcome === 'written') state.writer = flight.head;
    if (isReset) forgetLog(state);
    state.seen += flight.events;
    state.known.commit({
      writerNo: flight.head.writerNo,
      after: move.from,
      to: flight.head.sequence,
    });
  } finally {
    state.flights.end(flight, isWritten);
  }
}

/**
 * `found` when the connection was lost, and the writer, taken anew, stands at or behind it. Rejects as a conflict, or as
 * superseded, when nothing of it was written. A batch without events leaves the writer where it was, which proves nothing:
 * it is decided again, and finds the answers that it kept, if it did.
 */
async function settled(
  { state, renew }: Pick<BatchOptions, 'state' | 'renew'>,
  flight: Flight,
  ahead: Flight | null,
  send: () => Promise<boolean>,
): Promise<'written' | 'found'> {
  let lost: unknown;
  try {
    if (await send()) return 'written';
  } catch (error) {
    if (ahead !== null && !(await ahead.written)) throw behindFailure(error);
    if (!(error instanceof LostError)) throw error;
    lost = error;
  }
  if (ahead !== null && !(await ahead.written)) throw behindFailure();
  const { sequence, hash, log } = await renew();
  const isFound = ({ head, events }: Flight) =>
    events > 0 && head.sequence === sequence && head.hash === hash && head.log === log;
  if (lost !== undefined && state.flights.from(flight).some(isFound)) return 'found';
  throw new ConflictError(
    lost === undefined
      ? 'the writer or the settings are not as they were'
      : 'the connection was lost before the batch was written',
  );
}

function writerAfter(writer: Writer, move: WriterMove, { settings }: ChangeSet): Writer {
  const { sequence, hash, ordinals, atMs } = move;
  const settingsVersion = move.settingsVersion + (settings.length > 0 ? 1 : 0);
  return { ...writer, sequence, hash, ordinals, atMs, settingsVersion };
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
    changed: changes.changedPayments
      .filter((values) => !cards.has(ordinalOf(values)))
      .toSorted((a, b) => Number(ordinalOf(a)) - Number(ordinalOf(b))),
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
