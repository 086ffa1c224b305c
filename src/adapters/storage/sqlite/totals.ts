/** Reading totals: rows whose number does not grow with what is stored. */
import type { DatabaseSync } from 'node:sqlite';
import { assert } from '../../../core/assert.ts';
import type { CounterName } from '../../../core/counters.ts';
import { currencyOf } from '../../../core/currencies.ts';
import type { AccountTotal } from '../../../core/ledger.ts';
import type { Totals } from '../../../engine/ports.ts';
import { accountFrom, type Row, text } from '../rows.ts';

export function readTotals(database: DatabaseSync): Totals {
  const counters = new Map<CounterName, bigint>();
  for (const row of database.prepare('select name, total from counters').all()) {
    const name = text(row, 'name');
    if (isCounterName(name)) counters.set(name, BigInt(text(row, 'total')));
  }
  return {
    counters,
    timeToOutcome: readBins(database, 'time_to_outcome'),
    decisionLatency: readBins(database, 'decision_latency'),
  };
}

/** There are hundreds of bins: as one row they take a third of the time that a row each takes. */
export function readBins(database: DatabaseSync, sketch: string): Map<number, number> {
  const row = database
    .prepare(
      `select json_group_array(bin) as bins, json_group_array(count) as counts
         from sketch_bins where sketch = ?`,
    )
    .get(sketch);
  const counts = integersFrom(row, 'counts');
  return new Map(integersFrom(row, 'bins').map((bin, index) => [bin, counts[index] ?? 0]));
}

function integersFrom(row: Row | undefined, column: string): readonly number[] {
  const values: unknown = JSON.parse(text(row ?? {}, column));
  assert(Array.isArray(values) && values.every(isInteger), 'bins and counts are whole numbers');
  return values;
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

export function readAccountTotals(database: DatabaseSync): AccountTotal[] {
  return database
    .prepare('select * from ledger_totals order by account, currency')
    .all()
    .map((row) => ({
      account: accountFrom(row, 'account'),
      currency: currencyOf(text(row, 'currency')),
      debitsMinor: BigInt(text(row, 'debits_minor')),
      creditsMinor: BigInt(text(row, 'credits_minor')),
    }));
}

function isCounterName(name: string): name is CounterName {
  return /^(status|reason|volume|card_approved|card_declined|card_amount):/.test(name);
}
