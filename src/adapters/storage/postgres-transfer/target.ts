/**
 * Fills an empty Postgres database, all in one transaction. Tables that every process needs when it starts are locked
 * until its end, and it begins only when no process has a writer: nobody sees half of it, and nobody writes meanwhile.
 */
import type pg from 'pg';
import { CHAIN_START } from '../chain.ts';
import { connect, postgresError } from '../postgres/connection.ts';
import { migrate } from '../postgres/migrate.ts';
import { snapshotOn, unhurried } from '../postgres/snapshot.ts';
import { HELD_WRITERS } from '../postgres/writer.ts';
import type { Row } from '../rows.ts';
import { ORDINALS_PER_WRITER } from '../ordinals.ts';
import { type Kind, KINDS } from '../transfer/kinds.ts';
import { type ExportHeader, TransferError, type TransferTarget } from '../transfer/ports.ts';
import { postgresSource } from './source.ts';

/** Throws a TransferError when there is something already, or a process at work; a StorageError when it is not to be reached. */
export async function openPostgresTarget(
  url: string,
  header: ExportHeader,
): Promise<TransferTarget> {
  await migrate(url).catch((error: unknown) => {
    throw postgresError(error);
  });
  const connections = connect(url);
  const client = await connections.own();
  const close = async () => {
    await client.end().catch(() => {});
    await connections.close();
  };
  try {
    await unhurried(client);
    await begin(client, header);
    return targetOn(client, close);
  } catch (error) {
    await close();
    throw error instanceof TransferError ? error : postgresError(error);
  }
}

const FILLED = [
  'events',
  'payments',
  'settings',
  'webhook_endpoints',
  'webhook_deliveries',
  'jobs',
];

async function begin(client: pg.Client, { log }: ExportHeader): Promise<void> {
  await client.query(
    'begin; lock table log, writers, meta, webhook_position in access exclusive mode',
  );
  if ((await client.query(HELD_WRITERS)).rows.length > 0) {
    throw new TransferError('a Farthing process is at work on this database; stop it, then import');
  }
  for (const table of FILLED) {
    const { rows } = await client.query(`select 1 from ${table} limit 1`);
    if (rows.length === 0) continue;
    throw new TransferError(
      `the database is not empty: there are ${table.replace('_', ' ')}; give DATABASE_URL another one`,
    );
  }
  // What a start leaves in an empty database.
  await client.query(
    'delete from log; delete from writers; delete from meta; delete from cursors; delete from log_vector',
  );
  await client.query('insert into log values ($1, 0)', [log]);
}

function targetOn(client: pg.Client, close: () => Promise<void>): TransferTarget {
  const query = async (sql: string, values: readonly unknown[] = []) => {
    try {
      await client.query(sql, [...values]);
    } catch (error) {
      throw postgresError(error);
    }
  };
  return {
    async write(kind, rows) {
      const ready = kind === 'webhook_attempts' ? rows.map(withBodyText) : rows;
      for (const sql of INSERTS[kind]) await query(sql, [JSON.stringify(ready)]);
    },
    async finish() {
      await query(FINISH);
      return postgresSource(snapshotOn(client), async () => {});
    },
    async commit() {
      await query('commit');
      // Only makes the first statements quicker.
      await query('analyze').catch(() => {});
    },
    close,
  };
}

function withBodyText(row: Row): Row {
  const body = row['response_body'];
  return typeof body === 'string' ? { ...row, response_body: JSON.stringify(body) } : row;
}

interface Insertion {
  readonly table?: string;
  /** What is more than the kind's own columns, as `column value`. */
  readonly more?: string;
  /** Where columns are not the kind's own. */
  readonly columns?: readonly string[];
}

function insertion(
  kind: Kind,
  { table = kind, more, columns = KINDS[kind] }: Insertion = {},
): string {
  const [column, value] = more?.split(' ') ?? [];
  const names = columns.join(', ');
  return `insert into ${table} (${names}${column === undefined ? '' : `, ${column}`})
    overriding system value
    select ${names}${value === undefined ? '' : `, ${value}`}
    from json_populate_recordset(null::${table}, $1::json)`;
}

const TOTALS = { more: 'writer_no 1' };

/** The statements that write rows of a kind; $1 is the rows as JSON. */
const INSERTS: Readonly<Record<Kind, readonly string[]>> = {
  meta: [insertion('meta')],
  settings: [insertion('settings')],
  chains: [
    `insert into writers (writer_no, name, sequence, hash, ordinals, at_ms, generation)
       select writer_no, name, entries, hash, 0, 0, 0 from json_to_recordset($1::json)
         as chain(writer_no integer, name text, entries bigint, hash text)`,
  ],
  payments: [insertion('payments', TOTALS)],
  refunds: [insertion('refunds')],
  ledger_entries: [insertion('ledger_entries')],
  ledger_totals: [insertion('ledger_totals', TOTALS)],
  counters: [insertion('counters', TOTALS)],
  sketch_bins: [insertion('sketch_bins', TOTALS)],
  timers: [insertion('timers')],
  replies: [insertion('replies')],
  cursors: [insertion('cursors')],
  time_series: [insertion('time_series')],
  events: [
    `insert into events (writer_no, sequence, ${KINDS.events.slice(3).join(', ')})
       select writer_no, place, ${KINDS.events.slice(3).join(', ')} from json_to_recordset($1::json)
         as event(writer_no integer, place bigint, payment_id text, payment_sequence integer, type text,
           at_ms bigint, request_id text, actor text, cause text, data text, prev_hash text, hash text)`,
    `insert into log_order (position, writer_no, sequence)
       select sequence, writer_no, place from json_to_recordset($1::json)
         as event(sequence bigint, writer_no integer, place bigint)`,
  ],
  webhook_position: [
    `update webhook_position set writer = row.writer, sequence = row.sequence
       from json_to_recordset($1::json) as row(writer text, sequence bigint)`,
  ],
  webhook_endpoints: [insertion('webhook_endpoints')],
  webhook_removed_endpoints: [insertion('webhook_removed_endpoints')],
  webhook_deliveries: [insertion('webhook_deliveries', { more: 'due_at_ms next_attempt_at_ms' })],
  webhook_attempts: [insertion('webhook_attempts')],
  webhook_replies: [insertion('webhook_replies')],
  jobs: [insertion('jobs')],
  numbers: [
    `select ${[
      ['webhook_endpoints_number_seq', 'endpoints'],
      ['webhook_deliveries_ordinal_seq', 'deliveries'],
      ['webhook_attempts_attempt_seq', 'attempts'],
      ['jobs_ordinal_seq', 'jobs'],
    ]
      .map(([sequence, name]) => `setval('${sequence}', greatest(${name}, 1), ${name} > 0)`)
      .join(', ')}
     from json_to_recordset($1::json)
       as given(endpoints bigint, deliveries bigint, attempts bigint, jobs bigint)`,
  ],
};

/** What follows from the rows: where writers stand, how far the log is in order, how many deliveries of each status there are. */
const FINISH = `
  update writers set
    at_ms = coalesce((select at_ms from events
      where events.writer_no = writers.writer_no order by events.sequence desc limit 1), 0),
    ordinals = coalesce((select max(ordinal) from payments
      where ordinal > (writers.writer_no - 1)::bigint * ${ORDINALS_PER_WRITER}
        and ordinal <= writers.writer_no::bigint * ${ORDINALS_PER_WRITER})
      - (writers.writer_no - 1)::bigint * ${ORDINALS_PER_WRITER}, 0);
  insert into writers select 1, log.name, 0, '${CHAIN_START}', 0, 0, 0 from log
    on conflict do nothing;
  insert into log_vector select writer_no, sequence from writers;
  insert into webhook_tallies
    select endpoint, 0, count(*) filter (where status = 'pending'),
      count(*) filter (where status = 'delivered'), count(*) filter (where status = 'failing'),
      count(*) filter (where status = 'dead')
    from webhook_deliveries group by endpoint;
`;
