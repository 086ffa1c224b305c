/** How long payments took until their outcome, or decisions about a card; the half and nearly all of them. */
import type { TimePoint } from '@farthing/sdk';
import { useMemo } from 'react';
import { ChartPanel } from '../charts/chart-panel.tsx';
import { Legend } from '../charts/legend.tsx';
import { Plot } from '../charts/plot.tsx';
import type { PlotData } from '../charts/plot-data.ts';
import { StepTable } from '../charts/step-table.tsx';
import { lengthWords, stepWords } from '../charts/step-words.ts';
import type { Trace } from '../charts/trace.ts';
import { formatDuration } from '../shared/duration.ts';
import { type ChartProps, plotDataOf } from './chart-data.ts';

export type LatencyKind = 'outcome' | 'decision';

const TRACES = [
  { name: 'p95', color: '--accent', pattern: 'solid' },
  { name: 'p50', color: '--busy', pattern: 'level' },
] as const satisfies readonly Trace[];

const KINDS = [
  { kind: 'outcome', name: 'Outcome', more: '', words: 'Time to the outcome', field: 'outcome_ms' },
  {
    kind: 'decision',
    name: 'Card',
    more: ' decision',
    words: 'Time to decide about a card',
    field: 'decision_ms',
  },
] as const;

/** A hundredth of a millisecond. */
const LEAST = 0.01;

interface LatencyProps extends ChartProps {
  readonly kind: LatencyKind;
  readonly onKind: (kind: LatencyKind) => void;
}

export function LatencyChart({ now, readAtMs, words, isStale, zoom, kind, onKind }: LatencyProps) {
  const shown = KINDS.find((one) => one.kind === kind) ?? KINDS[0];
  const data = useMemo(() => {
    const columns = TRACES.map(
      ({ name }) =>
        (point: TimePoint) =>
          point[shown.field]?.[name] ?? null,
    );
    return plotDataOf(now, readAtMs, columns);
  }, [now, readAtMs, shown]);
  const last = data.columns[0]?.findLastIndex((value) => value !== null) ?? -1;
  const time = data.times[last];
  const length = lengthWords(data.stepMs);
  return (
    <ChartPanel
      title="Latency"
      testId="latency"
      onZoomOut={zoom.out}
      choices={<Kinds kind={kind} onKind={onKind} />}
      isStale={isStale}
      chart={
        <>
          <Legend
            kind="lines"
            traces={TRACES}
            data={data}
            formatValue={formatDuration}
            usual={{
              values: data.columns.map((column) => column[last] ?? null),
              when: time === undefined ? 'None yet' : stepWords(time),
            }}
            openWords={data.openFromMs === null ? null : `Last ${length}: not over yet`}
          />
          <Plot
            // Neither kind is drawn to the other one's scale.
            key={kind}
            kind="lines"
            traces={TRACES}
            least={LEAST}
            formatValue={formatDuration}
            data={data}
            summary={summaryOf(shown.words, data, words)}
            onZoom={zoom.to}
            onZoomOut={() => zoom.out?.()}
          />
        </>
      }
      table={
        <StepTable label={shown.words} traces={TRACES} data={data} formatValue={formatDuration} />
      }
    />
  );
}

function Kinds({ kind, onKind }: Pick<LatencyProps, 'kind' | 'onKind'>) {
  return KINDS.map((one) => (
    <button
      key={one.kind}
      type="button"
      aria-pressed={one.kind === kind}
      onClick={() => onKind(one.kind)}
      className="min-h-7 rounded-md border border-transparent px-2 text-soft hover:text-ink aria-pressed:border-line-strong aria-pressed:text-ink"
    >
      {one.name}
      <span className="max-sm:sr-only">{one.more}</span>
    </button>
  ));
}

function summaryOf(name: string, { columns, times }: PlotData, words: string): string {
  const [p95 = [], p50 = []] = columns.map((column) => column.filter((value) => value !== null));
  if (p95.length === 0) return `${name}: nothing to measure in ${words}.`;
  const worst = Math.max(...p95);
  const when = stepWords(times[columns[0]?.indexOf(worst) ?? 0] ?? 0);
  return (
    `${name} in ${words}: p50 between ${formatDuration(Math.min(...p50))} and ${formatDuration(Math.max(...p50))}, ` +
    `p95 between ${formatDuration(Math.min(...p95))} and ${formatDuration(worst)}, the longest at ${when}.`
  );
}
