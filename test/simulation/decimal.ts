/** Decimals for the model: written from the rules of JSON numbers, apart from the engine's own. */

/** ISO 8583 field 4. */
const AMOUNT_MAX = 999_999_999_999n;

/** More zeros than any amount has; keeps an exponent like 1e9999 from being computed. */
const ZEROS_MAX = 60;

export type ReadAmount = bigint | 'too_large' | 'too_precise';

/** Minor units of the text of a JSON number. */
export function readAmount(text: string, digits: number): ReadAmount {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const significand = BigInt(whole + fraction);
  if (significand === 0n) return 0n;
  const zeros = Number(exponent) - fraction.length + digits;
  if (zeros > ZEROS_MAX) return 'too_large';
  if (zeros < -ZEROS_MAX) return 'too_precise';
  const minor =
    zeros >= 0 ? significand * 10n ** BigInt(zeros) : significand / 10n ** BigInt(-zeros);
  if (minor > AMOUNT_MAX) return 'too_large';
  if (zeros < 0 && significand % 10n ** BigInt(-zeros) !== 0n) return 'too_precise';
  return sign === '-' ? -minor : minor;
}

/** The number that stands for minor units on the wire. */
export function wireNumber(minor: bigint, digits: number): number {
  const unsigned = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  const text = `${unsigned.slice(0, unsigned.length - digits)}.${unsigned.slice(unsigned.length - digits)}0`;
  return minor < 0n ? -Number(text) : Number(text);
}
