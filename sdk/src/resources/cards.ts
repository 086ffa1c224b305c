/** Cards, authorized at once, and what is known of each decision. */
import type { PostOptions, RequestOptions } from '../options.ts';
import { path, type Transport } from '../transport.ts';
import type { AuditEntry, CardDecision, CardRequest, CardStats, Transaction } from '../types.ts';

export class Cards {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Authorizes a card. A decline is an answer, not an error: look at `status`. */
  authorize(request: CardRequest, options: PostOptions = {}): Promise<CardDecision> {
    return this.#transport.request({ method: 'POST', path: '/payment', body: request, options });
  }

  /** The original decision, whatever became of the payment since. Its id is the payment's. */
  transaction(id: string, options: RequestOptions = {}): Promise<Transaction> {
    return this.#transport.request({ method: 'GET', path: path`/transaction/${id}`, options });
  }

  /** The facts, the draws and the rule of each decision, newest first. */
  audit(transactionId: string, options: RequestOptions = {}): Promise<readonly AuditEntry[]> {
    const where = path`/audit/${transactionId}`;
    return this.#transport.request({ method: 'GET', path: where, options });
  }

  stats(options: RequestOptions = {}): Promise<CardStats> {
    return this.#transport.request({ method: 'GET', path: '/stats', options });
  }
}
