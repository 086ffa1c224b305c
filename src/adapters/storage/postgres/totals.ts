/** Totals: what a batch adds to its writer's rows, and the sums over all writers. */
import { assert } from '../../../core/assert.ts';
import type { CounterName } from '../../../core/counters.ts';
import { currencyOf } from '../../../core/currencies.ts';
import type { AccountTotal } from '../../../core/ledger.ts';
import type { Totals } from '../../../engine/ports.ts';
import type { WorkingSet } from '../../../engine/working-set.ts';
import { accountFrom, integer, type Row, text } from '../rows.ts';
import { type LedgerSides, post, type TotalsChange } from '../sqlite/running.ts';
import type { Queries } from './connection.ts';

/** As a change of totals that begin at nothing: rows are added to what there is. */
export function addedTotals(working: WorkingSet): TotalsChange {
  const ledger = new Map<string, LedgerSides>();
  for (const { decision } of working.recorded) {
    if (decision.kind !== 'payment') continue;
    for (const entry of decision.entries) post(ledger, new Map(), entry);
  }
  const counters = new Map([...working.counters].filter(([, by]) => by !== 0n));
  const { outcomeBins, latencyBins } = working;
  return { counters, outcomeBins, latencyBins, ledger };
}

export async function readTotals(queries: Queries): Promise<Totals> {
  const counters = new Map<CounterName, bigint>();
  const rows = await queries.rows(
    'counters',
    'select name, sum(total) as total from counters group by name',
  );
  for (const row of rows) counters.set(text(row, 'name') as CounterName, bigintFrom(row, 'total'));
  return {
    counters,
    timeToOutcome: await readBins('time_to_outcome', queries),
    decisionLatency: await readBins('decision_latency', queries),
  };
}

async function readBins(sketch: string, queries: Queries): Promise<Map<number, number>> {
  const rows = await queries.rows(
    'bins',
    'select bin, sum(count)::bigint as count from sketch_bins where sketch = $1 group by bin order by bin',
    [sketch],
  );
  return new Map(rows.map((row) => [integer(row, 'bin'), integer(row, 'count')]));
}

export async function readAccountTotals(queries: Queries): Promise<AccountTotal[]> {
  const rows = await queries.rows(
    'account_totals',
    `select account, currency, sum(debits_minor) as debits_minor, sum(credits_minor) as credits_minor
       from ledger_totals group by account, currency order by account collate "C", currency collate "C"`,
  );
  return rows.map((row) => ({
    account: accountFrom(row, 'account'),
    currency: currencyOf(text(row, 'currency')),
    debitsMinor: bigintFrom(row, 'debits_minor'),
    creditsMinor: bigintFrom(row, 'credits_minor'),
  }));
}

function bigintFrom(row: Row, column: string): bigint {
  const value = text(row, column);
  assert(/^-?\d+$/.test(value), `${column} is a whole number`);
  return BigInt(value);
}
