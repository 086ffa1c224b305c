/**
 * Compares the log with its anchors. The chain alone says that nothing in it was changed by halves; that its end was cut
 * off, or that all of it was written anew, only anchors can say. Anchors of the log before the last reset are held against
 * what the reset recorded of it; of earlier ones nothing is left to compare.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ChainHead } from '../chain.ts';
import type { Chain, EntryFault } from './verify-chain.ts';

export interface Anchored {
  /** Anchors that were compared with their entries. */
  readonly checked: number;
  /** Anchors of other logs, while this one does not begin with a reset. */
  readonly strange: number;
  /** The first anchored entry that is missing or another one. */
  readonly fault: EntryFault | null;
}

/** Whether each anchor's entry is there and has the hash it had; the first that has not. */
export function compareAnchors(
  database: DatabaseSync,
  { head, fault }: Chain,
  anchors: Iterable<ChainHead>,
): Anchored {
  const hashes = database.prepare('select lower(hex(hash)) as hash from events where sequence = ?');
  const former = head.sequence > 0 ? formerHead(database) : null;
  const own = new Findings();
  let strange = 0;
  let resetFault: EntryFault | null = null;
  for (const anchor of anchors) {
    const { writer, sequence, hash } = anchor;
    if (writer === former?.writer) resetFault ??= faultOfReset(former, anchor);
    if (writer !== head.writer) strange += former === null ? 1 : 0;
    else if (sequence <= head.sequence) own.add(sequence, hashes.get(sequence)?.['hash'] === hash);
    else if (fault === null) own.addBeyond(sequence);
  }
  return { checked: own.checked, strange, fault: resetFault ?? own.fault(head.sequence) };
}

/** What was found out about the anchors of this log. */
class Findings {
  checked = 0;
  #lastGood = 0;
  #firstBad = Infinity;
  #furthest = 0;

  add(sequence: number, isGood: boolean): void {
    this.checked += 1;
    if (isGood) this.#lastGood = Math.max(this.#lastGood, sequence);
    else this.#firstBad = Math.min(this.#firstBad, sequence);
  }

  addBeyond(sequence: number): void {
    this.checked += 1;
    this.#furthest = Math.max(this.#furthest, sequence);
  }

  fault(last: number): EntryFault | null {
    if (this.#firstBad < Infinity) return rewritten(this.#firstBad, this.#lastGood);
    return this.#furthest > 0 ? cut(last + 1, this.#furthest) : null;
  }
}

function rewritten(sequence: number, lastGood: number): EntryFault {
  // An anchor that was itself changed can stand between good ones.
  const since = lastGood < sequence ? lastGood + 1 : 1;
  const where = since === sequence ? '' : `; what was changed lies in ${since} to ${sequence}`;
  return { sequence, message: `entry ${sequence} is not the one that was anchored${where}` };
}

function cut(sequence: number, furthest: number): EntryFault {
  const message = `entry ${sequence} is missing: the log ends before it, but once went on to ${furthest}`;
  return { sequence, message };
}

/** The head of the log before this one, where a reset recorded it as this one's first entry; else null. */
function formerHead(database: DatabaseSync): ChainHead | null {
  const row = database
    .prepare(
      `select data ->> '$.previous.writer' as writer, data ->> '$.previous.entries' as sequence,
         data ->> '$.previous.hash' as hash
       from events where sequence = 1 and type = 'data.reset' and json_valid(data)`,
    )
    .get();
  const { writer, sequence, hash } = row ?? {};
  const isRecorded =
    typeof writer === 'string' && typeof sequence === 'number' && typeof hash === 'string';
  return isRecorded ? { writer, sequence, hash } : null;
}

function faultOfReset(former: ChainHead, { sequence, hash }: ChainHead): EntryFault | null {
  const isContradicted = sequence === former.sequence && hash !== former.hash;
  if (sequence <= former.sequence && !isContradicted) return null;
  return {
    sequence: 1,
    message:
      `entry 1 records that the log before it ended with entry ${former.sequence}, ` +
      (isContradicted
        ? 'but with another one than was anchored'
        : `but it once went on to ${sequence}`),
  };
}
