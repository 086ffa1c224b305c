/** How risky card payments were found to be: bars from 0, none, to 1, certain. */
import type { RiskScoreHistogram as Histogram } from '@farthing/sdk';
import { ChartPanel } from '../charts/chart-panel.tsx';
import { formatCount, formatPercent } from '../shared/money.tsx';
import { Empty } from '../shared/waiting.tsx';

interface RiskHistogramProps {
  readonly histogram: Histogram;
  /** «the last hour» */
  readonly words: string;
}

type Bucket = Histogram['buckets'][number];

export function RiskHistogram({ histogram, words }: RiskHistogramProps) {
  return (
    <ChartPanel
      title="Risk scores"
      testId="risk-scores"
      onZoomOut={null}
      isStale={false}
      chart={
        histogram.total === 0 ? (
          <Empty title={`No card was decided about in ${words}`} />
        ) : (
          <Bars histogram={histogram} words={words} />
        )
      }
      table={<BucketTable histogram={histogram} />}
    />
  );
}

function Bars({ histogram: { buckets, total }, words }: RiskHistogramProps) {
  const most = Math.max(...buckets.map(({ count }) => count), 1);
  return (
    <figure className="flex min-h-0 flex-1 flex-col gap-1 text-xs text-soft">
      <figcaption className="flex justify-between gap-3">
        <span>{formatCount(total)} decisions</span>
        <span>highest bar {formatCount(most)}</span>
      </figcaption>
      <svg
        role="img"
        aria-label={summaryOf(buckets, total, words)}
        viewBox={`0 0 ${buckets.length} 100`}
        preserveAspectRatio="none"
        className="min-h-0 w-full flex-1 border-b border-line-strong"
      >
        {buckets.map((bucket, index) => (
          <rect
            key={bucket.from}
            x={index + 0.08}
            width={0.84}
            {...heightOf(bucket.count, most)}
            className="fill-accent"
          >
            <title>{`${scoreWords(bucket)}: ${formatCount(bucket.count)}`}</title>
          </rect>
        ))}
      </svg>
      <div aria-hidden className="flex justify-between">
        {['0 no risk', '0.25', '0.5', '0.75', '1 fraud'].map((mark) => (
          <span key={mark}>{mark}</span>
        ))}
      </div>
    </figure>
  );
}

/** One of thousands is still to be seen. */
function heightOf(count: number, most: number): { readonly y: number; readonly height: number } {
  const height = count === 0 ? 0 : Math.max((count / most) * 96, 1.5);
  return { y: 100 - height, height };
}

function BucketTable({ histogram: { buckets, total } }: { histogram: Histogram }) {
  const cell = 'px-2 py-1 text-right first:text-left';
  return (
    <table aria-label="Risk scores" className="w-full">
      <thead className="sticky top-0 bg-panel text-soft">
        <tr>
          {['Score', 'Decisions', 'Share'].map((name) => (
            <th key={name} scope="col" className={`${cell} font-normal`}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {buckets.map((bucket) => (
          <tr key={bucket.from} className="border-t border-line">
            <th scope="row" className={`${cell} font-normal`}>
              {scoreWords(bucket)}
            </th>
            <td className={cell}>{formatCount(bucket.count)}</td>
            <td className={cell}>{total === 0 ? '–' : formatPercent(bucket.count / total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function summaryOf(buckets: readonly Bucket[], total: number, words: string): string {
  const [top] = [...buckets].sort((left, right) => right.count - left.count);
  const high = buckets.filter(({ from }) => from >= 0.5).reduce((sum, { count }) => sum + count, 0);
  const most = top === undefined ? '' : `, most of them ${scoreWords(top)}`;
  return `Risk scores of ${formatCount(total)} card decisions in ${words}${most}; ${formatPercent(high / total)} at 0.50 or more.`;
}

function scoreWords({ from, to }: Bucket): string {
  return `${from.toFixed(2)} to ${to.toFixed(2)}`;
}
