/** The server process: starts, says where it is, stops cleanly, and ends at once when storage cannot be trusted. */
import type { AddressInfo } from 'node:net';
import { flushCompileCache } from 'node:module';
import process from 'node:process';
import { hasDashboard } from '../adapters/http/routes/dashboard.ts';
import { shownDatabase } from './database-kind.ts';
import { compose } from './compose.ts';
import type { Config } from './config.ts';
import { DASHBOARD_FOLDER } from './dashboard.ts';
import { createLogger } from './logger.ts';
import { endOnSignals, fatalEnd, listenError } from './process-end.ts';
import { startScreen } from './start-screen.ts';
import { urlHost } from './url-host.ts';

/** When everything that a start loads has been loaded. */
const CACHE_AFTER_MS = 1_000;

/** Runs until a signal ends it. Throws when it cannot start. */
export async function serve(config: Config): Promise<void> {
  const startedAt = performance.now();
  const logger = createLogger(config.logLevel, process.stdout.isTTY);
  const service = await compose(config, logger.pino, fatalEnd(logger), logger.logRequest);
  service.begin();
  try {
    await service.app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await service.end();
    throw listenError(error, { ...config, setting: 'PORT' });
  }
  endOnSignals(() => service.end(), logger);
  // The cache is kept at a clean exit only; this process may never see one.
  setTimeout(flushCompileCache, CACHE_AFTER_MS).unref();
  const { port } = service.app.server.address() as AddressInfo;
  const facts = {
    config,
    port,
    seed: service.seed,
    startMs: Math.round(performance.now() - startedAt),
    hasDashboard: hasDashboard(DASHBOARD_FOLDER),
  };
  if (process.stdout.isTTY) process.stdout.write(startScreen(facts));
  else {
    logger.pino.info(
      {
        url: `http://${urlHost(config.host)}:${port}`,
        database: shownDatabase(config),
        seed: service.seed,
        start_ms: facts.startMs,
      },
      'listening',
    );
    logger.flush();
  }
}
