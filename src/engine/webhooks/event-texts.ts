/**
 * The events that deliveries are about, by their place in the log. Endpoints come to the same events one shortly after
 * the other, and fan-out has just read them: the last ones are kept, up to a limit, and the others are read again.
 */
import type { EventId } from '../../core/ids.ts';
import { EVENT_TEXTS_CHARS_MAX, FAN_OUT_EVENTS_MAX } from '../../core/limits.ts';
import type { Delivery } from '../../core/webhooks/delivery.ts';
import { eventId } from '../event-id.ts';
import type { Store, StoredEvent } from '../ports.ts';
import type { EventText } from './body.ts';

/** What is read of the log; the whole store has it, and so has a reader on another thread. */
export type EventLog = Pick<Store, 'logHead' | 'events'>;

/** Events between two wanted ones that are rather read along than skipped by another query. */
const GAP_MAX = 16;

interface Kept extends EventText {
  readonly id: EventId;
}

export class EventTexts {
  readonly #log: EventLog;
  /** In the order in which they were read; by sequence. */
  readonly #kept = new Map<number, Kept>();
  #chars = 0;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** Keeps what was read anyway. */
  keep(events: readonly StoredEvent[], writer: string): void {
    for (const event of events) {
      const { sequence, type, atMs, data } = event;
      this.#forget(sequence);
      this.#kept.set(sequence, { id: eventId(event, writer), type, atMs, data });
      this.#chars += data.length;
    }
    for (const sequence of this.#kept.keys()) {
      if (this.#chars <= EVENT_TEXTS_CHARS_MAX) break;
      this.#forget(sequence);
    }
  }

  /** By ordinal. A delivery whose event is not in the log is not in it: a new log has begun. */
  async of(deliveries: readonly Delivery[]): Promise<ReadonlyMap<number, EventText>> {
    const found = new Map<number, EventText>();
    const missing = deliveries.filter((delivery) => !this.#find(delivery, found));
    for (const [first, last] of runsOf(missing.flatMap(({ sequence }) => sequence ?? []))) {
      const { writer } = await this.#log.logHead();
      const { events } = await this.#log.events({ after: first - 1, limit: last - first + 1 });
      this.keep(events, writer);
      for (const delivery of missing) this.#find(delivery, found);
    }
    return found;
  }

  #find({ ordinal, sequence, eventId: id }: Delivery, found: Map<number, EventText>): boolean {
    const kept = sequence === null ? undefined : this.#kept.get(sequence);
    // Another log counts from one again.
    if (kept?.id !== id) return false;
    found.set(ordinal, kept);
    return true;
  }

  #forget(sequence: number): void {
    this.#chars -= this.#kept.get(sequence)?.data.length ?? 0;
    this.#kept.delete(sequence);
  }
}

/** Stretches of the log that hold these sequences, each short enough for one query: first and last of each. */
function runsOf(sequences: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const sequence of [...new Set(sequences)].toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    const isNear = run !== undefined && sequence - run[1] <= GAP_MAX;
    if (isNear && sequence - run[0] < FAN_OUT_EVENTS_MAX) run[1] = sequence;
    else runs.push([sequence, sequence]);
  }
  return runs;
}
