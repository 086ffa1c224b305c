/** A Postgres database as rows by kind, as it stood at one moment; processes may go on writing to it. */
import { CHAIN_START } from '../chain.ts';
import { type Row, text } from '../rows.ts';
import { openSnapshot, type Snapshot } from '../postgres/snapshot.ts';
import { ORDINALS_PER_WRITER } from '../ordinals.ts';
import { type Kind, KINDS, NOT_MOVED } from '../transfer/kinds.ts';
import type { TransferSource } from '../transfer/ports.ts';

/** Throws a StorageError when the server is not to be reached, and a TransferError when there is no Farthing's database. */
export async function openPostgresSource(url: string): Promise<TransferSource> {
  const snapshot = await openSnapshot(url);
  try {
    return await postgresSource(snapshot, () => snapshot.close());
  } catch (error) {
    await snapshot.close();
    throw error;
  }
}

export async function postgresSource(
  snapshot: Snapshot,
  close: () => Promise<void>,
): Promise<TransferSource> {
  const [row = {}] = await snapshot.all(
    `select name, (select coalesce(max(ordinal), 0) > ${ORDINALS_PER_WRITER} from payments) as several from log`,
  );
  const log = text(row, 'name');
  return {
    header: { log, store: 'postgres', ordinals: row['several'] === true ? 'several' : 'one' },
    async *rows(kind) {
      if (kind === 'chains') return void (yield await chainsOf(snapshot, log));
      for (const sql of queriesOf(kind)) {
        for await (const page of snapshot.pages(sql)) {
          yield kind === 'webhook_attempts' ? page.map(withBody) : page;
        }
      }
    },
    close,
  };
}

/** The first writer's chain is there even when it has written nothing: where one writer goes on, it is that one. */
async function chainsOf(snapshot: Snapshot, log: string): Promise<Row[]> {
  const chains = await snapshot.all(
    `select writer_no, name, sequence as entries, hash from writers
       where sequence > 0 or writer_no = 1 order by writer_no`,
  );
  const isThere = chains[0]?.['writer_no'] === 1;
  const first = { writer_no: 1, name: log, entries: 0, hash: CHAIN_START };
  return isThere ? chains : [first, ...chains];
}

/** What is read of a kind: one query after the other. */
function queriesOf(kind: Exclude<Kind, 'chains'>): readonly string[] {
  if (kind === 'events') return EVENTS;
  return [ROWS[kind] ?? `select ${KINDS[kind].join(', ')} from ${kind} order by 1, 2`];
}

/** Those that have their place in the log, then those that have it with the next pass (postgres/order.ts), as it would give it. */
const EVENTS = [
  `select position as sequence, writer_no, events.sequence as place, ${eventColumns()}
     from log_order join events using (writer_no, sequence) order by position`,
  `select (select coalesce(max(position), 0) from log_order)
       + row_number() over (order by at_ms, events.writer_no, events.sequence) as sequence,
     events.writer_no, events.sequence as place, ${eventColumns()}
     from events left join log_vector vector using (writer_no)
     where events.sequence > coalesce(vector.sequence, 0)
     order by at_ms, events.writer_no, events.sequence`,
];

function eventColumns(): string {
  return KINDS.events
    .slice(3)
    .map((name) => `events.${name}`)
    .join(', ');
}

const ROWS: Partial<Record<Kind, string>> = {
  meta: `select name, value from meta where name not in ('${NOT_MOVED.join("', '")}') order by name`,
  payments: `select ${KINDS.payments.join(', ')} from payments order by payment_id`,
  ledger_entries: `select ${KINDS.ledger_entries.join(', ')} from ledger_entries
    order by payment_id, kind, operation`,
  // One writer's rows and another's make one.
  ledger_totals: `select account, currency, sum(debits_minor) as debits_minor,
      sum(credits_minor) as credits_minor from ledger_totals group by account, currency order by 1, 2`,
  counters: 'select name, sum(total) as total from counters group by name order by name',
  sketch_bins: `select sketch, bin, sum(count)::bigint as count from sketch_bins
    group by sketch, bin order by sketch, bin`,
  webhook_position:
    'select writer, sequence from webhook_position where writer is not null order by id',
  webhook_endpoints: `select ${KINDS.webhook_endpoints.join(', ')} from webhook_endpoints order by number`,
  webhook_removed_endpoints: 'select number from webhook_removed_endpoints order by number',
  webhook_deliveries: `select ${KINDS.webhook_deliveries.join(', ')} from webhook_deliveries order by ordinal`,
  webhook_attempts: `select ${KINDS.webhook_attempts.join(', ')} from webhook_attempts order by attempt`,
  jobs: `select ${KINDS.jobs.join(', ')} from jobs order by ordinal`,
  numbers: `select ${[
    ['webhook_endpoints_number_seq', 'endpoints'],
    ['webhook_deliveries_ordinal_seq', 'deliveries'],
    ['webhook_attempts_attempt_seq', 'attempts'],
    ['jobs_ordinal_seq', 'jobs'],
  ]
    .map(
      ([sequence, name]) =>
        `(select case when is_called then last_value else last_value - 1 end from ${sequence}) as ${name}`,
    )
    .join(', ')}`,
};

/** Bodies are kept as JSON (postgres-webhooks/rows.ts). */
function withBody(row: Row): Row {
  const body = row['response_body'];
  return typeof body === 'string' ? { ...row, response_body: JSON.parse(body) as unknown } : row;
}
