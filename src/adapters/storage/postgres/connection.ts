/**
 * Connections to Postgres, and what their errors mean. A connection that is lost is made again by whoever needs one next; a
 * server that is away for a moment makes Farthing answer "try again", never end.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { StorageError } from '../../../engine/ports.ts';
import type { Row } from '../rows.ts';

/** Whatever runs statements: the pool, or one connection inside a transaction. */
export interface Queries {
  /** Runs a statement that is prepared once for each connection, under `name`. */
  rows(name: string, text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Connections extends Queries {
  /** One connection for several statements in a row; it is closed when `work` rejects in the middle of a transaction. */
  using<Value>(work: (queries: Queries, client: pg.PoolClient) => Promise<Value>): Promise<Value>;
  /** A connection of its own, outside of the pool: for what must be kept for as long as the process lives. */
  own(): Promise<pg.Client>;
  /** Another one of its own, for batches: what is asked of it is sent at once, behind what it has not answered yet. */
  line(): Promise<pg.Client>;
  /** To be called once; those that others of this process use stay open. */
  close(): Promise<void>;
}

/**
 * Of one process to one database, beside its line: for reads, timers, deliveries and background jobs at once. More would
 * only make Postgres switch between them, and its connections (100, as it is installed) have to do for all processes.
 */
const CONNECTIONS_MAX = 8;
const CONNECT_MS_MAX = 5_000;
/** No statement of ours takes longer, but for the checks of the command line, which have connections of their own. */
const STATEMENT_MS_MAX = 30_000;

/**
 * Statements of ours touch few rows, but Postgres guesses many where it has no statistics yet, and then compiles them
 * before it runs them: a tenth of a second each time for what takes a millisecond.
 */
const SESSION_OPTIONS = '-c jit=off';
/**
 * Batches name all of their rows by keys: one plan serves them all, whatever the size of the tables was when it was made,
 * and never looks through a whole table.
 */
const LINE_OPTIONS = [
  SESSION_OPTIONS,
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
].join(' -c ');

const INT8 = 20;
const NUMERIC = 1700;

function ignore(): void {}

/** Integers are numbers (those that we store are far below 2^53); what may be larger is text. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8) return Number;
    if (oid === NUMERIC) return String;
    return pg.types.getTypeParser(oid, format) as (value: string) => unknown;
  },
};

interface SharedPool {
  readonly pool: pg.Pool;
  users: number;
}

/** By address: whatever a process does with one database, it does with these. */
const pools = new Map<string, SharedPool>();

export function connect(url: string): Connections {
  const config: pg.ClientConfig = {
    connectionString: postgresUrl(url),
    types,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    options: SESSION_OPTIONS,
    application_name: 'farthing',
    keepAlive: true,
  };
  const shared = pools.get(url) ?? { pool: openPool(config), users: 0 };
  pools.set(url, shared);
  shared.users += 1;
  const { pool } = shared;
  return {
    rows: (name, text, values = []) => run(pool, name, text, values),
    async using(work) {
      const client = await pool.connect().catch(fail);
      let isBroken = true;
      try {
        const value = await work(queriesOf(client), client);
        isBroken = false;
        return value;
      } finally {
        client.release(isBroken);
      }
    },
    own: () => open(config),
    line: () => open({ ...config, pipeline: true, options: LINE_OPTIONS }),
    async close() {
      shared.users -= 1;
      if (shared.users > 0) return;
      pools.delete(url);
      await pool.end();
    },
  };
}

function openPool(config: pg.ClientConfig): pg.Pool {
  const pool = new pg.Pool({ ...config, max: CONNECTIONS_MAX });
  // A connection that breaks between two statements is no news: the next statement gets another one, or says so.
  pool.on('error', ignore);
  pool.on('connect', (client) => void client.on('error', ignore));
  return pool;
}

async function open(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  client.on('error', ignore);
  await client.connect().catch(fail);
  return client;
}

export function queriesOf(client: pg.ClientBase): Queries {
  return { rows: (name, text, values = []) => run(client, name, text, values) };
}

async function run(
  on: pg.Pool | pg.ClientBase,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  try {
    const { rows } = await on.query<Record<string, unknown>>({ name, text, values: [...values] });
    return rows;
  } catch (error) {
    return fail(error);
  }
}

/** A name for a statement whose text varies. */
export function nameOf(text: string): string {
  return createHash('sha1').update(text).digest('base64');
}

/** The forms that other tools give the address in are taken too (SQLAlchemy's `postgresql+psycopg://`). */
export function postgresUrl(url: string): string {
  return url.replace(/^postgres(?:ql)?(?:\+\w+)?:\/\//, 'postgresql://');
}

function fail(error: unknown): never {
  throw postgresError(error);
}

/** SQLSTATE classes: the connection is gone, the server lacks something or is on its way down. */
const UNAVAILABLE = /^(08|53|57P)/;
/** The statement took too long and was given up: nothing of it was written. */
const CANCELED = '57014';
/** The server has no room on its disk or in memory, and said so: nothing was written. (Without a free connection none is lost.) */
const LACKS = /^53(?!300)/;
/** Somebody else was first: a duplicate, a serialization failure, a deadlock. */
const CONFLICTS = new Set(['23505', '40001', '40P01']);

/** What a failed statement means. A StorageError stays what it is. */
export function postgresError(error: unknown): unknown {
  if (error instanceof StorageError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (CONFLICTS.has(code)) return new ConflictError(error.message, { cause: error });
  // Values that a column cannot hold (a NUL in a text, say), or that a constraint forbids.
  if (/^2[23]/.test(code)) {
    return new StorageError('refused', `Postgres refused the batch: ${error.message}`, {
      cause: error,
    });
  }
  if (code === CANCELED) {
    return new StorageError('unavailable', `Postgres did not get round to it: ${error.message}`, {
      cause: error,
    });
  }
  if (LACKS.test(code)) {
    return new StorageError('unavailable', `Postgres has no room: ${error.message}`, {
      cause: error,
    });
  }
  const isServers = /^[0-9A-Z]{5}$/.test(code);
  if (!isServers || UNAVAILABLE.test(code)) {
    return new LostError(`Postgres is not to be reached: ${error.message}`, { cause: error });
  }
  return new StorageError('fatal', `Postgres failed: ${error.message}`, { cause: error });
}

/** Another process was first. What was to be done is worth deciding again on what there is now. */
export class ConflictError extends StorageError {
  constructor(message: string, options?: ErrorOptions) {
    super('refused', `Another process was first: ${message}`, options);
  }
}

/** The connection was lost, before or after what was asked for was done. */
export class LostError extends StorageError {
  constructor(message: string, options?: ErrorOptions) {
    super('unavailable', message, options);
  }
}
