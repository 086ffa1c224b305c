/** A page of the log on its way to many readers: each event is made text once, each filter's part bytes once. */
import type { LogPosition, StoredEvent } from '../ports.ts';
import { type FeedFilter, filterKey, passes } from './filter.ts';
import type { Frames } from './ports.ts';

const encoder = new TextEncoder();

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

export interface OutgoingPage {
  /** What passes the filter, of that behind `after`; null when nothing does. */
  bytesFor(filter: FeedFilter, after: number): Uint8Array | null;
}

/** The events are those behind `from`. */
export function outgoingPage(
  events: readonly StoredEvent[],
  from: LogPosition,
  frames: Frames,
): OutgoingPage {
  const texts = new Map<StoredEvent, string>();
  const shared = new Map<string, Uint8Array | null>();
  const textOf = (event: StoredEvent) => {
    const text = texts.get(event) ?? frames.event(event, from.writer);
    texts.set(event, text);
    return text;
  };
  const join = (filter: FeedFilter, after: number) => {
    const parts = events.filter((event) => event.sequence > after && passes(filter, event));
    return parts.length === 0 ? null : bytesOf(parts.map(textOf).join(''));
  };
  return {
    bytesFor(filter, after) {
      // One that has just come may be ahead of the others, once.
      if (after > from.sequence) return join(filter, after);
      const key = filterKey(filter);
      const known = shared.get(key);
      if (known !== undefined) return known;
      const bytes = join(filter, after);
      shared.set(key, bytes);
      return bytes;
    },
  };
}
