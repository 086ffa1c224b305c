/** How many payments came to which end in each step, one upon another. */
import type { TimePoint } from '@farthing/sdk';
import { useMemo } from 'react';
import { ChartPanel } from '../charts/chart-panel.tsx';
import { Legend } from '../charts/legend.tsx';
import { Plot } from '../charts/plot.tsx';
import { StepTable } from '../charts/step-table.tsx';
import { lengthWords, stepWords } from '../charts/step-words.ts';
import type { Trace } from '../charts/trace.ts';
import { formatCount } from '../shared/money.tsx';
import { type ChartProps, plotDataOf } from './chart-data.ts';

/** From the ground up. */
const TRACES: readonly (Trace & { readonly count: (point: TimePoint) => number })[] = [
  { name: 'Succeeded', color: '--good', pattern: 'solid', count: (point) => point.succeeded },
  { name: 'Failed', color: '--bad', pattern: 'rising', count: (point) => point.failed },
  { name: 'Authorized', color: '--hold', pattern: 'dots', count: (point) => point.authorized },
  { name: 'Canceled', color: '--soft', pattern: 'level', count: (point) => point.canceled },
  { name: 'Refunded', color: '--back', pattern: 'crossed', count: (point) => point.refunded },
];

/** A scale that ends lower would have no whole numbers to show. */
const LEAST = 5;

/** There is no room for all the digits of more than that beside the axis. */
const WHOLE_BELOW = 100_000;
const SHORT = new Intl.NumberFormat('en', { notation: 'compact' });

export function ThroughputChart({ now, readAtMs, words, isStale, zoom }: ChartProps) {
  const data = useMemo(
    () =>
      plotDataOf(
        now,
        readAtMs,
        TRACES.map(({ count }) => count),
      ),
    [now, readAtMs],
  );
  const totals = data.columns.map((column) =>
    column.reduce<number>((sum, one) => sum + (one ?? 0), 0),
  );
  const length = lengthWords(data.stepMs);
  return (
    <ChartPanel
      title="Payments by outcome"
      testId="throughput"
      onZoomOut={zoom.out}
      isStale={isStale}
      chart={
        <>
          <Legend
            kind="bars"
            traces={TRACES}
            data={data}
            formatValue={formatCount}
            usual={{ values: totals, when: `In all, by ${length}` }}
            openWords={data.openFromMs === null ? null : `Last ${length}: not over yet`}
          />
          <Plot
            kind="bars"
            traces={TRACES}
            least={LEAST}
            formatValue={formatMark}
            data={data}
            summary={summaryOf(totals, data, words)}
            onZoom={zoom.to}
            onZoomOut={() => zoom.out?.()}
          />
        </>
      }
      table={
        <StepTable
          label="Payments by outcome"
          traces={TRACES}
          data={data}
          formatValue={formatCount}
        />
      }
    />
  );
}

function formatMark(count: number): string {
  return count < WHOLE_BELOW ? formatCount(count) : SHORT.format(count);
}

function summaryOf(
  totals: readonly number[],
  { times, columns }: ReturnType<typeof plotDataOf>,
  words: string,
): string {
  const sums = times.map((_, step) =>
    columns.reduce((sum, column) => sum + (column[step] ?? 0), 0),
  );
  const most = Math.max(...sums, 0);
  if (most === 0) return `Payments by outcome: none in ${words}.`;
  const parts = TRACES.map(
    ({ name }, index) => `${name.toLowerCase()} ${formatCount(totals[index] ?? 0)}`,
  );
  const busiest = stepWords(times[sums.indexOf(most)] ?? 0);
  return `Payments by outcome in ${words}: ${parts.join(', ')}; the most at ${busiest}, with ${formatCount(most)}.`;
}
