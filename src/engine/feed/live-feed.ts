/**
 * The live feed: every event of the log to every reader that wants it, in order, none twice and none left out, from the
 * place where it begins. It owns the readers and what may wait for each of them.
 *
 *   behind ──reads by itself, see catch-up.ts──► live ──► gone: it left, it was too slow, or the server closes
 *
 * One reader of the log serves all who are live (tail.ts). Nobody is ever waited for: a live reader that does not take
 * what it is sent is cut off when too much waits for it, and goes on from the log when it comes back.
 */
import type { Engine, LogPosition, StoredEvent } from '../ports.ts';
import { catchUp, type CatchUpDeps, type Latecomer } from './catch-up.ts';
import type { FeedFilter } from './filter.ts';
import { MissedPages } from './missed-pages.ts';
import { bytesOf, outgoingPage } from './page.ts';
import { type AskedPlace, beginningAt } from './place.ts';
import type { FeedLimits, Frames, Outlet } from './ports.ts';
import { startTail, type Tail } from './tail.ts';

export interface LiveFeed {
  /** Nobody more is let in. */
  readonly isFull: boolean;
  /** `head` is the end of the log, read just now. */
  follow(reader: NewReader, head: LogPosition): void;
  facts(): FeedFacts;
  /** Ends all readers, and whoever comes later; resolves when the log is no longer read. */
  end(): Promise<void>;
}

export interface NewReader {
  readonly filter: FeedFilter;
  readonly place: AskedPlace;
  readonly outlet: Outlet;
}

export interface FeedFacts {
  readonly readers: number;
  /** Of them, those at the end of the log. */
  readonly live: number;
  /** Bytes that wait, of all readers together. */
  readonly unsentBytes: number;
  /** Readers that were too slow, so far. */
  readonly cutOff: number;
}

interface Reader extends Latecomer {
  isLive: boolean;
}

export interface FeedOptions {
  readonly engine: Engine;
  readonly frames: Frames;
  readonly limits: FeedLimits;
  /** The log could not be read: those at its end wait, those behind are ended and come back. */
  readonly onError: (error: unknown) => void;
}

export function openFeed(options: FeedOptions): LiveFeed {
  return new Feed(options);
}

class Feed implements LiveFeed {
  readonly #options: FeedOptions;
  readonly #readers = new Set<Reader>();
  readonly #catchUps = new Set<Promise<void>>();
  readonly #missed: MissedPages;
  /** Reads the log while there is anybody to read it for. */
  #tail: Tail | null = null;
  #heartbeat: NodeJS.Timeout | undefined;
  #cutOff = 0;
  #isEnding = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#missed = new MissedPages(options.engine.store, options.frames);
  }

  get isFull(): boolean {
    return this.#readers.size >= this.#options.limits.readersMax;
  }

  follow({ filter, place, outlet }: NewReader, head: LogPosition): void {
    if (this.#isEnding) return outlet.end();
    const { frames, limits } = this.#options;
    const { position, reset } = beginningAt(place, head, filter, limits.behindMax);
    const reader: Reader = { filter, outlet, position, isLive: false, isGone: false };
    this.#readers.add(reader);
    outlet.onGone(() => this.#forget(reader));
    // It may have left while it was let in.
    if (reader.isGone) return;
    this.#start(head);
    const notice = reset === null ? '' : frames.reset(reset, position);
    outlet.write(bytesOf(frames.opening(position) + notice));
    if (!this.#join(reader)) this.#catchUp(reader);
  }

  facts(): FeedFacts {
    const readers = [...this.#readers];
    return {
      readers: readers.length,
      live: readers.filter(({ isLive }) => isLive).length,
      unsentBytes: readers.reduce((sum, { outlet }) => sum + outlet.unsentBytes, 0),
      cutOff: this.#cutOff,
    };
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    const readers = [...this.#readers];
    const late = setTimeout(() => {
      for (const { outlet } of this.#readers) outlet.cutOff();
    }, this.#options.limits.endMs);
    const gone = readers.map(
      ({ outlet }) => new Promise<void>((resolve) => outlet.onGone(resolve)),
    );
    for (const { outlet } of readers) outlet.end();
    await Promise.all(gone);
    clearTimeout(late);
    await Promise.all([this.#stop(), ...this.#catchUps]);
  }

  #start(head: LogPosition): void {
    if (this.#tail !== null) return;
    const { engine, limits, onError } = this.#options;
    this.#tail = startTail(engine, head, {
      onEvents: (events, from) => this.#send(events, from),
      onReset: (position) => this.#reset(position),
      onError,
    });
    this.#heartbeat = setInterval(() => this.#beat(), limits.heartbeatMs);
  }

  async #stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    const tail = this.#tail;
    this.#tail = null;
    await tail?.stop();
  }

  #forget(reader: Reader): void {
    reader.isGone = true;
    this.#readers.delete(reader);
    if (this.#readers.size === 0) void this.#stop();
  }

  #catchUp(reader: Reader): void {
    const { engine, frames, limits, onError } = this.#options;
    const deps: CatchUpDeps = {
      store: engine.store,
      frames,
      limits,
      pages: this.#missed,
      join: () => this.#join(reader),
      cutOff: () => this.#cut(reader),
    };
    const work = catchUp(reader, deps)
      .catch((error: unknown) => {
        onError(error);
        reader.outlet.end();
      })
      .finally(() => {
        this.#catchUps.delete(work);
        if (this.#catchUps.size === 0) this.#missed.clear();
      });
    this.#catchUps.add(work);
  }

  /** Live is who is not behind the tail: what the tail reads next is the first that it lacks, or it has that already. */
  #join(reader: Reader): boolean {
    const tail = this.#tail?.position;
    reader.isLive =
      tail?.writer === reader.position.writer && tail.sequence <= reader.position.sequence;
    return reader.isLive;
  }

  #send(events: readonly StoredEvent[], from: LogPosition): void {
    const page = outgoingPage(events, from, this.#options.frames);
    try {
      for (const reader of this.#live()) {
        const bytes = page.bytesFor(reader.filter, reader.position.sequence);
        if (bytes !== null) this.#write(reader, bytes);
      }
    } catch (error) {
      // Nobody may miss what could not be sent: all come back, and read it for themselves.
      for (const { outlet } of this.#live()) outlet.cutOff();
      throw error;
    }
  }

  #reset(position: LogPosition): void {
    const bytes = bytesOf(this.#options.frames.reset('log_reset', position));
    for (const reader of this.#live()) {
      reader.position = position;
      this.#write(reader, bytes);
    }
  }

  #beat(): void {
    const position = this.#tail?.position;
    if (position === undefined) return;
    const bytes = bytesOf(this.#options.frames.heartbeat(position));
    for (const reader of this.#live()) {
      // Whoever is ahead of the tail must not be told of an earlier place.
      if (reader.position.sequence <= position.sequence) this.#write(reader, bytes);
    }
  }

  #live(): Reader[] {
    return [...this.#readers].filter(({ isLive }) => isLive);
  }

  /** What waits is at most the limit and one page. */
  #write(reader: Reader, bytes: Uint8Array): void {
    if (reader.outlet.unsentBytes > this.#options.limits.unsentBytesMax) this.#cut(reader);
    else reader.outlet.write(bytes);
  }

  #cut(reader: Reader): void {
    this.#cutOff += 1;
    this.#forget(reader);
    reader.outlet.cutOff();
  }
}
