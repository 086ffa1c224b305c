/** How a process that serves ends: cleanly on a signal, at once when storage cannot be trusted. */
import process from 'node:process';
import type { Config } from './config.ts';
import type { ServerLogger } from './logger.ts';

/** Time to finish what was begun, after SIGTERM. */
const STOP_MS_MAX = 10_000;

/** How soon a server that npm started notices that npm is gone. */
const PARENT_LOOK_MS = 500;

/** EX_SOFTWARE of sysexits.h; supervisors restart the process, which then reads what is really on disk. */
const EXIT_STORAGE_FAILED = 70;

/** What is called when storage can no longer be trusted. */
export function fatalEnd(logger: ServerLogger): (error: unknown) => void {
  return (error) => {
    logger.pino.fatal(
      { err: error },
      'storage failed; ending, because what is on disk is not known',
    );
    logger.flush();
    process.exit(EXIT_STORAGE_FAILED);
  };
}

/** Ends the process by `finish` when it is told to. */
export function endOnSignals(finish: () => Promise<void>, logger: ServerLogger): void {
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
    finish().then(
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

/** Why it cannot listen, and what to do; `setting` is the name of the one that says the port. */
export function listenError(
  error: unknown,
  { host, port, setting }: Pick<Config, 'host' | 'port'> & { readonly setting: string },
): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const command = setting === 'PORT' ? 'npm start' : 'farthing worker';
  if (code === 'EADDRINUSE') {
    return new Error(
      `port ${port} is in use; stop what uses it, or choose another: ${setting}=${port + 1} ${command}`,
      { cause: error },
    );
  }
  if (code === 'EACCES') {
    return new Error(
      `port ${port} needs privileges; choose one above 1023: ${setting}=8000 ${command}`,
      { cause: error },
    );
  }
  return new Error(`cannot listen on ${host}:${port}`, { cause: error });
}
