/** Where the pointer is, on this chart or on another one: a line, and a dot on each line of values. Moves by itself. */
import { useLayoutEffect, useRef } from 'react';
import type { PlotData, PlotKind } from './plot-data.ts';
import type { Frame } from './plot-frame.ts';
import { pointedStep, watchPointed } from './pointed.ts';
import type { Trace } from './trace.ts';

interface CursorProps {
  readonly kind: PlotKind;
  readonly traces: readonly Trace[];
  readonly data: PlotData;
  readonly frame: Frame;
}

export function Cursor({ kind, traces, data, frame }: CursorProps) {
  const group = useRef<SVGGElement>(null);
  useLayoutEffect(() => {
    const show = () => {
      const [line, ...dots] = group.current?.children ?? [];
      const step = pointedStep(data);
      const x = frame.x((data.times[step ?? 0] ?? 0) + data.stepMs / 2);
      line?.setAttribute('d', step === null ? '' : `M${x} ${frame.top}V${frame.bottom}`);
      for (const [index, dot] of dots.entries()) {
        const value = data.columns[index]?.[step ?? -1] ?? null;
        // A line of no length: its round end is a dot.
        dot.setAttribute('d', value === null ? '' : `M${x} ${frame.y(value)}h0`);
      }
    };
    show();
    return watchPointed(show);
  }, [data, frame]);
  return (
    <g ref={group} data-cursor>
      <path className="stroke-line-strong" strokeDasharray="3 3" />
      {kind === 'lines' &&
        traces.map(({ name, color }) => (
          <path key={name} stroke={`var(${color})`} strokeWidth="8" strokeLinecap="round" />
        ))}
    </g>
  );
}
