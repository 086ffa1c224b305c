/** What the live feed needs from whoever carries it to its readers, and its limits. */
import type { LogPosition, StoredEvent } from '../ports.ts';

/** Why a reader cannot simply go on: what it has read so far is not all there was, or is no longer so. */
export type ResetReason =
  /** Everything was taken out and a new log began. */
  | 'log_reset'
  /** More has happened since than is sent again. */
  | 'too_old'
  /** The log ends before this place: an older copy of it was put back. */
  | 'not_in_log';

/** The pieces of text that the feed is made of. */
export interface Frames {
  /** What every reader is sent first: where it is. */
  opening(position: LogPosition): string;
  event(event: StoredEvent, writer: string): string;
  /** Shows that the connection lives, and where the reader is although nothing passed its filter. */
  heartbeat(position: LogPosition): string;
  /** Tells that the reader goes on from another place than it was at. */
  reset(reason: ResetReason, position: LogPosition): string;
}

/** The connection to one reader. Nothing here throws, also when it is gone. */
export interface Outlet {
  /** Sends, or keeps what cannot be sent yet. */
  write(bytes: Uint8Array): void;
  /** What was written and could not be sent yet. */
  readonly unsentBytes: number;
  /** Resolves when there is room again, at once when there is, and when it is gone. */
  drained(): Promise<void>;
  /** Ends it when everything is sent. */
  end(): void;
  /** Ends it now, and throws away what is not sent. */
  cutOff(): void;
  /** Calls the listener once when it is gone, whoever ended it. */
  onGone(listener: () => void): void;
}

export interface FeedLimits {
  /** Readers at once: each is a connection and a write twenty times a second, which takes some 10 µs. */
  readonly readersMax: number;
  /**
   * Entries sent again to one that comes back, unless an index finds them: three minutes of 500 events a second, 130 MB
   * or so. Whoever was away for longer is better served by the lists, as they stand now.
   */
  readonly behindMax: number;
  /**
   * What may wait for a reader beyond what the kernel takes (some megabytes): a second and a half of 500 events a
   * second. Readers of the same filter wait for the same bytes, so that a hundred frozen ones hold them once.
   */
  readonly unsentBytesMax: number;
  /** Many proxies end a connection after 30 to 60 silent seconds. */
  readonly heartbeatMs: number;
  /** A reader that comes back may take so long for one page of what it missed. */
  readonly stallMs: number;
  /** When the server closes: time to take what was sent before. */
  readonly endMs: number;
}

export const FEED_LIMITS: FeedLimits = {
  readersMax: 1_000,
  behindMax: 100_000,
  unsentBytesMax: 1024 * 1024,
  heartbeatMs: 15_000,
  stallMs: 30_000,
  endMs: 500,
};
