/**
 * Takes out the deliveries of removed endpoints, a few at a time, so that whoever delivers meanwhile is never kept
 * waiting for long. What a stop leaves over is taken out after the next start.
 */
import { setImmediate } from 'node:timers/promises';
import { integer } from '../rows.ts';
import type { Connection } from './connection.ts';

export interface Sweep {
  /** Begins to sweep, if there is anything. */
  look(): void;
  stop(): Promise<void>;
}

/** Deliveries taken out in one transaction: some milliseconds. */
const SWEPT_AT_ONCE = 250;

export function prepareSweep({ prepare, write }: Connection): Sweep {
  const removed = prepare('select number from removed_endpoints limit 1');
  const some = `select ordinal from deliveries where endpoint = ? order by status, ordinal
    limit ${SWEPT_AT_ONCE}`;
  const deleteAttempts = prepare(`delete from attempts where ordinal in (${some})`);
  const deleteDeliveries = prepare(`delete from deliveries where ordinal in (${some})`);
  const forget = prepare('delete from removed_endpoints where number = ?');
  let isStopped = false;
  let sweeping: Promise<void> = Promise.resolve();

  /** False when there is nothing left. */
  const step = () => {
    const row = removed.get();
    if (row === undefined) return false;
    const number = integer(row, 'number');
    write(() => {
      deleteAttempts.run(number);
      if (deleteDeliveries.run(number).changes === 0) forget.run(number);
    });
    return true;
  };
  const sweep = async () => {
    try {
      for (;;) {
        await setImmediate();
        if (isStopped || !step()) return;
      }
    } catch {
      // A full disk, say. They are seen by nobody, and the next sweep takes them out.
    }
  };

  return {
    look() {
      sweeping = sweeping.then(sweep);
    },
    async stop() {
      isStopped = true;
      await sweeping;
    },
  };
}
