/**
 * A reset: every table but those that say who we are and how we behave is dropped and made anew, in the transaction of
 * the entry that records it. Dropping does not ask the triggers that keep the log: this is the one way to remove entries.
 */
import type { DatabaseSync } from 'node:sqlite';
import { CHAIN_START, type ChainHead } from '../chain.ts';
import { text } from '../rows.ts';

/** What stays: the names and keys of this database, and settings that were changed. */
const KEPT_TABLES: ReadonlySet<string> = new Set(['meta', 'settings']);

/** Empties the database, inside the transaction that is open; gives the place where the new log begins. */
export function beginAnew(database: DatabaseSync, writer: string): ChainHead {
  const made = database
    .prepare(
      `select type, name, tbl_name, sql from sqlite_schema
       where sql is not null and name not like 'sqlite_%' order by rowid`,
    )
    .all()
    .filter((row) => !KEPT_TABLES.has(text(row, 'tbl_name')));
  // Tables that others refer to go last, and come first again.
  const tables = made.filter((row) => row['type'] === 'table').map((row) => text(row, 'name'));
  for (const name of tables.toReversed()) database.exec(`drop table "${name}"`);
  for (const row of made) database.exec(text(row, 'sql'));
  database.prepare(`update meta set value = ? where name = 'writer'`).run(writer);
  return { writer, sequence: 0, hash: CHAIN_START };
}
