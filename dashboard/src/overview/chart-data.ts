/** What a chart is given, and its points as columns. */
import type { TimePoint, TimeSeries } from '@farthing/sdk';
import type { PlotData } from '../charts/plot-data.ts';

export interface Zoom {
  readonly to: (fromMs: number, toMs: number) => void;
  /** Null while nothing is zoomed. */
  readonly out: (() => void) | null;
}

export interface ChartProps {
  readonly now: TimeSeries;
  readonly readAtMs: number;
  /** «the last hour» */
  readonly words: string;
  readonly isStale: boolean;
  readonly zoom: Zoom;
}

export function plotDataOf(
  { points, step_seconds: seconds }: TimeSeries,
  readAtMs: number,
  columns: readonly ((point: TimePoint) => number | null)[],
): PlotData {
  const stepMs = seconds * 1_000;
  const times = points.map(({ at }) => Date.parse(at));
  const last = times.at(-1) ?? 0;
  return {
    times,
    stepMs,
    columns: columns.map((valueAt) => points.map(valueAt)),
    openFromMs: last + stepMs > readAtMs ? last : null,
  };
}
