/** The thread that writes: opens its connection, performs tasks one after the other, closes when told. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../../core/assert.ts';
import { closeWriter, openWriter } from './database.ts';
import { answerTo, type ThreadStart, type ToThread } from './write-host.ts';
import { createWriter } from './writer.ts';

const { path, head, tuning } = workerData as ThreadStart;
const port = parentPort;
assert(port !== null, 'this file runs as a thread');
const database = openWriter(path);
const writer = createWriter(database, head, tuning);
port.on('message', (task: ToThread) => {
  if (task !== null) {
    port.postMessage(answerTo(() => writer.perform(task), path));
    return;
  }
  closeWriter(database);
  port.close();
});
