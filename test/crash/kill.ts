/**
 * Kills the real server with SIGKILL, again and again, on one database, and verifies after
 * each restart that every answer still holds. It proves that nothing answered lived only in the
 * process's memory; the page cache survives a process, so that it says nothing about power cuts
 * (power-loss.test.ts does).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Chance, chanceFrom } from '../support/chance.ts';
import { clientOf } from '../support/http.ts';
import { spawnServer, startServer } from '../support/server.ts';
import { databaseUrl, queryAt } from '../support/store.ts';
import { stepBack, type WirePayment, wirePayment } from '../support/wire.ts';
import { startLoad } from './load.ts';
import { verify } from './verify.ts';

/**
 * load: killed under load. shutdown: asked to stop under load, and killed while it does. startup:
 * killed under load, then killed again several times while it recovers. migration: a new database,
 * killed while it is made.
 */
export const KILL_MODES = ['load', 'shutdown', 'startup', 'migration'] as const;
export type KillMode = (typeof KILL_MODES)[number];

export interface KillOptions {
  readonly seed: string;
  /** One kill, or one series of kills, each. */
  readonly rounds: readonly KillMode[];
  readonly requestsMax: number;
  readonly onRound: (line: string) => void;
}

export interface KillReport {
  readonly faults: readonly string[];
  readonly kills: number;
  readonly asked: number;
  readonly answered: number;
  /** Payments in the one database that a client had been told of. */
  readonly acknowledged: number;
}

/** A start takes about 350 ms until it listens: half of these kills fall before that. */
const STARTUP_KILL_MS_MAX = 700;
const STARTUP_KILLS = 3;
const FAULTS_SHOWN_MAX = 10;

interface Tally {
  readonly faults: string[];
  /** The payments of all rounds on the one file, as they were last seen, by id. */
  readonly acknowledged: Map<string, WirePayment>;
  kills: number;
  asked: number;
  answered: number;
}

export async function runKills({
  seed,
  rounds,
  requestsMax,
  onRound,
}: KillOptions): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'farthing-kill-'));
  const tally: Tally = { faults: [], acknowledged: new Map(), kills: 0, asked: 0, answered: 0 };
  try {
    for (const [index, mode] of rounds.entries()) {
      const name = `${seed}-${index}`;
      const isNew = mode === 'migration';
      const path = join(folder, isNew ? `new-${index}.db` : 'one.db');
      const database = await databaseUrl(path, isNew);
      const line = await round({ name, mode, database, requestsMax, tally });
      onRound(`round ${index + 1} ${line}`);
      if (!isNew) tally.faults.push(...(await forgotten(database, tally.acknowledged, name)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { ...tally, acknowledged: tally.acknowledged.size };
}

interface Round {
  /** The seed of everything in it. */
  readonly name: string;
  readonly mode: KillMode;
  readonly database: string;
  readonly requestsMax: number;
  readonly tally: Tally;
}

async function round({ name, mode, database, requestsMax, tally }: Round): Promise<string> {
  const chance = chanceFrom(name);
  const history: string[] = [];
  if (mode === 'migration') history.push(await killWhileStarting(database, chance, tally));
  const connections = chance.int(16, 32);
  const server = await startServer({ database });
  const load = startLoad({ url: server.url, connections, seed: name, requestsMax });
  history.push(await killUnderLoad(server, mode, chance, tally));
  await load.done;
  // Counted now: the verification fills in the answers it gets on asking again.
  const lost = load.asked.filter((request) => request.answer === null).length;
  tally.asked += load.asked.length;
  tally.answered += load.asked.length - lost;
  if (mode === 'startup') history.push(await killWhileStarting(database, chance, tally));

  const startedAt = performance.now();
  const next = await startServer({ database });
  const upMs = Math.round(performance.now() - startedAt);
  const client = clientOf(next.url, connections);
  const verdict = await verify(client, database, { ...load, wasStopping: mode === 'shutdown' });
  client.close();
  // The verification itself is not what is to survive; the next round starts from whatever this
  // leaves.
  await next.end('SIGKILL');
  if (mode !== 'migration') for (const [id, seen] of load.seen) tally.acknowledged.set(id, seen);
  const faults = verdict.faults.slice(0, FAULTS_SHOWN_MAX);
  tally.faults.push(...faults.map((fault) => `seed ${name}: ${fault}`));
  const { repeated } = verdict;
  return [
    `${mode.padEnd(9)} ${history.join(', ')};`,
    `${connections} connections, ${load.asked.length} asked, ${lost} lost at the kill;`,
    `up after ${upMs} ms, settled after ${verdict.settledMs} ms;`,
    `repeated ${repeated.answered} answered and ${repeated.lost} lost (${repeated.lostYetDone} were done);`,
    `${verdict.payments} payments, ${verdict.events} events; ${verdict.faults.length} faults`,
  ].join(' ');
}

async function killUnderLoad(
  server: { end(signal: NodeJS.Signals): Promise<unknown>; send(signal: NodeJS.Signals): void },
  mode: KillMode,
  chance: Chance,
  tally: Tally,
): Promise<string> {
  const loadMs = chance.int(150, 900);
  await sleep(loadMs);
  tally.kills += 1;
  if (mode !== 'shutdown') {
    await server.end('SIGKILL');
    return `killed after ${loadMs} ms`;
  }
  const graceMs = chance.int(0, 40);
  server.send('SIGTERM');
  await sleep(graceMs);
  await server.end('SIGKILL');
  return `asked to stop after ${loadMs} ms, killed ${graceMs} ms later`;
}

async function killWhileStarting(database: string, chance: Chance, tally: Tally): Promise<string> {
  const killedMs: number[] = [];
  for (let kill = 0; kill < STARTUP_KILLS; kill += 1) {
    const afterMs = chance.int(0, STARTUP_KILL_MS_MAX);
    const server = spawnServer({ database });
    await sleep(afterMs);
    await server.end('SIGKILL');
    killedMs.push(afterMs);
    tally.kills += 1;
  }
  return `killed ${killedMs.join(', ')} ms into starts`;
}

/** Payments of any earlier round that the file no longer holds as they were seen. */
async function forgotten(
  database: string,
  acknowledged: ReadonlyMap<string, WirePayment>,
  name: string,
): Promise<string[]> {
  const rows = await queryAt(
    database,
    `select payment_id, data from events e where payment_sequence =
      (select max(payment_sequence) from events o where o.payment_id = e.payment_id)`,
  );
  const last = new Map(rows.map((row) => [String(row['payment_id']), String(row['data'])]));
  const faults: string[] = [];
  for (const [id, seen] of acknowledged) {
    const text = last.get(id);
    const back = text === undefined ? 'it is gone' : stepBack(seen, wirePayment(text));
    if (back !== null) faults.push(`seed ${name}: payment ${id} of an earlier round: ${back}`);
  }
  return faults.slice(0, FAULTS_SHOWN_MAX);
}
