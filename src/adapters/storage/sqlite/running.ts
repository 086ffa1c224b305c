/**
 * What the one writing process keeps in memory between batches: the head of the chain, the number of payments,
 * totals and who is waiting. All of it stands on disk too and changes here only after COMMIT, so that a batch that
 * fails leaves it as it was.
 */
import type { DatabaseSync } from 'node:sqlite';
import { assert } from '../../../core/assert.ts';
import type { LedgerEntry } from '../../../core/ledger.ts';
import type { WorkingSet } from '../../../engine/working-set.ts';
import { CHAIN_START, type ChainHead } from '../chain.ts';
import { integer, type Row, text } from './rows.ts';

export interface Running {
  head: ChainHead;
  ordinals: number;
  readonly counters: Map<string, bigint>;
  readonly outcomeBins: Map<number, number>;
  /** By `account currency`. */
  readonly ledger: Map<string, LedgerSides>;
  /** Key hash of the reply that waits for a payment, by payment id. */
  readonly waiting: Map<string, string>;
}

export interface LedgerSides {
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
}

/** Reads what memory must hold. `writer` is the name of the log's writer. */
export function loadRunning(database: DatabaseSync, writer: string): Running {
  return {
    head: loadHead(database, writer),
    ordinals: Number(first(database, 'select coalesce(max(ordinal), 0) as n from payments')['n']),
    counters: new Map(
      all(database, 'select name, total from counters').map((row) => [
        text(row, 'name'),
        BigInt(text(row, 'total')),
      ]),
    ),
    outcomeBins: new Map(
      all(database, `select bin, count from sketch_bins where sketch = 'time_to_outcome'`).map(
        (row) => [integer(row, 'bin'), integer(row, 'count')],
      ),
    ),
    ledger: new Map(
      all(database, 'select * from ledger_totals').map((row) => [
        `${text(row, 'account')} ${text(row, 'currency')}`,
        {
          debitsMinor: BigInt(text(row, 'debits_minor')),
          creditsMinor: BigInt(text(row, 'credits_minor')),
        },
      ]),
    ),
    waiting: new Map(
      all(database, 'select waits_for, key_hash from replies where waits_for is not null').map(
        (row) => [text(row, 'waits_for'), text(row, 'key_hash')],
      ),
    ),
  };
}

/** The totals that a batch changes, with their new values. */
export interface TotalsChange {
  readonly counters: ReadonlyMap<string, bigint>;
  readonly outcomeBins: ReadonlyMap<number, number>;
  readonly ledger: ReadonlyMap<string, LedgerSides>;
}

export function totalsAfter(running: Running, working: WorkingSet): TotalsChange {
  const counters = new Map<string, bigint>();
  for (const [name, by] of working.counters) {
    if (by !== 0n) counters.set(name, (running.counters.get(name) ?? 0n) + by);
  }
  const outcomeBins = new Map<number, number>();
  for (const [bin, by] of working.outcomeBins) {
    outcomeBins.set(bin, (running.outcomeBins.get(bin) ?? 0) + by);
  }
  const ledger = new Map<string, LedgerSides>();
  const entries = working.recorded.flatMap(({ decision }) => decision.entries);
  for (const entry of entries) post(ledger, running.ledger, entry);
  return { counters, outcomeBins, ledger };
}

function post(
  changed: Map<string, LedgerSides>,
  before: ReadonlyMap<string, LedgerSides>,
  entry: LedgerEntry,
): void {
  const none = { debitsMinor: 0n, creditsMinor: 0n };
  const debit = `${entry.debit} ${entry.currency.code}`;
  const debited = changed.get(debit) ?? before.get(debit) ?? none;
  changed.set(debit, { ...debited, debitsMinor: debited.debitsMinor + entry.amountMinor });
  const credit = `${entry.credit} ${entry.currency.code}`;
  const credited = changed.get(credit) ?? before.get(credit) ?? none;
  changed.set(credit, { ...credited, creditsMinor: credited.creditsMinor + entry.amountMinor });
}

/** Takes a committed batch in. */
export function advance(
  running: Running,
  working: WorkingSet,
  totals: TotalsChange,
  head: ChainHead,
): void {
  running.head = head;
  running.ordinals = working.ordinals;
  for (const [name, total] of totals.counters) running.counters.set(name, total);
  for (const [bin, count] of totals.outcomeBins) running.outcomeBins.set(bin, count);
  for (const [name, sides] of totals.ledger) running.ledger.set(name, sides);
  for (const reply of working.repliesChanged.values()) {
    if (reply.waitsFor !== null) running.waiting.set(reply.waitsFor, reply.keyHash);
  }
  for (const { after } of working.touched.values()) {
    const keyHash = running.waiting.get(after.id);
    if (keyHash !== undefined && working.repliesChanged.get(keyHash)?.waitsFor === null) {
      running.waiting.delete(after.id);
    }
  }
}

function loadHead(database: DatabaseSync, writer: string): ChainHead {
  const last = database
    .prepare('select sequence, hash from events order by sequence desc limit 1')
    .get();
  if (last === undefined) return { writer, sequence: 0, hash: CHAIN_START };
  const { hash } = last;
  assert(hash instanceof Uint8Array, 'a hash is bytes');
  return { writer, sequence: integer(last, 'sequence'), hash: Buffer.from(hash).toString('hex') };
}

function all(database: DatabaseSync, sql: string): Row[] {
  return database.prepare(sql).all();
}

function first(database: DatabaseSync, sql: string): Row {
  return database.prepare(sql).get() ?? {};
}
