/**
 * Card numbers that look like real ones and are nobody's: they begin like the test cards that processors publish, and
 * their check digit fits (ISO/IEC 7812-1). None of them is one of those test cards, which would force an outcome.
 */
import { assert } from '../../core/assert.ts';
import { findTestCard } from '../../core/test-cards.ts';

interface Range {
  /** The issuer's six digits and a seventh, so that no two ranges overlap. */
  readonly prefix: string;
  /** Of the whole number. */
  readonly digits: 15 | 16;
}

/** Brands about as often as in shops: each range has the same number of cards. */
const RANGES: readonly Range[] = [
  ...['4000001', '4000002', '4000003', '4000056', '4000057'].map(sixteen), // Visa
  ...['4242421', '4242425', '4242427', '4100001', '4100002'].map(sixteen),
  ...['5555551', '5555552', '5200821', '5200822', '5105101', '2223001'].map(sixteen), // Mastercard
  ...['3782821', '3714491'].map((prefix): Range => ({ prefix, digits: 15 })), // American Express
  ...['6011111', '3566001'].map(sixteen), // Discover, JCB
];

function sixteen(prefix: string): Range {
  return { prefix, digits: 16 };
}

/** Cards of one range that are told apart; the rest of a range stands in for its test cards. */
const PLACES = 5_000_000;

/** Spreads neighbours over their range. Odd and no multiple of 5, so that no two places of a range meet. */
const STRIDE = 6_180_339;

/** Cards there are. */
const CARD_NUMBERS = RANGES.length * PLACES;

/** The number of the n-th card, from 0; `shift` (a whole number from 0) chooses among many such sequences. */
export function cardNumberAt(index: number, shift: number): string {
  const range = RANGES[index % RANGES.length];
  assert(range !== undefined && index < CARD_NUMBERS, 'a card has a number');
  const place = Math.floor(index / RANGES.length);
  for (let replaced = place; ; replaced += PLACES) {
    const number = numberIn(range, replaced, shift);
    if (findTestCard(number) === null) return number;
  }
}

function numberIn({ prefix, digits }: Range, place: number, shift: number): string {
  const free = digits - prefix.length - 1;
  const body = String((place * STRIDE + shift) % 10 ** free).padStart(free, '0');
  return withCheckDigit(prefix + body);
}

/** The last digit makes the sum of all, every second one doubled, a multiple of ten (Luhn). */
function withCheckDigit(digits: string): string {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = digit * 2;
    sum += index % 2 === 1 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
