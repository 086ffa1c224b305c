/** Wires an engine and its HTTP application from a configuration. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { buildApp } from '../adapters/http/app.ts';
import type { RequestEntry } from '../adapters/http/deps.ts';
import { createMetrics } from '../adapters/http/metrics.ts';
import { compileRules } from '../adapters/rules/compile.ts';
import type { Engine } from '../engine/ports.ts';
import type { Config } from './config.ts';
import { DASHBOARD_FOLDER } from './dashboard.ts';
import { reporter } from './report.ts';
import { openRuntime } from './runtime.ts';
import { openTraffic } from './traffic.ts';
import { VERSION } from './version.ts';

/** Half of what a stop may take; see process-end.ts. */
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
  const report = reporter(logger, onFatal);
  const runtime = await openRuntime(config, 'api', { logger, report });
  const { engine, webhooks } = runtime;
  const asked = {
    engine,
    keyedHash: runtime.keyedHash,
    newRequestId: () => engine.random.newId(engine.clock.nowMs()),
  };
  const onError = report('generated traffic failed');
  const traffic = openTraffic({ ...asked, luhn: config.luhn, webhooks: webhooks.deps, onError });
  const app = await buildApp({
    ...asked,
    logger,
    ...(logRequest === undefined ? {} : { logRequest }),
    metrics: createMetrics(),
    options: { ...config, version: VERSION },
    publish: runtime.publish,
    configuration: config.shown,
    health: {
      notReady: () => (runtime.isRunning() ? null : 'starting or stopping'),
      checks: () => runtime.checks(),
    },
    compileRules,
    timeSeries: runtime.timeSeries,
    dashboardFolder: DASHBOARD_FOLDER,
    webhooks: webhooks.deps,
    traffic,
    jobs: runtime.jobs.deps,
    ...(runtime.shared === null ? {} : { countForAll: runtime.shared.countForAll }),
    onFatal,
  });
  app.server.on('listening', () => {
    const address = app.server.address();
    if (address !== null && typeof address === 'object') webhooks.listening(address);
  });
  return {
    app,
    engine,
    seed: runtime.seed,
    begin: () => runtime.begin(),
    async end() {
      await Promise.all([traffic.close(), runtime.jobs.stop()]);
      // Callers who wait for an outcome get it if it comes soon, else the payment as it stands.
      const patience = setTimeout(() => engine.wakeup.endWaits(), WAITS_AT_END_MS);
      // Beside it: what is still written then is delivered after the next start.
      const delivered = webhooks.stop();
      await app.close();
      clearTimeout(patience);
      await Promise.all([runtime.stop(), delivered]);
      await runtime.close();
    },
  };
}
