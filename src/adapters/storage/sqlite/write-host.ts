/**
 * Where the writer runs: where it is called, in the same turn, or on a thread of its own, so that while SQLite writes and
 * waits for the disk, the other one reads the next requests and sends the last answers. A database in memory belongs
 * to one connection and is always written where it lives.
 *
 * Tasks are performed one after the other in the order in which they were asked for. A thread that ends by itself
 * leaves it unknown what was written: everything then waiting, and everything after, fails as fatal.
 */
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { assert } from '../../../core/assert.ts';
import { StorageError } from '../../../engine/ports.ts';
import type { ChainHead } from '../chain.ts';
import { storageError } from './database.ts';
import type { SearchTuning } from './search-tuning.ts';
import { createWriter, type WriteResult, type WriteResults, type WriteTask } from './writer.ts';

export interface WriteHost {
  readonly isThread: boolean;
  /** Rejects with a StorageError, and then nothing was written; or with whatever our own code threw. */
  perform<Task extends WriteTask>(task: Task): Promise<WriteResults[Task['kind']]>;
  /** Performs what was asked for, then closes the connection. */
  close(): Promise<void>;
}

export interface ThreadStart {
  readonly path: string;
  readonly head: ChainHead;
  readonly tuning: SearchTuning;
}

/** What the thread is sent: a task, or null to close. */
export type ToThread = WriteTask | null;

/** What comes back, in the order of the tasks. */
export type FromThread =
  | { readonly ok: true; readonly result: WriteResult }
  | { readonly ok: false; readonly kind: StorageError['kind'] | 'bug'; readonly message: string };

/** Writes where it is called; closing is left to whoever opened the database. */
export function inlineHost(database: DatabaseSync, { path, head, tuning }: ThreadStart): WriteHost {
  const writer = createWriter(database, head, tuning);
  return {
    isThread: false,
    perform: async (task) => unwrap(answerTo(() => writer.perform(task), path)),
    close: async () => {},
  };
}

/** Performs and puts what became of it into words that can cross to another thread. */
export function answerTo(perform: () => WriteResult, path: string): FromThread {
  try {
    return { ok: true, result: perform() };
  } catch (error) {
    const known = isSqliteError(error) ? storageError(error, path) : error;
    const kind = known instanceof StorageError ? known.kind : 'bug';
    return { ok: false, kind, message: known instanceof Error ? known.message : String(known) };
  }
}

function isSqliteError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
}

/** The type says what each task gives back; writer.ts is where that is kept true. */
function unwrap<Result>(answer: FromThread): Result {
  if (answer.ok) return answer.result as Result;
  throw answer.kind === 'bug'
    ? new Error(answer.message)
    : new StorageError(answer.kind, answer.message);
}

interface Waiting {
  readonly resolve: (answer: FromThread) => void;
}

/** Starts the thread; what is asked before it is ready waits for it. */
export function threadHost(start: ThreadStart): WriteHost {
  // The same folder holds the same file in TypeScript here and compiled in a published package.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const thread = new Worker(new URL(`./writer-thread.${extension}`, import.meta.url), {
    workerData: start,
  });
  const waiting: Waiting[] = [];
  let failure: FromThread | null = null;
  const fail = (message: string) => {
    failure = { ok: false, kind: 'fatal', message };
    for (const { resolve } of waiting.splice(0)) resolve(failure);
  };
  thread.on('message', (answer: FromThread) => {
    const first = waiting.shift();
    assert(first !== undefined, 'the writing thread answers what it was asked');
    first.resolve(answer);
  });
  thread.on('error', (error) => fail(`the writing thread failed: ${String(error)}`));
  thread.on('exit', () => fail('the writing thread has ended'));
  const ask = (task: ToThread) =>
    new Promise<FromThread>((resolve) => {
      if (failure !== null) {
        resolve(failure);
        return;
      }
      waiting.push({ resolve });
      thread.postMessage(task);
    });
  return {
    isThread: true,
    perform: async (task) => unwrap(await ask(task)),
    async close() {
      const ended = new Promise((resolve) => thread.once('exit', resolve));
      if (failure !== null) return;
      thread.postMessage(null);
      await ended;
    },
  };
}
