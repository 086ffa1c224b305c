/**
 * Verifies the whole event log: every entry's hash and its link to the one before, the anchors, and that the entries
 * and the payments tell the same story. It reads only, in one transaction, so that it sees one moment of a log that a
 * server is writing to.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ChainHead } from '../chain.ts';
import { compareAnchors } from './verify-anchors.ts';
import { type EntryFault, walkChain } from './verify-chain.ts';
import { faultOfPayments } from './verify-payments.ts';

export interface LogVerification {
  /** The last entry as far as the chain holds; sequence 0 and CHAIN_START when there is none. */
  readonly head: ChainHead;
  /** Anchors that were compared with their entries. */
  readonly anchorsChecked: number;
  /** Anchors of other logs that no reset ended: the file was exchanged, or its writer was renamed. */
  readonly anchorsStrange: number;
  /** The first bad entry first, one of each part at the most; empty when all is well. */
  readonly faults: readonly LogFault[];
}

export interface LogFault extends EntryFault {
  /** What showed it. Payments are looked at only when the chain holds and is the one that was anchored. */
  readonly part: 'chain' | 'anchors' | 'payments';
}

/** Verifies the log; `anchors` may be in any order, and those of other writers are left out. */
export function verifyLog(database: DatabaseSync, anchors: Iterable<ChainHead>): LogVerification {
  database.exec('begin');
  try {
    const chain = walkChain(database);
    const anchored = compareAnchors(database, chain, anchors);
    // Anchors are compared only as far as the chain holds: what they show comes before what it shows.
    const faults = [...faultIn('anchors', anchored.fault), ...faultIn('chain', chain.fault)];
    return {
      head: chain.head,
      anchorsChecked: anchored.checked,
      anchorsStrange: anchored.strange,
      faults: faults.length > 0 ? faults : faultIn('payments', faultOfPayments(database)),
    };
  } finally {
    database.exec('rollback');
  }
}

function faultIn(part: LogFault['part'], fault: EntryFault | null): readonly LogFault[] {
  return fault === null ? [] : [{ part, ...fault }];
}
