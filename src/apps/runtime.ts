/**
 * A process without its HTTP: the engine, and all that works on its own beside it. `compose.ts` puts the API on top of it, a
 * worker nothing but its health.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { keyedHasher } from '../adapters/system/secret-key.ts';
import type { Payment } from '../core/payment.ts';
import type { Engine } from '../engine/ports.ts';
import {
  alone,
  type Presence,
  type ProcessKind,
  type ProcessTable,
  startPresence,
  type Workers,
} from '../engine/presence.ts';
import { publisher } from '../engine/snapshot.ts';
import type { TimeSeries } from '../engine/time-series/collector.ts';
import { type Background, startBackground } from './background.ts';
import type { Config } from './config.ts';
import { openWebhooks, type Webhooks } from './courier/webhooks.ts';
import { type Jobs, openJobs } from './jobs.ts';
import { openEngine } from './open-engine.ts';
import type { Report } from './report.ts';
import { secretKey } from './secret-key.ts';
import type { Shared } from './shared.ts';
import { jobHintsOver, startSharing } from './sharing.ts';
import { openTimeSeries } from './time-series.ts';

export interface Runtime {
  readonly engine: Engine;
  readonly seed: string;
  readonly publish: (payment: Payment) => string;
  readonly timeSeries: TimeSeries;
  readonly webhooks: Webhooks;
  readonly jobs: Jobs;
  /** A keyed hash: what must not be stored in clear is stored as this. */
  readonly keyedHash: (text: string) => string;
  /** Whether there is a worker to leave to it what needs no request. */
  readonly workers: Workers;
  /** Null where there is no Redis. */
  readonly shared: Shared | null;
  /** How what it would rather not be without is: see /readyz. */
  checks(): Readonly<Record<string, string>>;
  /** Begins running timers, followers and deliveries. */
  begin(): void;
  /** True from `begin` until `stop`. */
  isRunning(): boolean;
  /** Ends what it does on its own, finishing what was begun. Deliveries end first: stop them with `webhooks.stop`. */
  stop(): Promise<void>;
  /** Closes the stores; nobody may ask them any more. */
  close(): Promise<void>;
}

/** Opens the store and everything on it; nothing runs yet. */
export async function openRuntime(
  config: Config,
  kind: ProcessKind,
  { logger, report }: { readonly logger: Logger; readonly report: Report },
): Promise<Runtime> {
  const publish = publisher(config.simulation.retriesMax);
  const self = randomUUID();
  const opened = await openEngine(config, { publish, self, logger, report });
  const { engine, seed, others, processes, shared } = opened;
  const presence = await beginPresence(processes, { id: self, kind }, report);
  const workers = presence ?? alone;
  const timeSeries = await openTimeSeries(engine, report);
  const tellChanged = () => shared?.hints.tell({ dueAtMs: null, areWebhooksChanged: true });
  const hasEnvironmentEndpoint = kind === 'api';
  const world = { engine, seed, workers, hasEnvironmentEndpoint, tellChanged };
  const webhooks = await openWebhooks(config, world, report);
  const keyedHash = keyedHasher(await secretKey(config, engine.store));
  const jobHints = jobHintsOver(shared, workers);
  const { store: deliveries } = webhooks.deps;
  const jobParts = { engine, workers, keyedHash, deliveries, hints: jobHints };
  const jobs = openJobs(config, { ...jobParts, shared: shared?.features ?? null }, report);
  let background: Background | null = null;
  let stopSharing = async () => {};
  return {
    engine,
    seed,
    publish,
    timeSeries: timeSeries.series,
    webhooks,
    jobs,
    keyedHash,
    workers,
    shared,
    checks: () => (shared === null ? {} : { redis: shared.check() }),
    begin() {
      background = startBackground(config, { ...opened, workers }, report);
      timeSeries.begin();
      webhooks.begin();
      jobs.begin();
      if (shared === null) return;
      const { timers } = background;
      const lookAtOthers = () => others?.look();
      const parts = { kind, engine, workers, timers, webhooks, jobHints, lookAtOthers };
      stopSharing = startSharing(shared, parts, report);
    },
    isRunning: () => background !== null,
    async stop() {
      await Promise.all([jobs.stop(), stopSharing()]);
      const stopping = background?.stop();
      background = null;
      await Promise.all([stopping, webhooks.stop()]);
      await Promise.all([timeSeries.stop(), others?.stop(), presence?.stop()]);
    },
    async close() {
      await jobs.close();
      await webhooks.close();
      shared?.close();
      await engine.store.close();
    },
  };
}

/** Null where a process has its database for itself. */
async function beginPresence(
  processes: ProcessTable | null,
  self: { readonly id: string; readonly kind: ProcessKind },
  report: Report,
): Promise<Presence | null> {
  if (processes === null) return null;
  const onError = report('this process could not say that it lives; it tries again in a second');
  return startPresence(processes, self, onError);
}
