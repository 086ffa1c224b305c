/**
 * Verifies the whole event log of a Postgres database at one moment: the chain of every writer, the anchors, that every
 * entry has one place in the log, and that the entries and the payments tell the same story. It reads only. What it finds
 * it says as the verification of a SQLite file does (../sqlite/verify.ts); where there are several writers, it says whose
 * entry it means.
 */
import { Anchors } from '../anchored.ts';
import type { ChainHead } from '../chain.ts';
import { type Chain, ChainWalk, type EntryFault, faultOf } from '../chain-walk.ts';
import { faultIn, type LogVerification, verified } from '../log-verification.ts';
import { integer, type Row, text } from '../rows.ts';
import type { Snapshot } from './snapshot.ts';
import { faultOfOrder } from './verify-order.ts';
import { faultOfPayments } from './verify-payments.ts';

/** Verifies the log; `anchors` may be in any order, and those of other logs are left out. */
export async function verifyLog(
  snapshot: Snapshot,
  anchors: Iterable<ChainHead>,
): Promise<LogVerification> {
  const writers = await snapshot.all('select * from writers order by writer_no');
  const anchored = new Anchors(anchors);
  const isOneOfSeveral = writers.filter(hasWritten).length > 1;
  const chains: Chain[] = [];
  for (const writer of writers.filter((row) => hasWritten(row) || row['writer_no'] === 1)) {
    chains.push(await walkChain(snapshot, writer, isOneOfSeveral, anchored));
  }
  const known = await withStrangers(snapshot, chains);
  const former = await formerHead(snapshot);
  const verification = verified(known, anchored.compare(known, former));
  if (verification.faults.length > 0) return verification;
  const order = await faultOfOrder(snapshot, isOneOfSeveral);
  if (order !== null) return { ...verification, faults: faultIn('chain', order) };
  const faults = faultIn('payments', await faultOfPayments(snapshot, isOneOfSeveral));
  return { ...verification, faults };
}

function hasWritten(writer: Row): boolean {
  return integer(writer, 'sequence') > 0;
}

async function walkChain(
  snapshot: Snapshot,
  writer: Row,
  isOneOfSeveral: boolean,
  anchored: Anchors,
): Promise<Chain> {
  const walk = new ChainWalk({
    writer: text(writer, 'name'),
    isOneOfSeveral,
    // A text of Postgres is well-formed, or cannot be read at all.
    isIntact: () => true,
    onEntry: (entry) => anchored.see(entry),
  });
  const sql = `select sequence, prev_hash, hash, payment_id, payment_sequence, type, at_ms,
      request_id, actor, cause, data
    from events where writer_no = ${integer(writer, 'writer_no')} order by sequence`;
  for await (const page of snapshot.pages(sql, 'arrays')) {
    for (const row of page) {
      const fault = walk.take(row);
      if (fault !== null) return { head: walk.head, fault };
    }
  }
  return { head: walk.head, fault: faultOfEnd(writer, walk, anchored) };
}

/** The writer's row knows how far it has come. Anchors that know more are the better witness, and are asked first. */
function faultOfEnd(writer: Row, walk: ChainWalk, anchored: Anchors): EntryFault | null {
  const { head } = walk;
  const last = integer(writer, 'sequence');
  if (anchored.furthest(head.writer) > head.sequence) return null;
  if (head.sequence < last) return walk.faultAt(head.sequence + 1, 'is missing');
  if (head.sequence > last) return walk.faultAt(last + 1, 'is more than its writer has written');
  return head.hash === text(writer, 'hash')
    ? null
    : walk.faultAt(last, 'is not the last one that its writer has written');
}

/** Entries of a writer that is none: somebody has put them in, or taken its row out. */
async function withStrangers(
  snapshot: Snapshot,
  chains: readonly Chain[],
): Promise<readonly Chain[]> {
  const [row] = await snapshot.all(
    `select writer_no, sequence from events
       where writer_no not in (select writer_no from writers where sequence > 0 or writer_no = 1)
       order by writer_no, sequence limit 1`,
  );
  const [first, ...rest] = chains;
  if (row === undefined || first === undefined) return chains;
  const name = `number ${integer(row, 'writer_no')}, which is no writer`;
  const fault = faultOf(name, true)(integer(row, 'sequence'), 'is in the log');
  return [{ ...first, fault: first.fault ?? fault }, ...rest];
}

/** The head of the log before this one, where a reset recorded it as the first entry of its writer; else null. */
async function formerHead(snapshot: Snapshot): Promise<ChainHead | null> {
  const [row] = await snapshot.all(
    `select data from events where sequence = 1 and type = 'data.reset' limit 1`,
  );
  if (row === undefined) return null;
  const previous = recordedIn(text(row, 'data'));
  const { writer, entries, hash } = previous ?? {};
  const isRecorded =
    typeof writer === 'string' && typeof entries === 'number' && typeof hash === 'string';
  return isRecorded ? { writer, sequence: entries, hash } : null;
}

function recordedIn(data: string): Partial<Record<'writer' | 'entries' | 'hash', unknown>> | null {
  try {
    const { previous } = JSON.parse(data) as { previous?: unknown };
    return typeof previous === 'object' ? previous : null;
  } catch {
    return null;
  }
}
