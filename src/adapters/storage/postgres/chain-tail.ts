/**
 * Looks at the end of every writer's chain, where a crash or a careless hand would show, and at the entries that were
 * anchored last. It reads only.
 */
import { CHAIN_START, type ChainHead } from '../chain.ts';
import { ChainWalk } from '../chain-walk.ts';
import { integer, type Row, text } from '../rows.ts';
import type { Snapshot } from './snapshot.ts';

export interface ChainTails {
  /** Entries of all writers. */
  readonly sequence: number;
  readonly checked: number;
  /** What is wrong with the first bad entry; null when all are well. */
  readonly fault: string | null;
}

/** Checks the last `entries` entries of each writer, and its last anchor. */
export async function checkChainTails(
  snapshot: Snapshot,
  entries: number,
  anchors: Iterable<ChainHead>,
): Promise<ChainTails> {
  const writers = await snapshot.all('select * from writers where sequence > 0 order by writer_no');
  const isOneOfSeveral = writers.length > 1;
  const lastAnchors = new Map<string, ChainHead>();
  for (const anchor of anchors) lastAnchors.set(anchor.writer, anchor);
  let checked = 0;
  let sequence = 0;
  let fault: string | null = null;
  for (const writer of writers) {
    const tail = await readTail(snapshot, integer(writer, 'writer_no'), entries);
    checked += tail.length;
    sequence += integer(writer, 'sequence');
    fault ??= faultOfTail(writer, tail, isOneOfSeveral);
    const anchor = lastAnchors.get(text(writer, 'name'));
    if (anchor !== undefined) fault ??= await faultOfAnchor(snapshot, writer, anchor);
  }
  return { sequence, checked, fault };
}

function readTail(snapshot: Snapshot, writerNo: number, entries: number): Promise<Row[]> {
  return snapshot.all(
    `select * from (select * from events where writer_no = $1 order by sequence desc limit $2) as tail
       order by sequence`,
    [writerNo, entries],
  );
}

function faultOfTail(writer: Row, tail: readonly Row[], isOneOfSeveral: boolean): string | null {
  const [first] = tail;
  const name = text(writer, 'name');
  // The first entry vouches for where the tail begins, unless that is where the log does.
  const before = first === undefined ? 0 : integer(first, 'sequence') - 1;
  const hash = first === undefined || before === 0 ? CHAIN_START : text(first, 'prev_hash');
  const walk = new ChainWalk({
    writer: name,
    isOneOfSeveral,
    isIntact: () => true,
    onEntry: () => {},
    after: { writer: name, sequence: before, hash },
  });
  for (const row of tail) {
    const fault = walk.take(positioned(row));
    if (fault !== null) return fault.message;
  }
  const last = integer(writer, 'sequence');
  return walk.head.sequence === last
    ? null
    : walk.faultAt(Math.min(walk.head.sequence, last) + 1, 'is missing').message;
}

const WALKED = [
  'sequence',
  'prev_hash',
  'hash',
  'payment_id',
  'payment_sequence',
  'type',
  'at_ms',
  'request_id',
  'actor',
  'cause',
  'data',
] as const;

/** By position, as a walk takes it. */
function positioned(row: Row): Row {
  return Object.fromEntries(WALKED.map((name, index) => [index, row[name]]));
}

/** An anchor knows how far the log once went: a tail that was cut off leaves no other trace. */
async function faultOfAnchor(
  snapshot: Snapshot,
  writer: Row,
  { sequence, hash, writer: name }: ChainHead,
): Promise<string | null> {
  const last = integer(writer, 'sequence');
  if (sequence > last)
    return `the log of ${name} ends at entry ${last}, but once went on to ${sequence}`;
  const [row] = await snapshot.all(
    'select hash from events where writer_no = $1 and sequence = $2',
    [integer(writer, 'writer_no'), sequence],
  );
  return row?.['hash'] === hash
    ? null
    : `entry ${sequence} of ${name} is not the one that was anchored`;
}
