/** Double entry for those who meet it here: one payment in numbers, then what the words mean. */
import { Panel } from '../shared/panel.tsx';
import { CELL, HEAD } from './cells.ts';

const STEPS = [
  { what: 'A payment of 250 is captured', receivable: '+250', payable: '+250' },
  { what: '100 of it is refunded', receivable: '−100', payable: '−100' },
  { what: 'What stands there now', receivable: '150', payable: '150' },
] as const;

const WORDS: readonly (readonly [string, string])[] = [
  [
    'Network receivable',
    'When a buyer pays, the bank or card network holds the money before we do. Until it settles, it owes us: an asset, which grows by debits.',
  ],
  [
    'Merchant payable',
    'That money is not ours: it belongs to whom the buyer paid. Until it is paid out, we owe it: a liability, which grows by credits.',
  ],
  ['Capture', 'Debits network receivable, credits merchant payable: both grow by the same amount.'],
  ['Refund', 'The same the other way round: both shrink. The capture stays in the books.'],
  [
    'Debit and credit',
    'The left and the right side of an account, nothing more: neither is good or bad.',
  ],
  [
    'Trial balance',
    'All debits of a currency against all its credits. Equal sums do not prove that every entry is right, but unequal ones prove that one is wrong.',
  ],
];

export function HowToRead() {
  return (
    <Panel title="How to read it">
      <table aria-label="An example" className="w-full">
        <thead>
          <tr>
            <th className={HEAD}>For example</th>
            <th className={`${HEAD} text-right`}>Network owes us</th>
            <th className={`${HEAD} text-right`}>We owe</th>
          </tr>
        </thead>
        <tbody>
          {STEPS.map(({ what, receivable, payable }) => (
            <tr key={what} className="group">
              <th scope="row" className={`${CELL} text-left font-normal group-last:font-medium`}>
                {what}
              </th>
              <td className={`${CELL} text-right group-last:font-medium`}>{receivable}</td>
              <td className={`${CELL} text-right group-last:font-medium`}>{payable}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl className="grid gap-2.5 border-t border-line p-3">
        {WORDS.map(([word, meaning]) => (
          <div key={word}>
            <dt className="font-medium">{word}</dt>
            <dd className="max-w-prose text-soft">{meaning}</dd>
          </div>
        ))}
      </dl>
      <p className="max-w-prose px-3 pb-3 text-soft">
        Nothing is booked before money is captured: a payment that failed, waits or is only
        authorized has no entries. Fees and payouts are not part of this simulation.
      </p>
    </Panel>
  );
}
