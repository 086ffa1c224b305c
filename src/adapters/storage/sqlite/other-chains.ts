/** The chains of other writers in this file; see migrations/0005-other-chains.ts. */
import type { DatabaseSync } from 'node:sqlite';
import { assert } from '../../../core/assert.ts';
import { CHAIN_START, type ChainHead } from '../chain.ts';
import { integer, type Row, text } from '../rows.ts';

/** How many entries of the log are of other writers: an own entry's place in its chain is its place in the log less these. */
export function countOtherEntries(database: DatabaseSync): number {
  const row = database.prepare('select coalesce(sum(entries), 0) as n from other_chains').get();
  return integer(row ?? {}, 'n');
}

/** Where each chain of the log ends: ours, as far as it has entries, and those of other writers. */
export function chainHeads(database: DatabaseSync): ChainHead[] {
  // One look at several tables: what is committed meanwhile must not fall in between.
  database.exec('begin');
  try {
    const meta = database.prepare(`select value from meta where name = 'writer'`).get();
    const last = database.prepare('select coalesce(max(sequence), 0) as n from events').get();
    const sequence = integer(last ?? {}, 'n') - countOtherEntries(database);
    const others = otherHeads(database);
    if (sequence === 0) return others;
    return [
      { writer: text(meta ?? {}, 'value'), sequence, hash: lastOwnHash(database) },
      ...others,
    ];
  } finally {
    database.exec('rollback');
  }
}

/** Where each of them ended. */
export function otherHeads(database: DatabaseSync): ChainHead[] {
  return database
    .prepare('select name, entries, hash from other_chains order by writer_no')
    .all()
    .map((row) => ({
      writer: text(row, 'name'),
      sequence: integer(row, 'entries'),
      hash: hexOf(row, 'hash'),
    }));
}

/** The last hash of this file's own chain. */
export function lastOwnHash(database: DatabaseSync): string {
  const row = database
    .prepare(
      `select hash from events where sequence not in (select sequence from other_entries)
         order by sequence desc limit 1`,
    )
    .get();
  return row === undefined ? CHAIN_START : hexOf(row, 'hash');
}

/** Lower-case hex of a column that holds a hash. */
export function hexOf(row: Row, column: string): string {
  const value = row[column];
  assert(value instanceof Uint8Array, 'a hash is bytes');
  return Buffer.from(value).toString('hex');
}
