/**
 * Preloaded into a server that is watched: each of its threads appends its memory to the file that HEAP_PROBE names, a
 * line of JSON four times a second. It keeps no thread alive.
 */
import { appendFileSync } from 'node:fs';
import { getHeapSpaceStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

const EVERY_MS = 250;
const MIB = 1024 * 1024;

/** One look at one thread; all in MiB. */
export interface HeapLine {
  readonly thread: 'main' | 'courier';
  readonly rssMib: number;
  /** Of the thread's own heap: what is taken from the system, and what of it is used. */
  readonly heapMib: number;
  readonly usedMib: number;
  readonly youngMib: number;
  /** Buffers of this thread, outside its heap. */
  readonly buffersMib: number;
}

const file = process.env['HEAP_PROBE'];
if (file !== undefined) setInterval(() => appendFileSync(file, look()), EVERY_MS).unref();

function look(): string {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  const young = getHeapSpaceStatistics().filter(({ space_name: name }) => name.startsWith('new'));
  const line: HeapLine = {
    thread: isMainThread ? 'main' : 'courier',
    rssMib: rss / MIB,
    heapMib: heapTotal / MIB,
    usedMib: heapUsed / MIB,
    youngMib: young.reduce((sum, { space_size: size }) => sum + size, 0) / MIB,
    buffersMib: external / MIB,
  };
  return `${JSON.stringify(line)}\n`;
}
