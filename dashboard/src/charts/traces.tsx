/** The values of a chart: bars that stand on one another, or lines with gaps where there is nothing. */
import { memo, useId } from 'react';
import type { PlotData } from './plot-data.ts';
import type { Frame } from './plot-frame.ts';
import { stackOf } from './stack.ts';
import { STROKES, TILE_PX, type Trace } from './trace.ts';

interface TracesProps {
  readonly traces: readonly Trace[];
  readonly data: PlotData;
  readonly frame: Frame;
}

const BAR_PX_MAX = 60;

/** Lines of few values have a dot at each. */
const DOTS_UP_TO = 24;

/** The highest is drawn first, and the lower ones over it. */
export const Bars = memo(function Bars({ traces, data, frame }: TracesProps) {
  const id = useId();
  const tops = stackOf(data.columns);
  return (
    <>
      {traces.map((trace) => (
        <PatternOf key={trace.name} id={`${id}${trace.name}`} trace={trace} />
      ))}
      {traces
        .map((trace, index) => (
          <path
            key={trace.name}
            d={barsPath(data, frame, data.columns[index] ?? [], tops[index] ?? [])}
            stroke={`var(${trace.color})`}
            fill={trace.pattern === 'solid' ? `var(${trace.color})` : `url(#${id}${trace.name})`}
          />
        ))
        .reverse()}
    </>
  );
});

function barsPath(
  { times, stepMs }: PlotData,
  frame: Frame,
  values: readonly (number | null)[],
  tops: readonly number[],
): string {
  const stepPx = frame.x((times[0] ?? 0) + stepMs) - frame.left;
  const width = Math.min(stepPx - gapOf(stepPx), BAR_PX_MAX);
  return times
    .map((time, step) => {
      if ((values[step] ?? 0) === 0) return '';
      const left = frame.x(time + stepMs / 2) - width / 2;
      return `M${left.toFixed(1)} ${frame.bottom}V${frame.y(tops[step] ?? 0).toFixed(1)}h${width.toFixed(1)}V${frame.bottom}z`;
    })
    .join('');
}

/** Narrow bars stand side by side. */
function gapOf(stepPx: number): number {
  if (stepPx < 3) return 0;
  return stepPx < 6 ? 1 : 2;
}

/** Opaque, so that a bar may lie over a higher one. */
function PatternOf({ id, trace: { color, pattern } }: { id: string; trace: Trace }) {
  if (pattern === 'solid') return null;
  return (
    <pattern id={id} width={TILE_PX} height={TILE_PX} patternUnits="userSpaceOnUse">
      <rect width={TILE_PX} height={TILE_PX} className="fill-panel" />
      {STROKES[pattern].map(([x1, y1, x2, y2]) => (
        <path
          key={`${x1} ${y1} ${x2}`}
          d={`M${x1 * TILE_PX} ${y1 * TILE_PX}L${x2 * TILE_PX} ${y2 * TILE_PX}`}
          stroke={`var(${color})`}
          strokeWidth="1.5"
          strokeLinecap="round"
        />
      ))}
    </pattern>
  );
}

export const Lines = memo(function Lines({ traces, data, frame }: TracesProps) {
  return traces.map((trace, index) => {
    const values = data.columns[index] ?? [];
    const places = values.map((value, step) =>
      value === null
        ? null
        : `${frame.x((data.times[step] ?? 0) + data.stepMs / 2).toFixed(1)} ${frame.y(value).toFixed(1)}`,
    );
    const isDotted = (step: number) =>
      values.length <= DOTS_UP_TO || (places[step - 1] ?? places[step + 1] ?? null) === null;
    return (
      <g key={trace.name} stroke={`var(${trace.color})`} fill="none" strokeLinecap="round">
        <path
          d={places
            .map((place, step) =>
              place === null ? '' : `${(places[step - 1] ?? null) === null ? 'M' : 'L'}${place}`,
            )
            .join('')}
          strokeWidth="2"
          strokeLinejoin="round"
          strokeDasharray={trace.pattern === 'solid' ? undefined : '5 4'}
        />
        {/* A line of no length is a dot: a value between two gaps has no line. */}
        <path
          d={places
            .map((place, step) => (place !== null && isDotted(step) ? `M${place}h0` : ''))
            .join('')}
          strokeWidth="6"
        />
      </g>
    );
  });
});
