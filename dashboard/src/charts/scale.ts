/**
 * Where a scale ends: at round numbers with some way between them, so that it moves seldom; and once it is high it stays
 * there until there is much less to show, or it would jump up and down with every second answer.
 */
const STEPS = [1, 2, 3, 4, 6, 8, 10];
const SHRINKS_BELOW = 0.3;

/** `least` is for what is nothing, or next to it; `before` is null for the first. */
export function scaleTop(max: number, least: number, before: number | null): number {
  const top = Math.max(roundUp(max), least);
  if (before === null || top > before) return top;
  return max < before * SHRINKS_BELOW ? top : before;
}

function roundUp(value: number): number {
  if (!(value > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = STEPS.find((step) => value <= step * power * (1 + 1e-9)) ?? 10;
  // Not 0.30000000000000004.
  return Number((factor * power).toPrecision(1));
}
