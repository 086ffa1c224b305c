/**
 * Builds the dashboard when what it is made of has changed, before the server starts that shows it.
 *
 * Plain JavaScript without dependencies, as run.js is. It compares a hash of the sources with the one that the last
 * build left beside its files, which takes a few milliseconds, and never keeps a server from starting: without the
 * tools, or with a fault in the sources, it says so, and the server shows what was built before, or a plain page.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DASHBOARD = path.join(ROOT, 'dashboard');
const BUILT = path.join(DASHBOARD, 'dist');
/** In the built folder: the hash of what it was built from. */
const STAMP = 'sources.sha256';

/** What the build reads, beside the packages, which the lockfile stands for. */
const SOURCES = [
  'dashboard/index.html',
  'dashboard/package.json',
  'dashboard/public',
  'dashboard/src',
  'dashboard/vite.config.ts',
  'package-lock.json',
  'sdk/src',
];

const FAILED = 'the dashboard could not be built; there is the one of before, or a plain page';

/** Resolves to true when there is a dashboard of these sources. `node` is to run Vite, `say` tells people. */
export async function ensureDashboard(node, say) {
  const wanted = hashOfSources();
  if (readText(path.join(BUILT, STAMP))?.trim() === wanted) return true;
  const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js');
  if (!fs.existsSync(vite)) {
    say('the dashboard is not built: Vite is a development tool; npm ci --include=dev adds it');
    return false;
  }
  say('building the dashboard (once; a few seconds)');
  const fresh = path.join(ROOT, '.cache', `dashboard-${process.pid}`);
  try {
    const { code, output } = await runVite(node, vite, fresh);
    if (code !== 0) {
      say(`${FAILED}.\n${output.trim()}`);
      return false;
    }
    fs.writeFileSync(path.join(fresh, STAMP), `${wanted}\n`);
    putInPlace(fresh);
    return true;
  } catch (error) {
    // Another start was building the same, and was faster.
    if (readText(path.join(BUILT, STAMP))?.trim() === wanted) return true;
    say(`${FAILED}: ${error.message}`);
    return false;
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
  }
}

/** Whoever reads meanwhile has the old files or the new ones; of two builders the last one wins. */
function putInPlace(fresh) {
  const old = `${fresh}-old`;
  if (fs.existsSync(BUILT)) fs.renameSync(BUILT, old);
  fs.renameSync(fresh, BUILT);
  fs.rmSync(old, { recursive: true, force: true });
}

function runVite(node, vite, folder) {
  const args = [vite, 'build', DASHBOARD, '--outDir', folder, '--logLevel', 'warn'];
  const child = spawn(node, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    // What NODE_ENV says is about the server; the build must not put React's checks for developers into the page.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
  });
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(filesIn)) {
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(ROOT, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Paths relative to the root, in an order that is the same everywhere. */
function filesIn(name) {
  const file = path.join(ROOT, name);
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isFile()) return [name];
  return fs
    .readdirSync(file)
    .sort()
    .flatMap((entry) => filesIn(`${name}/${entry}`));
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
