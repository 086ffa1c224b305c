/**
 * Which test files run a second time, on Postgres: all that come to a store or a server through store.ts, but for those that
 * are named here with the reason.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const OPENS_STORES = 'test/support/store.ts';

/** The beginning of a path, and why it is run once. */
const RUN_ONCE: Readonly<Record<string, string>> = {
  'test/postgres/': 'is about Postgres anyway',
  'test/chaos/': 'is about Postgres anyway',
  'test/redis/': 'is about Postgres anyway',
  'test/jobs/': 'is about Postgres anyway',
  'test/stack/': 'starts what the stack starts',
  'test/e2e/cli-transfer.test.ts': 'goes from one to the other anyway',
  'test/e2e/cli-checks.test.ts': 'looks into files',
  'sdk/test/package.test.ts': 'is about what is packed',
  'src/adapters/storage/': 'a contract, or about one of the two',
  'test/crash/disk-full.test.ts': "SQLite's pages and files; test/postgres/ has its counterpart",
  'test/crash/power-loss.test.ts': 'what SQLite writes, sector by sector',
  'test/crash/start.test.ts': 'edits files',
  'test/tamper/': 'edits files',
  'src/apps/cli/': 'looks into files',
  'src/engine/traffic/traffic.test.ts': 'counts turns of the event loop',
  'src/adapters/http/routes/traffic.test.ts': 'is about rates in real time',
  'test/e2e/dashboard': 'a browser sees the service, whatever store it has',
  'test/e2e/other-host.test.ts': 'a browser sees the service, whatever store it has',
};

/** Relative to the root of the repository. */
export function filesOnBothStores(root: string): string[] {
  const known = new Map<string, boolean>();
  return ['src', 'test', 'sdk/test']
    .flatMap((folder) => testFiles(root, folder))
    .filter((file) => !Object.keys(RUN_ONCE).some((start) => file.startsWith(start)))
    .filter((file) => reachesStores(root, file, known));
}

function testFiles(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
}

/** Whether a file imports store.ts, itself or through what it imports of the tests. */
function reachesStores(root: string, file: string, known: Map<string, boolean>): boolean {
  const before = known.get(file);
  if (before !== undefined) return before;
  known.set(file, false); // until it is found out: imports may run in a circle
  const reaches = importsOf(root, file).some(
    (imported) =>
      imported === OPENS_STORES ||
      (/^(?:sdk\/)?test\//.test(imported) && reachesStores(root, imported, known)),
  );
  known.set(file, reaches);
  return reaches;
}

function importsOf(root: string, file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return Array.from(text.matchAll(/from '(\.[^']+)'/g), ([, specifier = '']) =>
    path.posix.join(path.posix.dirname(file), specifier),
  ).filter((imported) => existsSync(path.join(root, imported)));
}
