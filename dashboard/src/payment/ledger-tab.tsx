/** What was booked for a payment: every entry debits one account and credits another, so that it must balance. */
import type { LedgerEntry } from '@farthing/sdk';
import { useQuery } from '@tanstack/react-query';
import { Scale } from 'lucide-react';
import { ledgerQuery } from '../service/queries.ts';
import { Moment } from '../shared/moment.tsx';
import { Money } from '../shared/money.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { reasonWords } from '../shared/status.tsx';
import { Empty, SkeletonRows } from '../shared/waiting.tsx';

export function LedgerTab({ id }: { id: string }) {
  const { data: entries, error, refetch } = useQuery(ledgerQuery(id));
  if (entries === undefined) {
    if (error === null) return <SkeletonRows rows={3} />;
    return <ProblemNote error={error} onRetry={() => void refetch()} />;
  }
  if (entries.length === 0) return <Empty title="Nothing has been booked for this payment" />;
  return <Entries entries={entries} />;
}

function Entries({ entries }: { entries: readonly LedgerEntry[] }) {
  return (
    <div className="flex flex-col gap-2">
      <p className="flex items-center gap-1.5 font-medium text-good">
        <Scale size={15} aria-hidden />
        Balanced: every entry debits what it credits
      </p>
      <div tabIndex={0} role="group" aria-label="Ledger entries" className="overflow-x-auto">
        <table className="w-full min-w-96">
          <thead>
            <tr className="border-b border-line text-left text-soft">
              <th className="py-1 pr-3 font-normal">Time</th>
              <th className="py-1 pr-3 font-normal">What</th>
              <th className="py-1 pr-3 font-normal">Debit</th>
              <th className="py-1 pr-3 font-normal">Credit</th>
              <th className="py-1 text-right font-normal">Amount</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={`${entry.kind} ${entry.operation}`} className="border-b border-line">
                <td className="py-1.5 pr-3 text-soft">
                  <Moment at={entry.created_at} />
                </td>
                <td className="py-1.5 pr-3">{reasonWords(entry.kind)}</td>
                <td className="py-1.5 pr-3">{accountWords(entry.debit)}</td>
                <td className="py-1.5 pr-3">{accountWords(entry.credit)}</td>
                <td className="py-1.5 text-right">
                  <Money amount={entry.amount} currency={entry.currency} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function accountWords(account: string): string {
  return account.replaceAll('_', ' ');
}
