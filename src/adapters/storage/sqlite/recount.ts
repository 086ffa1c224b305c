/**
 * The recount: everything that is kept as a running total is added up again from what it was made of, and compared.
 * It reads only, in one transaction, so that it sees one moment of a database that a server is writing to, and adds
 * up in bigints, because sums outgrow 64 bits. Of payments it holds one at a time: entries, refunds and events come
 * in the order of payments, along their indexes. Memory grows with the payments under way, not with those stored.
 */
import type { DatabaseSync } from 'node:sqlite';
import { currencyOf, findCurrency } from '../../../core/currencies.ts';
import { formatAmount } from '../../../core/money.ts';
import { counting, Differences, EXAMPLES_MAX, type RecountCheck } from './recount-check.ts';
import { countSearchEntries } from './recount-search.ts';
import { recountSeries } from './recount-series.ts';
import { type Row, text } from '../rows.ts';
import type { LedgerSides } from './running.ts';

/** Compares every total with what it was made of. */
export function recount(database: DatabaseSync): readonly RecountCheck[] {
  database.exec('begin');
  try {
    return [
      accountTotals(database),
      trialBalance(database),
      paymentAmounts(database),
      counters(database),
      versions(database),
      timers(database),
      searchIndex(database),
      recountSeries(database),
    ];
  } finally {
    database.exec('rollback');
  }
}

function accountTotals(database: DatabaseSync): RecountCheck {
  const differences = new Differences();
  const counted = new Map<string, LedgerSides>();
  let entries = 0;
  for (const row of rows(
    database,
    'select debit, credit, currency, amount_minor from ledger_entries',
  )) {
    const amountMinor = integer(row, 'amount_minor');
    const currency = text(row, 'currency');
    addSides(counted, `${text(row, 'debit')} ${currency}`, {
      debitsMinor: amountMinor,
      creditsMinor: 0n,
    });
    addSides(counted, `${text(row, 'credit')} ${currency}`, {
      debitsMinor: 0n,
      creditsMinor: amountMinor,
    });
    entries += 1;
  }
  const kept = ledgerTotals(database);
  for (const name of new Set([...counted.keys(), ...kept.keys()])) {
    const [account = '', currency = ''] = name.split(' ');
    for (const side of ['debitsMinor', 'creditsMinor'] as const) {
      const entriesSay = counted.get(name)?.[side] ?? 0n;
      const totalSays = kept.get(name)?.[side] ?? 0n;
      if (entriesSay === totalSays) continue;
      const what = side === 'debitsMinor' ? 'debits' : 'credits';
      differences.add(
        `${account}: the entries make ${money(entriesSay, currency)} of ${what}, the total says ${money(totalSays, currency)}`,
      );
    }
  }
  const figure = `${counting(kept.size, 'account total')}, ${counting(entries, 'entry', 'entries')}`;
  return differences.check(
    'account_totals',
    'account totals are the sums of their entries',
    figure,
  );
}

function trialBalance(database: DatabaseSync): RecountCheck {
  const differences = new Differences();
  const currencies = new Map<string, LedgerSides>();
  for (const [name, sides] of ledgerTotals(database)) {
    addSides(currencies, name.split(' ')[1] ?? '', sides);
  }
  for (const [currency, { debitsMinor, creditsMinor }] of currencies) {
    if (debitsMinor === creditsMinor) continue;
    differences.add(
      `debits are ${money(debitsMinor, currency)}, credits ${money(creditsMinor, currency)}`,
    );
  }
  const sums = [...currencies].map(([currency, { debitsMinor }]) => money(debitsMinor, currency));
  const shown =
    sums.length > EXAMPLES_MAX ? counting(sums.length, 'currency', 'currencies') : sums.join(', ');
  return differences.check(
    'trial_balance',
    'debits equal credits in every currency',
    shown === '' ? 'nothing was moved yet' : shown,
  );
}

function paymentAmounts(database: DatabaseSync): RecountCheck {
  const differences = new Differences();
  const entriesOf = byPayment(
    rows(
      database,
      'select payment_id, kind, operation, currency, amount_minor from ledger_entries order by payment_id',
    ),
  );
  const refundsOf = byPayment(
    rows(database, 'select payment_id, refund_id, amount_minor from refunds order by payment_id'),
  );
  let payments = 0;
  const sql =
    'select payment_id, currency, captured_minor, refunded_minor from payments order by payment_id';
  for (const payment of rows(database, sql)) {
    const id = text(payment, 'payment_id');
    comparePayment(payment, entriesOf.take(id), refundsOf.take(id), differences);
    payments += 1;
  }
  for (const id of entriesOf.strays())
    differences.add(`${id}: has ledger entries, but is no payment`);
  for (const id of refundsOf.strays()) differences.add(`${id}: has refunds, but is no payment`);
  return differences.check(
    'payment_amounts',
    'captured and refunded are what entries and refunds say',
    counting(payments, 'payment'),
  );
}

function comparePayment(
  payment: Row,
  entries: readonly Row[],
  refunds: readonly Row[],
  differences: Differences,
): void {
  const id = text(payment, 'payment_id');
  const currency = text(payment, 'currency');
  const entriesSum = (kind: string) => sum(entries.filter((entry) => entry['kind'] === kind));
  const claims = [
    ['captured', integer(payment, 'captured_minor'), 'its entries', entriesSum('capture')],
    ['refunded', integer(payment, 'refunded_minor'), 'its entries', entriesSum('refund')],
    ['refunded', integer(payment, 'refunded_minor'), 'its refunds', sum(refunds)],
  ] as const;
  for (const [what, kept, source, counted] of claims) {
    if (kept === counted) continue;
    differences.add(
      `${id}: says ${money(kept, currency)} ${what}, ${source} make ${money(counted, currency)}`,
    );
  }
  for (const entry of entries) {
    if (entry['currency'] === currency) continue;
    differences.add(`${id}: is in ${currency}, but has an entry in ${text(entry, 'currency')}`);
  }
  const posted = new Set(
    entries
      .filter((entry) => entry['kind'] === 'refund')
      .map((entry) => movement(entry, 'operation')),
  );
  for (const refund of refunds) {
    if (posted.has(movement(refund, 'refund_id'))) continue;
    differences.add(`${id}: refund ${text(refund, 'refund_id')} has no entry of its amount`);
  }
}

/** What identifies one movement of money: what it was made for, and how much. */
function movement(row: Row, column: 'operation' | 'refund_id'): string {
  return `${text(row, column)} ${integer(row, 'amount_minor')}`;
}

/** The event that decided each card payment's first attempt. */
const AUTHORIZATIONS = `select type, cause ->> '$.facts.currency' as currency,
    cast(cause ->> '$.facts.amount_minor' as integer) as amount_minor
  from events where cause ->> '$.facts' is not null and data ->> 'attempts' = 1`;

function counters(database: DatabaseSync): RecountCheck {
  const differences = new Differences();
  const counted = new Map<string, bigint>();
  const add = (name: string, by: bigint) => counted.set(name, (counted.get(name) ?? 0n) + by);
  const sql = 'select status, failure_reason, currency, captured_minor from payments';
  for (const row of rows(database, sql)) {
    add(`status:${text(row, 'status')}`, 1n);
    if (row['failure_reason'] !== null) add(`reason:${text(row, 'failure_reason')}`, 1n);
    const capturedMinor = integer(row, 'captured_minor');
    if (capturedMinor !== 0n) add(`volume:${text(row, 'currency')}`, capturedMinor);
  }
  for (const row of rows(database, AUTHORIZATIONS)) {
    const currency = text(row, 'currency');
    const isApproved = text(row, 'type') !== 'payment.failed';
    add(`${isApproved ? 'card_approved' : 'card_declined'}:${currency}`, 1n);
    const amountMinor = integer(row, 'amount_minor');
    if (amountMinor !== 0n) add(`card_amount:${currency}`, amountMinor);
  }
  const kept = new Map<string, bigint>();
  for (const row of rows(database, 'select name, total from counters')) {
    kept.set(text(row, 'name'), decimal(row, 'total'));
  }
  const names = new Set([...counted.keys(), ...kept.keys()]);
  for (const name of names) {
    const recounted = counted.get(name) ?? 0n;
    const counter = kept.get(name) ?? 0n;
    if (recounted === counter) continue;
    const [kind, what = ''] = name.split(':', 2);
    const isMoney = kind === 'volume' || kind === 'card_amount';
    const shown = (total: bigint) => (isMoney ? money(total, what) : String(total));
    differences.add(`${name} says ${shown(counter)}, the payments make ${shown(recounted)}`);
  }
  return differences.check(
    'counters',
    'counters are what a count of the payments gives',
    counting(names.size, 'counter'),
  );
}

function versions(database: DatabaseSync): RecountCheck {
  const differences = new Differences();
  const eventsOf = byPayment(
    rows(
      database,
      `select payment_id, count(*) as events, max(payment_sequence) as last from events
         where payment_id is not null group by payment_id order by payment_id`,
    ),
  );
  let payments = 0;
  for (const row of rows(
    database,
    'select payment_id, version from payments order by payment_id',
  )) {
    const id = text(row, 'payment_id');
    const version = integer(row, 'version');
    const [log] = eventsOf.take(id);
    payments += 1;
    if (log === undefined) {
      differences.add(`${id}: is at version ${version}, the log does not know it`);
    } else if (log['last'] !== version) {
      differences.add(
        `${id}: is at version ${version}, its last event is number ${integer(log, 'last')}`,
      );
    } else if (log['events'] !== version) {
      differences.add(`${id}: is at version ${version}, but has ${integer(log, 'events')} events`);
    }
  }
  for (const id of eventsOf.strays()) differences.add(`${id}: has events, but is no payment`);
  return differences.check(
    'versions',
    'each payment is at the version of its last event',
    counting(payments, 'payment'),
  );
}

function timers(database: DatabaseSync): RecountCheck {
  const differences = new Differences();
  const timersSet = new Set<string>();
  for (const row of rows(database, 'select payment_id, kind, attempt from timers')) {
    timersSet.add(`${text(row, 'payment_id')} ${text(row, 'kind')} ${integer(row, 'attempt')}`);
  }
  let underWay = 0;
  const sql = `select payment_id, status, attempts from payments where status in ('CREATED', 'PROCESSING')`;
  for (const row of rows(database, sql)) {
    const id = text(row, 'payment_id');
    const status = text(row, 'status');
    const attempts = integer(row, 'attempts');
    const kind = status === 'CREATED' ? 'start' : 'complete';
    underWay += 1;
    if (timersSet.has(`${id} ${kind} ${attempts}`)) continue;
    differences.add(`${id}: is ${status}, but no timer will take it on`);
  }
  return differences.check(
    'timers',
    'a timer is set for every payment under way',
    counting(underWay, 'payment'),
  );
}

function searchIndex(database: DatabaseSync): RecountCheck {
  const differences = new Differences();
  const counted = countSearchEntries(database);
  for (const sentence of counted.differences) differences.add(sentence);
  return differences.check(
    'search_index',
    'the search index holds the terms of the payments',
    counting(counted.entries, 'entry', 'entries'),
  );
}

/** Hands out the rows of each payment, when payments are asked for in the order of the rows. */
function byPayment(sorted: Iterator<Row>) {
  const skipped = new Set<string>();
  let next = sorted.next();
  const takeWhile = (isTaken: (id: string) => boolean): Row[] => {
    const taken: Row[] = [];
    for (; !next.done && isTaken(text(next.value, 'payment_id')); next = sorted.next()) {
      taken.push(next.value);
    }
    return taken;
  };
  const skip = (isSkipped: (id: string) => boolean) => {
    for (const row of takeWhile(isSkipped)) skipped.add(text(row, 'payment_id'));
  };
  return {
    take(id: string): Row[] {
      skip((candidate) => candidate < id);
      return takeWhile((candidate) => candidate === id);
    },
    /** The ids that no payment has; call it after the last payment. */
    strays(): ReadonlySet<string> {
      skip(() => true);
      return skipped;
    },
  };
}

function ledgerTotals(database: DatabaseSync): Map<string, LedgerSides> {
  const totals = new Map<string, LedgerSides>();
  for (const row of rows(database, 'select * from ledger_totals')) {
    totals.set(`${text(row, 'account')} ${text(row, 'currency')}`, {
      debitsMinor: decimal(row, 'debits_minor'),
      creditsMinor: decimal(row, 'credits_minor'),
    });
  }
  return totals;
}

function addSides(sums: Map<string, LedgerSides>, name: string, by: LedgerSides): void {
  const before = sums.get(name) ?? { debitsMinor: 0n, creditsMinor: 0n };
  sums.set(name, {
    debitsMinor: before.debitsMinor + by.debitsMinor,
    creditsMinor: before.creditsMinor + by.creditsMinor,
  });
}

/** Rows one by one; integers as bigints, so that none is too large to be read. */
function rows(database: DatabaseSync, sql: string): IterableIterator<Row> {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  return statement.iterate();
}

function integer(row: Row, column: string): bigint {
  const value = row[column];
  if (typeof value === 'bigint') return value;
  throw new Error(`${column} is not an integer; the database is damaged`);
}

function decimal(row: Row, column: string): bigint {
  const value = text(row, column);
  if (/^-?\d+$/.test(value)) return BigInt(value);
  throw new Error(`${column} is not a number; the database is damaged`);
}

function sum(list: readonly Row[]): bigint {
  return list.reduce((total, row) => total + integer(row, 'amount_minor'), 0n);
}

/** `250.00 USD`, with all the digits the currency has; of a currency that nobody knows, minor units. */
function money(minor: bigint, code: string): string {
  const currency = findCurrency(code) ?? (code === 'XXX' ? currencyOf(code) : undefined);
  if (currency === undefined) return `${minor} minor units of ${code}`;
  const { minorDigits } = currency;
  const [whole = '', fraction = ''] = formatAmount(minor, minorDigits).split('.');
  return `${whole}${minorDigits === 0 ? '' : `.${fraction.padEnd(minorDigits, '0')}`} ${code}`;
}
