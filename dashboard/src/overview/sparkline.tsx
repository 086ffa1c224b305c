/** A small line without axes: how a figure moved. What it says is said in words beside it. */
interface SparklineProps {
  /** One for each step; null where there was nothing to measure. */
  readonly values: readonly (number | null)[];
  /** The last step is not over yet: the line to it is dashed. */
  readonly isLastOpen: boolean;
}

const HEIGHT = 24;

export function Sparkline({ values, isLastOpen }: SparklineProps) {
  const top = Math.max(...values.map((value) => value ?? 0), 0);
  const yOf = (value: number) => HEIGHT - 1 - (top === 0 ? 0 : (value / top) * (HEIGHT - 2));
  const spots = values.map((value, x) => (value === null ? null : { x, y: yOf(value) }));
  const over = isLastOpen ? spots.slice(0, -1) : spots;
  const open = isLastOpen ? spots.slice(-2) : [];
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${Math.max(values.length - 1, 1)} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="block h-6 w-full fill-none stroke-accent [&>path]:[vector-effect:non-scaling-stroke]"
      strokeWidth="1.5"
      strokeLinejoin="round"
      strokeLinecap="round"
    >
      <path d={pathOf(over)} />
      <path d={pathOf(open)} strokeDasharray="1 4" />
    </svg>
  );
}

/** A spot between two gaps becomes a dot: the line's round end. */
function pathOf(spots: readonly ({ readonly x: number; readonly y: number } | null)[]): string {
  return spots
    .map((spot, index) => {
      if (spot === null) return '';
      const { x, y } = spot;
      const isBegin = index === 0 || spots[index - 1] === null;
      const place = `${x} ${y.toFixed(2)}`;
      return isBegin ? `M${place}L${place}` : `L${place}`;
    })
    .join('');
}
