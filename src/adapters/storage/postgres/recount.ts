/**
 * The recount of a Postgres database at one moment: what ../recounted.ts compares, with sums over all writers. It reads
 * only; servers may go on writing.
 */
import { COUNTED_TYPES } from '../../../core/time-series.ts';
import { TIME_SERIES_FOLLOWER } from '../../../engine/ports.ts';
import {
  AccountsCount,
  AmountsCount,
  CountersCount,
  TimersCount,
  VersionsCount,
} from '../recounted.ts';
import { SeriesCount } from '../recounted-series.ts';
import { integer, type Row, text } from '../rows.ts';
import { counting, Differences, type RecountCheck } from '../sqlite/recount-check.ts';
import type { Snapshot } from './snapshot.ts';
import { faultOfOrder } from './verify-order.ts';

/** Compares every total with what it was made of. */
export async function recount(snapshot: Snapshot): Promise<readonly RecountCheck[]> {
  return [
    ...(await accounts(snapshot)),
    await paymentAmounts(snapshot),
    await counters(snapshot),
    await versions(snapshot),
    await timers(snapshot),
    await order(snapshot),
    await series(snapshot),
  ];
}

async function accounts(snapshot: Snapshot): Promise<RecountCheck[]> {
  const count = new AccountsCount();
  const entries = 'select debit, credit, currency, amount_minor from ledger_entries';
  for await (const row of snapshot.rows(entries)) count.addEntry(row);
  for await (const row of snapshot.rows('select * from ledger_totals')) count.addTotal(row);
  return [count.totals(), count.balance()];
}

/** A payment with its entries and refunds as JSON. */
const AMOUNTS = `
  select payment_id, currency, captured_minor, refunded_minor,
    case when captured_minor = 0 and refunded_minor = 0 and not exists (
        select 1 from ledger_entries entry where entry.payment_id = payments.payment_id) then null
      else (select json_agg(json_build_object('kind', kind, 'operation', operation,
          'currency', currency, 'amount_minor', amount_minor))
        from ledger_entries entry where entry.payment_id = payments.payment_id) end as entries,
    (select json_agg(json_build_object('refund_id', refund_id, 'amount_minor', amount_minor))
      from refunds where refunds.payment_id = payments.payment_id) as refunds
  from payments order by payment_id`;

function strays(table: string): string {
  return `select distinct payment_id from ${table} where payment_id is not null and not exists (
    select 1 from payments where payments.payment_id = ${table}.payment_id) order by payment_id`;
}

async function paymentAmounts(snapshot: Snapshot): Promise<RecountCheck> {
  const count = new AmountsCount();
  for await (const row of snapshot.rows(AMOUNTS)) {
    count.add(row, (row['entries'] ?? []) as Row[], (row['refunds'] ?? []) as Row[]);
  }
  for await (const row of snapshot.rows(strays('ledger_entries'))) {
    count.addStray(text(row, 'payment_id'), 'ledger entries');
  }
  for await (const row of snapshot.rows(strays('refunds'))) {
    count.addStray(text(row, 'payment_id'), 'refunds');
  }
  return count.check();
}

/** The event that decided each card payment's first attempt. */
const AUTHORIZATIONS = `select type, cause::json #>> '{facts,currency}' as currency,
    (cause::json #>> '{facts,amount_minor}')::bigint as amount_minor
  from events where type in ('payment.authorized', 'payment.failed', 'payment.succeeded')
    and cause::json -> 'facts' is not null and data::json ->> 'attempts' = '1'`;

async function counters(snapshot: Snapshot): Promise<RecountCheck> {
  const count = new CountersCount();
  const sql = 'select status, failure_reason, currency, captured_minor from payments';
  for await (const row of snapshot.rows(sql)) count.addPayment(row);
  for await (const row of snapshot.rows(AUTHORIZATIONS)) count.addAuthorization(row);
  const kept = 'select name, sum(total)::numeric as total from counters group by name';
  for await (const row of snapshot.rows(kept)) count.addCounter(row);
  return count.check();
}

async function versions(snapshot: Snapshot): Promise<RecountCheck> {
  const count = new VersionsCount();
  const sql = `select payments.payment_id, version, log.events, log.last
    from payments left join (select payment_id, count(*) as events, max(payment_sequence) as last
      from events where payment_id is not null group by payment_id) log using (payment_id)
    order by payment_id`;
  for await (const row of snapshot.rows(sql))
    count.add(row, row['last'] === null ? undefined : row);
  for await (const row of snapshot.rows(strays('events'))) count.addStray(text(row, 'payment_id'));
  return count.check();
}

async function timers(snapshot: Snapshot): Promise<RecountCheck> {
  const count = new TimersCount();
  for await (const row of snapshot.rows('select payment_id, kind, attempt from timers')) {
    count.addTimer(row);
  }
  const sql = `select payment_id, status, attempts from payments where status in ('CREATED', 'PROCESSING')`;
  for await (const row of snapshot.rows(sql)) count.addPayment(row);
  return count.check();
}

async function order(snapshot: Snapshot): Promise<RecountCheck> {
  const differences = new Differences();
  const fault = await faultOfOrder(snapshot, true);
  if (fault !== null) differences.add(fault.message);
  const [row] = await snapshot.all('select count(*) as n from log_order');
  return differences.check(
    'log_order',
    'every event has one place in the log',
    counting(integer(row ?? {}, 'n'), 'place'),
  );
}

/** Minutes that are looked back for: clocks of different machines are not that far apart. */
const OPEN_MINUTES = 5;

async function series(snapshot: Snapshot): Promise<RecountCheck> {
  const kept = new Map<string, Row>();
  let oldestMinuteMs: number | null = null;
  // Some thousand rows, however long the log is.
  for await (const row of snapshot.rows('select * from time_series order by start_ms')) {
    const startMs = integer(row, 'start_ms');
    if (row['level'] === 'minute') oldestMinuteMs ??= startMs;
    kept.set(`${text(row, 'level')} ${startMs}`, row);
  }
  const count = new SeriesCount({
    row: (level, startMs) => kept.get(`${level} ${startMs}`),
    count: kept.size,
    oldestMinuteMs,
    openMinutes: OPEN_MINUTES,
  });
  for await (const row of snapshot.rows(await countedEvents(snapshot))) count.add(row);
  return count.check();
}

async function countedEvents(snapshot: Snapshot): Promise<string> {
  const [cursor] = await snapshot.all(
    'select sequence from cursors join log on log.name = cursors.writer where follower = $1',
    [TIME_SERIES_FOLLOWER],
  );
  // A cursor of another log is from before a reset, which has emptied the series.
  const countedTo = cursor === undefined ? 0 : integer(cursor, 'sequence');
  const types = COUNTED_TYPES.map((type) => `'${type}'`).join(', ');
  return `select position as sequence, type, at_ms, payment_sequence, cause, data
    from log_order join events using (writer_no, sequence)
    where position <= ${countedTo} and type in (${types}) order by position`;
}
