/** What `farthing doctor` says of a Postgres database: whether it answers, whose tables it has, who works on it. */
import { shownDatabase } from '../database-kind.ts';
import { CliError, EXIT } from './exit.ts';

export interface ServerLook {
  /** `none`: no tables of ours; `other`: those of another version. */
  readonly schema: 'this' | 'other' | 'none';
  /** Processes that may write to it. */
  readonly processes: number;
}

/** Each of them holds the lock of its writer (adapters/storage/postgres/writer.ts). */
const PROCESSES = `select count(*) as n from pg_locks
  where locktype = 'advisory' and classid = 7012 and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())`;

export async function lookAtServer(url: string): Promise<ServerLook> {
  const { openSnapshot } = await import('../../adapters/storage/postgres/snapshot.ts');
  const { isMigrated } = await import('../../adapters/storage/postgres/migrate.ts');
  const snapshot = await openSnapshot(url).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const shown = shownDatabase({ databasePath: url });
    throw new CliError(EXIT.unreachable, `${shown} cannot be read: ${reason}`, { cause: error });
  });
  try {
    const [row] = await snapshot.all(PROCESSES);
    const [table] = await snapshot.all(`select to_regclass('writers') is not null as is_there`);
    const isOurs = await isMigrated((text) => snapshot.all(text));
    const schema = isOurs ? 'this' : table?.['is_there'] === true ? 'other' : 'none';
    return { schema, processes: Number(row?.['n'] ?? 0) };
  } finally {
    await snapshot.close();
  }
}
