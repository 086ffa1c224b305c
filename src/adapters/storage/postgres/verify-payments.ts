/**
 * Whether the log and the payments tell the same story: each payment's entries count up from 1 in the order of the log, its
 * version is its last entry's number, and nothing is told of a payment that is not there. It asks what the verification
 * of a SQLite file asks (../sqlite/verify-payments.ts), and says it in the same words.
 */
import { type EntryFault, faultOf } from '../chain-walk.ts';
import { integer, type Row, text } from '../rows.ts';
import type { Snapshot } from './snapshot.ts';

/** What has no place in the log yet comes after all that has one, by its time. */
const PLACED = `
  select writer_no, sequence, payment_id, payment_sequence, coalesce(position, 4000000000000000 + at_ms) as position
    from events left join log_order using (writer_no, sequence)`;

const GAPS = `
  select *, (select name from writers where writers.writer_no = story.writer_no) as writer,
    payment_sequence = place as is_late
  from (
    select writer_no, sequence, position, payment_id, payment_sequence,
      row_number() over history as place,
      lag(position, 1, 0::bigint) over history as before,
      lag(sequence, 1, 0::bigint) over history as before_sequence,
      lag(writer_no, 1, 0) over history as before_no
    from (${PLACED}) as events where payment_id is not null
    window history as (partition by payment_id order by payment_sequence)) as story
  where payment_sequence is distinct from place or before > position
  order by position limit 1`;

const STRAYS = `
  select events.sequence, events.payment_id, writers.name as writer, events.position
    from (${PLACED}) as events join writers on writers.writer_no = events.writer_no
  where payment_id is not null and payment_sequence = 1
    and not exists (select 1 from payments where payments.payment_id = events.payment_id)
  order by events.position limit 1`;

const VERSIONS = `
  select known.*, events.sequence, events.position,
    (select name from writers where writers.writer_no = events.writer_no) as writer
  from (
    select payment_id, version, last from payments left join (
        select payment_id, max(payment_sequence) as last from events
          where payment_id is not null group by payment_id) as story using (payment_id)
      where last is distinct from version) known
  left join (${PLACED}) as events
    on events.payment_id = known.payment_id and events.payment_sequence = known.last
  order by events.position nulls last limit 1`;

/**
 * The first entry at which log and payments part; null when they agree. A payment that has no entry at all comes last,
 * without a sequence. Expects chains that hold.
 */
export async function faultOfPayments(
  snapshot: Snapshot,
  isOneOfSeveral: boolean,
): Promise<EntryFault | null> {
  const queries = [
    [GAPS, gapProblem],
    [STRAYS, strayProblem],
    [VERSIONS, versionProblem],
  ] as const;
  let first: { readonly fault: EntryFault; readonly position: number } | null = null;
  for (const [sql, problemOf] of queries) {
    const [row] = await snapshot.all(sql);
    if (row === undefined) continue;
    const position = typeof row['position'] === 'number' ? row['position'] : Infinity;
    if (first !== null && first.position <= position) continue;
    first = { position, fault: problemOf(row, isOneOfSeveral) };
  }
  return first?.fault ?? null;
}

function gapProblem(row: Row, isOneOfSeveral: boolean): EntryFault {
  const faultAt = faultOf(text(row, 'writer'), isOneOfSeveral);
  const what = `is number ${number(row, 'payment_sequence')} of payment ${text(row, 'payment_id')}`;
  const problem =
    row['is_late'] === true
      ? `${what}, but the number before it comes later, as entry ${number(row, 'before_sequence')}` +
        (isOneOfSeveral ? ` of writer ${number(row, 'before_no')}` : '')
      : `${what}, where number ${number(row, 'place')} is due`;
  return faultAt(integer(row, 'sequence'), problem);
}

function strayProblem(row: Row, isOneOfSeveral: boolean): EntryFault {
  const faultAt = faultOf(text(row, 'writer'), isOneOfSeveral);
  const problem = `tells of payment ${text(row, 'payment_id')}, which is not there`;
  return faultAt(integer(row, 'sequence'), problem);
}

function versionProblem(row: Row, isOneOfSeveral: boolean): EntryFault {
  const payment = `payment ${text(row, 'payment_id')} is at version ${number(row, 'version')}`;
  const { sequence, writer } = row;
  if (typeof sequence !== 'number' || typeof writer !== 'string') {
    return { sequence: null, message: `${payment}, but the log does not know it` };
  }
  const whose = isOneOfSeveral ? ` of ${writer}` : '';
  const message = `${payment}, but its last entry, ${sequence}${whose}, is number ${number(row, 'last')}`;
  return isOneOfSeveral ? { sequence, writer, message } : { sequence, message };
}

function number(row: Row, column: string): string {
  return String(row[column]);
}
