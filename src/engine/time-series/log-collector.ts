/**
 * The time series where several processes write to one database and a commit does not say its place in the log: then only the
 * log is counted, from where the series on disk end, and each count is written down at once. What is shown is what is on
 * disk, a second or so behind.
 *
 * One process counts at a time, by their cursor: whoever finds it where it left it goes on from there, and whoever finds
 * that somebody else has moved it leaves it to them; when nobody moves it any more, the next one to look goes on. Should
 * two count at once, the store takes the addition of one of them.
 */
import { minutesKeptFrom, type Span } from '../../core/time-levels.ts';
import {
  addScores,
  COUNTED_TYPES,
  countEvent,
  type Minutes,
  type Tally,
} from '../../core/time-series.ts';
import { type Engine, type LogPosition, TIME_SERIES_FOLLOWER } from '../ports.ts';
import type { Collector } from './collector.ts';
import { countedFrom } from './logged-event.ts';

/** Events of one page of the log: a few milliseconds' work, between which everybody else gets a turn. */
const PAGE_EVENTS = 500;

/** Events of one addition, which is a transaction of its own. */
const ADDITION_EVENTS = 5_000;

export class LogCollector implements Collector {
  readonly #engine: Pick<Engine, 'store' | 'clock'>;
  /** Where we left the series; null before the first look. */
  #left: LogPosition | null = null;
  #isBehind = true;

  constructor(engine: Pick<Engine, 'store' | 'clock'>) {
    this.#engine = engine;
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Counts and writes down; nothing when somebody else does. */
  async catchUp(eventsMax: number): Promise<void> {
    const from = await this.#endOfSeries();
    const isOurs = this.#left === null || !isMovedByOthers(this.#left, from);
    this.#left = from;
    this.#isBehind = false;
    if (isOurs) await this.#countOn(from, eventsMax);
  }

  /** What was counted is written down. */
  async save(): Promise<void> {}

  tallies(span: Span): Promise<Map<number, Tally>> {
    return this.#engine.store.tallies(span);
  }

  async riskScores(spans: readonly Span[]): Promise<number[]> {
    const sum: number[] = [];
    for (const span of spans) addScores(sum, await this.#engine.store.riskScores(span));
    return sum;
  }

  close(): void {}

  /** A cursor of another log is from before a reset. */
  async #endOfSeries(): Promise<LogPosition> {
    const { store } = this.#engine;
    const { writer } = await store.logHead();
    const cursor = await store.cursor(TIME_SERIES_FOLLOWER);
    return cursor?.writer === writer ? cursor : { writer, sequence: 0 };
  }

  async #countOn(begin: LogPosition, eventsMax: number): Promise<void> {
    const { store, clock } = this.#engine;
    let from = begin;
    for (let left = eventsMax; ; left -= ADDITION_EVENTS) {
      if (left <= 0) {
        this.#isBehind = true;
        return;
      }
      const { minutes, to } = await this.#count(from.sequence, Math.min(left, ADDITION_EVENTS));
      if (to === from.sequence) return;
      const reached = { ...from, sequence: to };
      const minutesKeptFromMs = minutesKeptFrom(clock.nowMs());
      const addition = { after: from.sequence, to: reached, minutes, minutesKeptFromMs };
      // Somebody else has counted the same, or a new log has begun.
      if (!(await store.addToSeries(addition))) return;
      from = reached;
      this.#left = reached;
    }
  }

  async #count(after: number, eventsMax: number): Promise<{ minutes: Minutes; to: number }> {
    const minutes: Minutes = new Map();
    let to = after;
    while (to - after < eventsMax) {
      const page = await this.#engine.store.events({
        after: to,
        limit: PAGE_EVENTS,
        types: COUNTED_TYPES,
      });
      for (const logged of page.events) {
        const counted = countedFrom(logged);
        if (counted !== null) countEvent(minutes, counted.event, counted.payment);
      }
      if (page.scannedTo <= to) break;
      to = page.scannedTo;
      await new Promise(setImmediate);
    }
    return { minutes, to };
  }
}

/** In a log that began since, nobody has counted for long: it is whose look is first. */
function isMovedByOthers(left: LogPosition, from: LogPosition): boolean {
  return left.writer === from.writer && left.sequence !== from.sequence;
}
