/**
 * What the one writing process keeps in memory between batches: the head of the chain, the number of payments,
 * totals and who is waiting. All of it stands on disk too, or is on its way there: when a batch fails, it is read again.
 */
import type { DatabaseSync } from 'node:sqlite';
import { assert } from '../../../core/assert.ts';
import type { LedgerEntry } from '../../../core/ledger.ts';
import type { WorkingSet } from '../../../engine/working-set.ts';
import type { ChainHead } from '../chain.ts';
import { lastOwnHash } from './other-chains.ts';
import { type Row, text } from '../rows.ts';
import { readBins } from './totals.ts';

export interface Running {
  /** Of what is on disk. */
  head: ChainHead;
  /** The place in the log of the last event that is on disk or on its way there, as is all that follows. */
  sequence: number;
  ordinals: number;
  readonly counters: Map<string, bigint>;
  readonly outcomeBins: Map<number, number>;
  readonly latencyBins: Map<number, number>;
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
  const head = loadHead(database, writer);
  return {
    head,
    sequence: head.sequence,
    ordinals: Number(first(database, 'select coalesce(max(ordinal), 0) as n from payments')['n']),
    counters: new Map(
      all(database, 'select name, total from counters').map((row) => [
        text(row, 'name'),
        BigInt(text(row, 'total')),
      ]),
    ),
    outcomeBins: readBins(database, 'time_to_outcome'),
    latencyBins: readBins(database, 'decision_latency'),
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
  readonly latencyBins: ReadonlyMap<number, number>;
  readonly ledger: ReadonlyMap<string, LedgerSides>;
}

export function totalsAfter(running: Running, working: WorkingSet): TotalsChange {
  const counters = new Map<string, bigint>();
  for (const [name, by] of working.counters) {
    if (by !== 0n) counters.set(name, (running.counters.get(name) ?? 0n) + by);
  }
  const outcomeBins = binsAfter(running.outcomeBins, working.outcomeBins);
  const latencyBins = binsAfter(running.latencyBins, working.latencyBins);
  const ledger = new Map<string, LedgerSides>();
  const entries = working.recorded.flatMap(({ decision }) =>
    decision.kind === 'payment' ? decision.entries : [],
  );
  for (const entry of entries) post(ledger, running.ledger, entry);
  return { counters, outcomeBins, latencyBins, ledger };
}

function binsAfter(
  before: ReadonlyMap<number, number>,
  added: ReadonlyMap<number, number>,
): Map<number, number> {
  const after = new Map<number, number>();
  for (const [bin, by] of added) after.set(bin, (before.get(bin) ?? 0) + by);
  return after;
}

export function post(
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

/** Takes a decided batch in: the next one is decided on top of it. When it fails, all is read again from the disk. */
export function advance(running: Running, working: WorkingSet, totals: TotalsChange): void {
  if (working.isReset) forget(running);
  running.sequence += working.recorded.length;
  if (!working.isReset) running.ordinals = working.ordinals;
  for (const [name, total] of totals.counters) running.counters.set(name, total);
  for (const [bin, count] of totals.outcomeBins) running.outcomeBins.set(bin, count);
  for (const [bin, count] of totals.latencyBins) running.latencyBins.set(bin, count);
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

/** A reset: nothing has happened yet. */
function forget(running: Running): void {
  running.sequence = 0;
  running.ordinals = 0;
  running.counters.clear();
  running.outcomeBins.clear();
  running.latencyBins.clear();
  running.ledger.clear();
  running.waiting.clear();
}

function loadHead(database: DatabaseSync, writer: string): ChainHead {
  const last = database.prepare('select max(sequence) as sequence from events').get();
  const sequence = last?.['sequence'] ?? 0;
  assert(typeof sequence === 'number', 'a place in the log is a number');
  return { writer, sequence, hash: lastOwnHash(database) };
}

function all(database: DatabaseSync, sql: string): Row[] {
  return database.prepare(sql).all();
}

function first(database: DatabaseSync, sql: string): Row {
  return database.prepare(sql).get() ?? {};
}
