/** Says what failed, once, in the log; ends the process when storage can no longer be trusted. */
import type { Logger } from 'pino';
import { StorageError } from '../engine/ports.ts';

/** Of what is being done, what hears of its failures. */
export type Report = (what: string) => (error: unknown) => void;

export function reporter(logger: Logger, onFatal: (error: unknown) => void): Report {
  return (what) => (error) => {
    logger.error({ err: error }, what);
    if (error instanceof StorageError && error.kind === 'fatal') onFatal(error);
  };
}
