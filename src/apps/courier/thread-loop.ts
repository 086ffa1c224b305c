/** The thread that delivers: opens its own connections, does what it is told, closes them when it is to stop. */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { openLogReader } from '../../adapters/storage/sqlite/log-reader.ts';
import { openSqliteDeliveries } from '../../adapters/storage/sqlite-webhooks/store.ts';
import { assert, assertNever } from '../../core/assert.ts';
import { StorageError } from '../../engine/ports.ts';
import { threadCourtesy } from './courtesy.ts';
import type { CourierStart, FromCourier, ToCourier } from './messages.ts';
import { deliver } from './run.ts';
import { clockFrom } from './thread-clock.ts';

/** A third of the weight of the thread that takes payments: it waits when both want to run, and never starves. */
const NICE = 5;

lowerPriority();
const { settings, databasePath, deliveriesPath, clock } = workerData as CourierStart;
const port = parentPort;
assert(port !== null, 'this file runs as a thread');
const log = openLogReader(databasePath);
const { paid, giveWay } = threadCourtesy();
const store = openSqliteDeliveries({ path: deliveriesPath, giveWay });
const nowMs = clockFrom(clock);
const delivering = deliver(settings, { store, log, nowMs, giveWay, onError: say });
port.on('message', (message: ToCourier) => {
  switch (message.kind) {
    case 'look':
      paid();
      return delivering.look();
    case 'changed':
      return delivering.changed();
    case 'listening':
      return delivering.listening(message.origin);
    case 'stop':
      return void stop();
    default:
      return assertNever(message);
  }
});

/** Payments come first: where a thread can have a priority of its own (Linux), this one's is low. */
function lowerPriority(): void {
  try {
    const thread = Number(path.basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, NICE);
  } catch {
    // Elsewhere the system knows processes only.
  }
}

function say(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const storage = error instanceof StorageError ? error.kind : null;
  const said: FromCourier = { message, storage };
  port?.postMessage(said);
  // What is on disk is not known any more: this thread ends, and the next one reads it.
  if (storage === 'fatal') setImmediate(() => process.exit(1));
}

async function stop(): Promise<void> {
  await delivering.stop();
  await store.close();
  log.close();
  port?.close();
}
