/** Reading totals: rows whose number does not grow with what is stored. */
import type { DatabaseSync } from 'node:sqlite';
import type { CounterName } from '../../../core/counters.ts';
import { currencyOf } from '../../../core/currencies.ts';
import type { AccountTotal } from '../../../core/ledger.ts';
import type { Totals } from '../../../engine/ports.ts';
import { accountFrom, integer, text } from './rows.ts';

export function readTotals(database: DatabaseSync): Totals {
  const counters = new Map<CounterName, bigint>();
  for (const row of database.prepare('select name, total from counters').all()) {
    const name = text(row, 'name');
    if (isCounterName(name)) counters.set(name, BigInt(text(row, 'total')));
  }
  const timeToOutcome = new Map<number, number>();
  const bins = database.prepare(
    `select bin, count from sketch_bins where sketch = 'time_to_outcome'`,
  );
  for (const row of bins.all()) timeToOutcome.set(integer(row, 'bin'), integer(row, 'count'));
  return { counters, timeToOutcome };
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
  return /^(status|reason|volume):/.test(name);
}
