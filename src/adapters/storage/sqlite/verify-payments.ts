/**
 * Whether the log and the payments tell the same story: each payment's entries count up from 1 in the order of the
 * log, its version is its last entry's number, and nothing is told of a payment that is not there. SQLite finds what
 * does not agree in three passes along indexes; where they do, nothing is read into this process.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type Row, text } from '../rows.ts';
import type { EntryFault } from '../chain-walk.ts';

// Numbers come as text: they are only shown, and those of a forger may be larger than JavaScript can hold.

const GAPS = `
  select sequence, payment_id, cast(payment_sequence as text) as number, cast(place as text) as place,
    cast(before as text) as before, payment_sequence = place as is_late
  from (
    select sequence, payment_id, payment_sequence, row_number() over history as place,
      lag(sequence, 1, 0) over history as before
    from events where payment_id is not null
    window history as (partition by payment_id order by payment_sequence))
  where payment_sequence is not place or before > sequence
  order by sequence limit 1`;

/** Where histories begin with 1, a look at their first entries is enough; where one does not, that is a gap. */
const STRAYS = `
  select sequence, payment_id from events
  where payment_id is not null and payment_sequence = 1
    and not exists (select 1 from payments where payments.payment_id = events.payment_id)
  order by sequence limit 1`;

const VERSIONS = `
  select payment_id, cast(version as text) as version, cast(last as text) as number,
    (select max(sequence) from events
      where events.payment_id = known.payment_id and payment_sequence = last) as sequence
  from (
    select payment_id, version,
      (select max(payment_sequence) from events where events.payment_id = payments.payment_id) as last
    from payments) known
  where last is not version
  order by sequence nulls last limit 1`;

/**
 * The first entry at which log and payments part; null when they agree. A payment that has no entry at all comes last,
 * without a sequence. Expects a log whose chain holds.
 */
export function faultOfPayments(database: DatabaseSync): EntryFault | null {
  const faults = [
    firstFault(database, GAPS, gapMessage),
    firstFault(database, STRAYS, strayMessage),
    firstFault(database, VERSIONS, versionMessage),
  ].filter((fault) => fault !== null);
  const place = ({ sequence }: EntryFault) => sequence ?? Infinity;
  return faults.toSorted((one, other) => place(one) - place(other))[0] ?? null;
}

function firstFault(
  database: DatabaseSync,
  sql: string,
  messageOf: (row: Row, sequence: number | null) => string,
): EntryFault | null {
  const row = database.prepare(sql).get();
  if (row === undefined) return null;
  const sequence = typeof row['sequence'] === 'number' ? row['sequence'] : null;
  return { sequence, message: messageOf(row, sequence) };
}

function gapMessage(row: Row, sequence: number | null): string {
  const what = `entry ${sequence} is number ${text(row, 'number')} of payment ${text(row, 'payment_id')}`;
  return row['is_late'] === 1
    ? `${what}, but the number before it comes later, as entry ${text(row, 'before')}`
    : `${what}, where number ${text(row, 'place')} is due`;
}

function strayMessage(row: Row, sequence: number | null): string {
  return `entry ${sequence} tells of payment ${text(row, 'payment_id')}, which is not there`;
}

function versionMessage(row: Row, sequence: number | null): string {
  const payment = `payment ${text(row, 'payment_id')} is at version ${text(row, 'version')}`;
  return sequence === null
    ? `${payment}, but the log does not know it`
    : `${payment}, but its last entry, ${sequence}, is number ${text(row, 'number')}`;
}
