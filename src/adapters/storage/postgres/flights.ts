/**
 * Batches that are on their way to the server, oldest first. One that is decided on top of another is sent right behind it,
 * on the same connection: the server begins it when it is done with the one before, and its fence finds the writer where
 * that one left it, or, if that one failed, writes nothing. So they are written in order or not at all. Only a batch without events leaves no trace there:
 * what is behind it may be written without it, and it is decided again when nobody can say whether it was.
 *
 *   sent ──► written
 *     │ └───► failed: all behind it are lost, and superseded when their turn comes
 *     └ connection lost: the writer's row says how far it came
 */
import { StorageError } from '../../../engine/ports.ts';
import type { Writer } from './writer.ts';

export interface Flight {
  /** Where the writer stands after it. */
  readonly head: Writer;
  readonly events: number;
  /** Payments and keys that it changes: what is decided on top of it may not read them. */
  readonly touched: ReadonlySet<string>;
  /** Nothing is sent behind it: it is written in a transaction on a connection of its own. */
  readonly isAlone: boolean;
  /** True when it is on disk; never rejects. */
  readonly written: Promise<boolean>;
}

interface Waiting extends Flight {
  readonly settle: (isWritten: boolean) => void;
}

export class Flights {
  #waiting: Waiting[] = [];
  /** Of those that can no longer be written: one before them failed. */
  readonly #lost = new WeakSet<Flight>();

  /** The last one sent; null when none is under way. */
  get last(): Flight | null {
    return this.#waiting.at(-1) ?? null;
  }

  /** Events of all of them. */
  get events(): number {
    return this.#waiting.reduce((sum, { events }) => sum + events, 0);
  }

  begin(flight: Omit<Flight, 'written'>): Flight {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiting = { ...flight, written: promise, settle: resolve };
    this.#waiting.push(waiting);
    return waiting;
  }

  /** It, and what was sent behind it. */
  from(flight: Flight): readonly Flight[] {
    return this.#waiting.slice(this.#waiting.findIndex((each) => each === flight));
  }

  isLost(flight: Flight): boolean {
    return this.#lost.has(flight);
  }

  end(flight: Flight, isWritten: boolean): void {
    const place = this.#waiting.findIndex((each) => each === flight);
    const [ended] = this.#waiting.splice(place, 1);
    if (!isWritten) {
      this.#lost.add(flight);
      for (const behind of this.#waiting.slice(place)) this.#lost.add(behind);
    }
    ended?.settle(isWritten);
  }
}

/** The batch before failed, and this one was decided on top of it. */
export function behindFailure(cause?: unknown): StorageError {
  return new StorageError('superseded', 'the batch before it failed', { cause });
}
