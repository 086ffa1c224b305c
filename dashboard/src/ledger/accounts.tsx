/** What stands on each account, in each currency, and what that means. */
import type { LedgerAccounts } from '@farthing/sdk';
import { Money } from '../shared/money.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { reasonWords } from '../shared/status.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';
import { CELL, HEAD } from './cells.ts';

type Account = LedgerAccounts['data'][number];

interface AccountsProps {
  readonly accounts: readonly Account[] | undefined;
  readonly error: unknown;
  readonly onRetry: () => void;
}

export function Accounts({ accounts, error, onRetry }: AccountsProps) {
  if (accounts === undefined) {
    return (
      <Panel title="Accounts">
        {error === null ? (
          <SkeletonRows rows={5} />
        ) : (
          <ProblemNote error={error} onRetry={onRetry} />
        )}
      </Panel>
    );
  }
  return (
    <Panel title="Accounts">
      <table aria-label="Accounts" className="w-full">
        <thead>
          <tr>
            <th className={HEAD}>Account</th>
            <th className={`${HEAD} text-right`}>Balance</th>
          </tr>
        </thead>
        {[...Map.groupBy(accounts, ({ name }) => name)].map(([name, balances]) => (
          <AccountRows key={name} name={name} balances={balances} />
        ))}
      </table>
    </Panel>
  );
}

/** An account holds a balance per currency; they cannot be added. */
function AccountRows({ name, balances }: { name: string; balances: readonly Account[] }) {
  const { meaning, normal_side: side } = balances[0] ?? {};
  return (
    <tbody>
      {balances.map(({ currency, balance }, index) => (
        <tr key={currency}>
          {index === 0 && (
            <th
              scope="rowgroup"
              rowSpan={balances.length}
              className={`${CELL} text-left font-normal`}
            >
              <span className="font-medium">{reasonWords(name)}</span>{' '}
              <span className="text-xs text-soft">stands on the {side} side</span>
              <span className="block max-w-prose text-soft">{meaning}</span>
            </th>
          )}
          <td className={`${CELL} text-right`}>
            <Money amount={balance} currency={currency} />
          </td>
        </tr>
      ))}
    </tbody>
  );
}
