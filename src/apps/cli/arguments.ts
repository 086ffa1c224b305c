/** What options and arguments may look like; commander says the rest of the sentence and exits with 2. */
import { InvalidArgumentError } from 'commander';
import { parseAmount } from '../../core/money.ts';
import { nearest } from '../../core/nearest.ts';
import { EVENT_PATTERNS } from '../../core/webhooks/endpoint.ts';

/** The most fraction digits that any currency has. */
const MINOR_DIGITS_MAX = 4;

/** The digits of an amount, as they were typed; what the currency allows is for the server to say. */
export function amount(text: string): string {
  const parsed = parseAmount(text, MINOR_DIGITS_MAX);
  if (!parsed.ok && parsed.fault === 'not_a_number') {
    throw new InvalidArgumentError('It must be a decimal number such as 250.00.');
  }
  return text;
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds from `90s`, `10m`, `2h` or `1d`. */
export function duration(secondsMax: number): (text: string) => number {
  return (text) => {
    const [, number = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
    const seconds = Number(number) * (SECONDS[unit] ?? 0);
    if (seconds >= 1 && seconds <= secondsMax) return seconds;
    const days = secondsMax / 86_400;
    throw new InvalidArgumentError(`It must be like 90s, 10m, 2h or 1d, and ${days}d at the most.`);
  };
}

/** An id goes into a path: nothing that could lead elsewhere is let in. */
export function identifier(text: string): string {
  if (/^[\w-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be an id as the server gave it.');
}

/** What a header can carry. */
export function headerText(text: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be 1 to 255 visible ASCII characters without spaces.');
}

/** Collects `key=value` of an option that may be given several times. */
export function keyValue(
  text: string,
  before: readonly KeyValue[] | undefined,
): readonly KeyValue[] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) {
    throw new InvalidArgumentError('It must be like key=value.');
  }
  return [...(before ?? []), [key, value]];
}
export type KeyValue = readonly [key: string, value: string];

/** Event types, `payment.*` and `*`, joined by commas. */
export function eventPatterns(text: string): readonly string[] {
  const patterns = text.split(',').map((pattern) => pattern.trim());
  for (const pattern of patterns) {
    if (EVENT_PATTERNS.includes(pattern)) continue;
    const meant = nearest(pattern, EVENT_PATTERNS);
    throw new InvalidArgumentError(
      meant === null
        ? `It must be of ${EVENT_PATTERNS.join(', ')}.`
        : `${JSON.stringify(pattern)} is no event type; did you mean ${meant}?`,
    );
  }
  return patterns;
}
