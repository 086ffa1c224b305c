/** A log that two processes have left behind on Postgres: a few hundred entries, anchored on the way, the last ones not yet. */
import { join } from 'node:path';
import pg from 'pg';
import { anchorFollower } from '../../src/adapters/audit/anchor.ts';
import { type AnchoredEntry, readAnchors } from '../../src/adapters/audit/anchor-lines.ts';
import type { EntryColumns } from '../../src/adapters/storage/chain.ts';
import { CHAIN_START, hashEntry } from '../../src/adapters/storage/chain.ts';
import { openPostgresStore } from '../../src/adapters/storage/postgres/store.ts';
import type { Row } from '../../src/adapters/storage/rows.ts';
import type { Engine, Store } from '../../src/engine/ports.ts';
import { catchUp } from '../../src/engine/relay.ts';
import {
  createCommand,
  mustDecide,
  publish,
  runTimers,
  testClock,
  testEngine,
} from '../support/engine.ts';
import type { TestDatabase } from '../support/postgres.ts';

const ROUNDS = 16;
const PAYMENTS_PER_ROUND = 5;

export const LOG = 'abc123';

/** One writer's chain. */
export interface SoundChain {
  readonly writerNo: number;
  readonly name: string;
  /** Place of its last entry. */
  readonly last: number;
  /** Places of the entries that were anchored, ascending. */
  readonly anchored: readonly number[];
}

export interface PostgresLog {
  readonly chains: readonly SoundChain[];
  readonly anchors: readonly AnchoredEntry[];
}

export async function makePostgresLog(
  database: TestDatabase,
  folder: string,
  seed: string,
): Promise<PostgresLog> {
  const clock = testClock();
  const stores: Store[] = [];
  const engines: Engine[] = [];
  for (let process = 1; process <= 2; process += 1) {
    let reachedMs = 0;
    const own = { ...clock, nowMs: () => Math.max(clock.nowMs(), reachedMs) };
    const reach = (ms: number) => {
      reachedMs = Math.max(reachedMs, ms);
    };
    const store = await openPostgresStore({
      url: database.url,
      newLog: () => LOG,
      publish,
      nowMs: own.nowMs,
      reach,
    });
    stores.push(store);
    engines.push(testEngine(store, own, { seed, settings: { failureRate: 0.3 } }));
  }
  const path = join(folder, 'anchors');
  const [first] = stores;
  if (first === undefined) throw new Error('there are two');
  const follower = anchorFollower(path, first, clock);
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const engine of engines) {
      for (let made = 1; made <= PAYMENTS_PER_ROUND; made += 1) {
        await mustDecide(engine, createCommand({ description: 'Größe 42, \ufffd' }));
      }
    }
    // Either may run what the other has begun.
    for (const engine of round % 2 === 0 ? engines : engines.toReversed()) {
      await runTimers(engine, clock);
    }
    clock.advance(60_000);
    const [engine] = engines;
    if (round < ROUNDS && engine !== undefined) await catchUp(engine, follower);
  }
  // Gives the last events their place in the log.
  await first.logHead();
  for (const store of stores) await store.close();
  const anchors = [...readAnchors(path)];
  const writers = await database.query(
    'select writer_no, name, sequence::integer from writers order by 1',
  );
  const chains = writers.map(({ writer_no, name, sequence }) => ({
    writerNo: Number(writer_no),
    name: String(name),
    last: Number(sequence),
    anchored: anchors.filter(({ writer }) => writer === name).map((anchor) => anchor.sequence),
  }));
  return { chains, anchors };
}

/**
 * Somebody who owns the server: triggers and constraints do not hold him up. Everything that he does is undone in the end, so
 * that the next one finds the log as it was.
 */
export class Attacker {
  readonly client: pg.Client;

  constructor(url: string) {
    this.client = new pg.Client({
      connectionString: url,
      types: {
        getTypeParser: (oid: number, format?: 'text' | 'binary') =>
          oid === 20 ? Number : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
      },
    });
  }

  async begin(): Promise<void> {
    await this.client.query(
      `begin; set local session_replication_role = replica;
       alter table events drop constraint events_pkey; drop index events_by_payment`,
    );
  }

  async undo(): Promise<void> {
    await this.client.query('rollback');
  }

  async sql(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(text, [...values])).rows;
  }

  async entry(writerNo: number, sequence: number): Promise<Row> {
    const [row] = await this.sql('select * from events where writer_no = $1 and sequence = $2', [
      writerNo,
      sequence,
    ]);
    if (row === undefined) throw new Error(`there is no entry ${sequence} of ${writerNo}`);
    return row;
  }

  /** Chains and hashes these entries again, as the engine would have. */
  async rehash({ writerNo, name }: SoundChain, first: number, last: number): Promise<void> {
    let before =
      first === 1 ? CHAIN_START : String((await this.entry(writerNo, first - 1))['hash']);
    for (let sequence = first; sequence <= last; sequence += 1) {
      const columns = contentsOf(await this.entry(writerNo, sequence));
      const hash = hashEntry(before, name, sequence, columns);
      await this.sql(
        'update events set prev_hash = $1, hash = $2 where writer_no = $3 and sequence = $4',
        [before, hash, writerNo, sequence],
      );
      before = hash;
    }
  }

  /** The writer's row says what the chain says. */
  async moveWriter({ writerNo }: SoundChain, last: number): Promise<void> {
    const hash = last === 0 ? CHAIN_START : (await this.entry(writerNo, last))['hash'];
    await this.sql('update writers set sequence = $1, hash = $2 where writer_no = $3', [
      last,
      hash,
      writerNo,
    ]);
  }

  /** Moves every entry from `first` on. */
  async shift({ writerNo }: SoundChain, first: number, by: 1 | -1): Promise<void> {
    await this.sql(
      'update events set sequence = sequence + $3 where writer_no = $1 and sequence >= $2',
      [writerNo, first, by],
    );
  }
}

export function contentsOf(row: Row): EntryColumns {
  const { payment_id, payment_sequence, type, at_ms, request_id, actor, cause, data } = row;
  const contents = [payment_id, payment_sequence, type, at_ms, request_id, actor, cause, data];
  return contents as unknown as EntryColumns;
}
