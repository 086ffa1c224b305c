/**
 * One moment of a database, to be looked at for as long as it takes: a connection of its own in one transaction that sees
 * what was committed before it began, whatever is written meanwhile.
 */
import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import type { Row } from '../rows.ts';
import { connect, postgresError } from './connection.ts';

export interface Snapshot {
  /** All rows of a query, one after the other. Values stand in it as SQL. */
  rows(sql: string): AsyncGenerator<Row>;
  /** The same, some hundred at a time; as arrays, values are named by their position. */
  pages(sql: string, as?: 'objects' | 'arrays'): AsyncGenerator<Row[]>;
  all(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface OwnSnapshot extends Snapshot {
  close(): Promise<void>;
}

const PAGE_ROWS = 1_000;

/** Throws a StorageError when the server is not to be reached. */
export async function openSnapshot(url: string): Promise<OwnSnapshot> {
  const connections = connect(url);
  const client = await connections.own();
  const close = async () => {
    await client.end().catch(() => {});
    await connections.close();
  };
  try {
    await unhurried(client);
    await client.query('begin isolation level repeatable read read only');
    return { ...snapshotOn(client), close };
  } catch (error) {
    await close();
    throw postgresError(error);
  }
}

/** Sorts of whole tables are done in memory as far as this goes: one connection, for a while. */
const SORT_MEMORY = '64MB';

/** Statements of this connection may take as long as they do. */
export async function unhurried(client: pg.Client): Promise<void> {
  await client.query(
    `set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set work_mem = '${SORT_MEMORY}'`,
  );
}

/** Reads in the transaction that is open on a connection. */
export function snapshotOn(client: pg.Client): Snapshot {
  let cursors = 0;
  async function* pages(sql: string, as = 'objects'): AsyncGenerator<Row[]> {
    cursors += 1;
    const name = `page_${cursors}`;
    await client.query(`declare ${name} no scroll cursor for ${sql}`);
    const text = `fetch ${PAGE_ROWS} from ${name}`;
    const query = as === 'objects' ? { text } : { text, rowMode: 'array' };
    const fetch = (): Promise<Row[]> => {
      const page = client.query<Row>(query).then(({ rows }) => rows);
      // Whoever stops early never waits for it.
      page.catch(() => {});
      return page;
    };
    try {
      // The server reads the next page while this one is worked on.
      for (let next = fetch(); ;) {
        const rows = await next;
        const isLast = rows.length < PAGE_ROWS;
        if (!isLast) next = fetch();
        if (rows.length > 0) yield rows;
        if (isLast) return;
        await setImmediate();
      }
    } finally {
      await client.query(`close ${name}`).catch(() => {});
    }
  }
  return {
    pages,
    async *rows(sql) {
      for await (const page of pages(sql)) yield* page;
    },
    all: async (sql, values = []) => (await client.query<Row>(sql, [...values])).rows,
  };
}
