/** What a receiver may cost, each with its reason. */

export interface SenderLimits {
  /** Name, TCP and TLS together: a receiver that is there answers in well under a second. */
  readonly connectMs: number;
  /** From the first byte of the attempt to its end: longer than a receiver that does its work before it answers. */
  readonly totalMs: number;
  /** The answer is decided by its head; what follows is only to be looked at. */
  readonly bodyMs: number;
  /** As much of an answer as is kept. */
  readonly bodyBytesMax: number;
  /** Status line and headers; more than any framework sends. */
  readonly headBytesMax: number;
  /** Shorter than what servers commonly allow (5 s and up), so that it is we who close. */
  readonly idleMs: number;
  /** As many as an endpoint has deliveries in flight. */
  readonly connectionsMax: number;
}

export const SENDER_LIMITS: SenderLimits = {
  connectMs: 5_000,
  totalMs: 15_000,
  bodyMs: 2_000,
  bodyBytesMax: 65_536,
  headBytesMax: 16_384,
  idleMs: 4_000,
  connectionsMax: 8,
};

/** Of an answer's headers, as many are kept, each cut at as many characters. */
export const HEADERS_KEPT_MAX = 64;
export const HEADER_CHARACTERS_MAX = 1_024;

/** Longer addresses are cut somewhere on their way by somebody. */
export const URL_CHARACTERS_MAX = 2_048;

/** A name with more addresses than this is not needed to be reached at all of them. */
export const ADDRESSES_MAX = 16;

/** What one may write in WEBHOOK_ALLOW_CIDRS. */
export const CIDRS_MAX = 100;
