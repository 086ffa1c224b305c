/** What lies below the values of a chart: lines at round times and values, their names, and the step that is not over. */
import { memo } from 'react';
import type { PlotKind } from './plot-data.ts';
import type { Frame } from './plot-frame.ts';
import { timeMarks } from './time-marks.ts';
import { valueMarks } from './value-marks.ts';

interface AxesProps {
  readonly kind: PlotKind;
  readonly frame: Frame;
  readonly openFromMs: number | null;
  readonly format: (value: number) => string;
}

export const Axes = memo(function Axes({ kind, frame, openFromMs, format }: AxesProps) {
  const { left, right, top, bottom } = frame;
  return (
    <>
      {openFromMs !== null && <OpenStep frame={frame} fromMs={openFromMs} />}
      <g className="fill-soft stroke-line text-xs">
        {valueMarks(frame, kind, format).map(({ at, words }) => (
          <g key={at}>
            <path d={`M${left} ${sharp(frame.y(at))}H${right}`} />
            <text x={left - 6} y={frame.y(at)} dy="0.32em" textAnchor="end" stroke="none">
              {words}
            </text>
          </g>
        ))}
        {timeMarks(frame).map(({ at, words }) => (
          <g key={at}>
            <path d={`M${sharp(frame.x(at))} ${top}V${bottom}`} />
            <text x={frame.x(at)} y={bottom + 16} textAnchor="middle" stroke="none">
              {words}
            </text>
          </g>
        ))}
      </g>
    </>
  );
});

/** Its figures still grow: a ground of its own, and a line where it begins. */
function OpenStep({ frame, fromMs }: { readonly frame: Frame; readonly fromMs: number }) {
  const left = Math.max(frame.x(fromMs), frame.left);
  return (
    <>
      <rect
        x={left}
        width={Math.max(frame.right - left, 0)}
        y={frame.top}
        height={frame.bottom - frame.top}
        className="fill-sunken"
      />
      <path
        d={`M${sharp(left)} ${frame.top}V${frame.bottom}`}
        className="stroke-line-strong"
        strokeDasharray="3 3"
      />
    </>
  );
}

/** A line of one pixel that lies between two is blurred over both. */
function sharp(px: number): number {
  return Math.floor(px) + 0.5;
}
