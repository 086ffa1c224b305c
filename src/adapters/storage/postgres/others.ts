/**
 * What other writers commit, handed on in this process: their events, each once, in pages, in the order that the log will
 * have them in (time, writer, sequence); changed settings; a new log. It asks, about ten times a second, how far the
 * writers are, one small query. Nothing is sent by who commits: a NOTIFY in a transaction makes commits wait for each
 * other. Where there is a Redis, a hint that comes by it makes a look come at once.
 *
 *   asleep ──100 ms; half a second when nothing has moved for long; a hint──► looking ──► asleep
 *
 * It reads each writer behind what is known of it (known-events.ts), not the order of the log, which is made later and is
 * not needed to know everything once. Memory is changed between two batches only: a batch that is under way has been
 * decided on what it holds.
 */
import { DECISION_TYPES } from '../../../engine/feature-replay.ts';
import type { OthersChange, OthersEvent } from '../../../engine/others.ts';
import { integer, paymentId, type Row, text } from '../rows.ts';
import type { BatchState } from './batch.ts';
import type { Queries } from './connection.ts';
import type { EventSpan } from './known-events.ts';

/** So long until it looks again: short enough that nobody who waits for a payment minds. */
const LOOK_MS = 100;
/** So long when nothing has moved for a while. */
const QUIET_LOOK_MS = 500;
const QUIET_AFTER_MS = 10_000;
/** Between two looks that were hinted at: under load there is a hint for every batch of everybody. */
const HINTED_LOOK_MS = 20;

/** A few hundred kilobytes, most of it the causes of decisions on cards. */
const PAGE_EVENTS = 1_000;

export interface OthersListener {
  /** Runs `work` while no batch is under way, at once or later; settles after it. */
  between(work: () => void): Promise<void>;
  /** At least one; called between batches. */
  onEvents(events: readonly OthersEvent[]): void;
  /** Looking failed, after it went well; it goes on. */
  onError(error: unknown): void;
}

export interface OthersDeps {
  readonly queries: Queries;
  readonly state: BatchState;
  /** Reads what is new; gives what makes memory follow, which is called between batches. */
  readonly onForeignChange: (change: OthersChange) => Promise<() => void>;
}

export interface Others {
  /** Somebody may have committed: looks at once, if it did not just now. */
  look(): void;
  /** Nothing is handed on any more; resolves when no look is under way. */
  stop(): Promise<void>;
}

/**
 * Hands on what is not in the log up to position `after`, nor committed by this process. Resolves when it is settled what
 * that is: before it, this process may commit nothing.
 */
export async function followOthers(
  deps: OthersDeps,
  after: number,
  listener: OthersListener,
): Promise<Others> {
  await beginAfter(deps, after);
  return new OthersFollower(deps, listener);
}

/** All that has its place up to `after` is known. */
async function beginAfter({ queries, state }: OthersDeps, after: number): Promise<void> {
  const rows = await queries.rows(
    'known_writers',
    `select log.name as log, writers.writer_no, last.sequence from log cross join writers
       cross join lateral (select sequence from log_order
         where writer_no = writers.writer_no and position <= $1
         order by sequence desc limit 1) last`,
    [after],
  );
  for (const row of rows) {
    // When another log has begun meanwhile, the first look finds that out.
    if (text(row, 'log') !== state.writer.log) return;
    state.known.begin(integer(row, 'writer_no'), integer(row, 'sequence'));
  }
  state.seen = Math.max(state.seen, after);
}

/** How far everybody is. */
interface Standing {
  readonly log: string;
  readonly settingsVersion: number;
  readonly writers: readonly { writerNo: number; generation: number; to: number }[];
}

class OthersFollower implements Others {
  readonly #deps: OthersDeps;
  readonly #listener: OthersListener;
  #isFailing = false;
  #isStopped = false;
  #isHinted = false;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;
  #lookedAt = -Infinity;
  #seen = '';
  #movedAt = performance.now();

  constructor(deps: OthersDeps, listener: OthersListener) {
    this.#deps = deps;
    this.#listener = listener;
    this.#sleep(0);
  }

  look(): void {
    this.#isHinted = true;
    // Who is looking sees the hint when it is done; a database that is away is not asked more often for it.
    if (this.#looking === null && !this.#isFailing) this.#sleep(this.#hintedMs());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #sleep(ms: number): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), ms);
  }

  #begin(): void {
    this.#isHinted = false;
    this.#lookedAt = performance.now();
    this.#looking = this.#look().then(
      () => {
        this.#looking = null;
        this.#isFailing = false;
        const isQuiet = performance.now() - this.#movedAt > QUIET_AFTER_MS;
        this.#sleep(this.#isHinted ? this.#hintedMs() : isQuiet ? QUIET_LOOK_MS : LOOK_MS);
      },
      (error: unknown) => {
        this.#looking = null;
        if (!this.#isFailing) this.#listener.onError(error);
        this.#isFailing = true;
        this.#sleep(QUIET_LOOK_MS);
      },
    );
  }

  #hintedMs(): number {
    return Math.max(0, this.#lookedAt + HINTED_LOOK_MS - performance.now());
  }

  async #look(): Promise<void> {
    const { queries, state } = this.#deps;
    const { writer } = state;
    const standing = await readStanding(queries);
    this.#noteMoves(standing);
    const isAsBefore =
      state.writer.log === writer.log && state.writer.settingsVersion === writer.settingsVersion;
    // A batch that was written meanwhile changed what this is compared with: the next look sees it whole.
    if (!isAsBefore) return;
    await this.#takeChange(standing);
    while (!this.#isStopped && (await this.#readPage(standing))) await new Promise(setImmediate);
  }

  #noteMoves(standing: Standing): void {
    const seen = JSON.stringify(standing);
    if (seen !== this.#seen) this.#movedAt = performance.now();
    this.#seen = seen;
  }

  async #takeChange({ log, settingsVersion }: Standing): Promise<void> {
    const { state, onForeignChange } = this.#deps;
    const { writer } = state;
    const isReset = log !== writer.log;
    if (!isReset && settingsVersion === writer.settingsVersion) return;
    const apply = await onForeignChange({ isReset });
    await this.#listener.between(() => {
      // The batch that was under way has found out by itself, or it was its own doing.
      if (state.writer.log !== writer.log) return;
      if (state.writer.settingsVersion !== writer.settingsVersion) return;
      apply();
      if (isReset) forgetLog(state);
      // The rest of it is found to be another's by the next batch, which takes the writer anew.
      state.writer = { ...state.writer, log, settingsVersion };
    });
  }

  /** True when there may be more. */
  async #readPage({ log, writers }: Standing): Promise<boolean> {
    const { queries, state } = this.#deps;
    const { writer, known } = state;
    const others = writers.filter(
      ({ writerNo, generation }) =>
        writerNo !== writer.writerNo || generation !== writer.generation,
    );
    const spans = known.behind(others);
    if (spans.length === 0) return false;
    const rows = await readSpans(queries, log, spans);
    let hasLearned = false;
    await this.#listener.between(() => {
      if (state.writer.log !== log) return;
      const fresh = rows.filter((row) =>
        known.learn(integer(row, 'writer_no'), integer(row, 'sequence')),
      );
      if (fresh.length === 0) return;
      hasLearned = true;
      const before = state.seen;
      state.seen += fresh.length;
      this.#listener.onEvents(fresh.map((row, index) => othersEvent(row, before + index + 1)));
    });
    return hasLearned;
  }
}

/** What this process knew is of a log that is gone. */
export function forgetLog(state: BatchState): void {
  state.seen = 0;
  state.known.clear();
}

async function readStanding(queries: Queries): Promise<Standing> {
  const rows = await queries.rows(
    'standing',
    `select log.name as log, settings_version, writer_no, generation, sequence
       from log cross join writers order by writer_no`,
  );
  const [first = {}] = rows;
  return {
    log: text(first, 'log'),
    settingsVersion: integer(first, 'settings_version'),
    writers: rows.map((row) => ({
      writerNo: integer(row, 'writer_no'),
      generation: integer(row, 'generation'),
      to: integer(row, 'sequence'),
    })),
  };
}

/** The earliest events of these spans; none when the log is another by now. */
function readSpans(queries: Queries, log: string, spans: readonly EventSpan[]): Promise<Row[]> {
  return queries.rows(
    'others_events',
    `select event.* from unnest($2::integer[], $3::bigint[], $4::bigint[])
         as span(writer_no, after, upto)
       cross join lateral (
         select writer_no, sequence, payment_id, type, at_ms,
             case when type = any($5) then cause else '' end as cause
           from events
           where writer_no = span.writer_no and sequence > span.after and sequence <= span.upto
           order by sequence limit $6) event
       where exists (select 1 from log where name = $1)
       order by event.at_ms, event.writer_no, event.sequence limit $6`,
    [
      log,
      spans.map(({ writerNo }) => writerNo),
      spans.map(({ after }) => after),
      spans.map(({ to }) => to),
      DECISION_TYPES,
      PAGE_EVENTS,
    ],
  );
}

function othersEvent(row: Row, sequence: number): OthersEvent {
  return {
    sequence,
    type: text(row, 'type'),
    atMs: integer(row, 'at_ms'),
    cause: text(row, 'cause'),
    paymentId: row['payment_id'] === null ? null : paymentId(row, 'payment_id'),
  };
}
