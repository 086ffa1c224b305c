/**
 * The store on Postgres: any number of processes write to it at once, each to a chain of its own, and read one order of all
 * of it. Implements the Store port; what it promises is written down as tests in ../*.contract.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '../../../core/assert.ts';
import type { PaymentId, RefundId } from '../../../core/ids.ts';
import { trialBalance } from '../../../core/ledger.ts';
import type { Payment, Refund } from '../../../core/payment.ts';
import type { OthersChange } from '../../../engine/others.ts';
import type { ProcessTable } from '../../../engine/presence.ts';
import { type Store, StorageError } from '../../../engine/ports.ts';
import { entryFrom, integer, refundFrom, text } from '../rows.ts';
import { type BatchState, runBatch } from './batch.ts';
import { connect, type Connections, LostError, type Queries } from './connection.ts';
import { Contended } from './contended.ts';
import { Flights } from './flights.ts';
import { KnownEvents } from './known-events.ts';
import { listPayments } from './lists.ts';
import { chainHeads, logHead, readCursor, readEvents, saveCursor } from './log.ts';
import { migrate } from './migrate.ts';
import { followOthers, forgetLog, type Others, type OthersListener } from './others.ts';
import { paymentsByIds } from './payments.ts';
import { processTable } from './presence.ts';
import { addToSeries, readRiskScores, readTallies } from './time-series.ts';
import { claimTimers, nextTimerAtMs } from './timers.ts';
import { readAccountTotals, readTotals } from './totals.ts';
import { lockWriter, takeWriter, type Writer, type WriterLock } from './writer.ts';

export interface PostgresOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** Names the log when the database is new, and after each reset. */
  readonly newLog: () => string;
  /** The public JSON text of a payment, as it is kept in the log. */
  readonly publish: (payment: Payment) => string;
  readonly nowMs: () => number;
  /** No event is given a time before this from now on: another process's clock is ahead. */
  readonly reach: (ms: number) => void;
  /**
   * Another process changed settings, or began a new log: reads what is new and gives what makes memory follow. Called at the
   * latest before the next decision is written; without followOthers not before it.
   */
  readonly onForeignChange?: (change: OthersChange) => Promise<() => void>;
}

export interface PostgresStore extends Store {
  /** Which processes share the database. */
  readonly processes: ProcessTable;
  /** Hands on what other processes commit, but for what is in the log up to position `after`. Call it before any batch. */
  followOthers(after: number, listener: OthersListener): Promise<Others>;
}

/** How long a server that is away is waited for before the process gives up; it restarts in less. */
const AWAY_MS_MAX = 60_000;
const RETRY_MS = 200;

/** Opens the database, migrates it, takes a writer; throws an Error that says what to do. */
export async function openPostgresStore(options: PostgresOptions): Promise<PostgresStore> {
  await migrate(options.url);
  const connections = connect(options.url);
  try {
    await nameLog(connections, options.newLog);
    // Before a writer is held, over a connection that would have to be given up too.
    await assertSound(connections);
    const ownership = await own(connections, options);
    return createStore(connections, ownership, options);
  } catch (error) {
    await connections.close();
    throw error;
  }
}

async function nameLog(connections: Connections, newLog: () => string): Promise<void> {
  await connections.rows('name_new_log', 'insert into log values ($1, 0) on conflict do nothing', [
    newLog(),
  ]);
}

async function assertSound(connections: Connections): Promise<void> {
  if (!trialBalance(await readAccountTotals(connections)).balanced) {
    throw new Error('the ledger in the Postgres database does not balance; restore a backup');
  }
}

/** Which writer is ours, and what was seen last of the others. */
interface Ownership {
  readonly state: BatchState;
  readonly line: () => Queries | null;
  readonly renew: () => Promise<Writer>;
  readonly reopen: () => Promise<Writer>;
  readonly release: () => Promise<void>;
}

async function own(
  connections: Connections,
  { nowMs, onForeignChange = nothingFollows }: PostgresOptions,
): Promise<Ownership> {
  let lock: WriterLock = await lockWriter(connections, null);
  const begin = async () => {
    const taken = await takeWriter(connections, lock.writerNo);
    return { writer: taken, seen: (await logHead(connections)).sequence };
  };
  const { writer, seen } = await begin().catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  const state: BatchState = {
    writer,
    seen,
    known: new KnownEvents(),
    flights: new Flights(),
    conflicts: 0,
    contended: new Contended(nowMs),
  };

  const take = async (): Promise<Writer> => {
    if (!lock.isHeld()) lock = await lockWriter(connections, lock.writerNo);
    return takeWriter(connections, lock.writerNo);
  };
  const renewBy = async (attempt: <Value>(work: () => Promise<Value>) => Promise<Value>) => {
    const before = state.writer;
    const taken = await attempt(take);
    const isReset = taken.log !== before.log;
    if (isReset || taken.settingsVersion !== before.settingsVersion) {
      const apply = await attempt(() => onForeignChange({ isReset }));
      // The batch that is under way is given up, or was written before the change: it minds neither.
      apply();
      if (isReset) forgetLog(state);
    }
    state.writer = taken;
    return taken;
  };
  return {
    state,
    line: () => (lock.isHeld() ? lock.line : null),
    renew: () => renewBy(patiently),
    reopen: () => renewBy((work) => work()),
    release: () => lock.release(),
  };
}

/** Tries again for as long as a restart of the server may take; then nobody knows what is written, and the process must end. */
async function patiently<Value>(work: () => Promise<Value>): Promise<Value> {
  const giveUpAt = performance.now() + AWAY_MS_MAX;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LostError)) throw error;
      if (performance.now() > giveUpAt) {
        throw new StorageError('fatal', `Postgres did not come back: ${error.message}`, {
          cause: error,
        });
      }
      await sleep(RETRY_MS);
    }
  }
}

const nothingFollows = async () => () => {};

function createStore(
  connections: Connections,
  { release, ...ownership }: Ownership,
  { publish, newLog, nowMs, reach, onForeignChange = nothingFollows }: PostgresOptions,
): PostgresStore {
  const { state } = ownership;
  const batches = { connections, publish, newLog, nowMs, reach, ...ownership };
  return {
    commitsElsewhere: true,
    ordersLater: true,
    processes: processTable(connections),
    followOthers: (after, listener) =>
      followOthers({ queries: connections, state, onForeignChange }, after, listener),
    batch: (requests, decideAll) => runBatch(batches, requests, decideAll),
    async endWait(keyHash) {
      const [row] = await connections.rows(
        'end_wait',
        'update replies set waits_for = null where key_hash = $1 returning status, body',
        [keyHash],
      );
      return row === undefined ? null : { status: integer(row, 'status'), body: text(row, 'body') };
    },
    async removeReplies(beforeMs, limit) {
      const removed = await connections.rows(
        'remove_replies',
        `delete from replies where key_hash in (
           select key_hash from replies where created_at_ms <= $1
             order by created_at_ms limit $2 for update skip locked) returning 1`,
        [beforeMs, limit],
      );
      return removed.length;
    },
    findPayment: (id) => findPayment(connections, id),
    findRefund: (id) => findRefund(connections, id),
    listPayments: (query) => listPayments(connections, query),
    totals: () => readTotals(connections),
    accountTotals: () => readAccountTotals(connections),
    async ledgerEntries(paymentId) {
      const rows = await connections.rows(
        'ledger_entries',
        'select * from ledger_entries where payment_id = $1 order by at_ms, kind',
        [paymentId],
      );
      return rows.map(entryFrom);
    },
    dueTimers: (dueAtMs, limit) => claimTimers(connections, dueAtMs, limit),
    nextTimerAtMs: () => nextTimerAtMs(connections),
    logHead: () => logHead(connections),
    chainHeads: () => chainHeads(connections),
    events: (query) => readEvents(connections, query),
    async setting(name) {
      const [row] = await connections.rows(
        'setting',
        'select value from settings where name = $1',
        [name],
      );
      return row === undefined ? null : text(row, 'value');
    },
    remember: (name, value) => remember(connections, name, value),
    cursor: (follower) => readCursor(connections, follower),
    saveCursor: (follower, position) => saveCursor(connections, follower, position),
    addToSeries: (addition) => addToSeries(connections, addition),
    tallies: (span) => readTallies(connections, span),
    riskScores: (span) => readRiskScores(connections, span),
    async close() {
      await release();
      await connections.close();
    },
  };
}

async function findPayment(queries: Queries, id: PaymentId): Promise<Payment | null> {
  const [found] = await paymentsByIds([id], queries);
  return found?.payment ?? null;
}

async function findRefund(
  queries: Queries,
  id: RefundId,
): Promise<{ refund: Refund; payment: Payment } | null> {
  const sql = 'select * from refunds where refund_id = $1';
  const [row] = await queries.rows('refund', sql, [id]);
  if (row === undefined) return null;
  const refund = refundFrom(row);
  const payment = await findPayment(queries, refund.paymentId);
  assert(payment !== null, 'a refund has its payment');
  return { refund, payment };
}

/** What is remembered under the name, be it `value` or what was there before. */
async function remember(queries: Queries, name: string, value: string): Promise<string> {
  const insertion = 'insert into meta values ($1, $2) on conflict do nothing';
  await queries.rows('remember', insertion, [name, value]);
  const [row = {}] = await queries.rows('meta', 'select value from meta where name = $1', [name]);
  return text(row, 'value');
}
