/** What the tiles say of a time: sums over its points, and how they compare with the time of the same length before. */

/** What is summed up of a point of the service's series, and of the series. */
interface Point {
  readonly at: string;
  readonly created: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly refunded: number;
  readonly volume: Readonly<Record<string, number>>;
  readonly decision_ms: { readonly p95: number } | null;
}

interface Points {
  readonly step_seconds: number;
  readonly points: readonly Pick<Point, 'at'>[];
}

export interface Period {
  readonly created: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly refunded: number;
  /** Major units, per currency. */
  readonly volume: Readonly<Record<string, number>>;
  /** Milliseconds: the middle one of what the steps say, which one slow step does not move. Null without decisions. */
  readonly decisionP95: number | null;
}

/**
 * `share` is how much of the first point counts (0 to 1): the time before is cut as short as the one that is not over
 * yet, or it would always look like the better one.
 */
export function periodOf(points: readonly Point[], share = 1): Period {
  const weightOf = (index: number) => (index === 0 ? share : 1);
  const sum = (of: (point: Point) => number) =>
    points.reduce((total, point, index) => total + of(point) * weightOf(index), 0);
  const currencies = new Set(points.flatMap(({ volume }) => Object.keys(volume)));
  return {
    created: sum(({ created }) => created),
    succeeded: sum(({ succeeded }) => succeeded),
    failed: sum(({ failed }) => failed),
    refunded: sum(({ refunded }) => refunded),
    volume: Object.fromEntries(
      [...currencies].map((code) => [code, sum(({ volume }) => volume[code] ?? 0)]),
    ),
    decisionP95: middleOf(points.flatMap(({ decision_ms: ms }) => (ms === null ? [] : [ms.p95]))),
  };
}

/** How much of the last step has passed at that moment: 1 for one that is over. */
export function shareOfLast({ points, step_seconds: seconds }: Points, nowMs: number): number {
  const last = points.at(-1);
  if (last === undefined) return 1;
  return Math.min(Math.max((nowMs - Date.parse(last.at)) / (seconds * 1_000), 0), 1);
}

/** Null while there was no outcome. */
export function successRate({ succeeded, failed }: Period): number | null {
  return succeeded + failed === 0 ? null : succeeded / (succeeded + failed);
}

function middleOf(values: readonly number[]): number | null {
  const ascending = [...values].sort((left, right) => left - right);
  return ascending[Math.floor((ascending.length - 1) / 2)] ?? null;
}
