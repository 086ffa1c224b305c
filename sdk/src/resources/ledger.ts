/**
 * The double-entry ledger. Its sums have no limit: one above 2^53 minor units loses its last digits in a JavaScript
 * number.
 */
import { type List, listOf } from '../list.ts';
import type { RequestOptions } from '../options.ts';
import type { Transport } from '../transport.ts';
import type { LedgerAccounts, LedgerEntry, Page, TrialBalance } from '../types.ts';

export class Ledger {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  accounts(options: RequestOptions = {}): Promise<LedgerAccounts> {
    return this.#transport.request({ method: 'GET', path: '/ledger/accounts', options });
  }

  /** Everything that was booked for a payment. */
  entries(
    filters: { readonly payment_id: string },
    options: RequestOptions = {},
  ): List<LedgerEntry> {
    return listOf((cursor) =>
      this.#transport.request<Page<LedgerEntry>>({
        method: 'GET',
        path: '/ledger/entries',
        query: { ...filters, cursor },
        options,
      }),
    );
  }

  trialBalance(options: RequestOptions = {}): Promise<TrialBalance> {
    return this.#transport.request({ method: 'GET', path: '/ledger/trial-balance', options });
  }
}
