/** Opens the store and makes the engine on it: what every process has, whether it serves HTTP or not. */
import type { Logger } from 'pino';
import { replyRenderer } from '../adapters/http/replies.ts';
import type { MemoryFeatures } from '../adapters/features/memory.ts';
import { httpRiskModel } from '../adapters/risk-model/http.ts';
import type { Others, OthersListener } from '../adapters/storage/postgres/others.ts';
import { openSqliteStore } from '../adapters/storage/sqlite/store.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { newSeed, systemRandom } from '../adapters/system/random.ts';
import { localWakeup } from '../adapters/system/wakeup.ts';
import type { Payment } from '../core/payment.ts';
import { betweenBatches } from '../engine/execute.ts';
import { type OthersChange, takeChange, takeIn } from '../engine/others.ts';
import type { Engine, RiskModel, Store } from '../engine/ports.ts';
import type { ProcessTable } from '../engine/presence.ts';
import type { Config } from './config.ts';
import { loadControls } from './controls.ts';
import { isPostgres } from './database-kind.ts';
import { openFeatures } from './open-features.ts';
import type { Report } from './report.ts';
import { openShared, type Shared } from './shared.ts';

export interface OpenedEngine {
  readonly engine: Engine;
  readonly features: MemoryFeatures;
  readonly seed: string;
  /** What follows other processes; null where there are none. */
  readonly others: Others | null;
  /** Where processes say that they live; null where there is only one. */
  readonly processes: ProcessTable | null;
  /** Null where there is no Redis. */
  readonly shared: Shared | null;
}

interface Opener {
  readonly publish: (payment: Payment) => string;
  /** This process, among those that share the database. */
  readonly self: string;
  readonly logger: Logger;
  readonly report: Report;
}

export async function openEngine(
  config: Config,
  { publish, self, logger, report }: Opener,
): Promise<OpenedEngine> {
  // The store stamps and the engine reads the same clock; it can only be set once the store's last time is known.
  let clock = systemClock(0);
  const { store, processes, followOthers } = await openStore(config, report, {
    publish,
    nowMs: () => clock.nowMs(),
    reach: (ms) => clock.reach(ms),
    async onForeignChange(change) {
      const controls = await loadControls(config, store);
      return () => takeChange(engine, controls, change);
    },
  });
  clock = systemClock((await store.logHead()).atMs);
  const seed = config.seed ?? (await store.remember('seed', newSeed()));
  const shared = await openShared(config, { store, self, logger });
  const { features, knownTo } = await openFeatures(config, { store, shared, logger });
  const engine: Engine = {
    store,
    clock: { nowMs: () => clock.nowMs(), ticksMs: () => clock.ticksMs() },
    random: systemRandom(seed),
    wakeup: localWakeup(report('a listener of commits failed')),
    features,
    controls: { current: await loadControls(config, store) },
    riskModel: riskModelOf(config, report),
    renderReply: replyRenderer(publish),
  };
  const others = await followOthers(knownTo, {
    between: (work) => betweenBatches(engine, work),
    onEvents: (events) => takeIn(engine, events),
    onError: report('what other processes do could not be read; it goes on by itself'),
  });
  return { engine, features, seed, others, processes, shared };
}

interface StoreNeeds {
  readonly publish: (payment: Payment) => string;
  readonly nowMs: () => number;
  readonly reach: (ms: number) => void;
  readonly onForeignChange: (change: OthersChange) => Promise<() => void>;
}

interface OpenedStore {
  readonly store: Store;
  readonly processes: ProcessTable | null;
  /** Follows other processes from what is known on; null when this is the only one. */
  readonly followOthers: (knownTo: number, listener: OthersListener) => Promise<Others | null>;
}

async function openStore(config: Config, report: Report, needs: StoreNeeds): Promise<OpenedStore> {
  if (isPostgres(config)) {
    const { openPostgresStore } = await import('../adapters/storage/postgres/store.ts');
    const options = { url: config.databasePath, newLog: newSeed, ...needs };
    const store = await openPostgresStore(options);
    return {
      store,
      processes: store.processes,
      followOthers: (...from) => store.followOthers(...from),
    };
  }
  const { publish, nowMs } = needs;
  const store = openSqliteStore({
    path: config.databasePath,
    hasWriteThread: config.hasWriteThread,
    newWriter: newSeed,
    publish,
    nowMs,
    onSearchError: report('the search index fell behind; it goes on with the next payments'),
  });
  return { store, processes: null, followOthers: async () => null };
}

function riskModelOf(config: Config, report: Report): RiskModel | null {
  const { riskModelUrl: url, riskModelTimeoutMs: timeoutMs } = config;
  if (url === null) return null;
  const onFailure = report('the risk model gave no score; the built-in one was used');
  return httpRiskModel({ url, timeoutMs, onFailure });
}
