/**
 * A reset: everything but settings and keys is taken out, and a new log begins, in the transaction of the entry that records
 * it. Batches of other processes move their writer's row, so that they come before all of this or after it; those that
 * come after find their writer moved, and nothing of them is written.
 */
import { CHAIN_START } from '../chain.ts';
import { integer } from '../rows.ts';
import { ConflictError, type Queries } from './connection.ts';
import type { Writer } from './writer.ts';

const EMPTIED = [
  'payments',
  'refunds',
  'ledger_entries',
  'ledger_totals',
  'timers',
  'replies',
  'counters',
  'sketch_bins',
  'cursors',
  'events',
  'log_order',
  'log_vector',
  'time_series',
];

/** Empties the database inside the transaction that is open; gives our writer at the beginning of the new log. */
export async function beginAnew(log: string, writer: Writer, queries: Queries): Promise<Writer> {
  await queries.rows('lock_writers', 'lock table writers in exclusive mode');
  const [row] = await queries.rows(
    'writer_before_reset',
    `select generation, sequence, (select settings_version from log) as settings_version
       from writers where writer_no = $1`,
    [writer.writerNo],
  );
  const isAsKnown =
    row !== undefined &&
    integer(row, 'generation') === writer.generation &&
    integer(row, 'sequence') === writer.sequence &&
    integer(row, 'settings_version') === writer.settingsVersion;
  if (!isAsKnown) throw new ConflictError('the writer or the settings are not as they were');
  // Truncating does not ask the trigger that keeps the log: this is the one way to remove entries.
  await queries.rows('truncate', `truncate ${EMPTIED.join(', ')}`);
  await queries.rows('name_log', 'update log set name = $1', [log]);
  await queries.rows(
    'begin_chains',
    `update writers set sequence = 0, hash = $1, ordinals = 0, generation = generation + 1,
       name = $2 || case when writer_no = 1 then '' else '.' || writer_no end`,
    [CHAIN_START, log],
  );
  const generation = writer.generation + 1;
  const name = writer.writerNo === 1 ? log : `${log}.${writer.writerNo}`;
  return { ...writer, name, log, generation, sequence: 0, hash: CHAIN_START, ordinals: 0 };
}
