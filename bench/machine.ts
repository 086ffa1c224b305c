/** What the machine is, and what the system knows about a process. */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { median } from './statistics.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly node: string;
  readonly sqlite: string;
  /** Median time to make 4 KiB durable in the temporary folder. */
  readonly fsyncMs: number;
  /** True when the temporary folder is memory, where durability costs nothing. */
  readonly isMemoryDisk: boolean;
  /** Processes that wanted to run in the minute before; null where the system does not say. */
  readonly loadBefore: number | null;
}

export function describeMachine(folder: string): Machine {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGib: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    sqlite: process.versions['sqlite'] ?? 'unknown',
    fsyncMs: fsyncMs(folder),
    isMemoryDisk: isMemoryDisk(folder),
    loadBefore: os.platform() === 'win32' ? null : (os.loadavg()[0] ?? null),
  };
}

const FSYNCS = 50;

function fsyncMs(folder: string): number {
  const file = path.join(folder, 'fsync-probe');
  const descriptor = openSync(file, 'w');
  const page = Buffer.alloc(4096, 1);
  const times = Array.from({ length: FSYNCS }, () => {
    writeSync(descriptor, page);
    const startedAt = performance.now();
    fsyncSync(descriptor);
    return performance.now() - startedAt;
  });
  closeSync(descriptor);
  rmSync(file);
  return median(times);
}

/** tmpfs and ramfs, by the numbers in Linux's statfs(2). */
function isMemoryDisk(folder: string): boolean {
  return [0x01021994, 0x858458f6].includes(statfsSync(folder).type) && os.platform() === 'linux';
}

/** proc(5) counts in ticks of USER_HZ, which is 100 on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds since some moment, of three clocks. */
export interface Spent {
  readonly wallSeconds: number;
  /** Processor time of one process; null where there is no /proc. */
  readonly processSeconds: number | null;
  /** Processor time of everything that runs on the machine. */
  readonly machineSeconds: number;
}

/** Starts watching a process; the function that comes back says what was spent since. */
export function watch(pid: number): () => Spent {
  const [wall, process, machine] = [performance.now(), cpuSeconds(pid), machineSeconds()];
  return () => {
    const processNow = cpuSeconds(pid);
    return {
      wallSeconds: (performance.now() - wall) / 1000,
      processSeconds: process === null || processNow === null ? null : processNow - process,
      machineSeconds: machineSeconds() - machine,
    };
  };
}

function machineSeconds(): number {
  const times = os.cpus().map((cpu) => cpu.times);
  return times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0) / 1000;
}

/** Processor time that a process has used, all its threads together; null where there is no /proc. */
export function cpuSeconds(pid: number): number | null {
  const stat = processFile(pid, 'stat');
  // The name, in parentheses, may hold blanks: count from behind it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? null : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory in MiB; null where there is no /proc. */
export function residentMib(pid: number): number | null {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(processFile(pid, 'status') ?? '') ?? [];
  return kib === undefined ? null : Number(kib) / 1024;
}

function processFile(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return null;
  }
}
