/**
 * A chart over steps of time: bars that stand on one another or lines, each a path of its own. A stretch of time that is
 * drawn on it is zoomed to by whoever shows it; two presses zoom out. What it shows is said in words: to assistive
 * technology it is one picture.
 */
import { useMemo, useRef, useState } from 'react';
import { Axes } from './axes.tsx';
import { Cursor } from './cursor.tsx';
import type { PlotData, PlotKind } from './plot-data.ts';
import { frameOf } from './plot-frame.ts';
import { scaleTop } from './scale.ts';
import { stackOf } from './stack.ts';
import type { Trace } from './trace.ts';
import { Bars, Lines } from './traces.tsx';
import { usePointer } from './use-pointer.ts';
import { useSize } from './use-size.ts';

interface PlotProps {
  readonly kind: PlotKind;
  /** The same ones each time, as are `data` and `formatValue`: what is drawn is drawn anew when they are others. */
  readonly traces: readonly Trace[];
  /** The scale of what is nothing or next to it ends here. */
  readonly least: number;
  /** Beside the marks of the axis. */
  readonly formatValue: (value: number) => string;
  readonly data: PlotData;
  readonly summary: string;
  readonly onZoom: (fromMs: number, toMs: number) => void;
  readonly onZoomOut: () => void;
}

export function Plot(props: PlotProps) {
  const { kind, traces, data, summary } = props;
  const place = useRef<HTMLDivElement>(null);
  const size = useSize(place);
  const valueTop = useValueTop(props);
  const frame = useMemo(() => frameOf(data, size, valueTop), [data, size, valueTop]);
  const { stretch, handlers } = usePointer(frame, props.onZoom);
  const Values = kind === 'bars' ? Bars : Lines;
  const band = { y: frame.top, height: frame.bottom - frame.top };
  return (
    <div
      ref={place}
      role="img"
      aria-label={summary}
      className="relative min-h-0 flex-1 touch-pan-y overflow-hidden select-none"
      onDoubleClick={props.onZoomOut}
      {...handlers}
    >
      {size.width > 0 && (
        <svg aria-hidden className="absolute inset-0 size-full">
          <rect
            data-plot
            x={frame.left}
            width={frame.right - frame.left}
            {...band}
            className="fill-transparent"
          />
          <Axes kind={kind} frame={frame} openFromMs={data.openFromMs} format={props.formatValue} />
          <Values traces={traces} data={data} frame={frame} />
          <Cursor kind={kind} traces={traces} data={data} frame={frame} />
          <rect ref={stretch} data-stretch {...band} className="fill-accent/25" />
        </svg>
      )}
    </div>
  );
}

/** Where the scale ends; it stays for as long as it fits. */
function useValueTop({ kind, data, least }: PlotProps): number {
  const [kept, setKept] = useState<number | null>(null);
  const highest = useMemo(() => {
    const rows = kind === 'bars' ? stackOf(data.columns).slice(-1) : data.columns;
    return Math.max(0, ...rows.flatMap((row) => row.map((value) => value ?? 0)));
  }, [kind, data]);
  const valueTop = scaleTop(highest, least, kept);
  if (valueTop !== kept) setKept(valueTop);
  return valueTop;
}
