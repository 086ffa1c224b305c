/** The server process: starts, says where it is, stops cleanly, and ends at once when storage cannot be trusted. */
import type { AddressInfo } from 'node:net';
import { flushCompileCache } from 'node:module';
import process from 'node:process';
import { hasDashboard } from '../adapters/http/routes/dashboard.ts';
import { shownDatabase } from './database-kind.ts';
import { compose, type Service } from './compose.ts';
import type { Config } from './config.ts';
import { DASHBOARD_FOLDER } from './dashboard.ts';
import { createLogger, type ServerLogger } from './logger.ts';
import { startScreen } from './start-screen.ts';
import { urlHost } from './url-host.ts';

/** Time to finish what was begun, after SIGTERM. */
const STOP_MS_MAX = 10_000;

/** How soon a server that npm started notices that npm is gone. */
const PARENT_LOOK_MS = 500;

/** When everything that a start loads has been loaded. */
const CACHE_AFTER_MS = 1_000;

/** EX_SOFTWARE of sysexits.h; supervisors restart the process, which then reads what is really on disk. */
const EXIT_STORAGE_FAILED = 70;

/** Runs until a signal ends it. Throws when it cannot start. */
export async function serve(config: Config): Promise<void> {
  const startedAt = performance.now();
  const logger = createLogger(config.logLevel, process.stdout.isTTY);
  const onFatal = (error: unknown) => {
    logger.pino.fatal(
      { err: error },
      'storage failed; ending, because what is on disk is not known',
    );
    logger.flush();
    process.exit(EXIT_STORAGE_FAILED);
  };
  const service = await compose(config, logger.pino, onFatal, logger.logRequest);
  service.begin();
  try {
    await service.app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await service.end();
    throw listenError(error, config);
  }
  endOnSignals(service, logger);
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

function endOnSignals(service: Service, logger: ServerLogger): void {
  let isEnding = false;
  const end = (signal: string) => {
    if (isEnding) return;
    isEnding = true;
    logger.pino.info({ signal }, 'stopping');
    const deadline = setTimeout(() => {
      logger.pino.error('could not finish in time; what was answered is on disk');
      logger.flush();
      process.exit(1);
    }, STOP_MS_MAX);
    deadline.unref();
    service.end().then(
      () => {
        logger.pino.info('stopped');
        logger.flush();
        process.exit(0);
      },
      (error: unknown) => {
        logger.pino.error({ err: error }, 'could not stop cleanly');
        logger.flush();
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (process.env['npm_lifecycle_event'] !== undefined) endWithParent(() => end('npm ended'));
}

/** `npm start` runs us under a shell that passes no signal on: when npm is told to end, only the shell does. */
function endWithParent(end: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, PARENT_LOOK_MS).unref();
}

function listenError(error: unknown, { host, port }: Config): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new Error(
      `port ${port} is in use; stop what uses it, or choose another: PORT=8001 npm start`,
      {
        cause: error,
      },
    );
  }
  if (code === 'EACCES') {
    return new Error(`port ${port} needs privileges; choose one above 1023: PORT=8000 npm start`, {
      cause: error,
    });
  }
  return new Error(`cannot listen on ${host}:${port}`, { cause: error });
}
