/**
 * A reader that comes back is sent what it missed page by page, no faster than it takes them, until it is where the
 * others are.
 */
import type { LogPosition, Store } from '../ports.ts';
import type { FeedFilter } from './filter.ts';
import type { MissedPages } from './missed-pages.ts';
import { bytesOf } from './page.ts';
import type { FeedLimits, Frames, Outlet } from './ports.ts';

/** How long until a reader at the end of the log looks again, when the others are not there yet: behind a reset. */
const PAUSE_MS = 20;

/** One who is behind. */
export interface Latecomer {
  readonly filter: FeedFilter;
  readonly outlet: Outlet;
  /** Everything up to here was sent, or did not pass the filter. */
  position: LogPosition;
  isGone: boolean;
}

export interface CatchUpDeps {
  readonly store: Store;
  readonly pages: MissedPages;
  readonly frames: Frames;
  readonly limits: FeedLimits;
  /** Joins those at the end of the log, at once; false when they are ahead, or still in the log before a reset. */
  join(): boolean;
  /** It takes nothing of what it is sent. */
  cutOff(): void;
}

/** Returns when it has joined or is gone; throws what reading the log throws. */
export async function catchUp(latecomer: Latecomer, deps: CatchUpDeps): Promise<void> {
  const { store, pages, frames, limits } = deps;
  const { filter, outlet } = latecomer;
  while (!latecomer.isGone) {
    const { bytes, scannedTo } = await pages.read(filter, latecomer.position);
    // A name never comes back: what was read before it is found unchanged is of this log.
    const { writer } = await store.logHead();
    if (latecomer.isGone) return;
    if (writer !== latecomer.position.writer) {
      latecomer.position = { writer, sequence: 0 };
      outlet.write(bytesOf(frames.reset('log_reset', latecomer.position)));
      continue;
    }
    latecomer.position = { writer, sequence: Math.max(latecomer.position.sequence, scannedTo) };
    if (bytes !== null) outlet.write(bytes);
    if (deps.join()) return;
    if (!(await hasRoom(outlet, limits.stallMs))) return deps.cutOff();
    if (bytes === null) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    // A page that somebody else has read costs no turn: then others come in between here.
    else await new Promise(setImmediate);
  }
}

async function hasRoom(outlet: Outlet, stallMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), stallMs);
  });
  const drained = outlet.drained().then(() => true);
  const isDrained = await Promise.race([drained, stalled]);
  clearTimeout(timer);
  return isDrained;
}
