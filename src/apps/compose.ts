/** Wires an engine and its HTTP application from a configuration: the one place where adapters meet. */
import { totalmem } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { anchorFollower } from '../adapters/audit/anchor.ts';
import { buildApp } from '../adapters/http/app.ts';
import type { RequestEntry } from '../adapters/http/deps.ts';
import { createMetrics } from '../adapters/http/metrics.ts';
import { replyRenderer } from '../adapters/http/replies.ts';
import { loadCheckpoint } from '../adapters/features/checkpoint.ts';
import { checkpointAt, checkpointFollower } from '../adapters/features/checkpoint-follower.ts';
import { entitiesFor, type MemoryFeatures, memoryFeatures } from '../adapters/features/memory.ts';
import { httpRiskModel } from '../adapters/risk-model/http.ts';
import { compileRules } from '../adapters/rules/compile.ts';
import type { Others, OthersListener } from '../adapters/storage/postgres/others.ts';
import { openSqliteStore } from '../adapters/storage/sqlite/store.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { newSeed, systemRandom } from '../adapters/system/random.ts';
import {
  keyedHasher,
  keyFromFile,
  keyFromText,
  temporaryKey,
} from '../adapters/system/secret-key.ts';
import { localWakeup } from '../adapters/system/wakeup.ts';
import type { Payment } from '../core/payment.ts';
import { betweenBatches } from '../engine/execute.ts';
import { replay } from '../engine/feature-replay.ts';
import { type OthersChange, takeChange, takeIn } from '../engine/others.ts';
import { type Engine, type RiskModel, type Store, StorageError } from '../engine/ports.ts';
import { startRelay } from '../engine/relay.ts';
import { publisher } from '../engine/snapshot.ts';
import { startTimers } from '../engine/timers.ts';
import type { Config } from './config.ts';
import { openWebhooks } from './courier/webhooks.ts';
import { loadControls } from './controls.ts';
import { DASHBOARD_FOLDER } from './dashboard.ts';
import { hasFile, isPostgres } from './database-kind.ts';
import { openTraffic } from './traffic.ts';
import { openTimeSeries } from './time-series.ts';
import { VERSION } from './version.ts';

/** Half of what a stop may take; see server.ts. */
const WAITS_AT_END_MS = 5_000;

export interface Service {
  readonly app: FastifyInstance;
  readonly engine: Engine;
  readonly seed: string;
  /** Begins running timers and followers. */
  begin(): void;
  /** Stops accepting, finishes what was begun, closes the store. */
  end(): Promise<void>;
}

/** Opens the store and builds everything; nothing runs and nothing listens yet. */
export async function compose(
  config: Config,
  logger: Logger,
  onFatal: (error: unknown) => void,
  logRequest?: (entry: RequestEntry) => void,
): Promise<Service> {
  const report: Report = (what) => (error) => {
    logger.error({ err: error }, what);
    if (error instanceof StorageError && error.kind === 'fatal') onFatal(error);
  };
  const publish = publisher(config.simulation.retriesMax);
  const { engine, features, seed, others } = await openEngine(config, publish, report);
  const timeSeries = await openTimeSeries(engine, report);
  const webhooks = await openWebhooks(config, engine, seed, report);
  const asked = {
    engine,
    keyedHash: keyedHasher(await secretKey(config, engine.store)),
    newRequestId: () => engine.random.newId(engine.clock.nowMs()),
  };
  const onError = report('generated traffic failed');
  const traffic = openTraffic({ ...asked, luhn: config.luhn, webhooks: webhooks.deps, onError });
  let stop: (() => Promise<void>) | null = null;
  const app = await buildApp({
    ...asked,
    logger,
    ...(logRequest === undefined ? {} : { logRequest }),
    metrics: createMetrics(),
    options: { ...config, version: VERSION },
    publish,
    configuration: config.shown,
    health: { notReady: () => (stop === null ? 'starting or stopping' : null) },
    compileRules,
    timeSeries: timeSeries.series,
    dashboardFolder: DASHBOARD_FOLDER,
    webhooks: webhooks.deps,
    traffic,
    onFatal,
  });
  app.server.on('listening', () => {
    const address = app.server.address();
    if (address !== null && typeof address === 'object') webhooks.listening(address);
  });
  return {
    app,
    engine,
    seed,
    begin() {
      stop = startBackground(config, engine, features, report);
      timeSeries.begin();
      webhooks.begin();
    },
    async end() {
      await traffic.close();
      // Callers who wait for an outcome get it if it comes soon, else the payment as it stands.
      const patience = setTimeout(() => engine.wakeup.endWaits(), WAITS_AT_END_MS);
      // Beside it: what is still written then is delivered after the next start.
      const delivered = webhooks.stop();
      await app.close();
      clearTimeout(patience);
      const stopping = stop?.();
      stop = null;
      await Promise.all([stopping, delivered]);
      await Promise.all([timeSeries.stop(), others?.stop()]);
      await webhooks.close();
      await engine.store.close();
    },
  };
}

type Report = (what: string) => (error: unknown) => void;

async function openEngine(
  config: Config,
  publish: (payment: Payment) => string,
  report: Report,
): Promise<{ engine: Engine; features: MemoryFeatures; seed: string; others: Others | null }> {
  // The store stamps and the engine reads the same clock; it can only be set once the store's last time is known.
  let clock = systemClock(0);
  const { store, followOthers } = await openStore(config, report, {
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
  const { features, knownTo } = await openFeatures(config, store);
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
  return { engine, features, seed, others };
}

interface StoreNeeds {
  readonly publish: (payment: Payment) => string;
  readonly nowMs: () => number;
  readonly reach: (ms: number) => void;
  readonly onForeignChange: (change: OthersChange) => Promise<() => void>;
}

interface OpenedStore {
  readonly store: Store;
  /** Follows other processes from what is known on; null when this is the only one. */
  readonly followOthers: (knownTo: number, listener: OthersListener) => Promise<Others | null>;
}

async function openStore(config: Config, report: Report, needs: StoreNeeds): Promise<OpenedStore> {
  if (isPostgres(config)) {
    const { openPostgresStore } = await import('../adapters/storage/postgres/store.ts');
    const options = { url: config.databasePath, newLog: newSeed, ...needs };
    const store = await openPostgresStore(options);
    return { store, followOthers: (...from) => store.followOthers(...from) };
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
  return { store, followOthers: async () => null };
}

function riskModelOf(config: Config, report: Report): RiskModel | null {
  const { riskModelUrl: url, riskModelTimeoutMs: timeoutMs } = config;
  if (url === null) return null;
  const onFailure = report('the risk model gave no score; the built-in one was used');
  return httpRiskModel({ url, timeoutMs, onFailure });
}

/**
 * What is known of cards, devices and addresses: the last checkpoint, and what the log says after it; and how far in the log
 * that is.
 */
async function openFeatures(
  config: Config,
  store: Store,
): Promise<{ features: MemoryFeatures; knownTo: number }> {
  const features = memoryFeatures({ entitiesMax: entitiesFor(totalmem()) });
  const after = hasFile(config)
    ? loadCheckpoint(featuresPath(config), await store.logHead(), features)
    : null;
  const knownTo = await replay(store, features, after ?? 0);
  return { features, knownTo };
}

function featuresPath({ databasePath }: Config): string {
  return `${databasePath}.features`;
}

/** Starts timers and followers of the log; returns what stops them. */
function startBackground(
  config: Config,
  engine: Engine,
  features: MemoryFeatures,
  report: Report,
): () => Promise<void> {
  const timers = startTimers(engine, report('a timer failed; it is tried again in a second'));
  const followers = hasFile(config)
    ? [
        anchorFollower(`${config.databasePath}.anchors`, engine.store, engine.clock),
        checkpointFollower(featuresPath(config), features),
      ]
    : [];
  const relay = startRelay(engine, followers, (name, error) =>
    report(`follower ${name} failed; it goes on in a second`)(error),
  );
  return async () => {
    await timers.stop();
    await relay.stop();
    if (!hasFile(config)) return;
    await checkpointAt(featuresPath(config), await engine.store.logHead(), features).catch(
      report('no checkpoint could be written; the next start reads more of the log'),
    );
  };
}

/** On a server it is kept in the database, where every process finds the same, unless the environment has it. */
async function secretKey(config: Config, store: Store): Promise<Buffer> {
  const { cardFingerprintKey } = config;
  if (cardFingerprintKey !== null) return keyFromText(cardFingerprintKey, 'CARD_FINGERPRINT_KEY');
  if (hasFile(config)) return keyFromFile(`${config.databasePath}.card-key`);
  const key = temporaryKey();
  if (!isPostgres(config)) return key;
  return keyFromText(await store.remember('card_key', key.toString('hex')), 'the database');
}
