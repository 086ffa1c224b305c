import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PAYMENT_ID } from '../../test/support/payment.ts';
import { currencyOf } from './currencies.ts';
import {
  ACCOUNT_NAMES,
  ACCOUNTS,
  type AccountTotal,
  balanceOf,
  ledgerEntry,
  trialBalance,
} from './ledger.ts';

const USD = currencyOf('USD');
const total = (
  account: AccountTotal['account'],
  debitsMinor: bigint,
  creditsMinor: bigint,
  currency = USD,
) => ({
  account,
  currency,
  debitsMinor,
  creditsMinor,
});
const draft = {
  paymentId: PAYMENT_ID,
  kind: 'capture',
  operation: '1',
  currency: USD,
  amountMinor: 5n,
  atMs: 0,
} as const;

describe('the ledger', () => {
  test('lists every account of its chart', () => {
    expect([...ACCOUNT_NAMES].sort()).toEqual(Object.keys(ACCOUNTS).sort());
  });

  test('moves a refund the opposite way of a capture', () => {
    const capture = ledgerEntry(draft);
    const refund = ledgerEntry({ ...draft, kind: 'refund' });
    expect([refund.debit, refund.credit]).toEqual([capture.credit, capture.debit]);
    expect(capture.debit).not.toBe(capture.credit);
  });

  test.each([0n, -1n])('refuses to move %s', (amountMinor) => {
    expect(() => ledgerEntry({ ...draft, amountMinor })).toThrow('positive');
  });

  test('shows a balance on the side where the account normally stands', () => {
    expect(balanceOf(total('network_receivable', 7n, 2n))).toBe(5n);
    expect(balanceOf(total('merchant_payable', 2n, 7n))).toBe(5n);
  });

  test('balances per currency, not over currencies', () => {
    const yen = currencyOf('JPY');
    expect(trialBalance([]).balanced).toBe(true);
    expect(
      trialBalance([total('network_receivable', 5n, 0n), total('merchant_payable', 0n, 5n)])
        .balanced,
    ).toBe(true);
    expect(
      trialBalance([total('network_receivable', 5n, 0n), total('merchant_payable', 0n, 5n, yen)])
        .balanced,
    ).toBe(false);
  });

  test('stays balanced whatever entries are posted', () => {
    const entries = fc.array(
      fc.record({
        kind: fc.constantFrom('capture' as const, 'refund' as const),
        amountMinor: fc.bigInt(1n, 10n ** 12n),
      }),
    );
    fc.assert(
      fc.property(entries, (drafts) => {
        const sums = new Map(ACCOUNT_NAMES.map((name) => [name, total(name, 0n, 0n)]));
        for (const { kind, amountMinor } of drafts) {
          const entry = ledgerEntry({ ...draft, kind, amountMinor });
          for (const [account, side] of [
            [entry.debit, 'debitsMinor'],
            [entry.credit, 'creditsMinor'],
          ] as const) {
            const sum = sums.get(account) ?? total(account, 0n, 0n);
            sums.set(account, { ...sum, [side]: sum[side] + amountMinor });
          }
        }
        expect(trialBalance([...sums.values()]).balanced).toBe(true);
      }),
    );
  });
});
