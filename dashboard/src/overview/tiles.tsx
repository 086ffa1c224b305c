/** The figures one looks at first, of the time that is looked at. */
import type { TimePoint } from '@farthing/sdk';
import { formatDuration } from '../shared/moment.tsx';
import { formatCount, formatMoney, formatPercent } from '../shared/money.tsx';
import { changeInPoints, changeInShare } from './change.ts';
import { type Period, periodOf, shareOfLast, successRate } from './period.ts';
import type { Series } from './series.ts';
import { Tile, type TileProps } from './tile.tsx';

/** Lines of the tile: what does not fit is counted in the last one. */
const LINES = 3;

type Figure = Omit<TileProps, 'isLastOpen' | 'values'> & {
  readonly valueAt: (point: TimePoint) => number | null;
};

export function Tiles({ series }: { series: Series }) {
  const { now, before, readAtMs, window } = series;
  const points = now?.points ?? [];
  const share = now === undefined ? 1 : shareOfLast(now, readAtMs);
  const period = now && periodOf(points);
  const figures = figuresOf(period, before && periodOf(before.points, share), window.words);
  return (
    <dl
      data-testid="tiles"
      aria-busy={series.isStale}
      className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3 lg:grid-cols-5"
    >
      {figures.map(({ valueAt, ...figure }) => (
        <Tile key={figure.name} {...figure} values={points.map(valueAt)} isLastOpen={share < 1} />
      ))}
    </dl>
  );
}

function figuresOf(
  now: Period | undefined,
  before: Period | undefined,
  words: string,
): readonly Figure[] {
  const rate = now && successRate(now);
  const [main] = currenciesOf(now?.volume ?? {});
  const than = 'Compared with as long a time before that.';
  return [
    {
      name: 'Payments',
      definition: `Payments accepted in ${words}, also those that failed later. ${than}`,
      value: now && formatCount(now.created),
      change: changeInShare(now?.created, before?.created),
      valueAt: ({ created }) => created,
    },
    {
      name: 'Success rate',
      definition: `Of all payments that were captured or failed in ${words}, those that were captured; what was refunded later still counts. ${than}`,
      value: rate === undefined ? undefined : rate === null ? '–' : formatPercent(rate),
      change: changeInPoints(rate, before && successRate(before)),
      valueAt: ({ succeeded, failed }) =>
        succeeded + failed === 0 ? null : succeeded / (succeeded + failed),
    },
    {
      name: 'Volume',
      definition: `Captured in ${words}, per currency; refunds are not taken off. The line and the comparison are those of ${main ?? 'the largest'}. ${than}`,
      value: now && <Volume volume={now.volume} />,
      change:
        main === undefined ? null : changeInShare(now?.volume[main], before?.volume[main] ?? 0),
      valueAt: ({ volume }) => (main === undefined ? 0 : (volume[main] ?? 0)),
    },
    {
      name: 'Decision p95',
      definition: `95 % of the card decisions of a step took at most this long, without network; of all steps in ${words} with decisions, the middle one. ${than}`,
      value: now && (now.decisionP95 === null ? '–' : formatDuration(now.decisionP95)),
      change: changeInShare(now?.decisionP95, before?.decisionP95),
      valueAt: ({ decision_ms: ms }) => ms?.p95 ?? null,
    },
    {
      name: 'Refunds',
      definition: `Refunds made in ${words}, of a whole payment or a part of it. ${than}`,
      value: now && formatCount(now.refunded),
      change: changeInShare(now?.refunded, before?.refunded),
      valueAt: ({ refunded }) => refunded,
    },
  ];
}

function Volume({ volume }: { volume: Period['volume'] }) {
  const currencies = currenciesOf(volume);
  if (currencies.length === 0) return '–';
  const shown = currencies.length > LINES ? LINES - 1 : LINES;
  const rest = currencies.length - shown;
  return (
    <span className={currencies.length > 1 ? 'flex flex-col text-sm' : 'text-base'}>
      {currencies.slice(0, shown).map((currency) => {
        const money = formatMoney(volume[currency] ?? 0, currency);
        return (
          <span key={currency} className="truncate" title={money}>
            {money}
          </span>
        );
      })}
      {rest > 0 && <span className="font-normal text-soft">and {rest} more</span>}
    </span>
  );
}

/** That with the most first. */
function currenciesOf(volume: Period['volume']): readonly string[] {
  return Object.entries(volume)
    .filter(([, amount]) => amount > 0)
    .sort(([, left], [, right]) => right - left)
    .map(([currency]) => currency);
}
