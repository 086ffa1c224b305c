/**
 * The pages that readers who come back have missed. Many come back at once, after a restart, and to the same place: what
 * one of them has read is kept for a while, as the bytes that are sent, for those who follow it. All reading takes turns:
 * one page at a time, and whatever else the process has to do comes in between.
 */
import type { LogPosition, Store } from '../ports.ts';
import { type FeedFilter, filterKey, queryOf } from './filter.ts';
import { bytesOf } from './page.ts';
import type { Frames } from './ports.ts';

/** A millisecond or two of reading, which is what a payment may have to wait for it. */
const PAGE_EVENTS = 100;

/** Some sixty pages: those who follow may be so far behind the first. */
const KEPT_BYTES_MAX = 8 * 1024 * 1024;

export interface MissedPage {
  /** Null when nothing passes the filter. */
  readonly bytes: Uint8Array | null;
  /** All up to here is in it, or did not pass. */
  readonly scannedTo: number;
}

export class MissedPages {
  readonly #store: Store;
  readonly #frames: Frames;
  /** Read or being read, by filter and place. */
  readonly #pages = new Map<string, Promise<MissedPage>>();
  /** Of those that are read, the bytes; the oldest first. */
  readonly #kept = new Map<string, number>();
  #keptBytes = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(store: Store, frames: Frames) {
    this.#store = store;
    this.#frames = frames;
  }

  /** What comes behind the position. It is of this log if that still stands when the page is there. */
  read(filter: FeedFilter, { writer, sequence }: LogPosition): Promise<MissedPage> {
    const key = `${writer}.${sequence} ${filterKey(filter)}`;
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const page = this.#inTurn(() => this.#read(key, filter, { writer, sequence }));
    this.#pages.set(key, page);
    page.catch(() => this.#pages.delete(key));
    return page;
  }

  /** When nobody is behind any more. */
  clear(): void {
    this.#pages.clear();
    this.#kept.clear();
    this.#keptBytes = 0;
  }

  async #read(key: string, filter: FeedFilter, from: LogPosition): Promise<MissedPage> {
    // Pages end at round sequences, so that readers who began at different places soon ask for the same.
    const limit = PAGE_EVENTS - (from.sequence % PAGE_EVENTS);
    const { events, scannedTo } = await this.#store.events({
      after: from.sequence,
      limit,
      ...queryOf(filter),
    });
    const texts = events.map((event) => this.#frames.event(event, from.writer));
    const bytes = texts.length === 0 ? null : bytesOf(texts.join(''));
    if (events.length === limit && bytes !== null) this.#keep(key, bytes.length);
    // More may follow at the end of the log.
    else this.#pages.delete(key);
    return { bytes, scannedTo };
  }

  #keep(key: string, bytes: number): void {
    this.#kept.set(key, bytes);
    this.#keptBytes += bytes;
    for (const [oldest, oldestBytes] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES_MAX) return;
      this.#pages.delete(oldest);
      this.#kept.delete(oldest);
      this.#keptBytes -= oldestBytes;
    }
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#lastTurn.then(() => new Promise(setImmediate)).then(work);
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }
}
