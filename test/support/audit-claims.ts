/**
 * What must be true of a database after every commit, as statements that select what breaks it. They are the same for both
 * stores but for how each reads JSON, and that writers of Postgres count for themselves.
 */

/** How a statement says what the two say differently. */
interface Dialect {
  /** A field of an object in a column, as text. */
  readonly field: (column: string, name: string) => string;
  readonly length: (column: string, name: string) => string;
  /** Payments that one writer may make; null when there is one writer only. */
  readonly ordinalsPerWriter: number | null;
}

interface Claim {
  readonly claim: string;
  /** Selects what breaks the claim. */
  readonly sql: string;
}

export const SQLITE: Dialect = {
  field: (column, name) => `(${column} ->> '${name}')`,
  length: (column, name) => `json_array_length(${column}, '$.${name}')`,
  ordinalsPerWriter: null,
};

export const POSTGRES: Dialect = {
  field: (column, name) => `(nullif(${column}, '')::json ->> '${name}')`,
  length: (column, name) => `json_array_length(${column}::json -> '${name}')`,
  ordinalsPerWriter: 2 ** 40,
};

export function claimsOf(dialect: Dialect): readonly Claim[] {
  return [...paymentClaims(dialect), ...timerClaims(), ...LEDGER_CLAIMS, ...totalClaims(dialect)];
}

function paymentClaims({ field, length, ordinalsPerWriter }: Dialect): readonly Claim[] {
  const base =
    ordinalsPerWriter === null
      ? '0 * ordinal'
      : `(ordinal - 1) / ${ordinalsPerWriter} * ${ordinalsPerWriter}`;
  return [
    {
      claim: 'ordinals count the payments of each writer from 1',
      sql: `select * from (select count(*) as n, max(ordinal) as last, max(${base}) as before
        from payments group by ${base}) counted where n <> last - before`,
    },
    {
      claim: 'a payment is as its last event says',
      sql: `select p.payment_id, p.version, p.status from payments p left join events e
        on e.payment_id = p.payment_id and e.payment_sequence = p.version
        where e.sequence is null or e.at_ms <> p.updated_at_ms
          or ${field('e.data', 'status')} <> p.status
          or ${field('e.data', 'payment_id')} <> p.payment_id
          or cast(${field('e.data', 'attempts')} as bigint) <> p.attempts
          or ${length('e.data', 'refunds')} <>
            (select count(*) from refunds r where r.payment_id = p.payment_id)`,
    },
    {
      claim: 'every event has its payment, and none is beyond its version',
      sql: `select e.sequence from events e left join payments p on p.payment_id = e.payment_id
        where e.payment_id is not null and (p.ordinal is null or e.payment_sequence > p.version)`,
    },
    {
      claim: 'the last four digits of a card are those of the card',
      sql: `select payment_id from payments where card_last4 is distinct from ${field('card', 'last4')}`,
    },
    {
      claim: 'only the reply about a payment under way waits',
      sql: `select r.waits_for from replies r where r.waits_for is not null and not exists
        (select 1 from payments p where p.payment_id = r.waits_for
          and p.status in ('CREATED', 'PROCESSING'))`,
    },
  ];
}

function timerClaims(): readonly Claim[] {
  return [
    {
      claim: 'a payment under way has one timer for its attempt, any other has none',
      sql: `select * from (
        select p.payment_id, p.status, (select count(*) from timers t
          where t.payment_id = p.payment_id and t.attempt = p.attempts
            and t.kind = case p.status when 'CREATED' then 'start' else 'complete' end) as timers
        from payments p) counted
        where timers <> case when status in ('CREATED', 'PROCESSING') then 1 else 0 end`,
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
  ];
}

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
  {
    claim: 'debits equal credits in every currency',
    sql: `select * from (select currency, sum(cast(debits_minor as bigint)) as d,
        sum(cast(credits_minor as bigint)) as c
      from ledger_totals group by currency) totals where d <> c`,
  },
  {
    claim: 'ledger totals equal the sums of the entries',
    sql: `select * from (${kept('ledger_totals')}) t full join (${recountedSides()}) r
      on r.account = t.account and r.currency = t.currency
      where r.debits is distinct from t.debits or r.credits is distinct from t.credits`,
  },
];

/** The totals that are kept, of all writers. */
function kept(table: string): string {
  return `select account, currency, cast(sum(cast(debits_minor as bigint)) as text) as debits,
      cast(sum(cast(credits_minor as bigint)) as text) as credits
    from ${table} group by account, currency`;
}

/** Both sides of every account from the entries, as decimal text. */
function recountedSides(): string {
  return `select account, currency, cast(sum(debits) as text) as debits,
      cast(sum(credits) as text) as credits
    from (
      select debit as account, currency, amount_minor as debits, 0 as credits from ledger_entries
      union all select credit, currency, 0, amount_minor from ledger_entries) sides
    group by account, currency`;
}

function totalClaims({ field }: Dialect): readonly Claim[] {
  const facts = field('cause', 'facts');
  /** What was decided about cards at first: the authorizations. */
  const firstByCard = `select type, ${field(facts, 'currency')} as currency,
      cast(${field(facts, 'amount_minor')} as bigint) as amount_minor
    from events where ${facts} is not null and cast(${field('data', 'attempts')} as bigint) = 1`;
  const recounted = `
    select 'status:' || status as name, count(*) as n from payments group by status
    union all select 'reason:' || failure_reason, count(*) from payments
      where failure_reason is not null group by failure_reason
    union all select 'volume:' || currency, sum(captured_minor) from payments
      where captured_minor > 0 group by currency
    union all select case type when 'payment.failed' then 'card_declined:'
      else 'card_approved:' end || currency, count(*) from (${firstByCard}) cards group by 1
    union all select 'card_amount:' || currency, sum(amount_minor) from (${firstByCard}) cards
      group by currency`;
  return [
    {
      claim: 'counters equal a recount of the payments',
      sql: `select coalesce(c.name, r.name) as name, c.total, r.n
        from (select name, sum(cast(total as bigint)) as total from counters group by name) c
        full join (select name, sum(n) as n from (${recounted}) parts group by name) r
          on r.name = c.name
        where coalesce(c.total, 0) <> coalesce(r.n, 0)`,
    },
    {
      claim: 'the sketch holds one value for each payment that took time to a first outcome',
      sql: `select * from (select (select coalesce(sum(count), 0) from sketch_bins
          where sketch = 'time_to_outcome') as counted,
        (select count(*) from payments where entry = 'payments'
          and (attempts > 1 or status not in ('CREATED', 'PROCESSING'))) as n) both_ways
        where counted <> n`,
    },
    {
      claim: 'the sketch of latencies holds one value for each authorization',
      sql: `select * from (select (select coalesce(sum(count), 0) from sketch_bins
          where sketch = 'decision_latency') as counted,
        (select count(*) from (${firstByCard}) cards) as n) both_ways
        where counted <> n`,
    },
  ];
}
