/** What DATABASE_URL names: a file, memory, or a Postgres server. */
import type { Config } from './config.ts';

type Named = Pick<Config, 'databasePath'>;

export function isPostgres({ databasePath }: Named): boolean {
  return /^postgres(?:ql)?(?:\+\w+)?:\/\//i.test(databasePath);
}

/** True when the database is a file here, with others of ours beside it. */
export function hasFile(config: Named): boolean {
  return config.databasePath !== ':memory:' && !isPostgres(config);
}

/** Where anchors of the log are written; null when they are not. */
export function anchorsPathOf(config: Pick<Config, 'databasePath' | 'anchorsPath'>): string | null {
  return config.anchorsPath ?? (hasFile(config) ? `${config.databasePath}.anchors` : null);
}

/** As people may see it: without a password. */
export function shownDatabase(config: Named): string {
  if (!isPostgres(config)) return config.databasePath;
  return config.databasePath.replace(/^(\w+(?:\+\w+)?:\/\/[^/:@]*):[^@/]*@/, '$1:***@');
}
