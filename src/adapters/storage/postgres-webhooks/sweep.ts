/**
 * Takes out the deliveries of removed endpoints, a few at a time, so that whoever delivers meanwhile is never kept
 * waiting for long. What a stop leaves over is taken out after the next start; several processes share the work.
 */
import type { Queries } from '../postgres/connection.ts';
import { integer } from '../rows.ts';
import type { Transactions } from './transaction.ts';

export interface Sweep {
  /** Begins to sweep, if there is anything. */
  look(): void;
  stop(): Promise<void>;
}

/** Deliveries taken out in one transaction: some milliseconds. */
const SWEPT_AT_ONCE = 250;

export function sweepOf({ writeSoon }: Transactions): Sweep {
  let isStopped = false;
  let sweeping: Promise<void> = Promise.resolve();
  const sweep = async () => {
    try {
      for (;;) {
        if (isStopped || !(await writeSoon(step))) return;
      }
    } catch {
      // A server that is away, say. They are seen by nobody, and the next sweep takes them out.
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

/** False when nothing is left, or all that is left is in the hands of another process. */
async function step(queries: Queries): Promise<boolean> {
  const [row] = await queries.rows(
    'webhook_removed',
    'select number from webhook_removed_endpoints order by number limit 1',
  );
  if (row === undefined) return false;
  const number = integer(row, 'number');
  const [swept] = await queries.rows(
    'webhook_sweep',
    `with swept as materialized (
       select ordinal from webhook_deliveries where endpoint = $1
         limit ${SWEPT_AT_ONCE} for update skip locked
     ), tried as (
       delete from webhook_attempts using swept where webhook_attempts.ordinal = swept.ordinal
     ), gone as (
       delete from webhook_deliveries using swept where webhook_deliveries.ordinal = swept.ordinal
         returning 1
     )
     select count(*) as deliveries from gone`,
    [number],
  );
  if (integer(swept ?? {}, 'deliveries') > 0) return true;
  const forgotten = await queries.rows(
    'webhook_forget_removed',
    `delete from webhook_removed_endpoints where number = $1
       and not exists (select 1 from webhook_deliveries where endpoint = $1) returning number`,
    [number],
  );
  return forgotten.length > 0;
}
