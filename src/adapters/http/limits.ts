/** Limits of the HTTP edge, each with its reason. */

/** No payment needs more; a larger body is refused before it is read to the end. */
export const BODY_BYTES_MAX = 64 * 1024;

/** Node's own default, said aloud: request line and headers together. */
export const HEADER_BYTES_MAX = 16 * 1024;

/** A client that drips its headers is cut off. */
export const HEADERS_MS_MAX = 10_000;

/** A client that drips its body is cut off. */
export const REQUEST_MS_MAX = 30_000;

/** ids a client may send as X-Request-Id: long enough for two UUIDs, short enough to stand in every log line. */
export const REQUEST_ID_LENGTH_MAX = 128;

/** RFC draft-ietf-httpapi-idempotency-key-header names no limit; this is what the large providers take. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;

export const PAGE_ITEMS_MAX = 100;
export const PAGE_ITEMS_DEFAULT = 20;

/** Events are read in larger pages than payments are: a follower wants to catch up. */
export const EVENT_PAGE_ITEMS_MAX = 500;

/** A delay of the simulated network, as in the configuration: a day. */
export const DELAY_MS_MAX = 86_400_000;

/** Who wants a change of the simulation for longer than 30 days wants it for good. */
export const EXPIRES_SECONDS_MAX = 30 * 86_400;

/** A threshold with a limit of its own for every currency there is needs no more. */
export const THRESHOLD_CHARACTERS_MAX = 4_000;

/** How often a server that is closing looks for connections that have been answered. */
export const CLOSING_LOOK_MS = 25;

/** Addresses longer than this are refused by many receivers and proxies. */
export const WEBHOOK_URL_CHARACTERS_MAX = 2_048;

/** How long the answer to a test waits for its first attempt: a little more than an attempt may take. */
export const WEBHOOK_TEST_MS_MAX = 20_000;

/** How often it looks for it. */
export const WEBHOOK_TEST_LOOK_MS = 50;

/** Events made due again by one request: a transaction a page, and a second or two in all. */
export const REPLAY_EVENTS_MAX = 10_000;
export const REPLAY_PAGE_EVENTS = 500;

/** A filter that fits little looks at so many pages at most; each page looks at 10,000 entries at most. */
export const REPLAY_PAGES_MAX = 40;

/** What a receiver of ours takes: more than any webhook of ours holds. */
export const SINK_BODY_BYTES_MAX = 1024 * 1024;

/** What it keeps of a body. */
export const SINK_KEPT_BODY_BYTES = 64 * 1024;

/** Everybody who reaches the port may post to sinks: these three bound what that costs. */
export const SINKS_MAX = 100;
export const SINK_MESSAGES_MAX = 500;
export const SINK_BYTES_MAX = 64 * 1024 * 1024;

/** Longer than any sender of webhooks waits. */
export const SINK_DELAY_MS_MAX = 300_000;

/** What the request log keeps of a body and of an answer: all of a payment, the beginning of a long list. */
export const LOGGED_BODY_BYTES_MAX = 8 * 1024;

/** Longer addresses are cut in the request log. */
export const LOGGED_URL_CHARACTERS_MAX = 1_000;
