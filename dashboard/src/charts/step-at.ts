/** Which step a time belongs to: the one that it lies in, or the nearest. Null when there is none. */
import type { PlotData } from './plot-data.ts';

export function stepAt({ times }: Pick<PlotData, 'times'>, timeMs: number): number | null {
  let [first, end] = [0, times.length];
  while (end - first > 1) {
    const middle = (first + end) >> 1;
    if ((times[middle] ?? 0) <= timeMs) first = middle;
    else end = middle;
  }
  return times.length === 0 ? null : first;
}
