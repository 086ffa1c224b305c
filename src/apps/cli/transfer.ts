/** The database that DATABASE_URL names, to be exported or filled, whatever it is. */
import { StorageError } from '../../engine/ports.ts';
import {
  type ExportHeader,
  TransferError,
  type TransferSource,
  type TransferTarget,
} from '../../adapters/storage/transfer/ports.ts';
import type { Config } from '../config.ts';
import { isPostgres, shownDatabase } from '../database-kind.ts';
import { CliError, EXIT } from './exit.ts';

export async function openSource(config: Config): Promise<TransferSource> {
  const { databasePath: path } = config;
  if (!isPostgres(config)) {
    assertOnDisk(path);
    const { openSqliteSource } = await import('../../adapters/storage/sqlite-transfer/open.ts');
    return openSqliteSource(path);
  }
  const { openPostgresSource } = await import('../../adapters/storage/postgres-transfer/source.ts');
  return openPostgresSource(path);
}

export async function openTarget(config: Config, header: ExportHeader): Promise<TransferTarget> {
  const { databasePath: path } = config;
  if (!isPostgres(config)) {
    assertOnDisk(path);
    const { openSqliteTarget } = await import('../../adapters/storage/sqlite-transfer/target.ts');
    return openSqliteTarget(path, header);
  }
  const { openPostgresTarget } = await import('../../adapters/storage/postgres-transfer/target.ts');
  return openPostgresTarget(path, header);
}

function assertOnDisk(path: string): void {
  if (path !== ':memory:') return;
  throw new CliError(
    EXIT.usage,
    'DATABASE_URL names a database in memory, which only its own server can see',
  );
}

/** What stopped a transfer, as the command line says it. */
export function asCliError(error: unknown, config: Config): unknown {
  if (error instanceof CliError) return error;
  if (error instanceof TransferError) {
    return new CliError(EXIT.failed, error.message, { cause: error });
  }
  if (error instanceof StorageError && error.kind === 'unavailable') {
    const message = `${shownDatabase(config)}: ${error.message}`;
    return new CliError(EXIT.unreachable, message, { cause: error });
  }
  return error;
}
