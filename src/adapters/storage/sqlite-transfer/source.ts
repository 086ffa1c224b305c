/** The SQLite files of a database as rows by kind: that of the log, those of deliveries and jobs, and the key beside them. */
import type { DatabaseSync } from 'node:sqlite';
import { CHAIN_START } from '../chain.ts';
import { integer, type Row, text } from '../rows.ts';
import { countOtherEntries, hexOf, lastOwnHash } from '../sqlite/other-chains.ts';
import { ORDINALS_PER_WRITER } from '../ordinals.ts';
import { type Kind, KINDS, NOT_MOVED } from '../transfer/kinds.ts';
import type { TransferSource } from '../transfer/ports.ts';

const PAGE_ROWS = 500;

export interface SqliteParts {
  readonly log: DatabaseSync;
  /** Null when there were never any deliveries. */
  readonly deliveries: DatabaseSync | null;
  /** Null when there were never any jobs. */
  readonly jobs: DatabaseSync | null;
  /** The key of all keyed hashes, hexadecimal; null when it is not kept beside the database. */
  readonly cardKey: string | null;
}

/** Reads what the connections see; closing them is `close`'s business. */
export function sqliteSource(parts: SqliteParts, close: () => Promise<void>): TransferSource {
  const { log, deliveries, jobs } = parts;
  const queries = { ...LOG_ROWS, ...DELIVERY_ROWS, ...JOB_ROWS };
  const special: Partial<Record<Kind, () => Row[]>> = {
    meta: () => metaOf(parts),
    chains: () => chainsOf(log),
    numbers: () => numbersOf(parts),
  };
  const last = log.prepare('select max(ordinal) as last from payments').get()?.['last'] ?? 0;
  return {
    header: {
      log: writerOf(log),
      store: 'sqlite',
      ordinals: Number(last) > ORDINALS_PER_WRITER ? 'several' : 'one',
    },
    *rows(kind) {
      const made = special[kind];
      if (made !== undefined) return void (yield made());
      const on = kind in DELIVERY_ROWS ? deliveries : kind in JOB_ROWS ? jobs : log;
      if (on === null) return;
      const rest = queries[kind as keyof typeof queries];
      const read = pages(on, `select ${columnsOf(kind)} from ${rest}`);
      yield* kind === 'events' ? inChains(read) : read;
    },
    close,
  };
}

/** What comes after `from`, in an order that is the same every time. */
const LOG_ROWS = {
  settings: 'settings order by name',
  payments: 'payments order by ordinal',
  refunds: 'refunds order by refund_id',
  ledger_entries: 'ledger_entries order by payment_id, kind, operation',
  ledger_totals: 'ledger_totals order by account, currency',
  counters: 'counters order by name',
  sketch_bins: 'sketch_bins order by sketch, bin',
  timers: 'timers order by due_at_ms, payment_id, kind',
  replies: 'replies order by key_hash',
  cursors: 'cursors order by follower',
  time_series: 'time_series order by level, start_ms',
  events: 'events left join other_entries using (sequence) order by events.sequence',
} as const satisfies Partial<Record<Kind, string>>;

/** Without leases: whoever held one is gone. */
const DELIVERY_ROWS = {
  webhook_position: 'log_position',
  webhook_endpoints: 'endpoints order by number',
  webhook_removed_endpoints: 'removed_endpoints order by number',
  webhook_deliveries: 'deliveries order by ordinal',
  webhook_attempts: 'attempts order by attempt',
  webhook_replies: 'replies order by key_hash',
} as const satisfies Partial<Record<Kind, string>>;

const JOB_ROWS = { jobs: 'jobs order by ordinal' } as const satisfies Partial<Record<Kind, string>>;

function columnsOf(kind: Kind): string {
  if (kind !== 'events') return KINDS[kind].join(', ');
  return KINDS.events
    .map((name) => (name.endsWith('hash') ? `lower(hex(${name})) as ${name}` : name))
    .join(', ');
}

/** What is not of another writer is ours, and has its place behind our entries before it. */
function* inChains(log: Iterable<readonly Row[]>): Generator<Row[]> {
  let own = 0;
  for (const rows of log) {
    yield rows.map((row) => {
      if (row['writer_no'] !== null) return row;
      own += 1;
      return { ...row, writer_no: 1, place: own };
    });
  }
}

function* pages(database: DatabaseSync, sql: string): Generator<Row[]> {
  let page: Row[] = [];
  for (const row of database.prepare(sql).iterate()) {
    page.push(row);
    if (page.length < PAGE_ROWS) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function writerOf(log: DatabaseSync): string {
  return text(log.prepare(`select value from meta where name = 'writer'`).get() ?? {}, 'value');
}

function metaOf({ log, cardKey }: SqliteParts): Row[] {
  const rows: Row[] = log
    .prepare('select name, value from meta order by name')
    .all()
    .filter((row) => !NOT_MOVED.includes(text(row, 'name')));
  return cardKey === null ? rows : [...rows, { name: 'card_key', value: cardKey }];
}

function chainsOf(log: DatabaseSync): Row[] {
  const last = log.prepare('select coalesce(max(sequence), 0) as sequence from events').get();
  const own = integer(last ?? {}, 'sequence') - countOtherEntries(log);
  const hash = own === 0 ? CHAIN_START : lastOwnHash(log);
  const others = log
    .prepare('select writer_no, name, entries, hash from other_chains order by writer_no')
    .all()
    .map((row) => ({ ...row, hash: hexOf(row, 'hash') }));
  return [{ writer_no: 1, name: writerOf(log), entries: own, hash }, ...others];
}

function numbersOf({ deliveries, jobs }: SqliteParts): Row[] {
  const last = (database: DatabaseSync | null, sql: string) =>
    integer(database?.prepare(sql).get() ?? { n: 0 }, 'n');
  const given = (table: string) =>
    `select coalesce(max(seq), 0) as n from sqlite_sequence where name = '${table}'`;
  return [
    {
      endpoints: last(deliveries, given('endpoints')),
      deliveries: last(deliveries, given('deliveries')),
      attempts: last(deliveries, 'select coalesce(max(attempt), 0) as n from attempts'),
      jobs: last(jobs, given('jobs')),
    },
  ];
}
