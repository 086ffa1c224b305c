/** Background jobs for tests of the HTTP application: kept in memory, and run by nobody. */
import type { JobDeps } from '../../src/adapters/http/deps.ts';
import { openSqliteJobs } from '../../src/adapters/storage/sqlite-jobs/store.ts';
import type { JobStore } from '../../src/engine/jobs/ports.ts';

export interface TestJobs {
  readonly deps: JobDeps;
  /** What the routes work on. */
  readonly store: JobStore;
  /** Ids that were said to wait. */
  readonly hinted: readonly string[];
}

export function testJobs(): TestJobs {
  const store = openSqliteJobs({ path: ':memory:', isAlone: true });
  const hinted: string[] = [];
  let isThere = false;
  const deps: JobDeps = {
    existing: async () => (isThere ? store : null),
    async open() {
      isThere = true;
      return store;
    },
    enqueued: (id) => hinted.push(id),
  };
  return { deps, store, hinted };
}
