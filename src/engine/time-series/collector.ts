/**
 * Counts what happened when, behind the commits: nothing of it is written with a payment. What was decided is counted in
 * memory when it is on disk, and written down together with the place in the log up to which it counts (saving.ts). So a
 * crash loses nothing and doubles nothing: what was not written yet is counted again from the log.
 *
 *   behind ── reads the log, page by page, up to the first commit heard of ──► following ── counts each commit
 *     ▲                                                                            │
 *     └──────── a reset, a commit that was missed, or a log that is another ◄──────┘
 *
 * While it is behind, commits are counted apart (`ahead`): the log is read up to where they begin, and they are added when it
 * has come there. Always true: what is on disk, `minutes` and `ahead` count no event twice.
 */
import { minutesKeptFrom, levelStart, type Span } from '../../core/time-levels.ts';
import {
  addScores,
  addTally,
  COUNTED_TYPES,
  countEvent,
  type Minutes,
  type Tally,
  tallyAt,
} from '../../core/time-series.ts';
import { type Commit, type Engine, type LogPosition, TIME_SERIES_FOLLOWER } from '../ports.ts';
import type { Recorded } from '../working-set.ts';
import { LogCollector } from './log-collector.ts';
import { countedFrom } from './logged-event.ts';

/** Events of one page of the log: a few milliseconds' work, between which everybody else gets a turn. */
const PAGE_EVENTS = 500;

/** The series, as those who show them see them: what is on disk and what is not yet. */
export interface TimeSeries {
  /** The tallies of a level by the time they begin at; those of nothing are not there. */
  tallies(span: Span): Promise<Map<number, Tally>>;
  /** The sum of the histograms of risk scores of these stretches, which do not overlap. */
  riskScores(spans: readonly Span[]): Promise<number[]>;
}

export interface Collector extends TimeSeries {
  /** True while there are events in the log that are counted nowhere. */
  readonly isBehind: boolean;
  /** Counts on from the log, at most so many events. Rejects when the log cannot be read; asking again goes on. */
  catchUp(eventsMax: number): Promise<void>;
  /** Writes down what was counted. Rejects when it cannot be written; it is kept then, and asking again writes it. */
  save(): Promise<void>;
  /** Hears of no more commits. */
  close(): void;
}

/** Begins to count; `catchUp` and `save` are called by whoever owns it. */
export function collectTimeSeries(engine: Pick<Engine, 'store' | 'clock' | 'wakeup'>): Collector {
  return engine.store.ordersLater ? new LogCollector(engine) : new MinuteCollector(engine);
}

/** Commits that were heard of while the log before them is still being read. */
interface Ahead {
  /** The place in the log behind which they begin, and the last event of them. */
  readonly after: number;
  to: number;
  readonly minutes: Minutes;
}

class MinuteCollector implements Collector {
  readonly #engine: Pick<Engine, 'store' | 'clock'>;
  readonly #unsubscribe: () => void;
  /** What is counted and not on disk. */
  #minutes: Minutes = new Map();
  /** Up to where the series on disk count; null before that was looked up. */
  #saved: LogPosition | null = null;
  /** Up to where they and `minutes` count. */
  #countedTo = 0;
  #isBehind = true;
  #ahead: Ahead | null = null;
  /** Counts the times that all was forgotten: what was asked for before has no meaning after. */
  #beginnings = 0;
  /** Writing and reading take turns, so that a reader sees each event once: on disk or in memory. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ store, clock, wakeup }: Pick<Engine, 'store' | 'clock' | 'wakeup'>) {
    this.#engine = { store, clock };
    this.#unsubscribe = wakeup.subscribe((commit) => this.#take(commit));
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  close(): void {
    this.#unsubscribe();
  }

  async catchUp(eventsMax: number): Promise<void> {
    for (let left = eventsMax; this.#isBehind && left > 0; left -= PAGE_EVENTS) {
      while (this.#saved === null) await this.#lookUp();
      await this.#readPage();
      if (this.#isBehind) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  save(): Promise<void> {
    return this.#inTurn(() => this.#write());
  }

  tallies(span: Span): Promise<Map<number, Tally>> {
    return this.#inTurn(async () => {
      const tallies = await this.#read(() => this.#engine.store.tallies(span));
      for (const [minuteMs, tally] of this.#within(span)) {
        addTally(tallyAt(tallies, levelStart(span.level, minuteMs)), tally);
      }
      return tallies;
    });
  }

  riskScores(spans: readonly Span[]): Promise<number[]> {
    return this.#inTurn(async () => {
      const { store } = this.#engine;
      const stored = await this.#read(() =>
        Promise.all(spans.map((span) => store.riskScores(span))),
      );
      const sum: number[] = [];
      for (const scores of stored) addScores(sum, scores);
      for (const span of spans) {
        for (const [, { scores }] of this.#within(span)) addScores(sum, scores);
      }
      return sum;
    });
  }

  /** What the store says; once more when a reset came meanwhile, which has emptied what is in memory. */
  async #read<Value>(ask: () => Promise<Value>): Promise<Value> {
    for (;;) {
      const beginning = this.#beginnings;
      const value = await ask();
      if (beginning === this.#beginnings) return value;
    }
  }

  /** Of what is in memory, the minutes that are in a span. */
  *#within({ level, fromMs, beforeMs }: Span): Generator<readonly [number, Tally], void> {
    for (const minutes of [this.#minutes, this.#ahead?.minutes ?? []]) {
      for (const [minuteMs, tally] of minutes) {
        const startMs = levelStart(level, minuteMs);
        if (startMs >= fromMs && startMs < beforeMs) yield [minuteMs, tally];
      }
    }
  }

  #take({ isReset, recorded, sequence }: Commit): void {
    if (isReset) this.#forget();
    if (recorded.length === 0) return;
    const after = sequence - recorded.length;
    if (!this.#isBehind && after > this.#countedTo) this.#isBehind = true;
    if (!this.#isBehind) {
      countRecorded(this.#minutes, recorded.slice(Math.max(0, this.#countedTo - after)));
      this.#countedTo = Math.max(this.#countedTo, sequence);
      return;
    }
    this.#takeAhead(recorded, after);
  }

  #takeAhead(recorded: readonly Recorded[], commitAfter: number): void {
    const to = commitAfter + recorded.length;
    // What a page of the log has already brought is not counted again.
    const after = Math.max(commitAfter, this.#countedTo);
    if (to <= after) return;
    // One that does not follow on the last: the log has those between.
    if (this.#ahead?.to !== commitAfter) this.#ahead = { after, to: after, minutes: new Map() };
    countRecorded(this.#ahead.minutes, recorded.slice(this.#ahead.to - commitAfter));
    this.#ahead.to = to;
  }

  /** Begins anew from what is on disk. */
  #forget(): void {
    this.#beginnings += 1;
    this.#minutes = new Map();
    this.#ahead = null;
    this.#saved = null;
    this.#countedTo = 0;
    this.#isBehind = true;
  }

  async #lookUp(): Promise<void> {
    const beginning = this.#beginnings;
    const { writer } = await this.#engine.store.logHead();
    const cursor = await this.#engine.store.cursor(TIME_SERIES_FOLLOWER);
    if (beginning !== this.#beginnings) return;
    // A cursor of another log is from before a reset.
    const sequence = cursor?.writer === writer ? cursor.sequence : 0;
    this.#saved = { writer, sequence };
    this.#countedTo = sequence;
    if (this.#ahead !== null && this.#ahead.after < sequence) this.#ahead = null;
  }

  async #readPage(): Promise<void> {
    const beginning = this.#beginnings;
    const after = this.#countedTo;
    const types = COUNTED_TYPES;
    const page = await this.#engine.store.events({ after, limit: PAGE_EVENTS, types });
    if (beginning !== this.#beginnings) return;
    const to = Math.max(after, Math.min(page.scannedTo, this.#ahead?.after ?? Infinity));
    for (const logged of page.events) {
      const counted = logged.sequence > to ? null : countedFrom(logged);
      if (counted !== null) countEvent(this.#minutes, counted.event, counted.payment);
    }
    this.#countedTo = to;
    if (this.#ahead?.after === to) this.#join(this.#ahead);
    else if (this.#ahead === null && to === after) this.#isBehind = false;
  }

  /** The log was read up to where the commits begin that were heard of. */
  #join({ minutes, to }: Ahead): void {
    addMinutes(this.#minutes, minutes);
    this.#countedTo = to;
    this.#ahead = null;
    this.#isBehind = false;
  }

  async #write(): Promise<void> {
    const saved = this.#saved;
    if (saved === null || saved.sequence === this.#countedTo) return;
    const beginning = this.#beginnings;
    const minutes = this.#minutes;
    const to = { writer: saved.writer, sequence: this.#countedTo };
    const minutesKeptFromMs = minutesKeptFrom(this.#engine.clock.nowMs());
    this.#minutes = new Map();
    let isAdded = false;
    try {
      const { store } = this.#engine;
      isAdded = await store.addToSeries({ after: saved.sequence, to, minutes, minutesKeptFromMs });
    } catch (error) {
      if (beginning === this.#beginnings) addMinutes(this.#minutes, minutes);
      throw error;
    }
    if (beginning !== this.#beginnings) return;
    if (isAdded) this.#saved = to;
    else this.#forget();
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(work, work);
    this.#turn = done;
    return done;
  }
}

function countRecorded(minutes: Minutes, recorded: readonly Recorded[]): void {
  for (const { decision } of recorded) {
    if (decision.kind === 'payment') countEvent(minutes, decision.event, decision.payment);
  }
}

function addMinutes(sum: Minutes, part: Minutes): void {
  for (const [minuteMs, tally] of part) addTally(tallyAt(sum, minuteMs), tally);
}
