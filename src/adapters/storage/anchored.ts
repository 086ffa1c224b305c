/**
 * Compares chains with their anchors. A chain alone says that nothing in it was changed by halves; that its end was cut
 * off, or that all of it was written anew, only anchors can say. Anchors of the log before the last reset are held against
 * what the reset recorded of it; of earlier ones nothing is left to compare.
 *
 * Anchors are taken first; then each entry that holds is shown to them.
 */
import type { ChainHead } from './chain.ts';
import { type Chain, type EntryFault, faultOf, type FaultOf } from './chain-walk.ts';

export interface Anchored {
  /** Anchors that were compared with their entries. */
  readonly checked: number;
  /** Anchors of other logs, while this one does not begin with a reset. */
  readonly strange: number;
  /** The first anchored entry that is missing or another one. */
  readonly fault: EntryFault | null;
}

export class Anchors {
  /** By writer and place: what was anchored there, and what stands there. */
  readonly #byWriter = new Map<string, Map<number, { hashes: string[]; found: string | null }>>();

  constructor(anchors: Iterable<ChainHead>) {
    for (const { writer, sequence, hash } of anchors) {
      const places = this.#byWriter.get(writer) ?? new Map<number, never>();
      const place = places.get(sequence) ?? { hashes: [], found: null };
      this.#byWriter.set(
        writer,
        places.set(sequence, { ...place, hashes: [...place.hashes, hash] }),
      );
    }
  }

  /** Shows an entry of a chain. */
  see({ writer, sequence, hash }: ChainHead): void {
    const place = this.#byWriter.get(writer)?.get(sequence);
    if (place !== undefined) place.found = hash;
  }

  /** The last entry of a writer that was anchored; 0 when none was. */
  furthest(writer: string): number {
    let furthest = 0;
    for (const sequence of this.#byWriter.get(writer)?.keys() ?? []) {
      furthest = Math.max(furthest, sequence);
    }
    return furthest;
  }

  /** What they say of these chains, all of whose entries were shown. `former`: the end of the log before the last reset. */
  compare(chains: readonly Chain[], former: ChainHead | null): Anchored {
    const isOneOfSeveral = chains.length > 1;
    const own = chains.map((chain) => this.#compareChain(chain, isOneOfSeveral));
    const names = new Set(chains.map(({ head }) => head.writer));
    let strange = 0;
    let resetFault: EntryFault | null = null;
    for (const [writer, places] of this.#byWriter) {
      for (const [sequence, { hashes }] of places) {
        for (const hash of hashes) {
          if (writer === former?.writer) resetFault ??= faultOfReset(former, { sequence, hash });
          if (!names.has(writer) && former === null) strange += 1;
        }
      }
    }
    const fault = resetFault ?? own.find((each) => each.fault !== null)?.fault ?? null;
    return { checked: own.reduce((sum, { checked }) => sum + checked, 0), strange, fault };
  }

  #compareChain({ head, fault }: Chain, isOneOfSeveral: boolean): Omit<Anchored, 'strange'> {
    const findings = new Findings();
    for (const [sequence, { hashes, found }] of this.#byWriter.get(head.writer) ?? []) {
      for (const hash of hashes) {
        if (sequence <= head.sequence) findings.add(sequence, found === hash);
        else if (fault === null) findings.addBeyond(sequence);
      }
    }
    const { checked } = findings;
    return { checked, fault: findings.fault(head.sequence, faultOf(head.writer, isOneOfSeveral)) };
  }
}

/** What was found out about the anchors of one chain. */
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

  fault(last: number, faultAt: FaultOf): EntryFault | null {
    if (this.#firstBad < Infinity) return rewritten(this.#firstBad, this.#lastGood, faultAt);
    return this.#furthest > 0
      ? faultAt(
          last + 1,
          `is missing: the log ends before it, but once went on to ${this.#furthest}`,
        )
      : null;
  }
}

function rewritten(sequence: number, lastGood: number, faultAt: FaultOf): EntryFault {
  // An anchor that was itself changed can stand between good ones.
  const since = lastGood < sequence ? lastGood + 1 : 1;
  const where = since === sequence ? '' : `; what was changed lies in ${since} to ${sequence}`;
  return faultAt(sequence, `is not the one that was anchored${where}`);
}

function faultOfReset(
  former: ChainHead,
  { sequence, hash }: Pick<ChainHead, 'sequence' | 'hash'>,
): EntryFault | null {
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
