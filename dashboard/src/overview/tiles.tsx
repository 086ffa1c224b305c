/** The figures one looks at first, each with its definition. */
import type { CardStats, Summary } from '@farthing/sdk';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { statsQuery } from '../service/queries.ts';
import { formatDuration } from '../shared/moment.tsx';
import { formatCount, formatMoney, formatPercent } from '../shared/money.tsx';
import { Skeleton } from '../shared/waiting.tsx';

/** Currencies that are named in the tile; the rest is counted. */
const CURRENCIES_SHOWN = 3;

export function Tiles({ summary }: { summary: Summary | undefined }) {
  const { data: stats } = useQuery(statsQuery);
  return (
    <dl
      data-testid="tiles"
      className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3 lg:grid-cols-5"
    >
      <Tile name="Payments" definition="All that were accepted, also those that failed.">
        {summary && formatCount(summary.total)}
      </Tile>
      <Tile
        name="Success rate"
        definition="Captured, refunded since or not, of all that were captured or failed."
      >
        {summary && successRate(summary)}
      </Tile>
      <Tile name="Volume" definition="Captured so far, per currency; refunds are not taken off.">
        {summary && <Volume volume={summary.volume} />}
      </Tile>
      <Tile
        name="Decision p95"
        definition="95 % of card decisions took at most this long, without network."
      >
        {stats && decisionTime(stats)}
      </Tile>
      <Tile name="Refunded" definition="Payments of which everything was given back.">
        {summary && formatCount(summary.refunded)}
      </Tile>
    </dl>
  );
}

interface TileProps {
  readonly name: string;
  readonly definition: string;
  /** Absent while it is read. */
  readonly children: ReactNode | undefined;
}

function Tile({ name, definition, children }: TileProps) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 bg-panel px-3 py-2.5 last:max-sm:col-span-2 last:max-lg:sm:col-span-2">
      <dt className="text-soft">{name}</dt>
      <dd className="min-h-8 text-xl font-semibold">
        {children ?? <Skeleton className="mt-1 h-6 w-16" />}
      </dd>
      <dd className="text-xs text-soft">{definition}</dd>
    </div>
  );
}

function Volume({ volume }: { volume: Summary['volume'] }) {
  const entries = Object.entries(volume).sort(([, left], [, right]) => right - left);
  if (entries.length === 0) return '–';
  const rest = entries.length - CURRENCIES_SHOWN;
  return (
    <span className={entries.length > 1 ? 'flex flex-col text-sm' : 'text-base'}>
      {entries.slice(0, CURRENCIES_SHOWN).map(([currency, amount]) => (
        <span key={currency} className="truncate" title={formatMoney(amount, currency)}>
          {formatMoney(amount, currency)}
        </span>
      ))}
      {rest > 0 && <span className="text-soft">and {rest} more</span>}
    </span>
  );
}

function successRate({ success, refunded, failed }: Summary): string {
  const captured = success + refunded;
  return captured + failed === 0 ? '–' : formatPercent(captured / (captured + failed));
}

function decisionTime({ p95_latency: p95 }: CardStats): string {
  return p95 === null ? '–' : formatDuration(p95);
}
