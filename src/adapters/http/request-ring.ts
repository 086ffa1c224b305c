/**
 * The last requests, in memory: for looking at, not for keeping. Bounded by number and by size, and each kind by
 * itself, so that a flood of one kind does not push out the few of another: the only failure among a thousand
 * successes, or the one payment among what a dashboard reads all day.
 */
import { assert } from '../../core/assert.ts';

/** A request and its answer, without card numbers and credentials; what else may not be shown is taken out on reading. */
export interface LoggedRequest {
  readonly requestId: string;
  readonly atMs: number;
  readonly durationMs: number;
  readonly method: string;
  /** Path and query, as they may be shown. */
  readonly url: string;
  /** The pattern that matched; `unmatched` when none did. */
  readonly route: string;
  /** Null when nothing was sent. */
  readonly status: number | null;
  /** Empty when it was refused before anybody knew who asks. */
  readonly actor: string;
  /** Whether it had an Idempotency-Key, and whether the request came so far that the key counted. */
  readonly key: 'none' | 'unused' | 'used';
  /** Names and values in turn. */
  readonly requestHeaders: readonly string[];
  readonly responseHeaders: Readonly<Record<string, number | string | string[] | undefined>>;
  readonly requestBody: KeptText;
  readonly responseBody: KeptText;
}

export interface KeptText {
  /** Null when there was none, or none is kept. */
  readonly text: string | null;
  /** True when only the beginning is kept. */
  readonly isCut: boolean;
}

/** As it stands in the ring. */
export interface RingEntry {
  /** Grows with every request. */
  readonly ordinal: number;
  readonly request: LoggedRequest;
}

const KINDS = ['change', 'read', 'refusal', 'failure'] as const;
type Kind = (typeof KINDS)[number];

export interface RingLimits {
  readonly requests: number;
  /** Of memory, about. */
  readonly bytes: number;
}

const MIB = 1024 * 1024;

/** 500 requests and 8 MiB in all. */
const LIMITS: Readonly<Record<Kind, RingLimits>> = {
  change: { requests: 200, bytes: 3 * MIB },
  read: { requests: 100, bytes: 2 * MIB },
  refusal: { requests: 150, bytes: 2 * MIB },
  failure: { requests: 50, bytes: MIB },
};

/** A request without its texts: its record, and its headers on both sides. */
const REQUEST_BYTES = 2_000;

interface Held {
  readonly limits: RingLimits;
  /** The oldest first. */
  readonly entries: RingEntry[];
  bytes: number;
}

export class RequestRing {
  readonly #held: Readonly<Record<Kind, Held>>;
  #ordinal = 0;

  constructor(limits: Readonly<Record<Kind, RingLimits>> = LIMITS) {
    const held = (kind: Kind): Held => ({ limits: limits[kind], entries: [], bytes: 0 });
    this.#held = {
      change: held('change'),
      read: held('read'),
      refusal: held('refusal'),
      failure: held('failure'),
    };
  }

  add(request: LoggedRequest): void {
    this.#ordinal += 1;
    const held = this.#held[kindOf(request)];
    held.entries.push({ ordinal: this.#ordinal, request });
    held.bytes += bytesOf(request);
    while (held.entries.length > held.limits.requests || held.bytes > held.limits.bytes) {
      dropOldest(held);
    }
  }

  /** The newest first. */
  list(): RingEntry[] {
    return KINDS.flatMap((kind) => this.#held[kind].entries).sort(
      (left, right) => right.ordinal - left.ordinal,
    );
  }
}

/** What was not answered stands with the refusals: clients that go away must not push out the failures. */
function kindOf({ status, method }: LoggedRequest): Kind {
  if (status === null) return 'refusal';
  if (status >= 500) return 'failure';
  if (status >= 400) return 'refusal';
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? 'read' : 'change';
}

function dropOldest(held: Held): void {
  const dropped = held.entries.shift();
  assert(dropped !== undefined, 'one request alone is within the limits');
  held.bytes -= bytesOf(dropped.request);
}

/** A character takes at most two bytes in memory. */
function bytesOf({ url, requestBody, responseBody }: LoggedRequest): number {
  const texts = (requestBody.text?.length ?? 0) + (responseBody.text?.length ?? 0);
  return REQUEST_BYTES + 2 * (url.length + texts);
}
