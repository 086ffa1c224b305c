/** Amounts, times and statuses as people read them. */
import { findCurrency } from '../../core/currencies.ts';
import type { Style } from './output.ts';

const STATUS_STYLES: Readonly<Record<string, Style>> = {
  CREATED: 'cyan',
  PROCESSING: 'cyan',
  AUTHORIZED: 'blue',
  SUCCESS: 'green',
  FAILED: 'red',
  CANCELED: 'yellow',
  REFUNDED: 'magenta',
};

const NO_DIGITS_KNOWN = 2;

const UNITS = [
  ['s', 60],
  ['m', 60],
  ['h', 24],
  ['d', Infinity],
] as const;

/** The colour of a status; undefined for one that a newer server may have. */
export function statusStyle(status: string): Style | undefined {
  return STATUS_STYLES[status];
}

/**
 * `250.00 USD`, with all the digits that the currency has. A payment's amount has twelve digits at the most, which
 * a JavaScript number holds exactly and prints as they are.
 */
export function amountText(amount: number, currency: string | null): string {
  const digits = currency === null ? undefined : findCurrency(currency)?.minorDigits;
  const [whole = '', fraction = ''] = String(amount).split('.');
  const padded = fraction.padEnd(digits ?? NO_DIGITS_KNOWN, '0');
  return `${whole}${padded === '' ? '' : '.'}${padded} ${currency ?? '---'}`;
}

/** How long ago an ISO time was: `5s`, `12m`, `3h`, `40d`. */
export function age(isoTime: string, nowMs: number): string {
  let value = Math.max(0, Math.floor((nowMs - Date.parse(isoTime)) / 1000));
  for (const [unit, size] of UNITS) {
    if (value < size) return `${value}${unit}`;
    value = Math.floor(value / size);
  }
  return isoTime;
}

/** `1 payment`, `2 payments`; `2 entries` where the plural is given. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
