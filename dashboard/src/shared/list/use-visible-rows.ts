/**
 * Which rows of a long list are drawn: those in sight, and some around them. It can be this small because all rows have
 * the same height and the list scrolls in a box of its own.
 */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

/** Shorter lists are drawn whole: then the browser finds text in all of it. */
const VIRTUAL_FROM = 200;

/** Rows drawn beyond each edge, so that a turn of the wheel shows no gap; and by how many they are changed at a time. */
const AROUND = 16;
const STEP = 8;

interface VisibleRowsQuestion {
  readonly count: number;
  /** The height of every row. */
  readonly rowPx: number;
  readonly scroller: RefObject<HTMLElement | null>;
}

interface VisibleRows {
  /** Their places in the list, ascending. */
  readonly visible: readonly number[];
  /** The height of what is not drawn. */
  readonly above: number;
  readonly below: number;
  /** Brings a row into sight; it is drawn when this returns. */
  readonly scrollTo: (index: number) => void;
}

export function useVisibleRows({ count, rowPx, scroller }: VisibleRowsQuestion): VisibleRows {
  const [edges, setEdges] = useState({ first: 0, last: VIRTUAL_FROM });
  const measure = useRef(() => {
    const box = scroller.current;
    if (box === null) return;
    const first = Math.floor(box.scrollTop / rowPx / STEP) * STEP - AROUND;
    const last = Math.ceil((box.scrollTop + box.clientHeight) / rowPx / STEP) * STEP + AROUND;
    setEdges((old) => (old.first === first && old.last === last ? old : { first, last }));
  }).current;
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return undefined;
    const resizes = new ResizeObserver(measure);
    resizes.observe(box);
    box.addEventListener('scroll', measure, { passive: true });
    return () => {
      resizes.disconnect();
      box.removeEventListener('scroll', measure);
    };
  }, [measure, scroller]);
  const isWhole = count <= VIRTUAL_FROM;
  const last = isWhole ? count : Math.min(edges.last, count);
  const first = isWhole ? 0 : Math.max(0, Math.min(edges.first, last));
  return {
    visible: Array.from({ length: last - first }, (_, place) => first + place),
    above: first * rowPx,
    below: (count - last) * rowPx,
    scrollTo(index) {
      const box = scroller.current;
      if (box === null || isWhole) return;
      const top = index * rowPx;
      const isBefore = top < box.scrollTop;
      // The head of the table covers about a row.
      const isBehind = top + 2 * rowPx > box.scrollTop + box.clientHeight;
      if (isBefore) box.scrollTop = top;
      else if (isBehind) box.scrollTop = top + 2 * rowPx - box.clientHeight;
      flushSync(measure);
    },
  };
}
