/**
 * Recounts a database file from its rows alone and says what does not agree: the log with its hash
 * chain, the payments with their events, the ledger with the payments, the totals with a recount.
 * It reads in one transaction beside a running server, and trusts none of the engine's own sums.
 */
import { DatabaseSync } from 'node:sqlite';
import { CHAIN_START, hashEvent } from '../../src/adapters/storage/chain.ts';
import { eventFrom, type Row, text } from '../../src/adapters/storage/rows.ts';
import { claimsOf, SQLITE } from './audit-claims.ts';
import { auditPostgres } from './audit-postgres.ts';

export interface Audit {
  /** One sentence each; empty when everything agrees. */
  readonly faults: readonly string[];
  readonly payments: number;
  readonly events: number;
  /** Hash of the last entry. */
  readonly head: string;
}

/** More of the same fault helps nobody. */
const FAULTS_MAX = 20;

/** Of what DATABASE_URL names. */
export async function auditDatabase(url: string): Promise<Audit> {
  return url.startsWith('sqlite:') ? auditFile(url.slice('sqlite:'.length)) : auditPostgres(url);
}

export function auditFile(path: string): Audit {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec('pragma busy_timeout = 5000; begin');
    return audit(database);
  } finally {
    database.close();
  }
}

function audit(database: DatabaseSync): Audit {
  const faults: string[] = [];
  const log = auditLog(database, faults);
  for (const { claim, sql } of claimsOf(SQLITE)) {
    const broken = database.prepare(`select * from (${sql}) limit 3`).all();
    if (broken.length > 0) faults.push(`${claim}, but: ${JSON.stringify(broken)}`);
  }
  return { ...log, payments: auditPages(database, faults), faults: faults.slice(0, FAULTS_MAX) };
}

/** Walks the whole log: sequence, chain, and each payment's own sequence. */
function auditLog(database: DatabaseSync, faults: string[]): { events: number; head: string } {
  const writerRow = database.prepare(`select value from meta where name = 'writer'`).get();
  const writer = writerRow === undefined ? '' : text(writerRow, 'value');
  const sequences = new Map<string, number>();
  let events = 0;
  let head = CHAIN_START;
  for (const row of database.prepare('select * from events order by sequence').iterate()) {
    const event = eventFrom(row);
    events += 1;
    if (event.sequence !== events) faults.push(`event ${event.sequence} stands in place ${events}`);
    if (hex(row, 'prev_hash') !== head) faults.push(`event ${event.sequence} does not follow on`);
    head = hashEvent(head, writer, event);
    if (hex(row, 'hash') !== head) faults.push(`event ${event.sequence} has a wrong hash`);
    if (event.paymentId === null) continue;
    const place = (sequences.get(event.paymentId) ?? 0) + 1;
    sequences.set(event.paymentId, place);
    if (event.paymentSequence !== place) {
      faults.push(`event ${event.paymentSequence} of ${event.paymentId} stands in place ${place}`);
    }
    if (faults.length >= FAULTS_MAX) break;
  }
  return { events, head };
}

/** What SQLite itself can say about its pages and references; returns the number of payments. */
function auditPages(database: DatabaseSync, faults: string[]): number {
  const [check] = database.prepare('pragma integrity_check').all();
  if (check?.['integrity_check'] !== 'ok') faults.push(`integrity: ${JSON.stringify(check)}`);
  const dangling = database.prepare('pragma foreign_key_check').all();
  if (dangling.length > 0) faults.push(`dangling references: ${dangling.length}`);
  const counted = database.prepare('select count(*) as payments from payments').get();
  return Number(counted?.['payments']);
}

function hex(row: Row, column: string): string {
  const value = row[column];
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}
