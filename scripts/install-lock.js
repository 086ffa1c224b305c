/**
 * Lets one process at a time install packages, also when others start at the same moment or a
 * holder is killed. Plain JavaScript without dependencies, for the same reason as run.js.
 *
 * The lock is a directory with a file in it that says who holds it. It appears whole, by a rename:
 * renaming onto a directory that is not empty fails on every platform, so exactly one process gets
 * it. It is given back, and taken from the dead, by a rename too.
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import path from 'node:path';

/** The host, the processes that must be gone before another may install, and a name. */
const OWNER = 'owner.json';

const HEARTBEAT_MS = 5_000;
/** Twelve missed heartbeats: whoever held the lock is gone, or its machine is. */
const STALE_MS = 60_000;
const POLL_MS = 200;

/**
 * Waits for the lock in a directory, and calls `onWait` once if that takes time. The result gives
 * the lock back (`release`), and names one more process to wait for (`addOwner`).
 */
export async function acquireInstallLock(directory, onWait) {
  const token = `${os.hostname()}-${process.pid}-${randomBytes(6).toString('hex')}`;
  const owner = { host: os.hostname(), pids: [process.pid], token };
  const lock = path.join(directory, 'install-lock');
  const mine = path.join(directory, `install-${token}`);
  prepare(mine, owner);
  for (let polls = 0; !renamed(mine, lock);) {
    if (stealStale(directory, lock)) continue;
    if (polls === 0) onWait();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    prepare(mine, owner);
    polls += 1;
  }
  sweep(directory, lock);
  return hold(lock, mine, owner);
}

/** Written anew at each poll: a process that slept for long may find its directory swept away. */
function prepare(mine, owner) {
  fs.mkdirSync(mine, { recursive: true });
  writeOwner(mine, owner);
  touch(mine);
}

function hold(lock, mine, owner) {
  const isOurs = () => readOwner(lock)?.token === owner.token;
  const heartbeat = setInterval(() => isOurs() && touch(lock), HEARTBEAT_MS);
  const release = () => {
    clearInterval(heartbeat);
    process.off('exit', release);
    if (isOurs() && renamed(lock, mine)) fs.rmSync(mine, { recursive: true, force: true });
  };
  process.on('exit', release);
  // npm outlives a launcher that is killed outright, and must not meet a second npm.
  const addOwner = (pid) => {
    owner.pids.push(pid);
    if (isOurs()) writeOwner(lock, owner);
  };
  return { release, addOwner };
}

/**
 * Moves a dead owner's lock aside. Everyone who saw the same dead owner moves to the same name, and
 * a second move onto it fails, so the lock of whoever came next is never the one that is moved.
 */
function stealStale(directory, lock) {
  const stats = fs.statSync(lock, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  const owner = readOwner(lock);
  const isGone = owner?.host === os.hostname() && !owner.pids.some(isAlive);
  if (!isGone && Date.now() - stats.mtimeMs < STALE_MS) return false;
  const aside = path.join(directory, `install-stale-${owner?.token ?? stats.mtimeMs}`);
  const isMoved = renamed(lock, aside);
  if (isMoved) touch(aside);
  return isMoved;
}

/** Removes what killed processes left, once nobody can still be about to move a lock onto it. */
function sweep(directory, lock) {
  for (const name of fs.readdirSync(directory)) {
    const entry = path.join(directory, name);
    if (!name.startsWith('install-') || entry === lock) continue;
    const stats = fs.statSync(entry, { throwIfNoEntry: false });
    const isOld = stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS;
    if (isOld) fs.rmSync(entry, { recursive: true, force: true });
  }
}

function writeOwner(directory, owner) {
  fs.writeFileSync(path.join(directory, OWNER), JSON.stringify(owner));
}

/** Undefined when there is none, or when it is being written. */
function readOwner(directory) {
  try {
    return JSON.parse(fs.readFileSync(path.join(directory, OWNER), 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** False when the target is taken or the source is gone; Windows has its own words for both. */
function renamed(from, to) {
  try {
    fs.renameSync(from, to);
    return true;
  } catch (error) {
    const isTaken = ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES', 'EBUSY'].includes(error.code);
    if (isTaken || error.code === 'ENOENT') return false;
    throw error;
  }
}

function touch(directory) {
  const now = new Date();
  try {
    fs.utimesSync(directory, now, now);
  } catch {
    // Gone already: moved by the process that took it.
  }
}
