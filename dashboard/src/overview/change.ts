/** How a figure compares with the one before, in a few words; null when there is nothing to compare. */
type Figure = number | null | undefined;

/** Above this a percentage says less than how many times it is. */
const TIMES_FROM = 10;

export function changeInShare(now: Figure, before: Figure): string | null {
  if (typeof now !== 'number' || typeof before !== 'number') return null;
  if (before === 0) return now === 0 ? null : 'none before';
  const times = now / before;
  if (times >= TIMES_FROM) return `↑ ${Math.round(times).toLocaleString('en')} times`;
  return signed(times - 1, (share) => `${(share * 100).toFixed(1)} %`);
}

/** For shares: 90 % after 80 % are 10 points more. */
export function changeInPoints(now: Figure, before: Figure): string | null {
  if (typeof now !== 'number' || typeof before !== 'number') return null;
  return signed(now - before, (share) => `${(share * 100).toFixed(1)} points`);
}

function signed(change: number, format: (share: number) => string): string {
  if (Math.abs(change) < 0.0005) return 'as before';
  return `${change > 0 ? '↑' : '↓'} ${format(Math.abs(change))}`;
}
