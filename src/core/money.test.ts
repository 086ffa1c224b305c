import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCurrency } from './currencies.ts';
import {
  allocate,
  AMOUNT_MINOR_MAX,
  divideDown,
  divideHalfEven,
  divideHalfUp,
  formatAmount,
  parseAmount,
  toWireNumber,
  WIRE_MINOR_MAX,
} from './money.ts';

const minorDigitsOfIso = fc.integer({ min: 0, max: 4 });
const amountMinor = fc.bigInt({ min: -AMOUNT_MINOR_MAX, max: AMOUNT_MINOR_MAX });
const totalMinor = fc.bigInt({ min: -WIRE_MINOR_MAX, max: WIRE_MINOR_MAX });

function ok(value: bigint) {
  return { ok: true, value };
}

function fault(name: string) {
  return { ok: false, fault: name };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('what is promised about money', () => {
  test('19.99 is read as 1999 minor units, where a float makes 1998.9999999999998 of it', () => {
    expect(19.99 * 100).toBe(1998.9999999999998);
    expect(parseAmount('19.99', 2)).toEqual(ok(1999n));
  });

  test('a forint has two digits, as ISO says and ICU does not', () => {
    const minorDigits = findCurrency('HUF')?.minorDigits ?? -1;
    expect(parseAmount('10.25', minorDigits)).toEqual(ok(1025n));
  });

  test('250.00 goes out as 250, and 19.99 as 19.99', () => {
    expect(JSON.stringify({ amount: toWireNumber(25_000n, 2) })).toBe('{"amount":250}');
    expect(JSON.stringify({ amount: toWireNumber(1_999n, 2) })).toBe('{"amount":19.99}');
  });

  test('excess digits are a fault of precision, never rounded', () => {
    expect(parseAmount('19.999', 2)).toEqual(fault('precision'));
    expect(parseAmount('0.5', 0)).toEqual(fault('precision'));
  });

  test('9007199254740993 does not become …992 on its way to a refusal', () => {
    expect(parseAmount('9007199254740993', 0)).toEqual(fault('too_large'));
    expect(formatAmount(9_007_199_254_740_993n, 0)).toBe('9007199254740993');
    expect(() => toWireNumber(9_007_199_254_740_993n, 0)).toThrow('at most 2^52');
  });

  test('the largest amount is 999,999,999,999 minor units, whatever the digits', () => {
    expect(AMOUNT_MINOR_MAX).toBe(999_999_999_999n);
    expect(String(AMOUNT_MINOR_MAX)).toMatch(/^9+$/);
    expect(parseAmount('999999999999', 0)).toEqual(ok(AMOUNT_MINOR_MAX));
    expect(parseAmount('9999999999.99', 2)).toEqual(ok(AMOUNT_MINOR_MAX));
    expect(parseAmount('-9999999999.99', 2)).toEqual(ok(-AMOUNT_MINOR_MAX));
    expect(parseAmount('1000000000000', 0)).toEqual(fault('too_large'));
    expect(parseAmount('10000000000', 2)).toEqual(fault('too_large'));
    expect(parseAmount('-10000000000', 2)).toEqual(fault('too_large'));
  });
});

describe('parseAmount', () => {
  test.each([
    ['0', 2, 0n],
    ['-0', 2, 0n],
    ['-0.000', 2, 0n],
    ['0e999999999', 2, 0n],
    ['250', 2, 25_000n],
    ['250.00', 2, 25_000n],
    ['19.990', 2, 1_999n],
    ['19.9900000000000000000000', 2, 1_999n],
    ['-19.99', 2, -1_999n],
    ['0.01', 2, 1n],
    ['1e2', 2, 10_000n],
    ['1E+2', 0, 100n],
    ['1.50e1', 0, 15n],
    ['1.999e1', 2, 1_999n],
    ['150e-1', 0, 15n],
    ['100000000000000e-12', 0, 100n],
    ['0.000000000001e12', 0, 1n],
    ['1e-4', 4, 1n],
    ['1e11', 0, 100_000_000_000n],
    ['1e00000000000000000000000000000002', 0, 100n],
    ['0.001', 3, 1n],
  ])('reads %s with %i digits as %d', (text, minorDigits, minor) => {
    expect(parseAmount(text, minorDigits)).toEqual(ok(minor));
  });

  test.each([
    ['1e12', 0, 'too_large'],
    ['1e999999999', 2, 'too_large'],
    ['1E-400', 2, 'precision'],
    ['0.001', 2, 'precision'],
    ['-0.001', 2, 'precision'],
    ['1e-1', 0, 'precision'],
    ['1.00000000000000000000000000001', 2, 'precision'],
  ])('refuses %s with %i digits as %s', (text, minorDigits, name) => {
    expect(parseAmount(text, minorDigits)).toEqual(fault(name));
  });

  test('calls an amount too large only if its whole minor units are, but then first', () => {
    expect(parseAmount('9999999999.999', 2)).toEqual(fault('precision'));
    expect(parseAmount('10000000000.001', 2)).toEqual(fault('too_large'));
  });

  const notJson = '- +1 01 -01 .5 1. 1.e2 1e 1e+ 1e1.5 --1 1- 0x10 1_000 1,5 1n NaN Infinity "1" ١';
  test.each([...notJson.split(' '), '', ' 1', '1 ', '1\n'])(
    'does not take %j for a number',
    (text) => {
      expect(parseAmount(text, 2)).toEqual(fault('not_a_number'));
    },
  );

  test('takes for a number what JSON.parse does, and nothing else', () => {
    const text = fc.string({ unit: fc.constantFrom(...'-+.eE0079'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(text, (candidate) => {
        const parsed = parseAmount(candidate, 2);
        const isNumber = parsed.ok || parsed.fault !== 'not_a_number';
        expect(isNumber).toBe(isJson(candidate));
      }),
      { numRuns: 5_000 },
    );
  });

  test('agrees with exact arithmetic on every number there is room for', () => {
    const digits = (minLength: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength: 15 });
    const number = fc.record({
      sign: fc.constantFrom('', '-'),
      whole: digits(1).map((text) => String(BigInt(text))),
      fraction: digits(0),
      exponent: fc.integer({ min: -20, max: 20 }),
      mark: fc.constantFrom('e', 'E'),
    });

    fc.assert(
      fc.property(number, minorDigitsOfIso, ({ sign, whole, fraction, exponent, mark }, minor) => {
        const text = `${sign}${whole}${fraction && `.${fraction}`}${mark}${exponent}`;
        // The value is exact / 10^40, so that every shift stays a whole power.
        const shift = BigInt(40 + exponent - fraction.length + minor);
        const exact = BigInt(whole + fraction) * 10n ** shift;
        const minorUnits = exact / 10n ** 40n;
        const expected =
          minorUnits > AMOUNT_MINOR_MAX
            ? fault('too_large')
            : exact % 10n ** 40n !== 0n
              ? fault('precision')
              : ok(sign === '-' ? -minorUnits : minorUnits);
        expect(parseAmount(text, minor)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  // Hours, or all memory, if the work grew with the exponent or with the square of the text.
  test.each([
    ['zeros between two digits', `1${'0'.repeat(1_000_000)}1`, 'too_large'],
    ['zeros in the fraction', `0.${'0'.repeat(1_000_000)}1`, 'precision'],
    ['nines', '9'.repeat(1_000_000), 'too_large'],
    ['nines in the exponent', `1e${'9'.repeat(1_000_000)}`, 'too_large'],
    ['nines in a negative exponent', `1e-${'9'.repeat(1_000_000)}`, 'precision'],
    ['zeros before a letter', `${'0.'.padEnd(1_000_000, '0')}x`, 'not_a_number'],
  ])('is done at once with a million %s', (_what, text, name) => {
    expect(parseAmount(text, 2)).toEqual(fault(name));
  });

  test('takes back in what a million zeros say nothing about', () => {
    const zeros = '0'.repeat(1_000_000);
    expect(parseAmount(`19.99${zeros}`, 2)).toEqual(ok(1_999n));
    expect(parseAmount(`0.${zeros}1e1000001`, 2)).toEqual(ok(100n));
    expect(parseAmount(`1${zeros}e-1000000`, 2)).toEqual(ok(100n));
  });

  test.each([-1, 5, 1.5, Number.NaN])('throws if a currency has %d digits', (minorDigits) => {
    expect(() => parseAmount('1', minorDigits)).toThrow('0 to 4 minor digits');
    expect(() => formatAmount(1n, minorDigits)).toThrow('0 to 4 minor digits');
    expect(() => toWireNumber(1n, minorDigits)).toThrow('0 to 4 minor digits');
  });
});

describe('formatAmount and toWireNumber', () => {
  test.each([
    [0n, 2, '0'],
    [25_000n, 2, '250'],
    [1_999n, 2, '19.99'],
    [1_990n, 2, '19.9'],
    [100n, 0, '100'],
    [5n, 2, '0.05'],
    [-5n, 2, '-0.05'],
    [-100n, 2, '-1'],
    [1n, 3, '0.001'],
    [-1n, 4, '-0.0001'],
    [AMOUNT_MINOR_MAX, 0, '999999999999'],
    [AMOUNT_MINOR_MAX, 4, '99999999.9999'],
    [-AMOUNT_MINOR_MAX, 2, '-9999999999.99'],
  ])('write %d with %i digits as %s', (minor, minorDigits, text) => {
    expect(formatAmount(minor, minorDigits)).toBe(text);
    expect(String(toWireNumber(minor, minorDigits))).toBe(text);
  });

  test('never write a negative zero', () => {
    expect(Object.is(toWireNumber(0n, 2), 0)).toBe(true);
  });

  test('bring every amount back as it was', () => {
    fc.assert(
      fc.property(amountMinor, minorDigitsOfIso, (minor, minorDigits) => {
        const text = formatAmount(minor, minorDigits);
        expect(parseAmount(text, minorDigits)).toEqual(ok(minor));
        expect(JSON.stringify(toWireNumber(minor, minorDigits))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('agree for every total up to the bound, without an exponent', () => {
    fc.assert(
      fc.property(totalMinor, minorDigitsOfIso, (minor, minorDigits) => {
        const text = formatAmount(minor, minorDigits);
        expect(text).toMatch(/^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/);
        expect(String(toWireNumber(minor, minorDigits))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('agree on each of the smallest and largest numbers, where doubles are scarcest', () => {
    for (const minorDigits of [0, 1, 2, 3, 4]) {
      for (let step = 0n; step < 2_000n; step += 1n) {
        for (const minor of [step, AMOUNT_MINOR_MAX - step, WIRE_MINOR_MAX - step]) {
          const text = formatAmount(minor, minorDigits);
          expect(String(toWireNumber(minor, minorDigits))).toBe(text);
        }
      }
    }
  });

  test('part where a double no longer tells two totals apart, so that is refused', () => {
    const cents = BigInt(Number.MAX_SAFE_INTEGER);
    expect(formatAmount(cents, 2)).toBe('90071992547409.91');
    expect(String(Number('90071992547409.91'))).toBe('90071992547409.9');
    expect(() => toWireNumber(cents, 2)).toThrow('at most 2^52');
    expect(() => toWireNumber(WIRE_MINOR_MAX + 1n, 0)).toThrow('at most 2^52');
    expect(() => toWireNumber(-WIRE_MINOR_MAX - 1n, 0)).toThrow('at most 2^52');
  });
});

describe('allocate', () => {
  const weights = fc
    .array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { minLength: 1, maxLength: 30 })
    .filter((list) => list.some((weight) => weight > 0n));

  test.each([
    ['one cent among equals to the first', 1n, [1n, 1n, 1n], [1n, 0n, 0n]],
    ['what is left to the largest remainders', 100n, [1n, 2n, 3n], [17n, 33n, 50n]],
    ['equal remainders to the earlier', 5n, [1n, 1n], [3n, 2n]],
    ['nothing to a weight of zero', 7n, [0n, 1n, 0n, 1n], [0n, 4n, 0n, 3n]],
    ['all to the only weight', -3n, [9n], [-3n]],
    ['a negative total as the positive one', -100n, [1n, 2n, 3n], [-17n, -33n, -50n]],
    ['nothing as nothing', 0n, [1n, 2n], [0n, 0n]],
  ])('gives %s', (_what, total, parts, shares) => {
    expect(allocate(total, parts)).toEqual(shares);
  });

  test('loses and makes nothing: the shares sum to the total', () => {
    fc.assert(
      fc.property(totalMinor, weights, (total, parts) => {
        const shares = allocate(total, parts);
        expect(shares).toHaveLength(parts.length);
        expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(total);
      }),
    );
  });

  test('is never a whole unit off the exact share, and gives a larger weight no less', () => {
    fc.assert(
      fc.property(totalMinor, weights, (total, parts) => {
        const sum = parts.reduce((all, weight) => all + weight, 0n);
        const shares = allocate(total, parts).map((share, index) => ({
          weight: parts[index] ?? -1n,
          share: total < 0n ? -share : share,
        }));
        for (const { weight, share } of shares) {
          const off = share * sum - (total < 0n ? -total : total) * weight;
          expect(off > -sum && off < sum).toBe(true);
        }
        const byWeight = shares.toSorted(
          (a, b) => Number(a.weight - b.weight) || Number(a.share - b.share),
        );
        const byShare = shares.toSorted(
          (a, b) => Number(a.share - b.share) || Number(a.weight - b.weight),
        );
        expect(byWeight.map((part) => part.share)).toEqual(byShare.map((part) => part.share));
      }),
    );
  });

  test('mirrors a negative total, and leaves the weights as they were', () => {
    fc.assert(
      fc.property(totalMinor, weights, (total, parts) => {
        const before = [...parts];
        expect(allocate(-total, parts)).toEqual(allocate(total, parts).map((share) => -share));
        expect(parts).toEqual(before);
      }),
    );
  });

  test.each([
    ['no weights', [], 'a weight is above zero'],
    ['only zeros', [0n, 0n], 'a weight is above zero'],
    ['a negative weight', [2n, -1n], 'no weight is negative'],
  ])('throws on %s', (_what, parts, message) => {
    expect(() => allocate(100n, parts)).toThrow(message);
  });
});

describe('rounding', () => {
  test.each([
    // numerator, denominator, down, half up, half even
    [5n, 2n, 2n, 3n, 2n],
    [7n, 2n, 3n, 4n, 4n],
    [1n, 2n, 0n, 1n, 0n],
    [-1n, 2n, 0n, -1n, 0n],
    [-5n, 2n, -2n, -3n, -2n],
    [-7n, 2n, -3n, -4n, -4n],
    [7n, 3n, 2n, 2n, 2n],
    [8n, 3n, 2n, 3n, 3n],
    [-8n, 3n, -2n, -3n, -3n],
    [14n, 10n, 1n, 1n, 1n],
    [15n, 10n, 1n, 2n, 2n],
    [25n, 10n, 2n, 3n, 2n],
    [26n, 10n, 2n, 3n, 3n],
    [6n, 3n, 2n, 2n, 2n],
    [0n, 9n, 0n, 0n, 0n],
  ])('takes %d/%d to %d down, %d half up, %d half even', (n, d, down, halfUp, halfEven) => {
    expect(divideDown(n, d)).toBe(down);
    expect(divideHalfUp(n, d)).toBe(halfUp);
    expect(divideHalfEven(n, d)).toBe(halfEven);
  });

  test('goes to the nearest, and differs only on halves', () => {
    const numerator = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    const denominator = fc.bigInt({ min: 1n, max: 40n });
    fc.assert(
      fc.property(numerator, denominator, (n, d) => {
        const up = divideHalfUp(n, d);
        const even = divideHalfEven(n, d);
        const distance = (value: bigint) => (value * d > n ? value * d - n : n - value * d);
        expect(2n * distance(up) <= d && 2n * distance(even) <= d).toBe(true);
        if (2n * distance(up) < d) expect(even).toBe(up);
        else expect([even % 2n, up * up > divideDown(n, d) ** 2n]).toEqual([0n, true]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('toward zero never takes more than there is', () => {
    fc.assert(
      fc.property(totalMinor, fc.bigInt({ min: 1n, max: 10n ** 9n }), (n, d) => {
        const rest = n - divideDown(n, d) * d;
        expect(rest * n >= 0n && rest < d && rest > -d).toBe(true);
      }),
    );
  });

  test.each([0n, -2n])('throws on a denominator of %d', (denominator) => {
    for (const divide of [divideDown, divideHalfUp, divideHalfEven]) {
      expect(() => divide(1n, denominator)).toThrow('a denominator is above zero');
    }
  });
});
