/**
 * The card of a request: from its number and expiry date to what may be kept of it. The number itself goes no
 * further than this file, the fingerprint's hash and the mask for the request's other texts; a refusal names the
 * field and never what stood in it.
 */
import creditCardType from 'credit-card-type';
import {
  type Card,
  isLuhn,
  maskCardNumbers,
  PAN_DIGITS_MAX,
  PAN_DIGITS_MIN,
} from '../../core/card.ts';
import { findTestCard } from '../../core/test-cards.ts';
import { type FieldFault, Problem } from './problems.ts';

export interface CardFields {
  readonly number: string;
  /** 1 to 12; absent or null when the request has no expiry date. */
  readonly expMonth?: number | null;
  /** 2000 to 2099, or its last two digits; absent or null when the request has no expiry date. */
  readonly expYear?: number | null;
}

export interface CardReading {
  /** HMAC-SHA-256 under the card key, in hex. */
  readonly keyedHash: (text: string) => string;
  /** What a number that fails the Luhn check is: a sign of risk, or a 400. */
  readonly luhn: 'signal' | 'enforce';
  readonly nowMs: number;
  /** JSON pointer of the number in the body; `exp_month` and `exp_year` lie beside it. */
  readonly pointer: string;
  /** Whether single spaces or hyphens may stand between the digits. */
  readonly allowsSeparators: boolean;
}

export interface CardOfRequest {
  readonly card: Card;
  /** The name of the test card; null for any other card. */
  readonly testCard: string | null;
  /** The expiry date has passed: no fault of the request, but the payment will fail with EXPIRED_CARD. */
  readonly isExpired: boolean;
  /** Masks this card's number, and any other, in another text of the same request. */
  readonly maskText: (text: string) => string;
}

/** Throws a Problem (validation_failed) that lists every faulty field of the card. */
export function readCard(fields: CardFields, reading: CardReading): CardOfRequest {
  const faults = [...numberFaults(fields, reading), ...expiryFaults(fields, reading)];
  const [first] = faults;
  if (first !== undefined) {
    const detail = `${first.pointer}: ${first.detail}.`;
    throw new Problem('validation_failed', detail, { errors: faults });
  }
  const pan = digitsOf(fields.number);
  return {
    card: {
      brand: brandOf(pan),
      bin: pan.slice(0, 6),
      last4: pan.slice(-4),
      fingerprint: reading.keyedHash(`card:${pan}`).slice(0, FINGERPRINT_DIGITS),
      isLuhnValid: isLuhn(pan),
    },
    testCard: findTestCard(pan)?.name ?? null,
    isExpired: isPast(fields, reading.nowMs),
    maskText: (text) => maskCardNumbers(text, pan),
  };
}

/** 128 bits: two cards that share them are not to be expected before 2^64 cards were seen. */
const FINGERPRINT_DIGITS = 32;

const DIGITS = `must be ${PAN_DIGITS_MIN} to ${PAN_DIGITS_MAX} digits`;
const PLAIN_NUMBER = new RegExp(`^\\d{${PAN_DIGITS_MIN},${PAN_DIGITS_MAX}}$`);
const SPACED_NUMBER = new RegExp(`^\\d(?:[ -]?\\d){${PAN_DIGITS_MIN - 1},${PAN_DIGITS_MAX - 1}}$`);

function numberFaults({ number }: CardFields, reading: CardReading): readonly FieldFault[] {
  const { pointer, allowsSeparators, luhn } = reading;
  if (!(allowsSeparators ? SPACED_NUMBER : PLAIN_NUMBER).test(number)) {
    const detail = `${DIGITS}, with ${allowsSeparators ? 'at most a space or a hyphen' : 'nothing'} between them`;
    return [{ pointer, code: 'wrong_format', detail }];
  }
  if (luhn === 'signal' || isLuhn(digitsOf(number))) return [];
  const detail = 'fails the Luhn check, so a digit is wrong (CARD_LUHN=enforce asks for the check)';
  return [{ pointer, code: 'wrong_check_digit', detail }];
}

/** Half a date is refused: to leave it out of the decision silently would hide a mistake. */
function expiryFaults(fields: CardFields, { pointer }: CardReading): readonly FieldFault[] {
  const month = fields.expMonth ?? null;
  const year = fields.expYear ?? null;
  const fault = (name: 'exp_month' | 'exp_year', code: string, detail: string): FieldFault => ({
    pointer: pointer.replace(/[^/]*$/, name),
    code,
    detail,
  });
  const faults: FieldFault[] = [];
  if (month === null && year !== null) {
    faults.push(fault('exp_month', 'missing_field', 'is needed beside exp_year'));
  }
  if (month !== null && !isWithin(month, 1, 12)) {
    faults.push(fault('exp_month', 'out_of_range', 'must be a whole number from 1 to 12'));
  }
  if (year === null && month !== null) {
    faults.push(fault('exp_year', 'missing_field', 'is needed beside exp_month'));
  }
  if (year !== null && !isWithin(year, 0, 99) && !isWithin(year, 2000, 2099)) {
    const detail = 'must be a year from 2000 to 2099, or its last two digits';
    faults.push(fault('exp_year', 'out_of_range', detail));
  }
  return faults;
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

/** A card is good through the last day of its month (ISO/IEC 7813), here in UTC. */
function isPast({ expMonth, expYear }: CardFields, nowMs: number): boolean {
  if (typeof expMonth !== 'number' || typeof expYear !== 'number') return false;
  const year = expYear < 100 ? 2000 + expYear : expYear;
  // Date.UTC counts months from 0, so that this is the first of the month after.
  return nowMs >= Date.UTC(year, expMonth, 1);
}

function digitsOf(number: string): string {
  return number.replace(/[ -]/g, '');
}

/** No range of a brand is told apart by more digits than these. */
const BRAND_DIGITS = 8;

/**
 * The library takes some 10 µs a number, a tenth of a payment's whole time; a shop sees the same few thousand
 * ranges again and again. They are a few hundred kilobytes, and hold no card's number.
 */
const BRANDS_KEPT_MAX = 4096;
const brandsByPrefix = new Map<string, string>();

/** The scheme by its ranges (ISO/IEC 7812), as `Card` spells it. */
function brandOf(pan: string): string {
  const prefix = pan.slice(0, BRAND_DIGITS);
  const known = brandsByPrefix.get(prefix);
  if (known !== undefined) return known;
  const brand = creditCardType(prefix)[0]?.type.replaceAll('-', '_') ?? 'unknown';
  // To begin anew costs less than to remember which one was used last.
  if (brandsByPrefix.size >= BRANDS_KEPT_MAX) brandsByPrefix.clear();
  brandsByPrefix.set(prefix, brand);
  return brand;
}
