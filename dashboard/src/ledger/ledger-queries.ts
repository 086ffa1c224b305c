/** What the ledger's page asks for, kept fresh by the live feed: whatever is booked is told there first. */
import { queryOptions } from '@tanstack/react-query';
import { useEffect } from 'react';
import { service } from '../service/client.ts';
import { liveFeed } from '../service/live.ts';
import { queryClient } from '../service/queries.ts';

/** Balances are read anew at most this often, however much is booked. */
const FRESH_MS = 1_000;

/** Payments that are offered to look at. */
const OFFERED = 5;

const TOTALS = 'ledger-totals';

export const trialBalanceQuery = queryOptions({
  queryKey: [TOTALS, 'trial-balance'],
  queryFn: ({ signal }) => service().ledger.trialBalance({ signal }),
});

export const accountsQuery = queryOptions({
  queryKey: [TOTALS, 'accounts'],
  queryFn: async ({ signal }) => (await service().ledger.accounts({ signal })).data,
});

/** The latest payments that certainly have entries. */
export const bookedQuery = queryOptions({
  queryKey: [TOTALS, 'booked'],
  queryFn: async ({ signal }) => {
    const filters = { status: ['SUCCESS', 'REFUNDED'], limit: OFFERED } as const;
    return (await service().payments.list(filters, { signal }).page()).data;
  },
});

export function useLiveLedger(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = liveFeed.listen(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void queryClient.invalidateQueries({ queryKey: [TOTALS] });
      }, FRESH_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
}
