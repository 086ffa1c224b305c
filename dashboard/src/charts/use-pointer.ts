/**
 * What a pointer does on a chart: it points at a time, which all charts show, or draws a stretch of time. Neither renders
 * anything anew: a chart of a thousand steps follows the pointer as fast as one of ten.
 */
import { type PointerEvent, useEffect, useLayoutEffect, useRef } from 'react';
import type { Frame } from './plot-frame.ts';
import { pointAt } from './pointed.ts';

/** A press without a drag draws nothing. */
const DRAG_PX_MIN = 4;

/** `stretch` is to be put on the rectangle that shows it. Times are in milliseconds. */
export function usePointer(frame: Frame, onStretch: (fromMs: number, toMs: number) => void) {
  const stretch = useRef<SVGRectElement>(null);
  const ends = useRef<readonly [beganMs: number, nowMs: number] | null>(null);

  const show = () => {
    const [left, right] = ends.current === null ? [0, 0] : edgesOf(frame, ends.current);
    stretch.current?.setAttribute('x', String(left));
    stretch.current?.setAttribute('width', String(right - left));
  };
  const draw = (drawn: typeof ends.current) => {
    ends.current = drawn;
    show();
  };
  const timeOf = (event: PointerEvent<HTMLElement>) =>
    frame.timeAt(event.clientX - event.currentTarget.getBoundingClientRect().left);

  // The times that are drawn on stay where they are when the chart has moved on below them.
  useLayoutEffect(show);
  // A chart that goes away below the pointer is not left by it.
  useEffect(() => () => pointAt(null), []);

  const handlers = {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      // A finger scrolls; whoever has no other pointer types the time.
      if (event.button !== 0 || event.pointerType === 'touch') return;
      event.currentTarget.setPointerCapture(event.pointerId);
      draw([timeOf(event), timeOf(event)]);
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const timeMs = timeOf(event);
      pointAt(timeMs);
      if (ends.current !== null) draw([ends.current[0], timeMs]);
    },
    onPointerUp() {
      const drawn = ends.current;
      draw(null);
      if (drawn === null) return;
      const [left, right] = edgesOf(frame, drawn);
      if (right - left >= DRAG_PX_MIN) onStretch(Math.min(...drawn), Math.max(...drawn));
    },
    onPointerCancel: () => draw(null),
    onPointerLeave: () => pointAt(null),
  };
  return { stretch, handlers };
}

function edgesOf(frame: Frame, [oneMs, otherMs]: readonly [number, number]) {
  return [frame.x(Math.min(oneMs, otherMs)), frame.x(Math.max(oneMs, otherMs))] as const;
}
