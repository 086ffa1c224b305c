/** What was asked of the service lately, and with which settings it was started. */
import { type List, listOf } from '../list.ts';
import type { RequestOptions } from '../options.ts';
import { path, type Transport } from '../transport.ts';
import type { Answer, LoggedRequest, LoggedRequestWithBodies, Page } from '../types.ts';

export interface RequestFilters {
  readonly method?: string | undefined;
  /** A status or a class of them (`4xx`); `none`: it was not answered. */
  readonly status?: number | '2xx' | '3xx' | '4xx' | '5xx' | 'none' | undefined;
  /** A part of the path or of the query. */
  readonly path?: string | undefined;
  readonly request_id?: string | undefined;
  /** Requests a page: 1 to 100, 20 when absent. */
  readonly limit?: number | undefined;
}

export class RequestLog {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first, without headers and bodies. A restart of the service empties it, and old ones make way. */
  list(filters: RequestFilters = {}, options: RequestOptions = {}): List<LoggedRequest> {
    return listOf((cursor) =>
      this.#transport.request<Page<LoggedRequest>>({
        method: 'GET',
        path: '/requests',
        query: { ...filters, cursor },
        options,
      }),
    );
  }

  /** With headers and bodies, redacted: by its `id`, or the last one that came with this request id. */
  get(id: string, options: RequestOptions = {}): Promise<LoggedRequestWithBodies> {
    return this.#transport.request({ method: 'GET', path: path`/requests/${id}`, options });
  }
}

export class ConfigurationResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Every setting, its value and where that came from; secrets are masked. */
  get(options: RequestOptions = {}): Promise<Answer<'getConfiguration'>> {
    return this.#transport.request({ method: 'GET', path: '/configuration', options });
  }
}
