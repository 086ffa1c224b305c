/** Where things are in a chart: its edges, and the places of times and values between them. Lengths are CSS pixels. */
import type { PlotData } from './plot-data.ts';

export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** The value at the upper edge; at the lower one it is 0. */
  readonly valueTop: number;
  readonly x: (timeMs: number) => number;
  readonly y: (value: number) => number;
  /** The time at this place; what lies beside the chart is taken for its edge. */
  readonly timeAt: (x: number) => number;
}

/** For the marks of the axes: half of the last one's words reaches over the right edge. */
const MARGIN = { left: 58, right: 18, top: 10, bottom: 22 };

export function frameOf(
  { times, stepMs }: PlotData,
  size: { readonly width: number; readonly height: number },
  valueTop: number,
): Frame {
  const { left, top } = MARGIN;
  const right = Math.max(size.width - MARGIN.right, left + 1);
  const bottom = Math.max(size.height - MARGIN.bottom, top + 1);
  const fromMs = times[0] ?? 0;
  const toMs = (times.at(-1) ?? 0) + stepMs;
  return {
    left,
    right,
    top,
    bottom,
    fromMs,
    toMs,
    valueTop,
    x: (timeMs) => left + ((timeMs - fromMs) / (toMs - fromMs)) * (right - left),
    y: (value) => bottom - (value / valueTop) * (bottom - top),
    timeAt(x) {
      const share = Math.min(Math.max((x - left) / (right - left), 0), 1);
      return fromMs + share * (toMs - fromMs);
    },
  };
}
