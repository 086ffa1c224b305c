/** The log of everything that happened: read from any place in it, or live. */
import { type FeedFilters, type FeedOptions, feed } from '../feed.ts';
import { type List, listOf } from '../list.ts';
import type { RequestOptions } from '../options.ts';
import type { Transport } from '../transport.ts';
import type { Answer, EventType, FarthingEvent } from '../types.ts';

export interface EventFilters {
  readonly type?: EventType | readonly EventType[] | undefined;
  readonly payment_id?: string | undefined;
  /** The `cursor` of an event: what came behind it. Absent: from the beginning. */
  readonly after?: string | undefined;
  /** The `cursor` of an event: what came before it. Absent: to the end. */
  readonly before?: string | undefined;
  /** `desc`: newest first. Oldest first when absent. */
  readonly order?: 'asc' | 'desc' | undefined;
  /** Events a page: 1 to 500, 20 when absent. */
  readonly limit?: number | undefined;
}

/** A cursor goes on in the direction of the list. */
function goingOn({ order }: EventFilters, cursor: string | undefined): EventFilters {
  if (cursor === undefined) return {};
  return order === 'desc' ? { before: cursor } : { after: cursor };
}

export class Events {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Oldest first, or newest first; it ends where the log ends, or begins. */
  list(filters: EventFilters = {}, options: RequestOptions = {}): List<FarthingEvent> {
    return listOf((cursor) =>
      this.#transport.request<Answer<'listEvents'>>({
        method: 'GET',
        path: '/events',
        query: { ...filters, ...goingOn(filters, cursor) },
        options,
      }),
    ) as List<FarthingEvent>;
  }

  /**
   * Every event as it happens, without end: over lost connections and restarts, none twice and none missing. Leave the
   * loop with `break`, or abort the signal.
   */
  stream(options: FeedOptions & FeedFilters = {}): AsyncGenerator<FarthingEvent, never> {
    return feed(this.#transport, options);
  }
}
