/**
 * Double entry. An entry moves one amount from a credited account to a debited one, so that it balances by
 * construction (the shape of TigerBeetle's transfer); what takes three legs in a textbook is two entries with
 * one operation. The proof that nothing was lost is elsewhere: running totals per account are kept beside the
 * entries, and a recount compares entries, totals and payments (`farthing ledger check`).
 *
 *   capture   debit network_receivable   credit merchant_payable     the network owes us, we owe the payee
 *   refund    debit merchant_payable     credit network_receivable   the same way back
 *
 * Always true: amounts are positive; accounts of an entry differ; (payment, kind, operation) is unique, so that
 * money cannot move twice for one reason even where no idempotency key was sent.
 */
import { assert } from './assert.ts';
import type { Currency } from './currencies.ts';
import type { PaymentId } from './ids.ts';

/** The chart of accounts; each holds one balance per currency. */
export const ACCOUNTS = {
  network_receivable: {
    normal: 'debit',
    meaning: 'What the network owes us for captured payments (an asset).',
  },
  merchant_payable: {
    normal: 'credit',
    meaning: 'What we owe to recipients for captured payments (a liability).',
  },
} as const;
export type Account = keyof typeof ACCOUNTS;

export const ACCOUNT_NAMES: readonly Account[] = ['network_receivable', 'merchant_payable'];

export type EntryKind = 'capture' | 'refund';

export interface LedgerEntry {
  readonly paymentId: PaymentId;
  readonly kind: EntryKind;
  /** What this entry was made for: the attempt that captured, or the refund's id. */
  readonly operation: string;
  readonly debit: Account;
  readonly credit: Account;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly atMs: number;
}

const SIDES: Readonly<Record<EntryKind, { debit: Account; credit: Account }>> = {
  capture: { debit: 'network_receivable', credit: 'merchant_payable' },
  refund: { debit: 'merchant_payable', credit: 'network_receivable' },
};

/** The entry that records `kind`; asserts that the amount is positive. */
export function ledgerEntry(entry: Omit<LedgerEntry, 'debit' | 'credit'>): LedgerEntry {
  assert(entry.amountMinor > 0n, 'a ledger entry moves a positive amount');
  return { ...entry, ...SIDES[entry.kind] };
}

/** Sums of both sides of one account in one currency, minor units. */
export interface AccountTotal {
  readonly account: Account;
  readonly currency: Currency;
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
}

/** What stands on an account, on the side where its kind of account normally stands. */
export function balanceOf(total: AccountTotal): bigint {
  const net = total.debitsMinor - total.creditsMinor;
  return ACCOUNTS[total.account].normal === 'debit' ? net : -net;
}

/** Debits and credits per currency over all accounts; `balanced` when they are equal in every currency. */
export function trialBalance(totals: readonly AccountTotal[]): {
  readonly balanced: boolean;
  readonly currencies: ReadonlyMap<Currency, { debitsMinor: bigint; creditsMinor: bigint }>;
} {
  const currencies = new Map<Currency, { debitsMinor: bigint; creditsMinor: bigint }>();
  for (const { currency, debitsMinor, creditsMinor } of totals) {
    const sum = currencies.get(currency) ?? { debitsMinor: 0n, creditsMinor: 0n };
    currencies.set(currency, {
      debitsMinor: sum.debitsMinor + debitsMinor,
      creditsMinor: sum.creditsMinor + creditsMinor,
    });
  }
  const balanced = [...currencies.values()].every((sum) => sum.debitsMinor === sum.creditsMinor);
  return { balanced, currencies };
}
