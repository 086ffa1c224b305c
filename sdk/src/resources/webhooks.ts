/** Webhooks: where events are sent, what became of each, and receivers of the service's own to look at them. */
import { FarthingError } from '../errors.ts';
import { type List, listOf } from '../list.ts';
import type { RequestOptions } from '../options.ts';
import { path, type Transport } from '../transport.ts';
import type {
  EventPattern,
  Page,
  Sink,
  SinkChange,
  SinkMessage,
  WebhookDelivery,
  WebhookDeliveryStatus,
  WebhookDeliveryWithAttempts,
  WebhookEndpoint,
  WebhookEndpointChange,
  WebhookEndpointHealth,
  WebhookEndpointRequest,
  WebhookEndpointWithSecret,
  WebhookReplay,
  WebhookReplayRequest,
  WebhookTestRequest,
} from '../types.ts';

export class WebhookEndpoints {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Has events sent to an address. The answer has the `secret`, which no later answer contains. */
  create(
    endpoint: WebhookEndpointRequest,
    options: RequestOptions = {},
  ): Promise<WebhookEndpointWithSecret> {
    return this.#post('/webhook-endpoints', endpoint, options);
  }

  get(endpointId: string, options: RequestOptions = {}): Promise<WebhookEndpoint> {
    const where = path`/webhook-endpoints/${endpointId}`;
    return this.#transport.request({ method: 'GET', path: where, options });
  }

  /** Oldest first. */
  list(options: RequestOptions = {}): List<WebhookEndpoint> {
    return listOf(() =>
      this.#transport.request<Page<WebhookEndpoint>>({
        method: 'GET',
        path: '/webhook-endpoints',
        options,
      }),
    );
  }

  /** Its last 100 deliveries, the newest first, and how long their attempts took. */
  health(endpointId: string, options: RequestOptions = {}): Promise<WebhookEndpointHealth> {
    const where = path`/webhook-endpoints/${endpointId}/health`;
    return this.#transport.request({ method: 'GET', path: where, options });
  }

  /** What is absent stays; pauses with `enabled: false`, breaks on purpose with `faults`. */
  change(
    endpointId: string,
    change: WebhookEndpointChange,
    options: RequestOptions = {},
  ): Promise<WebhookEndpoint> {
    const where = path`/webhook-endpoints/${endpointId}`;
    return this.#transport.request({ method: 'PATCH', path: where, body: change, options });
  }

  /** Takes it away with its deliveries. */
  async delete(endpointId: string, options: RequestOptions = {}): Promise<void> {
    const where = path`/webhook-endpoints/${endpointId}`;
    try {
      await this.#transport.request({ method: 'DELETE', path: where, options });
    } catch (error) {
      // An earlier attempt, whose answer was lost, took it away.
      const isGone = error instanceof FarthingError && error.status === 404 && error.attempts > 1;
      if (!isGone) throw error;
    }
  }

  /** Signs with another secret, and with the old one too for 24 hours. The answer has the new one. */
  rotateSecret(
    endpointId: string,
    options: RequestOptions = {},
  ): Promise<WebhookEndpointWithSecret> {
    const where = path`/webhook-endpoints/${endpointId}/rotate-secret`;
    return this.#post(where, undefined, options);
  }

  /** Sends an example, and waits for what comes back. */
  test(
    endpointId: string,
    test: WebhookTestRequest = {},
    options: RequestOptions = {},
  ): Promise<WebhookDeliveryWithAttempts> {
    const where = path`/webhook-endpoints/${endpointId}/test`;
    return this.#post(where, test, options, TEST_MS_MAX);
  }

  #post<Value>(where: string, body: unknown, options: RequestOptions, waitsMs = 0): Promise<Value> {
    return this.#transport.request({
      method: 'POST',
      path: where,
      body,
      waitsMs,
      options,
    });
  }
}

/** How long the service waits for the receiver's answer to a test. */
const TEST_MS_MAX = 20_000;

export interface DeliveryFilters {
  readonly endpoint_id?: string | undefined;
  readonly status?: WebhookDeliveryStatus | readonly WebhookDeliveryStatus[] | undefined;
  readonly event_id?: string | undefined;
  readonly payment_id?: string | undefined;
  readonly event_type?: EventPattern | readonly EventPattern[] | undefined;
  /** Deliveries a page: 1 to 100, 20 when absent. */
  readonly limit?: number | undefined;
}

export class WebhookDeliveries {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The newest first, without their attempts. */
  list(filters: DeliveryFilters = {}, options: RequestOptions = {}): List<WebhookDelivery> {
    return listOf((cursor) =>
      this.#transport.request<Page<WebhookDelivery>>({
        method: 'GET',
        path: '/webhook-deliveries',
        query: { ...filters, cursor },
        options,
      }),
    );
  }

  /** With every attempt: what was sent, what came back. */
  get(deliveryId: string, options: RequestOptions = {}): Promise<WebhookDeliveryWithAttempts> {
    const where = path`/webhook-deliveries/${deliveryId}`;
    return this.#transport.request({ method: 'GET', path: where, options });
  }

  /** Sends it again, now, with the same id and the same bytes. */
  resend(deliveryId: string, options: RequestOptions = {}): Promise<WebhookDeliveryWithAttempts> {
    const where = path`/webhook-deliveries/${deliveryId}/resend`;
    return this.#transport.request({ method: 'POST', path: where, options });
  }

  /** Sends a stretch of the log again; while `has_more`, go on with `after: next_cursor`. */
  replay(replay: WebhookReplayRequest, options: RequestOptions = {}): Promise<WebhookReplay> {
    const where = '/webhook-deliveries/replay';
    return this.#transport.request({ method: 'POST', path: where, body: replay, options });
  }
}

export class Sinks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Those that were used, the last used first. */
  list(options: RequestOptions = {}): List<Sink> {
    return listOf(() =>
      this.#transport.request<Page<Sink>>({ method: 'GET', path: '/sinks', options }),
    );
  }

  /** What `/sinks/{name}` received, the newest first, each with what its signature is worth. */
  messages(
    name: string,
    filters: { readonly limit?: number | undefined } = {},
    options: RequestOptions = {},
  ): List<SinkMessage> {
    return listOf((cursor) =>
      this.#transport.request<Page<SinkMessage>>({
        method: 'GET',
        path: path`/sinks/${name}`,
        query: { ...filters, cursor },
        options,
      }),
    );
  }

  /** Says how it answers: `{ status: 503, next: 3 }` fails three times. */
  change(name: string, change: SinkChange, options: RequestOptions = {}): Promise<Sink> {
    const where = path`/sinks/${name}`;
    return this.#transport.request({ method: 'PATCH', path: where, body: change, options });
  }

  /** Empties it; it answers 200 at once again. */
  clear(name: string, options: RequestOptions = {}): Promise<void> {
    return this.#transport.request({ method: 'DELETE', path: path`/sinks/${name}`, options });
  }
}
