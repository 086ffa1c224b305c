/**
 * Every check of the repository, in one command: `npm test`.
 *
 * Each step runs, also after one that failed. A step that passes is one line; one that fails shows
 * what it printed. The last line alone says `N passed, N failed`, where every test counts as one
 * and so does every other step. A test that did not run (skipped, left for later) counts as failed,
 * and so does a run without tests.
 *
 * `npm test -- <filter>` runs only the tests whose path contains the filter; what vitest takes
 * after `run` works too.
 *
 * It writes to coverage/ and to a temporary directory of its own, which is also what the steps get
 * as theirs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters, styleText } from 'node:util';

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Said on the step's own line; empty when there is nothing to add. */
  readonly remark: string;
  /** Shown when something failed. */
  readonly output: string;
}

interface Step {
  readonly name: string;
  /** Without this file the step has nothing to look at, and is left out. */
  readonly needs?: string;
  readonly run: () => Promise<Outcome>;
}

interface Ended {
  readonly isSuccess: boolean;
  readonly output: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const temporary = makeTemporary();
const reportFile = path.join(temporary, 'tests.json');
const reporters = ['--reporter=json', `--outputFile.json=${reportFile}`];
let running: ChildProcess | undefined;

const steps: readonly Step[] = [
  { name: 'format', run: () => tool('--bin', 'oxfmt', '--check', '.') },
  { name: 'lint', run: () => tool('--bin', 'oxlint') },
  { name: 'types', run: () => tool('--bin', 'tsc') },
  // As in a browser, without Node's types.
  {
    name: 'types of the SDK',
    run: () => tool('--bin', 'tsc', '-p', 'sdk/tsconfig.build.json', '--noEmit'),
  },
  { name: 'types of the UI', run: () => tool('--bin', 'tsc', '-p', 'dashboard/tsconfig.json') },
  { name: 'dead code', run: () => tool('--bin', 'knip', '--no-progress', '--no-config-hints') },
  { name: 'tests', run: allTests },
  { name: 'tests on Postgres', run: testsOnPostgres },
  {
    name: 'generated files',
    needs: 'scripts/generate.ts',
    run: () => tool('scripts/generate.ts', '--check'),
  },
  {
    name: 'openapi',
    needs: 'docs/openapi.json',
    run: () => tool('--bin', 'redocly', 'lint', 'docs/openapi.json'),
  },
];

process.exitCode = await main(process.argv.slice(2));

async function main(filters: readonly string[]): Promise<number> {
  stopChildrenOnSignals();
  const outcomes: Outcome[] = [];
  try {
    if (filters.length > 0) outcomes.push(await someTests(filters));
    else for (const step of steps) outcomes.push(await runStep(step));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function runStep(step: Step): Promise<Outcome> {
  if (step.needs !== undefined && !existsSync(path.join(root, step.needs))) {
    console.log(`${styleText('dim', 'none')}  ${step.name}: there is no ${step.needs}`);
    return { passed: 0, failed: 0, remark: '', output: '' };
  }
  const startedAtMs = performance.now();
  const outcome = await step.run().catch(crashed);
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  const mark = outcome.failed === 0 ? styleText('green', 'ok  ') : styleText('red', 'FAIL');
  console.log(
    `${mark}  ${step.name.padEnd(18)} ${seconds.padStart(6)} s  ${outcome.remark}`.trimEnd(),
  );
  if (outcome.failed > 0) console.log(outcome.output.trim().replaceAll(/^/gm, '      '));
  return outcome;
}

/** A step that throws is a fault of this file, and still only one failure among the others. */
function crashed(error: unknown): Outcome {
  const output = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { passed: 0, failed: 1, remark: 'could not be run', output };
}

async function tool(...args: readonly string[]): Promise<Outcome> {
  const { isSuccess, output } = await launch(args, 'capture');
  return { passed: isSuccess ? 1 : 0, failed: isSuccess ? 0 : 1, remark: '', output };
}

// ---- tests

interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

async function allTests(): Promise<Outcome> {
  const ended = await launch(
    ['--bin', 'vitest', 'run', '--coverage', '--reporter=dot', ...reporters],
    'capture',
  );
  return count(ended, readReport(), true);
}

/** What is about stores and servers, again on the other store: test/support/both-stores.ts knows which files that are. */
async function testsOnPostgres(): Promise<Outcome> {
  rmSync(reportFile, { force: true });
  const ended = await launch(
    ['--bin', 'vitest', 'run', '--reporter=dot', ...reporters],
    'capture',
    {
      TEST_STORE: 'postgres',
    },
  );
  return count(ended, readReport(), true);
}

/** For work on one thing: it shows the tests as they run, and asks nothing about coverage. */
async function someTests(filters: readonly string[]): Promise<Outcome> {
  const args = ['--bin', 'vitest', 'run', ...filters, '--reporter=default', ...reporters];
  const ended = await launch(args, 'show');
  const isByName = filters.some((filter) => /^(?:-t|--testNamePattern)\b/.test(filter));
  const outcome = count(ended, readReport(), !isByName);
  if (outcome.failed > 0) console.log(outcome.remark);
  return outcome;
}

/** Null when vitest ended before it wrote one. */
function readReport(): TestReport | null {
  return existsSync(reportFile)
    ? (JSON.parse(readFileSync(reportFile, 'utf8')) as TestReport)
    : null;
}

function count(ended: Ended, report: TestReport | null, unrunIsFailure: boolean): Outcome {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const broken = tests.filter((test) => test.status === 'failed').length;
  const unrun = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
  const unloaded = files.filter(
    (file) =>
      file.assertionResults.length === 0 ||
      (file.status === 'failed' && !file.assertionResults.some(isBroken)),
  );
  const faults = [
    ...(broken > 0 ? [`${broken} failed`] : []),
    ...unloaded.map((file) => `could not run ${path.relative(root, file.name)}`),
    ...(unrunIsFailure ? unrun.map((test) => `did not run «${test.fullName}»`) : []),
  ];
  const failed = broken + unloaded.length + (unrunIsFailure ? unrun.length : 0);
  if (failed === 0 && !ended.isSuccess)
    faults.push('an error outside of the tests, or too little coverage');
  if (failed === 0 && passed === 0) faults.push('no test ran');
  const remark = faults.length === 0 ? `${passed} tests` : faults.join('; ');
  return {
    passed,
    failed: failed === 0 && faults.length > 0 ? 1 : failed,
    remark,
    output: ended.output,
  };
}

function isBroken(test: { readonly status: string }): boolean {
  return test.status === 'failed';
}

// ---- processes

/**
 * Runs one of our programs or tools to its end; `capture` keeps what it prints, in the order it was
 * printed.
 */
function launch(
  args: readonly string[],
  output: 'capture' | 'show',
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const stdio = output === 'show' ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, [path.join(root, 'scripts/run.js'), ...args], {
    cwd: root,
    env: { ...environment(), ...more },
    stdio: ['ignore', stdio, stdio],
  });
  running = child;
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      running = undefined;
      const printed = Buffer.concat(chunks).toString('utf8');
      // Some tools color what they print whenever CI is set, whatever NO_COLOR says.
      const text = process.stdout.isTTY ? printed : stripVTControlCharacters(printed);
      resolve({ isSuccess: code === 0, output: text });
    });
  });
}

function environment(): NodeJS.ProcessEnv {
  const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
  // That is for `npm run test:e2e`; here every test has a server of its own.
  const { E2E_BASE_URL: _, ...inherited } = process.env;
  return {
    ...inherited,
    ...color,
    TMPDIR: temporary,
    TMP: temporary,
    TEMP: temporary,
    // Nothing here needs the network: no usage reports, no question about a newer version.
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
    DISABLE_TELEMETRY: '1',
  };
}

function makeTemporary(): string {
  mkdirSync(os.tmpdir(), { recursive: true }); // TMPDIR may name one that is to be made
  const folder = mkdtempSync(path.join(os.tmpdir(), 'farthing-check-'));
  // The Postgres that tests start runs as another user where we are root: it may pass through, and list nothing.
  chmodSync(folder, 0o711);
  return folder;
}

function stopChildrenOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      running?.kill(signal);
      rmSync(temporary, { recursive: true, force: true });
      process.exit(128 + os.constants.signals[signal]);
    });
  }
}
