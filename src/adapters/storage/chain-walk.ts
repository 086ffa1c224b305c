/**
 * Walks one hash chain from its first entry, as far as it holds: each entry must be in its place, name the hash of the one
 * before it and have the hash of what stands in it. Whoever reads the entries hands them in, in their order.
 */
import { assert } from '../../core/assert.ts';
import { CHAIN_START, type ChainHead, type EntryColumns, hashEntry } from './chain.ts';
import { type Row, text } from './rows.ts';

export interface EntryFault {
  /** The entry that is not as it should be; null when none can be named. */
  readonly sequence: number | null;
  /** Whose entry it is, where there are several writers. */
  readonly writer?: string;
  /** A sentence without a full stop, for people. */
  readonly message: string;
}

export interface Chain {
  /** The last entry that holds; sequence 0 and CHAIN_START when there is none. */
  readonly head: ChainHead;
  /** What is wrong behind it; null when it is the end of the log. */
  readonly fault: EntryFault | null;
}

/** Says what is wrong with an entry, so that people know which one is meant. */
export type FaultOf = (sequence: number, problem: string) => EntryFault;

export interface WalkOptions {
  readonly writer: string;
  /** True when the log has entries of other writers, too: then faults say whose entry it is. */
  readonly isOneOfSeveral: boolean;
  /** Whether the bytes of an entry's texts are those of its characters. */
  readonly isIntact: (columns: EntryColumns) => boolean;
  /** Hears of each entry that holds. */
  readonly onEntry: (entry: ChainHead) => void;
  /** Where the walk begins; left out, at the first entry. */
  readonly after?: ChainHead;
}

export class ChainWalk {
  readonly #options: WalkOptions;
  readonly faultAt: FaultOf;
  #head: ChainHead;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.faultAt = faultOf(options.writer, options.isOneOfSeveral);
    this.#head = options.after ?? { writer: options.writer, sequence: 0, hash: CHAIN_START };
  }

  get head(): ChainHead {
    return this.#head;
  }

  /**
   * Takes the next entry; what is wrong with it, or null. By position: place in its chain, previous hash, hash, payment,
   * place in the payment's history, type, time, request id, actor, cause, data.
   */
  take(row: Row): EntryFault | null {
    const before = this.#head;
    const place = before.sequence + 1;
    const sequence = row[0];
    assert(typeof sequence === 'number', 'a sequence is a number');
    if (sequence > place) return this.faultAt(place, 'is missing');
    if (sequence < place) return this.faultAt(sequence, 'stands before the first one');
    const columns = columnsFrom(row);
    if (columns === null) return this.faultAt(place, 'was changed');
    if (row[1] !== before.hash) return this.#faultOfLink(row, columns);
    const isHashRight = hashEntry(before.hash, before.writer, place, columns) === row[2];
    if (!isHashRight || !this.#options.isIntact(columns)) {
      return this.faultAt(place, 'was changed');
    }
    this.#head = { writer: before.writer, sequence: place, hash: text(row, '2') };
    this.#options.onEntry(this.#head);
    return null;
  }

  /**
   * An entry that does not name the one before it was changed itself, unless its own hash still holds for this place or
   * for the one before: then it is as it was written, and the entry before it was exchanged or put in.
   */
  #faultOfLink(row: Row, columns: EntryColumns): EntryFault {
    const before = this.#head;
    const place = before.sequence + 1;
    const isAsWritten = [place, before.sequence].some(
      (sequence) => hashEntry(text(row, '1'), before.writer, sequence, columns) === row[2],
    );
    return isAsWritten && before.sequence > 0
      ? this.faultAt(before.sequence, `is not the one that entry ${place} was written after`)
      : this.faultAt(place, 'was changed');
  }
}

export function faultOf(writer: string, isOneOfSeveral: boolean): FaultOf {
  return (sequence, problem) =>
    isOneOfSeveral
      ? { sequence, writer, message: `entry ${sequence} of ${writer} ${problem}` }
      : { sequence, message: `entry ${sequence} ${problem}` };
}

/** Null when a column holds what no entry has there. */
function columnsFrom(row: Row): EntryColumns | null {
  const { 3: paymentId, 4: paymentSequence, 5: type, 6: atMs, 7: requestId } = row;
  const { 8: actor, 9: cause, 10: data } = row;
  if (paymentId !== null && typeof paymentId !== 'string') return null;
  if (paymentSequence !== null && typeof paymentSequence !== 'number') return null;
  if (typeof type !== 'string' || typeof atMs !== 'number') return null;
  if (typeof requestId !== 'string' || typeof actor !== 'string') return null;
  if (typeof cause !== 'string' || typeof data !== 'string') return null;
  return [paymentId, paymentSequence, type, atMs, requestId, actor, cause, data];
}
