/** Bars in a list, longest first: each a link that filters by what it counts. */
import { Link } from '@tanstack/react-router';
import type { PaymentSearch } from './payment-search.ts';
import { formatCount, formatPercent } from './money.tsx';

export interface Bar {
  readonly label: string;
  readonly count: number;
  readonly search: PaymentSearch;
}

export function BarList({ bars }: { bars: readonly Bar[] }) {
  const most = Math.max(...bars.map(({ count }) => count));
  const sum = bars.reduce((total, { count }) => total + count, 0);
  return (
    <ul className="flex flex-col p-1.5">
      {bars.map(({ label, count, search }) => (
        <li key={label}>
          <Link
            to="/payments"
            search={search}
            className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 rounded-md px-2 py-1 hover:bg-sunken"
          >
            <span className="truncate">{label}</span>
            <span>
              {formatCount(count)} <span className="text-soft">{formatPercent(count / sum)}</span>
            </span>
            <span aria-hidden className="col-span-2 mt-0.5 h-1.5 rounded-full bg-sunken">
              <span
                className="block h-full min-w-1 rounded-full bg-bad"
                style={{ width: `${(count / most) * 100}%` }}
              />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
