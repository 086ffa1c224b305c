/**
 * `node bench/verify.ts [entries] [folder]`: how many entries of an event log `farthing audit verify` verifies a second.
 * The engine makes one payment; the log is then filled with copies of it under other ids, chained by the function that
 * the engine uses. The file is temporary, and fresh in the system's cache: this is what the processor can do.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type ChainHead, type EntryColumns, hashEntry } from '../src/adapters/storage/chain.ts';
import { openReadOnly } from '../src/adapters/storage/sqlite/database.ts';
import { eventFrom } from '../src/adapters/storage/rows.ts';
import { openSqliteStore } from '../src/adapters/storage/sqlite/store.ts';
import { verifyLog } from '../src/adapters/storage/sqlite/verify.ts';
import type { StoredEvent } from '../src/engine/ports.ts';
import {
  createCommand,
  mustDecide,
  publish,
  runTimers,
  testClock,
  testEngine,
} from '../test/support/engine.ts';

const WRITER = 'bench';
const ENTRIES = 300_000;
const ROUNDS = 5;

/** As in a batch: the first entries of as many payments, then their second ones. */
const PAYMENTS_PER_GROUP = 32;

const ENTRIES_PER_ANCHOR = 1_000;

/** With it an entry has about 900 bytes, as those have that a shop makes. */
const COMMAND = {
  description: 'Invoice #1042, three articles, to be delivered until Friday',
  reference: 'order-1042',
  metadata: { order: '1042', customer: '77120', campaign: 'spring-sale-2026', channel: 'web shop' },
};

const [entriesText = String(ENTRIES), parent = os.tmpdir()] = process.argv.slice(2);
const folder = mkdtempSync(path.join(parent, 'farthing-verify-'));
try {
  await measure(path.join(folder, 'log.db'), Number(entriesText));
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(file: string, entriesMin: number): Promise<void> {
  await makePayment(file);
  const { anchors, entries, bytes } = fill(file, entriesMin);
  const mib = Math.round(statSync(file).size / 2 ** 20);
  console.log(`${entries} entries of ${Math.round(bytes / entries)} bytes in a file of ${mib} MiB`);
  const database = openReadOnly(file);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const startedAt = performance.now();
    const { head, anchorsChecked, faults } = verifyLog(database, anchors);
    const seconds = (performance.now() - startedAt) / 1000;
    if (faults.length > 0 || head.sequence !== entries) throw new Error(JSON.stringify(faults));
    const rate = Math.round(entries / seconds);
    console.log(`${rate} entries/s, ${seconds.toFixed(2)} s, ${anchorsChecked} anchors`);
  }
  database.close();
}

async function makePayment(file: string): Promise<void> {
  const clock = testClock();
  const nowMs = () => clock.nowMs();
  const store = openSqliteStore({ path: file, newWriter: () => WRITER, publish, nowMs });
  const engine = testEngine(store, clock);
  await mustDecide(engine, createCommand(COMMAND));
  await runTimers(engine, clock);
  await store.close();
}

interface Filled {
  readonly anchors: readonly ChainHead[];
  readonly entries: number;
  /** Of all that is hashed. */
  readonly bytes: number;
}

function fill(file: string, entriesMin: number): Filled {
  const database = new DatabaseSync(file);
  database.exec('pragma journal_mode = off; pragma synchronous = off; begin');
  const history = database.prepare('select * from events order by sequence').all().map(eventFrom);
  const insertPayment = paymentCopier(database);
  const log = appender(database);
  for (let ordinal = 2; log.entries() < entriesMin; ordinal += PAYMENTS_PER_GROUP) {
    const ordinals = Array.from({ length: PAYMENTS_PER_GROUP }, (_, index) => ordinal + index);
    for (const one of ordinals) insertPayment(one, idOf(one));
    for (const event of history) {
      for (const one of ordinals) log.append(copyOf(event, idOf(one)));
    }
  }
  database.exec('commit');
  database.close();
  return { anchors: log.anchors, entries: log.entries(), bytes: log.bytes() };
}

/** Appends to the log as it stands, with an anchor now and then. */
function appender(database: DatabaseSync) {
  const last = database.prepare('select * from events order by sequence desc limit 1').get() ?? {};
  const insert = database.prepare('insert into events values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const anchors: ChainHead[] = [];
  let sequence = Number(last['sequence']);
  let previous = Buffer.from(last['hash'] instanceof Uint8Array ? last['hash'] : []);
  let bytes = 0;
  return {
    anchors,
    entries: () => sequence,
    bytes: () => bytes,
    append(columns: EntryColumns) {
      sequence += 1;
      const hash = hashEntry(previous.toString('hex'), WRITER, sequence, columns);
      const current = Buffer.from(hash, 'hex');
      insert.run(sequence, ...columns, previous, current);
      previous = current;
      bytes += Buffer.byteLength(columns.join('\n')) + 2 * hash.length;
      if (sequence % ENTRIES_PER_ANCHOR === 0) anchors.push({ writer: WRITER, sequence, hash });
    },
  };
}

/** Copies the first payment's row under another id. */
function paymentCopier(database: DatabaseSync): (ordinal: number, id: string) => void {
  const names = database
    .prepare('pragma table_info(payments)')
    .all()
    .map(({ name }) => String(name));
  const values = names.map((name) => ({ ordinal: '?1', payment_id: '?2' })[name] ?? name);
  const insert = database.prepare(
    `insert into payments (${names.join(', ')}) select ${values.join(', ')} from payments
       where ordinal = 1`,
  );
  return (ordinal, id) => insert.run(ordinal, id);
}

function copyOf(event: StoredEvent, id: string): EntryColumns {
  const { paymentId, paymentSequence, type, atMs, requestId, actor, cause, data } = event;
  const copied = paymentId === null ? data : data.replaceAll(paymentId, id);
  return [id, paymentSequence, type, atMs, requestId, actor, cause, copied];
}

function idOf(ordinal: number): string {
  return `01980000-0000-7000-8000-${String(ordinal).padStart(12, '0')}`;
}
