/** What `farthing doctor` says of a Postgres database: whether it answers, whose tables it has, who works on it. */
import { shownDatabase } from '../database-kind.ts';
import { CliError, EXIT } from './exit.ts';

export interface ServerLook {
  /** `none`: no tables of ours; `other`: those of another version. */
  readonly schema: 'this' | 'other' | 'none';
  /** Processes that may write to it. */
  readonly processes: number;
}

export async function lookAtServer(url: string): Promise<ServerLook> {
  const { openSnapshot } = await import('../../adapters/storage/postgres/snapshot.ts');
  const { HELD_WRITERS } = await import('../../adapters/storage/postgres/writer.ts');
  const { isMigrated } = await import('../../adapters/storage/postgres/migrate.ts');
  const snapshot = await openSnapshot(url).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const shown = shownDatabase({ databasePath: url });
    throw new CliError(EXIT.unreachable, `${shown} cannot be read: ${reason}`, { cause: error });
  });
  try {
    const [row] = await snapshot.all(`select count(*) as n from (${HELD_WRITERS}) as held`);
    const [table] = await snapshot.all(`select to_regclass('writers') is not null as is_there`);
    const isOurs = await isMigrated((text) => snapshot.all(text));
    const schema = isOurs ? 'this' : table?.['is_there'] === true ? 'other' : 'none';
    return { schema, processes: Number(row?.['n'] ?? 0) };
  } finally {
    await snapshot.close();
  }
}
