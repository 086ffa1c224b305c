/** Databases that are moved between: files and Postgres, opened as a server does, and looked into as the command line does. */
import { join } from 'node:path';
import { recount as recountPostgres } from '../../src/adapters/storage/postgres/recount.ts';
import { openSnapshot } from '../../src/adapters/storage/postgres/snapshot.ts';
import { openPostgresStore } from '../../src/adapters/storage/postgres/store.ts';
import { verifyLog as verifyPostgres } from '../../src/adapters/storage/postgres/verify.ts';
import { openPostgresJobs } from '../../src/adapters/storage/postgres-jobs/store.ts';
import { openPostgresSource } from '../../src/adapters/storage/postgres-transfer/source.ts';
import { openPostgresTarget } from '../../src/adapters/storage/postgres-transfer/target.ts';
import { openPostgresDeliveries } from '../../src/adapters/storage/postgres-webhooks/store.ts';
import type { ChainHead } from '../../src/adapters/storage/chain.ts';
import type { LogVerification } from '../../src/adapters/storage/log-verification.ts';
import { openReadOnly } from '../../src/adapters/storage/sqlite/database.ts';
import { recount as recountSqlite } from '../../src/adapters/storage/sqlite/recount.ts';
import type { RecountCheck } from '../../src/adapters/storage/sqlite/recount-check.ts';
import { openSqliteStore } from '../../src/adapters/storage/sqlite/store.ts';
import { verifyLog as verifySqlite } from '../../src/adapters/storage/sqlite/verify.ts';
import { openSqliteJobs } from '../../src/adapters/storage/sqlite-jobs/store.ts';
import { openSqliteSource } from '../../src/adapters/storage/sqlite-transfer/open.ts';
import { openSqliteTarget } from '../../src/adapters/storage/sqlite-transfer/target.ts';
import { openSqliteDeliveries } from '../../src/adapters/storage/sqlite-webhooks/store.ts';
import { exportText, importText } from '../../src/adapters/storage/transfer/move.ts';
import type {
  ExportHeader,
  TransferSource,
  TransferTarget,
} from '../../src/adapters/storage/transfer/ports.ts';
import type { Compared } from '../../src/adapters/storage/transfer/reconciliation.ts';
import type { JobStore } from '../../src/engine/jobs/ports.ts';
import type { Engine, Store } from '../../src/engine/ports.ts';
import type { DeliveryStore } from '../../src/engine/webhooks/ports.ts';
import { publish, type TestClock, testEngine } from '../support/engine.ts';
import { testDatabase } from '../support/postgres.ts';

/** A process at work on a database. */
export interface AtWork {
  readonly store: Store;
  readonly engine: Engine;
  readonly clock: TestClock;
}

export interface Place {
  /** As a process that starts; several may be at work on Postgres. */
  open(clock: TestClock): Promise<AtWork>;
  deliveries(): Promise<DeliveryStore>;
  jobs(): Promise<JobStore>;
  source(): Promise<TransferSource>;
  target(header: ExportHeader): Promise<TransferTarget>;
  verify(anchors: Iterable<ChainHead>): Promise<LogVerification>;
  recount(): Promise<readonly RecountCheck[]>;
  remove(): Promise<void>;
}

export function filePlace(folder: string, name: string): Place {
  const path = join(folder, `${name}.db`);
  const look = <Value>(work: (database: ReturnType<typeof openReadOnly>) => Value): Value => {
    const database = openReadOnly(path);
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  return {
    async open(clock) {
      const nowMs = () => clock.nowMs();
      const store = openSqliteStore({ path, newWriter: () => `${name}-log`, publish, nowMs });
      return { store, clock, engine: testEngine(store, clock, { seed: name }) };
    },
    deliveries: async () => openSqliteDeliveries({ path: `${path}.webhooks` }),
    jobs: async () => openSqliteJobs({ path: `${path}.jobs`, isAlone: true }),
    source: () => openSqliteSource(path),
    target: async (header) => openSqliteTarget(path, header),
    verify: async (anchors) => look((database) => verifySqlite(database, anchors)),
    recount: async () => look(recountSqlite),
    remove: async () => {},
  };
}

export async function postgresPlace(name: string): Promise<Place> {
  const database = await testDatabase();
  const { url } = database;
  const look = async <Value>(
    work: (snapshot: Awaited<ReturnType<typeof openSnapshot>>) => Promise<Value>,
  ): Promise<Value> => {
    const snapshot = await openSnapshot(url);
    try {
      return await work(snapshot);
    } finally {
      await snapshot.close();
    }
  };
  let opened = 0;
  return {
    async open(clock) {
      opened += 1;
      let reachedMs = 0;
      const own = { ...clock, nowMs: () => Math.max(clock.nowMs(), reachedMs) };
      const reach = (ms: number) => {
        reachedMs = Math.max(reachedMs, ms);
      };
      const options = { url, newLog: () => `${name}-log`, publish, nowMs: own.nowMs, reach };
      const store = await openPostgresStore(options);
      return { store, clock, engine: testEngine(store, own, { seed: `${name}-${opened}` }) };
    },
    deliveries: () => openPostgresDeliveries({ url }),
    jobs: () => openPostgresJobs({ url }),
    source: () => openPostgresSource(url),
    target: (header) => openPostgresTarget(url, header),
    verify: (anchors) => look((snapshot) => verifyPostgres(snapshot, anchors)),
    recount: () => look(recountPostgres),
    remove: () => database.drop(),
  };
}

/** The text of an export, in its pieces. */
export async function exported(from: Place): Promise<string[]> {
  const source = await from.source();
  try {
    const pieces: string[] = [];
    const made = { made_by: 'test', made_at: '2026-01-01T00:00:00Z' };
    for await (const piece of exportText(source, made, () => {})) pieces.push(piece);
    return pieces;
  } finally {
    await source.close();
  }
}

/** Imports lines; gives the figures of both sides. */
export function imported(lines: readonly string[], to: Place): Promise<readonly Compared[]> {
  async function* each() {
    yield* lines;
  }
  return importText(each(), (header) => to.target(header));
}

export async function move(from: Place, to: Place): Promise<readonly Compared[]> {
  const text = (await exported(from)).join('');
  return imported(text.trimEnd().split('\n'), to);
}
