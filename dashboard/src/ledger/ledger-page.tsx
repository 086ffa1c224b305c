/** The books: whether they balance, what stands on which account, what was booked for a payment, and how to read it. */
import { useQuery } from '@tanstack/react-query';
import { FirstPaymentOffer } from '../new-payment/first-payment-offer.tsx';
import { PageTitle } from '../shared/page-title.tsx';
import { Panel } from '../shared/panel.tsx';
import { Accounts } from './accounts.tsx';
import { HowToRead } from './how-to-read.tsx';
import { accountsQuery, trialBalanceQuery, useLiveLedger } from './ledger-queries.ts';
import { PaymentEntries } from './payment-entries.tsx';
import { TrialBalance } from './trial-balance.tsx';

const COLUMN = 'flex min-w-0 flex-col gap-4';

export function LedgerPage() {
  useLiveLedger();
  const balance = useQuery(trialBalanceQuery);
  const accounts = useQuery(accountsQuery);
  const isEmpty = accounts.data?.length === 0;
  return (
    <div className={COLUMN}>
      <div>
        <PageTitle>Ledger</PageTitle>
        <p className="max-w-prose text-soft">
          Money is never added or removed here, only moved: whatever is debited to one account is
          credited to another.
        </p>
      </div>
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-2 3xl:grid-cols-3">
        <div className={COLUMN}>
          {isEmpty ? (
            <Panel title="Trial balance">
              <FirstPaymentOffer title="Nothing has been booked yet" />
            </Panel>
          ) : (
            <>
              <TrialBalance
                balance={balance.data}
                error={balance.error}
                onRetry={() => void balance.refetch()}
              />
              <Accounts
                accounts={accounts.data}
                error={accounts.error}
                onRetry={() => void accounts.refetch()}
              />
            </>
          )}
        </div>
        <div className={`${COLUMN} 3xl:contents`}>
          <PaymentEntries />
          <HowToRead />
        </div>
      </div>
    </div>
  );
}
