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

/** Requests under way to one endpoint: enough to keep a fast receiver busy, few enough not to be an attack on it. */
export const WEBHOOKS_IN_FLIGHT_MAX = 8;

/** Deliveries leased at once to an endpoint that answers fast; one that does not gets only what it can begin. */
export const WEBHOOKS_CLAIMED_MAX = 64;

/** A delivery that is leased belongs to one attempt for so long; after a crash it is due again when this is over. */
export const WEBHOOK_LEASE_MS = 30_000;

/** What a lease must still have when a request begins: the longest request (15 s), and room to write down its end. */
export const WEBHOOK_LEASE_LEFT_MS_MIN = 20_000;

/** Events that are made into deliveries in one transaction: a hundred endpoints make 50,000 rows of them. */
export const FAN_OUT_EVENTS_MAX = 500;

/** Texts of events that are kept for those endpoints that come to them a little later, in characters. */
export const EVENT_TEXTS_CHARS_MAX = 4 * 1024 * 1024;

/** Deliveries held up on purpose that are remembered; what is forgotten may be held up once more. */
export const HELD_DELIVERIES_MAX = 20_000;
