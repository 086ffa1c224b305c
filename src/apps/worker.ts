/** The worker process: timers, webhooks and background jobs of a database that other processes serve. */
import type { AddressInfo } from 'node:net';
import { flushCompileCache } from 'node:module';
import process from 'node:process';
import { createMetrics } from '../adapters/http/metrics.ts';
import { buildWorkerApp } from '../adapters/http/worker-app.ts';
import type { Config } from './config.ts';
import { isPostgres, shownDatabase } from './database-kind.ts';
import { createLogger } from './logger.ts';
import { endOnSignals, fatalEnd, listenError } from './process-end.ts';
import { reporter } from './report.ts';
import { openRuntime } from './runtime.ts';
import { urlHost } from './url-host.ts';
import { VERSION } from './version.ts';

/** When everything that a start loads has been loaded. */
const CACHE_AFTER_MS = 1_000;

/** Why there can be no worker for this database; null when there can. */
export function workerRefusal(config: Config): string | null {
  return isPostgres(config)
    ? null
    : 'a worker shares its database with other processes; set DATABASE_URL=postgres://…';
}

/** Runs until a signal ends it. Throws when it cannot start. */
export async function work(config: Config): Promise<void> {
  const startedAt = performance.now();
  const logger = createLogger(config.logLevel, process.stdout.isTTY);
  const onFatal = fatalEnd(logger);
  const report = reporter(logger.pino, onFatal);
  const runtime = await openRuntime(config, 'worker', { logger: logger.pino, report });
  const { engine } = runtime;
  const app = buildWorkerApp({
    engine,
    logger: logger.pino,
    metrics: createMetrics(),
    newRequestId: () => engine.random.newId(engine.clock.nowMs()),
    options: { ...config, version: VERSION },
    health: {
      notReady: () => (runtime.isRunning() ? null : 'starting or stopping'),
      checks: () => runtime.checks(),
    },
    onFatal,
  });
  const end = async () => {
    await runtime.stop();
    await app.close();
    await runtime.close();
  };
  runtime.begin();
  const { host, workerPort: port } = config;
  try {
    await app.listen({ host, port });
  } catch (error) {
    await end();
    throw listenError(error, { host, port, setting: 'WORKER_PORT' });
  }
  endOnSignals(end, logger);
  // The cache is kept at a clean exit only; this process may never see one.
  setTimeout(flushCompileCache, CACHE_AFTER_MS).unref();
  const { port: taken } = app.server.address() as AddressInfo;
  const facts = {
    url: `http://${urlHost(host)}:${taken}`,
    database: shownDatabase(config),
    start_ms: Math.round(performance.now() - startedAt),
  };
  logger.pino.info(facts, 'working');
  logger.flush();
}
