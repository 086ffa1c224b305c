/** Steps as people say them: when one begins, without the day while that is today; how long it is; its values. */
const MOMENT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

const LENGTHS: Readonly<Record<number, string>> = {
  60_000: 'minute',
  300_000: '5 minutes',
  3_600_000: 'hour',
  86_400_000: 'day',
};

export function stepWords(atMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date().toDateString();
  return (isToday ? CLOCK : MOMENT).format(atMs);
}

/** Null is what there was nothing to measure of. */
export function valueWords(value: number | null, format: (value: number) => string): string {
  return value === null ? '–' : format(value);
}

/** «hour», for a step of that length. */
export function lengthWords(stepMs: number): string {
  return LENGTHS[stepMs] ?? `${Math.round(stepMs / 60_000)} minutes`;
}
