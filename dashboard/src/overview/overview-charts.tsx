/** The charts of the overview: each in a place of its size, which is there before what draws them. */
import { useNavigate } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { ChartPlace } from '../charts/chart-place.tsx';
import {
  type OverviewSearch,
  type RangeSearch,
  readRange,
  withoutZoom,
  zoomOf,
} from '../shared/time-range.ts';
import type { Zoom } from './chart-data.ts';
import type { Series } from './series.ts';

const ThroughputChart = lazy(async () => ({ default: (await charts()).ThroughputChart }));
const LatencyChart = lazy(async () => ({ default: (await charts()).LatencyChart }));
const RiskHistogram = lazy(async () => ({ default: (await charts()).RiskHistogram }));

interface OverviewChartsProps {
  readonly series: Series;
  readonly search: OverviewSearch;
}

export function TimeCharts({ series, search }: OverviewChartsProps) {
  const navigate = useNavigate({ from: '/' });
  const zoom = useZoom(search);
  const { now, readAtMs, window, isStale } = series;
  const shared = now && { now, readAtMs, words: window.words, isStale, zoom };
  return (
    <div className="grid grid-cols-1 gap-4 3xl:grid-cols-2">
      <Chart title="Payments by outcome" series={series}>
        {shared && <ThroughputChart {...shared} />}
      </Chart>
      <Chart title="Latency" series={series}>
        {shared && (
          <LatencyChart
            {...shared}
            kind={search.latency === 'decision' ? 'decision' : 'outcome'}
            onKind={(kind) =>
              void navigate({
                search: {
                  ...readRange({ ...search }),
                  ...(kind === 'decision' ? { latency: kind } : {}),
                },
                replace: true,
                resetScroll: false,
              })
            }
          />
        )}
      </Chart>
    </div>
  );
}

export function RiskChart({ series }: { series: Series }) {
  return (
    <Chart title="Risk scores" series={series}>
      {series.histogram && (
        <RiskHistogram histogram={series.histogram} words={series.window.words} />
      )}
    </Chart>
  );
}

interface ChartInPlaceProps {
  readonly title: string;
  readonly series: Series;
  /** Absent while what it shows is read. */
  readonly children: ReactNode | undefined;
}

function Chart({ title, series, children }: ChartInPlaceProps) {
  if (children === undefined) {
    return <ChartPlace title={title} error={series.error} onRetry={series.retry} />;
  }
  return <Suspense fallback={<ChartPlace title={title} />}>{children}</Suspense>;
}

function useZoom(search: OverviewSearch): Zoom {
  const navigate = useNavigate({ from: '/' });
  const go = (range: RangeSearch) =>
    void navigate({
      search: { ...range, ...(search.latency === undefined ? {} : { latency: search.latency }) },
      resetScroll: false,
    });
  return {
    to: (fromMs, toMs) => go(zoomOf(search, fromMs, toMs)),
    out: search.from === undefined ? null : () => go(withoutZoom(search)),
  };
}

/** After the first paint: until then the line belongs to what is read first. */
async function charts() {
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return import('./charts.tsx');
}
