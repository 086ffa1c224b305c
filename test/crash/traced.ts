/**
 * Power cuts on a trace of the real server: `node scripts/run.js test/crash/traced.ts [cuts]
 * [seed]`. Needs strace, and is therefore not part of `npm test`; what power-loss.test.ts takes for
 * granted (where SQLite fsyncs, and that the answer comes after) is here what the kernel saw. After
 * each cut every answer that had been handed to the kernel must be on the disk, the file must
 * recount, and the key file must be there. The same trace, with the fsyncs that synchronous =
 * NORMAL leaves out not counted, must lose answers.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { auditFile } from '../support/audit.ts';
import { chanceFrom, freshSeed } from '../support/chance.ts';
import { publish } from '../support/engine.ts';
import { startServer } from '../support/server.ts';
import { stepBack, type WirePayment, wirePayment } from '../support/wire.ts';
import { openSqliteStore } from '../../src/adapters/storage/sqlite/store.ts';
import { type Operation, operationsOf, STRACE, TracedDisk } from './disk-trace.ts';
import { startLoad } from './load.ts';

const [cutsAsked = '200', seed = freshSeed()] = process.argv.slice(2);
const CUTS = Number(cutsAsked);
const REQUESTS = 600;

const folder = mkdtempSync(path.join(tmpdir(), 'farthing-traced-'));
const live = path.join(folder, 'live');
try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<number> {
  console.log(`seed ${seed}`);
  const operations = await recorded();
  const counted = (kind: string, ending: string) =>
    operations.filter(
      (operation) =>
        operation.kind === kind && 'file' in operation && operation.file.endsWith(ending),
    ).length;
  console.log(
    `${operations.length} operations: ${counted('write', '-wal')} WAL writes, ${counted('sync', '-wal')} WAL fsyncs, ` +
      `${counted('write', '.db')} database writes, ${counted('sync', '.db')} database fsyncs, ` +
      `${answersIn(operations).length} answers`,
  );
  const full = cuts(operations, () => true);
  report('every fsync counts', full);
  const normal = cuts(operations, isSyncedUnderNormal);
  report('as with synchronous = NORMAL', normal);
  if (normal.answersLost === 0)
    console.log('FAULT: without its fsyncs the trace loses nothing, so that this proves nothing');
  return full.faults.length > 0 || normal.answersLost === 0 ? 1 : 0;
}

/** The trace of a server from its first start under load to its end. */
async function recorded(): Promise<Operation[]> {
  mkdirSync(live);
  const trace = path.join(folder, 'trace');
  const server = await startServer({
    database: path.join(live, 'a.db'),
    wrapper: [...STRACE, trace],
  });
  const load = startLoad({ url: server.url, connections: 8, seed, requestsMax: REQUESTS });
  await load.done;
  await sleep(500);
  // strace's own first column: the server's process, which is not the child but the child's.
  process.kill(Number(/^\d+/.exec(readFileSync(trace, 'latin1').slice(0, 20))?.[0]), 'SIGTERM');
  await server.ended;
  return operationsOf(readFileSync(trace, 'latin1'), live);
}

/**
 * NORMAL fsyncs the WAL before a checkpoint, which is when what comes next is the database, and the
 * header of one that is started anew.
 */
function isSyncedUnderNormal(operations: readonly Operation[], at: number): boolean {
  const operation = operations[at];
  if (operation?.kind !== 'sync' || !operation.file.endsWith('-wal')) return true;
  const before = operations[at - 1];
  if (before?.kind === 'write' && before.at === 0) return true;
  const next = operations.slice(at + 1, at + 20).find(({ kind }) => kind !== 'sent');
  return next !== undefined && 'file' in next && next.file.endsWith('.db');
}

interface Answered {
  readonly at: number;
  readonly payment: WirePayment;
}

/** Payments in the answers that were handed to the kernel, and when. */
function answersIn(operations: readonly Operation[]): Answered[] {
  return operations.flatMap((operation, at) => {
    if (operation.kind !== 'sent') return [];
    const [, body] =
      /^HTTP\/1\.1 20[01] [^]*?\r\n\r\n(\{"payment_id"[^]*)$/.exec(operation.bytes.toString()) ??
      [];
    return body === undefined ? [] : [{ at, payment: wirePayment(body) }];
  });
}

interface Outcome {
  readonly faults: string[];
  answersLost: number;
  cutsWithLoss: number;
  keyFileLost: number;
}

function cuts(
  operations: readonly Operation[],
  isSynced: (operations: readonly Operation[], at: number) => boolean,
): Outcome {
  const chance = chanceFrom(`${seed}/cuts`);
  const moments = Array.from({ length: CUTS }, () => chance.int(0, operations.length)).sort(
    (a, b) => a - b,
  );
  const disk = new TracedDisk(live, isSynced);
  const answers = answersIn(operations);
  const outcome: Outcome = { faults: [], answersLost: 0, cutsWithLoss: 0, keyFileLost: 0 };
  let done = 0;
  for (const [index, moment] of moments.entries()) {
    for (; done < moment; done += 1) disk.apply(operations, done);
    const told = answers.filter(({ at }) => at < moment);
    const place = path.join(folder, `cut-${index}`);
    look(place, disk.cut(chance), told, outcome, moment);
    rmSync(place, { recursive: true, force: true });
  }
  return outcome;
}

/** Opens what is left, as the server would, and compares. */
function look(
  place: string,
  files: ReadonlyMap<string, Buffer>,
  told: readonly Answered[],
  outcome: Outcome,
  moment: number,
): void {
  lay(place, files);
  const fault = (text: string) => outcome.faults.push(`cut before operation ${moment}: ${text}`);
  const keyFile = files.get(path.join(live, 'a.db.card-key'));
  const isKeyWhole = keyFile !== undefined && /^[0-9a-f]{64}\n$/.test(keyFile.toString());
  if (told.length > 0 && !isKeyWhole) {
    outcome.keyFileLost += 1;
    fault(`the key file is ${keyFile === undefined ? 'gone' : `${keyFile.length} bytes long`}`);
  }
  const database = path.join(place, 'a.db');
  try {
    void openSqliteStore({
      path: database,
      newWriter: () => 'abc123',
      publish,
      nowMs: () => 0,
    }).close();
    for (const text of auditFile(database).faults) fault(text);
    const lost = forgotten(database, told);
    outcome.answersLost += lost.length;
    if (lost.length > 0) outcome.cutsWithLoss += 1;
    if (lost[0] !== undefined)
      fault(`${lost.length} of ${told.length} answers are lost: ${lost[0]}`);
  } catch (error) {
    fault(String(error));
  }
}

function lay(place: string, files: ReadonlyMap<string, Buffer>): void {
  mkdirSync(place);
  for (const [file, content] of files) {
    const name = path.basename(file);
    // The index of a WAL lives in memory, and the lock holds nothing.
    if (!/-shm$|-lock/.test(name)) writeFileSync(path.join(place, name), content);
  }
}

function forgotten(database: string, told: readonly Answered[]): string[] {
  const reader = new DatabaseSync(database, { readOnly: true });
  const last = reader.prepare(
    'select data from events where payment_id = ? order by payment_sequence desc limit 1',
  );
  const lost = told.flatMap(({ payment }) => {
    const row = last.get(payment.payment_id);
    const back =
      row === undefined ? 'it is gone' : stepBack(payment, wirePayment(String(row['data'])));
    return back === null ? [] : [`${payment.payment_id}: ${back}`];
  });
  reader.close();
  return lost;
}

function report(name: string, { faults, answersLost, cutsWithLoss, keyFileLost }: Outcome): void {
  console.log(
    `${name}: ${CUTS} cuts, ${faults.length} faults; ${answersLost} answers lost in ${cutsWithLoss} cuts, ` +
      `key file lost in ${keyFileLost}`,
  );
  for (const fault of faults.slice(0, 5)) console.log(`  ${fault}`);
}
