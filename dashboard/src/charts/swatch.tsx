/** A piece of what a trace looks like, for its legend. */
import { useId } from 'react';
import { STROKES, TILE_PX, type Trace } from './trace.ts';

export function Swatch({ trace, kind }: { trace: Trace; kind: 'bars' | 'lines' }) {
  const id = useId();
  const color = `var(${trace.color})`;
  if (kind === 'lines') {
    return (
      <svg aria-hidden width="22" height="12" className="shrink-0">
        <path
          d="M1 6H21"
          stroke={color}
          strokeWidth="2"
          strokeDasharray={trace.pattern === 'solid' ? undefined : '5 4'}
        />
      </svg>
    );
  }
  return (
    <svg aria-hidden width="14" height="12" className="shrink-0">
      <pattern id={id} width={TILE_PX} height={TILE_PX} patternUnits="userSpaceOnUse">
        {STROKES[trace.pattern].map(([x1, y1, x2, y2]) => (
          <line
            key={`${x1} ${y1} ${x2}`}
            x1={x1 * TILE_PX}
            y1={y1 * TILE_PX}
            x2={x2 * TILE_PX}
            y2={y2 * TILE_PX}
            stroke={color}
            strokeWidth="1.5"
            strokeLinecap="round"
          />
        ))}
      </pattern>
      <rect
        x="0.5"
        y="0.5"
        width="13"
        height="11"
        stroke={color}
        fill={trace.pattern === 'solid' ? color : `url(#${id})`}
      />
    </svg>
  );
}
