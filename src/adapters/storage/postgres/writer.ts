/**
 * The writer that this process owns: its place in its own chain, and the lock that makes it the only owner. A process
 * takes the first writer that nobody holds, so that restarts make no new ones. The lock lives on a connection of its own,
 * which is also the one that its batches are written on: neither outlives the other. `generation` goes up when the writer is taken, so that what an earlier owner still has on its way is refused.
 */
import type pg from 'pg';
import { StorageError } from '../../../engine/ports.ts';
import { CHAIN_START } from '../chain.ts';
import { integer, type Row, text } from '../rows.ts';
import { type Connections, nameOf, queriesOf, type Queries } from './connection.ts';
import { ORDINALS_PER_WRITER } from '../ordinals.ts';

export interface Writer {
  readonly writerNo: number;
  /** The name of its chain, which is a part of each hash. */
  readonly name: string;
  readonly generation: number;
  readonly sequence: number;
  /** Lower-case hex. */
  readonly hash: string;
  /** Payments that it made. */
  readonly ordinals: number;
  /** Of its last event. */
  readonly atMs: number;
  /** Of the settings that were read last. */
  readonly settingsVersion: number;
  /** The name of the log: new after a reset. */
  readonly log: string;
}

/** The first number of an advisory lock says what it is for; the second is the writer's. */
const WRITER_LOCKS = 7012;
/** A row for each process that may write to this database: it holds its writer's lock. */
export const HELD_WRITERS = `select 1 from pg_locks
  where locktype = 'advisory' and classid = ${WRITER_LOCKS} and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())`;
const WRITERS_MAX = 4_096;

/** The ordinal before the first one of this writer. */
export function ordinalBase(writerNo: number): number {
  return (writerNo - 1) * ORDINALS_PER_WRITER;
}

export interface WriterLock {
  readonly writerNo: number;
  /** False when the connection that held it is gone. */
  isHeld(): boolean;
  /** The connection that holds it, on which the writer's batches are sent one behind the other. */
  readonly line: Queries;
  release(): Promise<void>;
}

/** Locks a writer, `preferred` if nobody else has it by now. */
export async function lockWriter(
  connections: Connections,
  preferred: number | null,
): Promise<WriterLock> {
  const client = await connections.line();
  let isHeld = true;
  const lose = () => {
    isHeld = false;
  };
  client.on('end', lose);
  client.on('error', lose);
  try {
    const writerNo = await firstFree(client, preferred);
    return {
      writerNo,
      isHeld: () => isHeld,
      line: queriesOf(client),
      async release() {
        isHeld = false;
        await client.end().catch(() => {});
      },
    };
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

async function firstFree(client: pg.Client, preferred: number | null): Promise<number> {
  const tryLock = async (writerNo: number) => {
    const [row] = await queriesOf(client).rows(
      'lock_writer',
      'select pg_try_advisory_lock($1, $2) as locked',
      [WRITER_LOCKS, writerNo],
    );
    return row?.['locked'] === true;
  };
  if (preferred !== null && (await tryLock(preferred))) return preferred;
  for (let writerNo = 1; writerNo <= WRITERS_MAX; writerNo += 1) {
    if (await tryLock(writerNo)) return writerNo;
  }
  throw new StorageError('fatal', `at most ${WRITERS_MAX} processes can write to one database`);
}

/**
 * Makes the locked writer ours, as it stands on disk. Waits for what an earlier owner (or we ourselves, over a connection
 * that was lost) has under way: the row is locked by it until it is decided.
 */
export async function takeWriter(connections: Connections, writerNo: number): Promise<Writer> {
  return connections.using(async (queries) => {
    await queries.rows('begin', 'begin');
    await queries.rows(
      'make_writer',
      `insert into writers
         select $1::integer, log.name || case when $1::integer = 1 then '' else '.' || $1::text end,
           0, $2, 0, 0, 0 from log on conflict do nothing`,
      [writerNo, CHAIN_START],
    );
    await queries.rows(
      'take_writer',
      'update writers set generation = generation + 1 where writer_no = $1',
      [writerNo],
    );
    const writer = await readWriter(queries, writerNo);
    await queries.rows('commit', 'commit');
    return writer;
  });
}

async function readWriter(queries: Queries, writerNo: number): Promise<Writer> {
  const sql = `select writers.*, log.name as log, log.settings_version
    from writers cross join log where writer_no = $1`;
  const [row] = await queries.rows(nameOf(sql), sql, [writerNo]);
  if (row === undefined) throw new StorageError('fatal', 'the writer of this process is gone');
  return writerFrom(row);
}

function writerFrom(row: Row): Writer {
  return {
    writerNo: integer(row, 'writer_no'),
    name: text(row, 'name'),
    generation: integer(row, 'generation'),
    sequence: integer(row, 'sequence'),
    hash: text(row, 'hash'),
    ordinals: integer(row, 'ordinals'),
    atMs: integer(row, 'at_ms'),
    settingsVersion: integer(row, 'settings_version'),
    log: text(row, 'log'),
  };
}
