/** The sums of both sides, currency by currency: equal, or something was lost. */
import type { TrialBalance as Balance } from '@farthing/sdk';
import { Scale, TriangleAlert } from 'lucide-react';
import { formatAmount, formatMoney } from '../shared/money.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';
import { CELL, HEAD } from './cells.ts';

interface TrialBalanceProps {
  readonly balance: Balance | undefined;
  readonly error: unknown;
  readonly onRetry: () => void;
}

export function TrialBalance({ balance, error, onRetry }: TrialBalanceProps) {
  return (
    <Panel
      title="Trial balance"
      aside={balance !== undefined && <Verdict isBalanced={balance.balanced} />}
    >
      {balance !== undefined && <Currencies balance={balance} />}
      {balance === undefined &&
        (error === null ? (
          <SkeletonRows rows={3} />
        ) : (
          <ProblemNote error={error} onRetry={onRetry} />
        ))}
    </Panel>
  );
}

function Currencies({ balance }: { balance: Balance }) {
  return (
    <table aria-label="Trial balance" className="w-full">
      <thead>
        <tr>
          <th className={HEAD}>Currency</th>
          <th className={`${HEAD} text-right`}>Debits</th>
          <th className={`${HEAD} text-right`}>Credits</th>
          <th className={HEAD}>
            <span className="max-sm:sr-only">Sides</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(balance.currencies).map(([currency, { debits, credits }]) => (
          <tr key={currency}>
            <th scope="row" className={`${CELL} text-left font-medium`}>
              {currency}
            </th>
            <td className={`${CELL} text-right`}>{formatAmount(debits, currency)}</td>
            <td className={`${CELL} text-right`}>{formatAmount(credits, currency)}</td>
            <td className={CELL}>
              <Sides debits={debits} credits={credits} currency={currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface SidesProps {
  readonly debits: number;
  readonly credits: number;
  readonly currency: string;
}

function Sides({ debits, credits, currency }: SidesProps) {
  if (debits === credits) return <Verdict isBalanced isShort />;
  return (
    <>
      <Verdict isBalanced={false} isShort />
      <span className="text-xs text-bad">
        {formatMoney(Math.abs(debits - credits), currency)} apart
      </span>
    </>
  );
}

interface VerdictProps {
  readonly isBalanced: boolean;
  /** A row of a table has no room for the words where the window is narrow. */
  readonly isShort?: boolean;
}

function Verdict({ isBalanced, isShort = false }: VerdictProps) {
  const Icon = isBalanced ? Scale : TriangleAlert;
  return (
    <span
      className={`flex items-center gap-1.5 font-medium ${isBalanced ? 'text-good' : 'text-bad'}`}
    >
      <Icon size={15} aria-hidden className="shrink-0" />
      <span className={isShort ? 'max-sm:sr-only' : ''}>
        {isBalanced ? 'Balanced' : 'Not balanced'}
      </span>
    </span>
  );
}
