/** Every limit of the engine in one place, each with its reason. The HTTP edge's own stand in adapters/http/limits.ts. */

/** Commands decided and committed together. More gains nothing measurable and holds the event loop too long. */
export const BATCH_COMMANDS_MAX = 256;

/**
 * Due timers handed to one batch. Small enough that callers who wait behind such a batch wait a few
 * milliseconds, large enough that one fsync is shared by many payments.
 */
export const BATCH_TIMERS_MAX = 64;

/**
 * Commands waiting at the door. At 256 a batch this is several seconds of work; whoever comes later gets a 503
 * at once instead of a timeout.
 */
export const QUEUED_COMMANDS_MAX = 20_000;

/** Refunds of one payment: each of its events carries them all. */
export const REFUNDS_PER_PAYMENT_MAX = 50;

/** Stored replies are kept this long, by the engine's clock. */
export const IDEMPOTENCY_KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** How long a second request with the same key waits for the first one's answer before it gets a 409. */
export const IDEMPOTENCY_WAIT_MS = 2_000;

/** The longest wait that `Prefer: wait` can ask for. */
export const WAIT_MS_MAX = 30_000;
