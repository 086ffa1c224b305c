/**
 * Money is a bigint of minor units; the currency beside it says how many fraction digits they have.
 *
 * This module owns the way in (the digits of a JSON number become minor units), the way out (minor
 * units become the shortest decimal), the splitting of a sum, and every rounding. It never goes
 * through a float on the way in, never rounds unless the caller names the rule, and never converts
 * between currencies.
 *
 * Always true: parseAmount(formatAmount(x)) is x, and the shares of a sum make up that sum.
 */
import { assert } from './assert.ts';

/** The largest amount, either sign: twelve digits of minor units (ISO 8583 field 4, "n 12"). */
export const AMOUNT_MINOR_MAX = 999_999_999_999n;

/**
 * The largest magnitude that toWireNumber takes, for totals over many payments. Doubles near m/10^d
 * lie at most m/10^d/2^52 apart; up to m = 2^52 that is no more than the 10^-d between two amounts,
 * so each amount has a double of its own. Number.MAX_SAFE_INTEGER would be too much: that many
 * cents, 90071992547409.91, print as 90071992547409.9.
 */
export const WIRE_MINOR_MAX = 2n ** 52n;

/** Why a text is not an amount; parseAmount says which wins. */
export type AmountFault = 'not_a_number' | 'precision' | 'too_large';

type ParsedAmount =
  | { readonly ok: true; readonly value: bigint }
  | { readonly ok: false; readonly fault: AmountFault };

/**
 * Reads the exact text of a JSON number (RFC 8259, section 6) as minor units; negative ones too,
 * and -0 is 0. Zeros that say nothing are fine: "19.990" and "1.999e1" are both 1999 with two
 * digits.
 *
 * - not_a_number: not the grammar of JSON ("", "+1", "01", ".5", "1.", "0x1", "NaN", spaces).
 * - too_large: the whole minor units alone are above AMOUNT_MINOR_MAX; wins over precision, because
 *   taking away the excess digits would not help.
 * - precision: a fraction of a minor unit is left; never rounded.
 *
 * Takes time and memory in proportion to the text, whatever its exponent says.
 */
export function parseAmount(text: string, minorDigits: number): ParsedAmount {
  assertMinorDigits(minorDigits);
  if (!JSON_NUMBER.test(text)) return { ok: false, fault: 'not_a_number' };

  const { significand, exponent } = normalize(text);
  if (significand === '') return { ok: true, value: 0n };
  const zeros = exponent + minorDigits;
  if (significand.length + zeros > AMOUNT_DIGITS_MAX) return { ok: false, fault: 'too_large' };
  if (zeros < 0) return { ok: false, fault: 'precision' };

  // Twelve digits at the most are left, so neither the zeros nor the bigint can be made to grow.
  const magnitude = BigInt(significand + '0'.repeat(zeros));
  return { ok: true, value: text.startsWith('-') ? -magnitude : magnitude };
}

/**
 * The canonical decimal of minor units, as the text of a JSON number: no exponent, no trailing
 * zeros, no negative zero. 25000n with two digits is "250", 1990n is "19.9", -5n is "-0.05". Any
 * magnitude.
 */
export function formatAmount(minor: bigint, minorDigits: number): string {
  assertMinorDigits(minorDigits);
  const sign = minor < 0n ? '-' : '';
  const digits = String(magnitudeOf(minor)).padStart(minorDigits + 1, '0');
  const point = digits.length - minorDigits;
  const fraction = withoutTrailingZeros(digits.slice(point));
  return sign + digits.slice(0, point) + (fraction === '' ? '' : `.${fraction}`);
}

/**
 * Minor units as the JavaScript number whose JSON text is exactly formatAmount's. Throws if |minor|
 * is above WIRE_MINOR_MAX; a total that large goes out as formatAmount's text.
 *
 * Why it is exact: both operands are doubles exactly, and IEEE 754 rounds their quotient to the
 * nearest double, which is the one that formatAmount's text reads as. An amount has at most twelve
 * significant digits, every decimal of up to fifteen survives the way to a double and back (C's
 * DBL_DIG), and JavaScript prints the shortest decimal that reads back as the same double
 * (ECMA-262, Number::toString). WIRE_MINOR_MAX says why this still holds for totals. No exponent is
 * printed: those begin below 1e-6 and at 1e21, ours run from 1e-4 to 2^52.
 */
export function toWireNumber(minor: bigint, minorDigits: number): number {
  assertMinorDigits(minorDigits);
  assert(magnitudeOf(minor) <= WIRE_MINOR_MAX, 'a number on the wire is at most 2^52 minor units');
  return Number(minor) / 10 ** minorDigits;
}

/**
 * Splits a total in proportion to the weights; the shares sum to it. By largest remainder
 * (Hamilton's method): each share is rounded down, and what is left goes, a unit each, to the
 * largest remainders, the earlier one first among equals. So each share is less than one unit off,
 * a weight of zero gets nothing, and a negative total gives the shares of the positive one,
 * negated.
 *
 * Throws on no weights, a negative weight, or none above zero.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  assert(
    weights.every((weight) => weight >= 0n),
    'no weight is negative',
  );
  const weightsSum = sumOf(weights);
  assert(weightsSum > 0n, 'a weight is above zero');

  const parts = weights.map((weight, index) => ({
    index,
    share: divideDown(total * weight, weightsSum),
    rest: magnitudeOf((total * weight) % weightsSum),
  }));
  // The rests sum to `left` units and each is below one: there are more rests than units left.
  const left = magnitudeOf(total - sumOf(parts.map((part) => part.share)));
  const byRest = parts.toSorted((a, b) => compare(b.rest, a.rest));
  const roundedUp = new Set(byRest.slice(0, Number(left)).map((part) => part.index));
  const shares = parts.map(({ index, share }) =>
    roundedUp.has(index) ? share + signOf(total) : share,
  );
  assert(sumOf(shares) === total, 'the shares sum to the total');
  return shares;
}

/** Toward zero: 5/2 is 2, -5/2 is -2. The denominator is above zero. */
export function divideDown(numerator: bigint, denominator: bigint): bigint {
  assert(denominator > 0n, 'a denominator is above zero');
  return numerator / denominator;
}

/** To the nearest, halves away from zero (the commercial rule): 5/2 is 3, -5/2 is -3. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  const down = divideDown(numerator, denominator);
  const twiceRest = 2n * magnitudeOf(numerator % denominator);
  return twiceRest < denominator ? down : down + signOf(numerator);
}

/** To the nearest, halves to the even neighbour (the banker's rule): 5/2 is 2, 7/2 is 4. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const down = divideDown(numerator, denominator);
  const isHalf = 2n * magnitudeOf(numerator % denominator) === denominator;
  return isHalf && down % 2n === 0n ? down : divideHalfUp(numerator, denominator);
}

/** The most any currency of ISO 4217 has (CLF, UYW). */
const MINOR_DIGITS_MAX = 4;

/** AMOUNT_MINOR_MAX is all nines, so that counting digits compares with it. */
const AMOUNT_DIGITS_MAX = String(AMOUNT_MINOR_MAX).length;

const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

function assertMinorDigits(minorDigits: number): void {
  assert(
    Number.isInteger(minorDigits) && minorDigits >= 0 && minorDigits <= MINOR_DIGITS_MAX,
    'a currency has 0 to 4 minor digits',
  );
}

/**
 * |text| as significand * 10^exponent, the significand without zeros at either end; "" for zero. An
 * exponent beyond 2^53 may come out inexact or infinite: it dwarfs the length of any text anyway.
 */
function normalize(text: string): { significand: string; exponent: number } {
  const mark = text.search(/[eE]/);
  const decimal = mark === -1 ? text : text.slice(0, mark);
  const written = mark === -1 ? 0 : Number(text.slice(mark + 1));
  const point = decimal.indexOf('.');
  const fractionDigits = point === -1 ? 0 : decimal.length - point - 1;

  const digits = decimal.replace(/[-.]/g, '').replace(/^0+/, '');
  const significand = withoutTrailingZeros(digits);
  return { significand, exponent: written - fractionDigits + digits.length - significand.length };
}

/** By a loop: /0+$/ tries again at every zero of "1000…0001", quadratic in a stranger's text. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

function magnitudeOf(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function signOf(value: bigint): bigint {
  return value < 0n ? -1n : 1n;
}

function sumOf(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}
