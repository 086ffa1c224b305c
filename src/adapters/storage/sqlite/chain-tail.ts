/**
 * Looks at the end of the hash chain, where a crash or a careless hand would show: each of the last entries must
 * follow the one before it and have the hash of what stands in it. It reads only.
 */
import type { DatabaseSync } from 'node:sqlite';
import { CHAIN_START, hashEvent } from '../chain.ts';
import { eventFrom, integer, type Row, text, textOrNull } from '../rows.ts';
import { countOtherEntries, hexOf } from './other-chains.ts';

export interface ChainTail {
  readonly writer: string;
  /** The last entry's sequence; 0 when there is none. */
  readonly sequence: number;
  /** How many entries of the log are of its own chain. */
  readonly own: number;
  readonly checked: number;
  /** What is wrong with the first bad entry; null when all are well. */
  readonly fault: string | null;
}

/** Where a chain stands. */
interface Place {
  readonly place: number;
  readonly hash: string;
}

/** Checks the last `entries` entries of the log; those of other writers (other-chains.ts) each by its own chain. */
export function checkChainTail(database: DatabaseSync, entries: number): ChainTail {
  const writer = text(
    database.prepare(`select value from meta where name = 'writer'`).get() ?? {},
    'value',
  );
  const tail: Row[] = database.prepare(TAIL).all(entries);
  const sequence = tail.length === 0 ? 0 : integer(tail.at(-1) ?? {}, 'sequence');
  const own = sequence - countOtherEntries(database);
  const result = { writer, sequence, own, checked: tail.length };
  const chains = new Map<string, Place>([[writer, ownPlaceBefore(database, tail, entries)]]);
  // Only a tail that is not the whole log may begin anywhere.
  let place = tail.length < entries ? 0 : integer(tail[0] ?? {}, 'sequence') - 1;
  for (const row of tail) {
    place += 1;
    if (integer(row, 'sequence') !== place)
      return { ...result, fault: `entry ${place} is missing` };
    const chain = textOrNull(row, 'other') ?? writer;
    const previous = chains.get(chain) ?? placeBefore(row);
    const next = { place: previous.place + 1, hash: hexOf(row, 'hash') };
    const fault = faultOf(row, previous, chain, next.place);
    if (fault !== null) return { ...result, fault };
    chains.set(chain, next);
  }
  return { ...result, fault: null };
}

const TAIL = `
  select events.*, other_entries.place, other_chains.name as other
  from (select * from events order by sequence desc limit ?) events
    left join other_entries using (sequence) left join other_chains using (writer_no)
  order by events.sequence`;

/** The hash (lower-case hex) of one entry of the file's own chain; null when there is no such entry. */
export function hashAt(database: DatabaseSync, place: number): string | null {
  const isOnlyChain = countOtherEntries(database) === 0;
  const row = database
    .prepare(
      isOnlyChain
        ? 'select hash from events where sequence = ?'
        : `select hash from events where sequence not in (select sequence from other_entries)
             order by sequence limit 1 offset ? - 1`,
    )
    .get(place);
  return row === undefined ? null : hexOf(row, 'hash');
}

/** Where our chain stands before the tail: its first entry there vouches for that, unless the tail is the whole log. */
function ownPlaceBefore(database: DatabaseSync, tail: readonly Row[], entries: number): Place {
  const first = tail.find((row) => row['other'] === null);
  if (first === undefined || tail.length < entries) return { place: 0, hash: CHAIN_START };
  const sequence = integer(first, 'sequence');
  const others = database
    .prepare('select count(*) as n from other_entries where sequence < ?')
    .get(sequence);
  return { place: sequence - 1 - integer(others ?? {}, 'n'), hash: hexOf(first, 'prev_hash') };
}

/** The same of another writer's chain. */
function placeBefore(row: Row): Place {
  const place = integer(row, 'place') - 1;
  return { place, hash: place === 0 ? CHAIN_START : hexOf(row, 'prev_hash') };
}

function faultOf(row: Row, previous: Place, chain: string, place: number): string | null {
  const event = eventFrom(row);
  const { sequence } = event;
  const isOther = row['other'] !== null;
  if (isOther && integer(row, 'place') !== place) {
    return `entry ${sequence} is not number ${place} of ${chain}`;
  }
  if (hexOf(row, 'prev_hash') !== previous.hash) {
    return isOther
      ? `entry ${sequence} does not follow number ${previous.place} of ${chain}`
      : `entry ${sequence} does not follow entry ${sequence - 1}`;
  }
  const expected = hashEvent(previous.hash, chain, { ...event, sequence: place });
  return hexOf(row, 'hash') === expected ? null : `entry ${sequence} was changed`;
}
