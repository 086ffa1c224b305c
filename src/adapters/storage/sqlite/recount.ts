/**
 * The recount of a SQLite file: everything that is kept as a running total is added up again from what it was made of, and
 * compared (../recounted.ts). It reads only, in one transaction, so that it sees one moment of a database that a server
 * is writing to. Of payments it holds one at a time: entries, refunds and events come in the order of payments, along
 * their indexes. Memory grows with the payments under way, not with those stored.
 */
import type { DatabaseSync } from 'node:sqlite';
import {
  AccountsCount,
  AmountsCount,
  CountersCount,
  TimersCount,
  VersionsCount,
} from '../recounted.ts';
import { type Row, text } from '../rows.ts';
import { counting, Differences, type RecountCheck } from './recount-check.ts';
import { countSearchEntries } from './recount-search.ts';
import { recountSeries } from './recount-series.ts';

/** Compares every total with what it was made of. */
export function recount(database: DatabaseSync): readonly RecountCheck[] {
  database.exec('begin');
  try {
    return [
      ...accounts(database),
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

function accounts(database: DatabaseSync): RecountCheck[] {
  const count = new AccountsCount();
  const entries = 'select debit, credit, currency, amount_minor from ledger_entries';
  for (const row of rows(database, entries)) count.addEntry(row);
  for (const row of rows(database, 'select * from ledger_totals')) count.addTotal(row);
  return [count.totals(), count.balance()];
}

function paymentAmounts(database: DatabaseSync): RecountCheck {
  const count = new AmountsCount();
  const entriesOf = byPayment(
    rows(
      database,
      'select payment_id, kind, operation, currency, amount_minor from ledger_entries order by payment_id',
    ),
  );
  const refundsOf = byPayment(
    rows(database, 'select payment_id, refund_id, amount_minor from refunds order by payment_id'),
  );
  const sql =
    'select payment_id, currency, captured_minor, refunded_minor from payments order by payment_id';
  for (const payment of rows(database, sql)) {
    const id = text(payment, 'payment_id');
    count.add(payment, entriesOf.take(id), refundsOf.take(id));
  }
  for (const id of entriesOf.strays()) count.addStray(id, 'ledger entries');
  for (const id of refundsOf.strays()) count.addStray(id, 'refunds');
  return count.check();
}

/** The event that decided each card payment's first attempt. */
const AUTHORIZATIONS = `select type, cause ->> '$.facts.currency' as currency,
    cast(cause ->> '$.facts.amount_minor' as integer) as amount_minor
  from events where cause ->> '$.facts' is not null and data ->> 'attempts' = 1`;

function counters(database: DatabaseSync): RecountCheck {
  const count = new CountersCount();
  const sql = 'select status, failure_reason, currency, captured_minor from payments';
  for (const row of rows(database, sql)) count.addPayment(row);
  for (const row of rows(database, AUTHORIZATIONS)) count.addAuthorization(row);
  for (const row of rows(database, 'select name, total from counters')) count.addCounter(row);
  return count.check();
}

function versions(database: DatabaseSync): RecountCheck {
  const count = new VersionsCount();
  const eventsOf = byPayment(
    rows(
      database,
      `select payment_id, count(*) as events, max(payment_sequence) as last from events
         where payment_id is not null group by payment_id order by payment_id`,
    ),
  );
  const sql = 'select payment_id, version from payments order by payment_id';
  for (const row of rows(database, sql)) {
    const [log] = eventsOf.take(text(row, 'payment_id'));
    count.add(row, log);
  }
  for (const id of eventsOf.strays()) count.addStray(id);
  return count.check();
}

function timers(database: DatabaseSync): RecountCheck {
  const count = new TimersCount();
  for (const row of rows(database, 'select payment_id, kind, attempt from timers')) {
    count.addTimer(row);
  }
  const sql = `select payment_id, status, attempts from payments where status in ('CREATED', 'PROCESSING')`;
  for (const row of rows(database, sql)) count.addPayment(row);
  return count.check();
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

/** Rows one by one; integers as bigints, so that none is too large to be read. */
function rows(database: DatabaseSync, sql: string): IterableIterator<Row> {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  return statement.iterate();
}
