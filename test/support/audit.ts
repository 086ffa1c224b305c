/**
 * Recounts a database file from its rows alone and says what does not agree: the log with its hash
 * chain, the payments with their events, the ledger with the payments, the totals with a recount.
 * It reads in one transaction beside a running server, and trusts none of the engine's own sums.
 */
import { DatabaseSync } from 'node:sqlite';
import { CHAIN_START, hashEvent } from '../../src/adapters/storage/chain.ts';
import { eventFrom, type Row, text } from '../../src/adapters/storage/rows.ts';

export interface Audit {
  /** One sentence each; empty when everything agrees. */
  readonly faults: readonly string[];
  readonly payments: number;
  readonly events: number;
  /** Hash of the last entry. */
  readonly head: string;
}

/** More of the same fault helps nobody. */
const FAULTS_MAX = 20;

export function auditFile(path: string): Audit {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec('pragma busy_timeout = 5000; begin');
    return audit(database);
  } finally {
    database.close();
  }
}

function audit(database: DatabaseSync): Audit {
  const faults: string[] = [];
  const log = auditLog(database, faults);
  for (const { claim, sql } of [...PAYMENT_CLAIMS, ...LEDGER_CLAIMS, ...TOTAL_CLAIMS]) {
    const broken = database.prepare(`select * from (${sql}) limit 3`).all();
    if (broken.length > 0) faults.push(`${claim}, but: ${JSON.stringify(broken)}`);
  }
  return { ...log, payments: auditPages(database, faults), faults: faults.slice(0, FAULTS_MAX) };
}

/** Walks the whole log: sequence, chain, and each payment's own sequence. */
function auditLog(database: DatabaseSync, faults: string[]): { events: number; head: string } {
  const writerRow = database.prepare(`select value from meta where name = 'writer'`).get();
  const writer = writerRow === undefined ? '' : text(writerRow, 'value');
  const sequences = new Map<string, number>();
  let events = 0;
  let head = CHAIN_START;
  for (const row of database.prepare('select * from events order by sequence').iterate()) {
    const event = eventFrom(row);
    events += 1;
    if (event.sequence !== events) faults.push(`event ${event.sequence} stands in place ${events}`);
    if (hex(row, 'prev_hash') !== head) faults.push(`event ${event.sequence} does not follow on`);
    head = hashEvent(head, writer, event);
    if (hex(row, 'hash') !== head) faults.push(`event ${event.sequence} has a wrong hash`);
    if (event.paymentId === null) continue;
    const place = (sequences.get(event.paymentId) ?? 0) + 1;
    sequences.set(event.paymentId, place);
    if (event.paymentSequence !== place) {
      faults.push(`event ${event.paymentSequence} of ${event.paymentId} stands in place ${place}`);
    }
    if (faults.length >= FAULTS_MAX) break;
  }
  return { events, head };
}

/** What SQLite itself can say about its pages and references; returns the number of payments. */
function auditPages(database: DatabaseSync, faults: string[]): number {
  const [check] = database.prepare('pragma integrity_check').all();
  if (check?.['integrity_check'] !== 'ok') faults.push(`integrity: ${JSON.stringify(check)}`);
  const dangling = database.prepare('pragma foreign_key_check').all();
  if (dangling.length > 0) faults.push(`dangling references: ${dangling.length}`);
  const counted = database.prepare('select count(*) as payments from payments').get();
  return Number(counted?.['payments']);
}

interface Claim {
  readonly claim: string;
  /** Selects what breaks the claim. */
  readonly sql: string;
}

const PAYMENT_CLAIMS: readonly Claim[] = [
  {
    claim: 'ordinals count the payments from 1',
    sql: 'select count(*) as n, max(ordinal) as last from payments having n <> coalesce(last, 0)',
  },
  {
    claim: 'a payment is as its last event says',
    sql: `select p.payment_id, p.version, p.status from payments p left join events e
      on e.payment_id = p.payment_id and e.payment_sequence = p.version
      where e.sequence is null or e.at_ms <> p.updated_at_ms
        or e.data ->> 'status' <> p.status or e.data ->> 'payment_id' <> p.payment_id
        or e.data ->> 'attempts' <> p.attempts
        or json_array_length(e.data, '$.refunds') <>
          (select count(*) from refunds r where r.payment_id = p.payment_id)`,
  },
  {
    claim: 'every event has its payment, and none is beyond its version',
    sql: `select e.sequence from events e left join payments p on p.payment_id = e.payment_id
      where e.payment_id is not null and (p.ordinal is null or e.payment_sequence > p.version)`,
  },
  {
    claim: 'a payment under way has one timer for its attempt, any other has none',
    sql: `select p.payment_id, p.status, count(t.kind) as timers from payments p
      left join timers t on t.payment_id = p.payment_id and t.attempt = p.attempts
        and t.kind = case p.status when 'CREATED' then 'start' else 'complete' end
      group by p.ordinal
      having timers <> (p.status in ('CREATED', 'PROCESSING'))`,
  },
  {
    claim: 'a timer belongs to a payment under way',
    sql: `select * from timers t where t.kind <> 'simulation_expires' and not exists
      (select 1 from payments p
        where p.payment_id = t.payment_id and p.status in ('CREATED', 'PROCESSING'))`,
  },
  {
    claim: 'a timer about no payment ends what is temporary',
    sql: `select * from timers where (kind = 'simulation_expires') <> (payment_id = '')`,
  },
  {
    claim: 'the last four digits of a card are those of the card',
    sql: `select payment_id from payments where card_last4 is not (card ->> 'last4')`,
  },
  {
    claim: 'only the reply about a payment under way waits',
    sql: `select r.waits_for from replies r where r.waits_for is not null and not exists
      (select 1 from payments p where p.payment_id = r.waits_for
        and p.status in ('CREATED', 'PROCESSING'))`,
  },
];

const LEDGER_CLAIMS: readonly Claim[] = [
  {
    claim: 'captured is what the capture entries say',
    sql: `select p.payment_id from payments p where p.captured_minor <> coalesce((select
      sum(amount_minor) from ledger_entries e where e.payment_id = p.payment_id
      and e.kind = 'capture' and e.currency = p.currency), 0)`,
  },
  {
    claim: 'refunded is what the refund entries say',
    sql: `select p.payment_id from payments p where p.refunded_minor <> coalesce((select
      sum(amount_minor) from ledger_entries e where e.payment_id = p.payment_id
      and e.kind = 'refund' and e.currency = p.currency), 0)`,
  },
  {
    claim: 'each refund has its entry and each refund entry its refund',
    sql: `select r.refund_id, e.operation from refunds r full join
      (select * from ledger_entries where kind = 'refund') e
      on e.operation = r.refund_id and e.payment_id = r.payment_id
        and e.amount_minor = r.amount_minor
      where r.refund_id is null or e.operation is null`,
  },
  {
    claim: 'a SUCCESS or REFUNDED payment is captured in full, any other not at all',
    sql: `select payment_id, status from payments where captured_minor <>
      case when status in ('SUCCESS', 'REFUNDED') then amount_minor else 0 end
      or (status = 'REFUNDED') <> (refunded_minor = captured_minor and captured_minor > 0)`,
  },
];

/** What was decided about cards at first: the authorizations. */
const FIRST_BY_CARD = `select type, cause ->> '$.facts.currency' as currency,
    cast(cause ->> '$.facts.amount_minor' as integer) as amount_minor
  from events where cause ->> '$.facts' is not null and data ->> 'attempts' = 1`;

/** Both sides of every account from the entries, as decimal text. */
const RECOUNTED_SIDES = `
  select account, currency, cast(sum(debits) as text) as debits, cast(sum(credits) as text) as credits
  from (
    select debit as account, currency, amount_minor as debits, 0 as credits from ledger_entries
    union all select credit, currency, 0, amount_minor from ledger_entries)
  group by account, currency`;

const RECOUNTED_COUNTERS = `
  select 'status:' || status as name, count(*) as n from payments group by status
  union all select 'reason:' || failure_reason, count(*) from payments
    where failure_reason is not null group by failure_reason
  union all select 'volume:' || currency, sum(captured_minor) from payments
    where captured_minor > 0 group by currency
  union all select iif(type = 'payment.failed', 'card_declined:', 'card_approved:') || currency,
    count(*) from (${FIRST_BY_CARD}) group by 1
  union all select 'card_amount:' || currency, sum(amount_minor) from (${FIRST_BY_CARD})
    group by currency`;

const TOTAL_CLAIMS: readonly Claim[] = [
  {
    claim: 'debits equal credits in every currency',
    sql: `select currency, sum(cast(debits_minor as integer)) as d, sum(cast(credits_minor as integer)) as c
      from ledger_totals group by currency having d <> c`,
  },
  {
    claim: 'ledger totals equal the sums of the entries',
    sql: `select * from ledger_totals t full join (${RECOUNTED_SIDES}) r
      on r.account = t.account and r.currency = t.currency
      where r.debits is not t.debits_minor or r.credits is not t.credits_minor`,
  },
  {
    claim: 'counters equal a recount of the payments',
    sql: `select coalesce(c.name, r.name) as name, c.total, r.n
      from counters c full join (${RECOUNTED_COUNTERS}) r on r.name = c.name
      where coalesce(cast(c.total as integer), 0) <> coalesce(r.n, 0)`,
  },
  {
    claim: 'the sketch holds one value for each payment that took time to a first outcome',
    sql: `select (select coalesce(sum(count), 0) from sketch_bins
        where sketch = 'time_to_outcome') as counted,
      (select count(*) from payments where entry = 'payments'
        and (attempts > 1 or status not in ('CREATED', 'PROCESSING'))) as n
      where counted <> n`,
  },
  {
    claim: 'the sketch of latencies holds one value for each authorization',
    sql: `select (select coalesce(sum(count), 0) from sketch_bins
        where sketch = 'decision_latency') as counted,
      (select count(*) from (${FIRST_BY_CARD})) as n
      where counted <> n`,
  },
];

function hex(row: Row, column: string): string {
  const value = row[column];
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}
