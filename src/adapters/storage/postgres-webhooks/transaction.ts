/**
 * Transactions on the deliveries. Every statement sees what was committed before it began (READ COMMITTED), which is what
 * makes locks worth something: what is read after a lock was waited for is what its last holder left.
 *
 * One that somebody else got in the way of is done again from its beginning. One whose connection is lost while it
 * commits may be there or not: the server is asked for it before anybody is answered.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { StorageError } from '../../../engine/ports.ts';
import {
  ConflictError,
  type Connections,
  LostError,
  postgresError,
  type Queries,
} from '../postgres/connection.ts';
import { text } from '../rows.ts';

/** It may be done several times, but only the last one is written. */
export type Work<Result> = (queries: Queries) => Promise<Result>;

export interface Transactions {
  /** Everything that `work` writes is on disk when this resolves; nothing of it when it rejects. */
  readonly write: <Result>(work: Work<Result>) => Promise<Result>;
  /**
   * Like write, but synced only with what is written next: a power cut may take the end of the story back, never a part
   * of its middle. Leases and results are then gone, and what was delivered is sent again under the same ids.
   */
  readonly writeSoon: <Result>(work: Work<Result>) => Promise<Result>;
}

export function transactions(connections: Connections): Transactions {
  return {
    write: (work) => persistently(() => writtenFor(connections, work)),
    writeSoon: (work) => persistently(() => run(connections, BEGIN_SOON, work)),
  };
}

/** A process that stands still in the middle of a transaction does not hold up the others for longer. */
const IDLE_MS_MAX = 10_000;
const BEGIN = `begin isolation level read committed;
  set local idle_in_transaction_session_timeout = ${IDLE_MS_MAX}`;
const BEGIN_SOON = `${BEGIN}; set local synchronous_commit = off`;

const TRIES_MAX = 6;
const RETRY_MS = 5;

async function persistently<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ConflictError) || tries === TRIES_MAX) throw error;
    }
    await sleep(RETRY_MS * 2 ** tries);
  }
}

async function writtenFor<Result>(connections: Connections, work: Work<Result>): Promise<Result> {
  let atEnd: { readonly transaction: string; readonly result: Result } | null = null;
  try {
    return await run(connections, BEGIN, async (queries) => {
      const result = await work(queries);
      const [row] = await queries.rows(
        'webhook_transaction',
        `select coalesce(pg_current_xact_id_if_assigned()::text, '') as transaction`,
      );
      const transaction = text(row ?? {}, 'transaction');
      if (transaction !== '') atEnd = { transaction, result };
      return result;
    });
  } catch (error) {
    // Assigned in a function that the compiler does not follow.
    const ended = atEnd as { transaction: string; result: Result } | null;
    if (!(error instanceof LostError) || ended === null) throw error;
    if (await wasCommitted(connections, ended.transaction)) return ended.result;
    throw error;
  }
}

async function run<Result>(
  connections: Connections,
  begin: string,
  work: Work<Result>,
): Promise<Result> {
  const outcome = await connections.using(async (queries, client) => {
    await plainly(client, begin);
    try {
      const result = await work(queries);
      await plainly(client, 'commit');
      return { result };
    } catch (error) {
      if (error instanceof LostError) throw error;
      // The connection is sound: it is kept.
      await plainly(client, 'rollback');
      return { error };
    }
  });
  if ('error' in outcome) throw outcome.error;
  return outcome.result;
}

async function plainly(client: pg.PoolClient, statement: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    throw postgresError(error);
  }
}

/** How long a server that is away is waited for before nobody can say what is written; it restarts in less. */
const AWAY_MS_MAX = 60_000;
const ASK_MS = 200;

/** True when it was; false when nothing of it is there. */
async function wasCommitted(connections: Connections, transaction: string): Promise<boolean> {
  const giveUpAt = performance.now() + AWAY_MS_MAX;
  while (performance.now() < giveUpAt) {
    try {
      const [row] = await connections.rows(
        'webhook_outcome',
        'select pg_xact_status($1::xid8) as status',
        [transaction],
      );
      const status = row?.['status'];
      if (status !== 'in progress') return status === 'committed';
    } catch (error) {
      if (!(error instanceof LostError)) throw error;
    }
    await sleep(ASK_MS);
  }
  throw new StorageError(
    'fatal',
    'Postgres did not come back to say whether a change of the webhooks is written',
  );
}
