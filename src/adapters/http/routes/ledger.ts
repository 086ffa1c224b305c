/** The double-entry ledger, to look at. */
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { ACCOUNTS, balanceOf, type LedgerEntry, trialBalance } from '../../../core/ledger.ts';
import { formatAmount } from '../../../core/money.ts';
import type { Store } from '../../../engine/ports.ts';
import { isoTime } from '../../../engine/snapshot.ts';
import type { HttpDeps } from '../deps.ts';
import { exactNumber } from '../exact-number.ts';
import { operation } from '../operation.ts';
import { ACCOUNT_EXAMPLE, ENTRY_EXAMPLE, TRIAL_BALANCE_EXAMPLE } from '../schema-examples.ts';
import { listOf, type PaymentParams } from '../schemas.ts';
import { knownPaymentId, noSuchPayment } from './payments.ts';

const AccountSchema = Type.Object(
  {
    name: Type.String(),
    currency: Type.String(),
    balance: Type.Number(),
    normal_side: Type.Unsafe<string>({ type: 'string', enum: ['debit', 'credit'] }),
    meaning: Type.String(),
  },
  { examples: [ACCOUNT_EXAMPLE] },
);

const EntrySchema = Type.Object(
  {
    payment_id: Type.String({ format: 'uuid' }),
    kind: Type.Unsafe<string>({ type: 'string', enum: ['capture', 'refund'] }),
    operation: Type.String({ description: 'The attempt that captured, or the id of the refund.' }),
    debit: Type.String(),
    credit: Type.String(),
    currency: Type.String(),
    amount: Type.Number(),
    created_at: Type.String({ format: 'date-time' }),
  },
  { examples: [ENTRY_EXAMPLE] },
);

const TrialBalanceSchema = Type.Object(
  {
    balanced: Type.Boolean(),
    currencies: Type.Record(
      Type.String(),
      Type.Object({ debits: Type.Number(), credits: Type.Number() }),
    ),
    accounts: Type.Array(
      Type.Object({ name: Type.String(), currency: Type.String(), balance: Type.Number() }),
    ),
  },
  { examples: [TRIAL_BALANCE_EXAMPLE] },
);

export function ledgerRoutes(app: FastifyInstance, { engine }: HttpDeps): void {
  accountRoutes(app, engine.store);
  entryRoutes(app, engine.store);
}

function accountRoutes(app: FastifyInstance, store: Store): void {
  app.get(
    '/ledger/accounts',
    {
      schema: operation('listAccounts', 'Ledger', 'The chart of accounts with their balances', {
        response: { 200: listOf(AccountSchema) },
      }),
    },
    async () => {
      const totals = await store.accountTotals();
      const accounts = totals.map((total) => ({
        name: total.account,
        currency: total.currency.code,
        balance: exactNumber(formatAmount(balanceOf(total), total.currency.minorDigits)),
        normal_side: ACCOUNTS[total.account].normal,
        meaning: ACCOUNTS[total.account].meaning,
      }));
      return { data: accounts, has_more: false, next_cursor: null };
    },
  );

  app.get(
    '/ledger/trial-balance',
    {
      schema: operation('getTrialBalance', 'Ledger', 'Debits and credits per currency', {
        response: { 200: TrialBalanceSchema },
      }),
    },
    async () => {
      const totals = await store.accountTotals();
      const { balanced, currencies } = trialBalance(totals);
      return {
        balanced,
        currencies: Object.fromEntries(
          [...currencies].map(([{ code, minorDigits }, sum]) => [
            code,
            {
              debits: exactNumber(formatAmount(sum.debitsMinor, minorDigits)),
              credits: exactNumber(formatAmount(sum.creditsMinor, minorDigits)),
            },
          ]),
        ),
        accounts: totals.map((total) => ({
          name: total.account,
          currency: total.currency.code,
          balance: exactNumber(formatAmount(balanceOf(total), total.currency.minorDigits)),
        })),
      };
    },
  );
}

function entryRoutes(app: FastifyInstance, store: Store): void {
  app.get<{ Querystring: PaymentParams }>(
    '/ledger/entries',
    {
      schema: operation('listLedgerEntries', 'Ledger', 'The entries of one payment', {
        querystring: Type.Object(
          { payment_id: Type.String({ maxLength: 64 }) },
          { additionalProperties: false },
        ),
        response: { 200: listOf(EntrySchema) },
        problems: ['payment_not_found'],
      }),
    },
    async (request) => {
      const id = knownPaymentId(request.query);
      if ((await store.findPayment(id)) === null) throw noSuchPayment();
      const entries = await store.ledgerEntries(id);
      return { data: entries.map(wireEntry), has_more: false, next_cursor: null };
    },
  );
}

function wireEntry(entry: LedgerEntry) {
  return {
    payment_id: entry.paymentId,
    kind: entry.kind,
    operation: entry.operation,
    debit: entry.debit,
    credit: entry.credit,
    currency: entry.currency.code,
    amount: exactNumber(formatAmount(entry.amountMinor, entry.currency.minorDigits)),
    created_at: isoTime(entry.atMs),
  };
}
