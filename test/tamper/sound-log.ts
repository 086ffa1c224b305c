/** A log as the engine leaves it behind: a few hundred entries, anchored on the way, the last ones not yet. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { anchorFollower } from '../../src/adapters/audit/anchor.ts';
import { readAnchors } from '../../src/adapters/audit/anchor-lines.ts';
import { openSqliteStore } from '../../src/adapters/storage/sqlite/store.ts';
import { catchUp } from '../../src/engine/relay.ts';
import {
  createCommand,
  mustDecide,
  publish,
  runTimers,
  testClock,
  testEngine,
} from '../support/engine.ts';

const ROUNDS = 20;
const PAYMENTS_PER_ROUND = 6;

/** With a U+FFFD, which bytes that are no UTF-8 are read as. */
const DESCRIPTION = 'Größe 42, \u{1f45f} or \ufffd?';

export const WRITER = 'abc123';

export interface SoundLog {
  readonly path: string;
  readonly anchorsPath: string;
  /** Sequence of the last entry. */
  readonly last: number;
  /** Sequences of the entries that were anchored, ascending. */
  readonly anchored: readonly number[];
}

export async function makeSoundLog(folder: string, seed: string): Promise<SoundLog> {
  const path = join(folder, 'sound.db');
  const anchorsPath = `${path}.anchors`;
  const clock = testClock();
  const nowMs = () => clock.nowMs();
  const store = openSqliteStore({ path, newWriter: () => WRITER, publish, nowMs });
  const settings = { failureRate: 0.3 };
  const engine = testEngine(store, clock, { seed, settings });
  const follower = anchorFollower(anchorsPath, store, clock);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const { id } = await mustDecide(engine, createCommand({ description: DESCRIPTION }));
    await runTimers(engine, clock);
    const command = { paymentId: id, amount: '7', reason: null };
    const { status } = (await store.findPayment(id)) ?? {};
    if (status === 'SUCCESS') await mustDecide(engine, { type: 'refund_payment', ...command });
    for (let made = 1; made <= PAYMENTS_PER_ROUND; made += 1) {
      await mustDecide(engine, createCommand());
    }
    await runTimers(engine, clock);
    clock.advance(60_000);
    if (round < ROUNDS) await catchUp(engine, follower);
  }
  const last = (await store.logHead()).sequence;
  await store.close();
  const anchored = [...readAnchors(anchorsPath)].map(({ sequence }) => sequence);
  return { path, anchorsPath, last, anchored };
}

/** The copy that an attacker works on: he owns the file, so that neither triggers nor checks nor fsync hold him up. */
export function openForAttack(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(`
    pragma synchronous = off;
    pragma foreign_keys = off;
    pragma ignore_check_constraints = on;
    drop trigger events_are_final;
    drop trigger events_are_kept;
    drop index events_by_payment`);
  return database;
}
