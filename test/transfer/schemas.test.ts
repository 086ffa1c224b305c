/**
 * A table or a column that is new must be exported, or stand here with the reason why it is not: else a move between
 * databases would silently leave it behind.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openPostgresStore } from '../../src/adapters/storage/postgres/store.ts';
import { openReadOnly } from '../../src/adapters/storage/sqlite/database.ts';
import { KINDS } from '../../src/adapters/storage/transfer/kinds.ts';
import { publish, testClock } from '../support/engine.ts';
import { testDatabase } from '../support/postgres.ts';
import { filePlace } from './places.ts';

/** Columns by table. */
type Columns = Readonly<Record<string, readonly string[]>>;

/** Leases, and what is asked for while one lasts: they end with whoever held them. */
const LEASES = ['due_at_ms', 'is_resent', 'lease_token'];

const LEFT_IN_FILES: Columns = {
  // In the kinds `chains`, `events` and `numbers`.
  other_chains: ['entries', 'hash', 'name', 'writer_no'],
  other_entries: ['place', 'sequence', 'writer_no'],
  sqlite_sequence: ['name', 'seq'],
  // Made again from the payments.
  search_blocks: ['block', 'entries', 'last_place', 'last_term', 'segment'],
  search_changed: ['ordinal'],
  search_segments: ['last_ordinal', 'level', 'moves_into', 'segment'],
  webhook_deliveries: LEASES,
  // Counted again.
  webhook_endpoints: ['dead', 'delivered', 'failing', 'pending'],
  // The number of the only row.
  webhook_position: ['only'],
};

const LEFT_IN_POSTGRES: Columns = {
  // Sums over all writers are moved, and payments without who wrote them.
  counters: ['writer_no'],
  ledger_totals: ['writer_no'],
  payments: ['writer_no'],
  sketch_bins: ['writer_no'],
  // In the header, and in the kinds `events` and `chains`.
  log: ['name', 'settings_version'],
  log_order: ['position', 'sequence', 'writer_no'],
  log_vector: ['sequence', 'writer_no'],
  writers: ['at_ms', 'generation', 'hash', 'name', 'ordinals', 'sequence', 'writer_no'],
  // Of the database itself, and of those who are at work on it.
  kysely_migration: ['name', 'timestamp'],
  kysely_migration_lock: ['id', 'is_locked'],
  processes: ['beat_at_ms', 'id', 'kind', 'started_at_ms'],
  timers: ['leased_until_ms'],
  webhook_deliveries: LEASES,
  // The number of the only row.
  webhook_position: ['id'],
  // Counted again.
  webhook_tallies: ['dead', 'delivered', 'endpoint', 'failing', 'pending', 'slot'],
};

const folder = mkdtempSync(path.join(tmpdir(), 'farthing-schemas-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What no kind of that name holds, in alphabetical order. */
function leftOf(tables: Columns): Columns {
  const kinds: Columns = KINDS;
  const left = Object.entries(tables).map(([table, columns]) => {
    const moved = new Set(kinds[table]);
    return [table, columns.filter((column) => !moved.has(column)).toSorted()] as const;
  });
  return Object.fromEntries(left.filter(([, columns]) => columns.length > 0));
}

/** Of one file; its tables as the kinds call them. */
function tablesOf(file: string, kindOf: (table: string) => string): Columns {
  const database = openReadOnly(file);
  const names = database.prepare(`select name from sqlite_schema where type = 'table'`).all();
  const columnsOf = database.prepare('select name from pragma_table_xinfo(?) order by cid');
  const tables = names.map(({ name }): [string, string[]] => [
    kindOf(String(name)),
    columnsOf.all(String(name)).map((row) => String(row['name'])),
  ]);
  database.close();
  return Object.fromEntries(tables);
}

test('all that the files of SQLite hold is exported, or it is known why not', async () => {
  const place = filePlace(folder, 'a');
  const { store } = await place.open(testClock());
  const others = [await place.deliveries(), await place.jobs()];
  const file = path.join(folder, 'a.db');
  const webhook = (table: string) =>
    table === 'sqlite_sequence' ? table : `webhook_${table.replace(/^log_/, '')}`;
  const tables = {
    ...tablesOf(file, (table) => table),
    ...tablesOf(`${file}.webhooks`, webhook),
    ...tablesOf(`${file}.jobs`, (table) => table),
  };
  for (const opened of [store, ...others]) await opened.close();
  expect(Object.keys(tables)).toEqual(expect.arrayContaining(['payments', 'events', 'jobs']));
  expect(leftOf(tables)).toEqual(LEFT_IN_FILES);
});

test('all that Postgres holds is exported, or it is known why not', async () => {
  const database = await testDatabase();
  const { url } = database;
  const options = { url, newLog: () => 'log-1', publish, nowMs: () => 1_000, reach: () => {} };
  const store = await openPostgresStore(options);
  await store.close();
  const rows = await database.query(
    `select table_name, array_agg(column_name::text) as columns
     from information_schema.columns where table_schema = current_schema() group by table_name`,
  );
  await database.drop();
  const tables = Object.fromEntries(
    rows.map(({ table_name, columns }) => [String(table_name), columns as string[]]),
  );
  expect(Object.keys(tables)).toEqual(expect.arrayContaining(['payments', 'events', 'jobs']));
  expect(leftOf(tables)).toEqual(LEFT_IN_POSTGRES);
});
