/**
 * `npm run test:e2e`: the tests of the dashboard in a real browser, each on a server of its own. What follows `--` is a
 * part of the names of the files to run. `npm run test:e2e:headed` does the same in a window that one can watch.
 *
 * E2E_BASE_URL aims them at another host that is running. Only those run there that leave alone what they find: they
 * make payments and look at pages, and neither end the server nor empty it nor change its settings. The others are
 * counted and named at the end.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Whose tests get their host by `anyHost`; on another host, `start` refuses. */
const FOR_ANY_HOST = [
  'test/e2e/dashboard-layout.test.ts',
  'test/e2e/dashboard-walkthrough.test.ts',
];

const ANSWER_MS_MAX = 10_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { headed: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const isHeaded = values.headed;
  const baseUrl = process.env['E2E_BASE_URL'];
  const fault =
    (isHeaded ? displayFault() : null) ?? (baseUrl === undefined ? null : await hostFault(baseUrl));
  if (fault !== null) {
    console.error(fault);
    return 1;
  }
  const all = globSync('test/e2e/dashboard*.test.ts', { cwd: ROOT })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => positionals.length === 0 || positionals.some((text) => file.includes(text)))
    .sort();
  const chosen = baseUrl === undefined ? all : all.filter((file) => FOR_ANY_HOST.includes(file));
  const leftOut = all.filter((file) => !chosen.includes(file));
  const code = chosen.length === 0 ? nothingChosen() : runTests(chosen, isHeaded);
  if (leftOut.length > 0) console.log(leftOutText(leftOut));
  return code;
}

function runTests(files: readonly string[], isHeaded: boolean): number {
  const options = isHeaded ? ['--no-file-parallelism'] : [];
  const { status } = vitest(['run', ...files, ...options], {
    env: { ...process.env, ...(isHeaded ? { HEADED: '1' } : {}) },
    stdio: 'inherit',
  });
  return status ?? 1;
}

function nothingChosen(): number {
  console.error('none of the tests asked for can run there; without E2E_BASE_URL all of them can');
  return 1;
}

function leftOutText(files: readonly string[]): string {
  const { stdout } = vitest(['list', ...files, '--json'], { encoding: 'utf8' });
  const { length } = JSON.parse(String(stdout)) as readonly unknown[];
  return [
    `left out: ${length} tests that need a server of their own (to end, to empty, to configure), in`,
    ...files.map((file) => `  ${file}`),
    'Without E2E_BASE_URL they run, too.',
  ].join('\n');
}

function vitest(args: readonly string[], options: Parameters<typeof spawnSync>[2]) {
  const run = fileURLToPath(new URL('run.js', import.meta.url));
  return spawnSync(process.execPath, [run, '--bin', 'vitest', ...args], { cwd: ROOT, ...options });
}

/** Null when a window can be opened. */
function displayFault(): string | null {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform !== 'linux' || (DISPLAY ?? WAYLAND_DISPLAY ?? '') !== '') return null;
  return (
    'There is no display to show the browser on (DISPLAY and WAYLAND_DISPLAY are not set). Run it where there is one, ' +
    'or «npm run test:e2e», which needs none.'
  );
}

/** Null when a dashboard answers there. */
async function hostFault(baseUrl: string): Promise<string | null> {
  const wanted = 'Expected the address of a host that is running, like http://127.0.0.1:8000';
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl)) {
    return `E2E_BASE_URL is «${baseUrl}», which is no address. ${wanted}`;
  }
  try {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const { status } = await fetch(`${baseUrl.replace(/\/+$/, '')}/demo`, { signal });
    return status === 200 ? null : `${baseUrl}/demo answers ${status}. ${wanted}`;
  } catch (error) {
    const { cause = error } = error as Error;
    return `E2E_BASE_URL is ${baseUrl}, where nothing answers (${String(cause)}). ${wanted}`;
  }
}
