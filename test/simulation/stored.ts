/** What stands in the database of a simulation, read beside the engine; and closing, crashing and opening it, on either store. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { recount as recountPostgres } from '../../src/adapters/storage/postgres/recount.ts';
import { openSnapshot } from '../../src/adapters/storage/postgres/snapshot.ts';
import { openPostgresStore } from '../../src/adapters/storage/postgres/store.ts';
import { verifyLog as verifyPostgres } from '../../src/adapters/storage/postgres/verify.ts';
import type { Row } from '../../src/adapters/storage/rows.ts';
import { recount } from '../../src/adapters/storage/sqlite/recount.ts';
import { openSqliteStore } from '../../src/adapters/storage/sqlite/store.ts';
import { verifyLog } from '../../src/adapters/storage/sqlite/verify.ts';
import type { Store } from '../../src/engine/ports.ts';
import { expectEventually } from '../property/store.ts';
import { auditDatabase } from '../support/audit.ts';
import { publish } from '../support/engine.ts';
import { lentDatabase, type TestDatabase } from '../support/postgres.ts';
import { isPostgres } from '../support/store.ts';

export interface Opening {
  /** Of SQLite. */
  readonly hasWriteThread: boolean;
  readonly newLog: () => string;
  readonly nowMs: () => number;
}

/** One database for a whole simulation. */
export interface Stored {
  /** What one statement selects; `?` stands for a value. Hashes come as lower-case hex. */
  select(sql: string, values?: readonly (string | number)[]): Promise<Row[]>;
  /** The name of the chain that is written to. */
  writer(): Promise<string>;
  /** What three recounts find: that of the tests, and what `farthing ledger check` and `farthing audit verify` do. */
  faults(): Promise<readonly unknown[]>;
  open(opening: Opening): Promise<Store>;
  /** Closes the store; `isCrash`: what it leaves is what a crash leaves. */
  leave(store: Store, isCrash: boolean): Promise<void>;
  /** Every row of every table of ours. */
  contents(): Promise<Record<string, unknown[]>>;
  remove(): Promise<void>;
}

export async function newStored(): Promise<Stored> {
  return isPostgres ? onServer(await lentDatabase()) : inFiles();
}

function inFiles(): Stored {
  const folder = mkdtempSync(join(tmpdir(), 'farthing-simulation-'));
  let crashes = 0;
  let path = join(folder, '0.db');
  let reader: DatabaseSync | null = null;
  const rows = () => (reader ??= new DatabaseSync(path, { readOnly: true }));
  const close = () => {
    reader?.close();
    reader = null;
  };
  return {
    select: async (sql, values = []) =>
      rows()
        .prepare(sql)
        .all(...values)
        .map(withHex),
    async writer() {
      const row = rows().prepare(`select value from meta where name = 'writer'`).get();
      return String(row?.['value']);
    },
    async faults() {
      const { faults } = await auditDatabase(`sqlite:${path}`);
      const differences = recount(rows()).filter((check) => check.differences > 0);
      return [...faults, ...differences, ...verifyLog(rows(), []).faults];
    },
    open: async ({ newLog, ...opening }) =>
      openSqliteStore({
        path,
        ...opening,
        newWriter: newLog,
        publish,
        onSearchError(error) {
          throw error;
        },
      }),
    async leave(store, isCrash) {
      const old = path;
      if (isCrash) {
        crashes += 1;
        path = join(folder, `${crashes}.db`);
        for (const suffix of ['', '-wal']) {
          if (existsSync(old + suffix)) copyFileSync(old + suffix, path + suffix);
        }
      }
      close();
      await store.close();
      if (isCrash) rmSync(old);
    },
    // SQLite's own statistics follow how often a file was closed, and the search index goes on in its own time: it holds
    // the same in other pieces.
    contents: async () => {
      const tables = rows().prepare(
        `select name from sqlite_schema
          where type = 'table' and name not like 'sqlite_%' and name not like 'search_%'`,
      );
      return Object.fromEntries(
        tables.all().map(({ name }) => {
          return [
            String(name),
            rows()
              .prepare(`select * from ${String(name)}`)
              .all(),
          ] as const;
        }),
      );
    },
    async remove() {
      close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function withHex(row: Row): Row {
  const values = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  ]);
  return Object.fromEntries(values) as Row;
}

const INT8 = 20;
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : (pg.types.getTypeParser(oid, format) as (value: string) => unknown),
};

/** How many commits and openings it took, and whether anybody has read the log yet, is no part of the history. */
function withoutTurns(contents: Record<string, unknown[]>): Record<string, unknown[]> {
  const { log, writers, log_order: _order, log_vector: _vector, ...history } = contents;
  const without = (rows: unknown[] = [], name: string) =>
    (rows as Row[]).map((row) => ({ ...row, [name]: null }));
  return {
    ...history,
    log: without(log, 'settings_version'),
    writers: without(writers, 'generation'),
  };
}

/** There is one writer, so that its sequence is the place in the log. */
function onServer(database: TestDatabase): Stored {
  const { url } = database;
  const pool = new pg.Pool({ connectionString: url, types, max: 1 });
  pool.on('error', () => {});
  const select: Stored['select'] = async (sql, values = []) => {
    let number = 0;
    const text = sql.replaceAll('?', () => `$${(number += 1)}`);
    return (await pool.query<Record<string, unknown>>(text, [...values])).rows;
  };
  // Its lock ends a moment after its connection, and whoever comes before that makes another writer.
  const isLeft = async () =>
    (
      await select(`select 1 as held from pg_locks where locktype = 'advisory' and classid = 7012
        and database = (select oid from pg_database where datname = current_database())`)
    ).length === 0;
  return {
    select,
    async writer() {
      const [row] = await select('select name from writers');
      return String(row?.['name']);
    },
    async faults() {
      const { faults } = await auditDatabase(url);
      const snapshot = await openSnapshot(url);
      const checks = await recountPostgres(snapshot);
      const verification = await verifyPostgres(snapshot, []);
      await snapshot.close();
      const differences = checks.filter((check) => check.differences > 0);
      return [...faults, ...differences, ...verification.faults];
    },
    open: ({ newLog, nowMs }) =>
      openPostgresStore({ url, newLog, publish, nowMs, reach: () => {} }),
    async leave(store, isCrash) {
      // What is not on the server is gone with the process: its connections end in the middle of whatever they do.
      if (isCrash) {
        await select(`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'farthing'`);
      }
      await store.close();
      await expectEventually(isLeft);
    },
    async contents() {
      const tables = await select(
        `select tablename from pg_tables where schemaname = 'public'
          and tablename not like 'kysely%' and tablename not like 'webhook%' order by 1`,
      );
      const contents: Record<string, unknown[]> = {};
      for (const { tablename } of tables) {
        const name = String(tablename);
        contents[name] = await select(`select * from ${name} order by ${name}::text`);
      }
      return withoutTurns(contents);
    },
    async remove() {
      await pool.end();
      await database.drop();
    },
  };
}
