/** Payments: made, read, listed, refunded, tried again. */
import { FarthingError } from '../errors.ts';
import { type List, listOf } from '../list.ts';
import type { PostOptions, RequestOptions, WaitOptions } from '../options.ts';
import { pause } from '../retry-delay.ts';
import { path, type Transport } from '../transport.ts';
import type {
  Answer,
  FailureReason,
  FarthingEvent,
  Page,
  Payment,
  PaymentRequest,
  PaymentStatus,
  RefundRequest,
  RetryRequest,
} from '../types.ts';

export interface PaymentFilters {
  readonly status?: PaymentStatus | readonly PaymentStatus[] | undefined;
  readonly currency?: string | undefined;
  readonly method?: Payment['method'] | undefined;
  readonly failure_reason?: FailureReason | undefined;
  /** From `gte` on, before `lt`. */
  readonly created_at?: { readonly gte?: Date | string; readonly lt?: Date | string } | undefined;
  /** Major units, both ends included. */
  readonly amount?: { readonly gte?: number; readonly lte?: number } | undefined;
  readonly reference?: string | undefined;
  /** A payment id, the last four digits of a card, or the beginning of a recipient. */
  readonly q?: string | undefined;
  /** Payments a page: 1 to 100, 20 when absent. */
  readonly limit?: number | undefined;
}

export interface WaitForOptions extends RequestOptions {
  /** What is waited for; when absent, an outcome: anything but CREATED and PROCESSING. */
  readonly until?: PaymentStatus | readonly PaymentStatus[] | undefined;
  /** How long altogether, in milliseconds: 30,000 when absent. */
  readonly waitMsMax?: number | undefined;
}

/** Time between two looks: half of what a payment takes by default. */
const LOOK_MS = 250;

export class Payments {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Makes a payment. It is CREATED at first, and has its outcome a little later: see `waitSeconds` and `waitFor`. Sent
   * again after a lost answer, it is still one payment.
   */
  create(payment: PaymentRequest, options: WaitOptions = {}): Promise<Payment> {
    return this.#post('/payments', payment, options);
  }

  get(paymentId: string, options: RequestOptions = {}): Promise<Payment> {
    return this.#transport.request({ method: 'GET', path: path`/payments/${paymentId}`, options });
  }

  /** The newest first. */
  list(filters: PaymentFilters = {}, options: RequestOptions = {}): List<Payment> {
    return listOf((cursor) =>
      this.#transport.request<Page<Payment>>({
        method: 'GET',
        path: '/payments',
        query: { ...filters, cursor },
        options,
      }),
    );
  }

  /** Refunds a payment in SUCCESS: `amount` of it, or all that is left. */
  refund(
    paymentId: string,
    refund: RefundRequest = {},
    options: PostOptions = {},
  ): Promise<Payment> {
    return this.#post(path`/payments/${paymentId}/refund`, refund, options);
  }

  /** Tries a FAILED payment again whose `retryable` is true; a card payment may bring another card. */
  retry(paymentId: string, retry: RetryRequest = {}, options: WaitOptions = {}): Promise<Payment> {
    return this.#post(path`/payments/${paymentId}/retry`, retry, options);
  }

  /** What happened to it, oldest first. */
  events(paymentId: string, options: RequestOptions = {}): List<FarthingEvent> {
    return listOf((after) =>
      this.#transport.request<Answer<'listPaymentEvents'>>({
        method: 'GET',
        path: path`/payments/${paymentId}/events`,
        query: { after },
        options,
      }),
    ) as List<FarthingEvent>;
  }

  /** Reads it again and again until it is where it is waited for; rejects with code `timeout` when it takes too long. */
  async waitFor(paymentId: string, options: WaitForOptions = {}): Promise<Payment> {
    const { until, waitMsMax = 30_000, ...request } = options;
    const wanted = typeof until === 'string' ? [until] : until;
    const isReached = ({ status }: Payment) =>
      wanted === undefined
        ? status !== 'CREATED' && status !== 'PROCESSING'
        : wanted.includes(status);
    for (const endAtMs = Date.now() + waitMsMax; ;) {
      const payment = await this.get(paymentId, request);
      if (isReached(payment)) return payment;
      if (Date.now() >= endAtMs) throw stillWaiting(payment, waitMsMax);
      await pause(LOOK_MS, request.signal);
    }
  }

  #post(where: string, body: unknown, options: WaitOptions): Promise<Payment> {
    const { waitSeconds = 0 } = options;
    return this.#transport.request({
      method: 'POST',
      path: where,
      body,
      headers: waitSeconds > 0 ? { prefer: `wait=${Math.ceil(waitSeconds)}` } : {},
      waitsMs: waitSeconds * 1000,
      options,
    });
  }
}

function stillWaiting({ payment_id: id, status }: Payment, waitMsMax: number): FarthingError {
  return new FarthingError({
    request: `GET /payments/${id}`,
    status: null,
    code: 'timeout',
    detail: `The payment is still ${status} after ${waitMsMax} ms.`,
    requestId: null,
    retryable: true,
  });
}
