/** What the verification of a whole log comes to, on whichever store. */
import { assert } from '../../core/assert.ts';
import type { Anchored } from './anchored.ts';
import type { ChainHead } from './chain.ts';
import type { Chain, EntryFault } from './chain-walk.ts';

export interface LogVerification {
  /** The last entry as far as the chain holds; sequence 0 and CHAIN_START when there is none. Of several, the first writer's. */
  readonly head: ChainHead;
  /** Those of all writers. */
  readonly heads: readonly ChainHead[];
  /** Anchors that were compared with their entries. */
  readonly anchorsChecked: number;
  /** Anchors of other logs that no reset ended: the database was exchanged, or its writer was renamed. */
  readonly anchorsStrange: number;
  /** The first bad entry first, one of each part at the most; empty when all is well. */
  readonly faults: readonly LogFault[];
}

export interface LogFault extends EntryFault {
  /** What showed it. Payments are looked at only when the chain holds and is the one that was anchored. */
  readonly part: 'chain' | 'anchors' | 'payments';
}

/** What chains and anchors say; whoever finds nothing wrong looks at the payments. */
export function verified(chains: readonly Chain[], anchored: Anchored): LogVerification {
  const broken = chains.find(({ fault }) => fault !== null)?.fault ?? null;
  const heads = chains.map(({ head }) => head);
  const [head] = heads;
  assert(head !== undefined, 'a log has a chain');
  return {
    head,
    heads,
    anchorsChecked: anchored.checked,
    anchorsStrange: anchored.strange,
    // Anchors are compared only as far as the chain holds: what they show comes before what it shows.
    faults: [...faultIn('anchors', anchored.fault), ...faultIn('chain', broken)],
  };
}

export function faultIn(part: LogFault['part'], fault: EntryFault | null): readonly LogFault[] {
  return fault === null ? [] : [{ part, ...fault }];
}
