/** Retry-After (RFC 9110, 10.2.3): a number of seconds, or a date in any of HTTP's three forms. */

const DATES = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:[A-Z][a-z]{2}) \d{4} \d\d:\d\d:\d\d GMT$/,
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/,
];
const ASCTIME = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/** How long to wait from now, in milliseconds; 0 for a date that is past, null for what is neither. */
export function parseRetryAfter(text: string, nowMs: number): number | null {
  if (/^\d{1,15}$/.test(text)) return Math.min(Number(text) * 1_000, Number.MAX_SAFE_INTEGER);
  const date = ASCTIME.test(text) ? `${text} GMT` : text;
  if (date === text && !DATES.some((form) => form.test(text))) return null;
  const atMs = Date.parse(date);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
