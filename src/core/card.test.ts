import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hideCardNumbers, isLuhn, maskCardNumbers, maskDigitRuns } from './card.ts';

describe('masking card numbers', () => {
  test.each([
    ['4242424242424242', '************4242'],
    ['pay 4242 4242 4242 4242 now', 'pay ************4242 now'],
    ['4242-4242-4242-4242', '************4242'],
    ['4242 4242-4242 4-2 42', '************4242'],
    ['4242-4242-4242-4242-', '************4242-'],
    ['card4242424242424242x', 'card************4242x'],
    ['4242424242424242 4000056655665556', '************4242 ************5556'],
    ['12 4242424242424242', '12 ************4242'],
    ['378282246310005, 6011111111111117', '***********0005, ************1117'],
  ])('masks %s', (text, masked) => {
    expect(maskCardNumbers(text)).toBe(masked);
  });

  test.each([
    'order 12345',
    'no Luhn: 4242424242424241',
    'two  spaces: 4242  4242  4242  4242',
    '01980000-0000-7000-8000-424242424242',
    'b2b 99 in 2026-01-01',
    '42424242424242424242424242',
  ])('leaves %s', (text) => {
    expect(maskCardNumbers(text)).toBe(text);
    expect(maskCardNumbers(text, '4000001234567890')).toBe(text);
  });

  test('masks beside an id of ours', () => {
    const id = '01980000-0000-7000-8000-424242424242';
    expect(maskCardNumbers(`${id} 4242424242424242`)).toBe(`${id} ************4242`);
  });

  test('leaves no half of a number whose beginning is another number by chance', () => {
    expect(isLuhn('11400005665566')).toBe(true);
    expect(isLuhn('4000056655665556')).toBe(true);
    expect(maskCardNumbers('11 4000 0566 5566 5556')).toBe('**************5556');
  });
});

describe("masking the request's own card number", () => {
  /** It fails the Luhn check. */
  const own = '4000001234567890';

  test.each([
    [own, '************7890'],
    ['4000 0012 3456 7890', '************7890'],
    ['4000-0012-3456-7890 ', '************7890 '],
    ['4-0 0-0 0-0 1-2 3-4 5-6 7-8 9-0', '************7890'],
    ['400000-1234567890', '************7890'],
    [`x${own}y`, 'x************7890y'],
    [`9${own}123456`, '9************7890123456'],
    ['12 4000 0012 3456 7890', '12 ************7890'],
    [`${own} and 4242 4242 4242 4242`, '************7890 and ************4242'],
    [`${own}${own}`, '************7890************7890'],
  ])('finds it in %s', (text, masked) => {
    expect(maskCardNumbers(text, own)).toBe(masked);
  });

  test.each([
    '4000  0012  3456  7890',
    '4000.0012.3456.7890',
    '4000001234567891',
    '01980000-0000-7000-8000-400000123456',
  ])('leaves %s', (text) => {
    expect(maskCardNumbers(text, own)).toBe(text);
  });

  test('finds it again in what is left of it', () => {
    expect(maskCardNumbers('12340000123400001234', '123400001234')).toBe('****************1234');
  });

  test('leaves the ids of ours that hold it', () => {
    const id = '01980000-0000-7000-8000-400000123456';
    expect(maskCardNumbers(`${id} 400000123456`, '400000123456')).toBe(`${id} ********3456`);
  });

  test.each(['', '4242', '4'.repeat(20), '4242 4242 4242 4242'])(
    'is only done with a number, not with «%s»',
    (pan) => {
      expect(() => maskCardNumbers('4242424242424242', pan)).toThrow('12 to 19 digits');
    },
  );
});

describe('whatever the text', () => {
  const digits = (minLength: number, maxLength: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
  const separator = fc.constantFrom('', '', ' ', '-');
  const prose = fc.string({ unit: fc.constantFrom(...'0129 -.xyz'), maxLength: 12 });

  /** The digits with a separator or none behind each but the last. */
  function spaced(pan: string, separators: readonly string[]): string {
    return [...pan].map((digit, index) => (index === 0 ? '' : separators[index]) + digit).join('');
  }
  const countDigits = (text: string) => text.replaceAll(/\D/g, '').length;
  const separators = fc.array(separator, { minLength: 19, maxLength: 19 });

  test('the own number is in it in no spacing afterwards', () => {
    fc.assert(
      fc.property(digits(12, 19), separators, prose, prose, (pan, between, before, after) => {
        const text = before + spaced(pan, between) + after;
        const masked = maskCardNumbers(text, pan);
        // Two separators in a row are no spacing of a number.
        for (const part of masked.split(/[ -]{2,}/)) {
          expect(part.replaceAll(/[ -]/g, '')).not.toContain(pan);
        }
        expect(countDigits(masked)).toBeLessThanOrEqual(countDigits(before + after) + 4);
      }),
    );
  });

  test('a number that passes the Luhn check shows no more than four of its digits', () => {
    const surroundings = prose.map((text) => ` ${text} `.replace(/^ -/, ' '));
    fc.assert(
      fc.property(
        digits(11, 18),
        separators,
        surroundings,
        surroundings,
        (payload, between, before, after) => {
          const pan = payload + checkDigit(payload);
          const masked = maskCardNumbers(before + spaced(pan, between) + after);
          expect(countDigits(masked)).toBeLessThanOrEqual(countDigits(before + after) + 4);
        },
      ),
    );
  });

  test('nothing is changed but digits, spaces and hyphens', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), digits(12, 19), (text, pan) => {
        const rest = (of: string) => of.replaceAll(/[\d *-]/g, '');
        expect(rest(maskCardNumbers(`${text}${pan}`, pan))).toBe(rest(text));
      }),
    );
  });

  test('the digit that the Luhn check asks for is the only one that passes', () => {
    fc.assert(
      fc.property(digits(11, 18), (payload) => {
        const passing = [...'0123456789'].filter((digit) => isLuhn(payload + digit));
        expect(passing).toEqual([checkDigit(payload)]);
      }),
    );
  });

  /** The other way round than isLuhn: from the left, by a table of digit sums. */
  function checkDigit(payload: string): string {
    const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    const sum = [...payload].reduce((total, digit, index) => {
      const isDoubled = (payload.length - index) % 2 === 1;
      return total + (isDoubled ? (doubled[Number(digit)] ?? 0) : Number(digit));
    }, 0);
    return String((10 - (sum % 10)) % 10);
  }
});

describe('hiding what could be a card number', () => {
  test.each([
    ['a number with a right check digit', 'no 4242424242424242!', 'no ************4242!'],
    ['one with a wrong one', 'no 4000001234567890!', 'no (digits)!'],
    ['one in groups', '4000 0012-3456 7890', '(digits)'],
    ['more digits than a card has', '1'.repeat(30), '(digits)'],
  ])('takes %s', (_, text, hidden) => {
    expect(hideCardNumbers(text)).toBe(hidden);
  });

  test.each([
    'expected one of APPROVE, DECLINE',
    'at most 999999999999',
    'no payment 01980000-0000-7000-8000-000000000001',
    'evt 01980000-0000-7000-8000-000000000001 or 01980000-0000-7000-8000-000000000002',
  ])('leaves %s', (text) => {
    expect(hideCardNumbers(text)).toBe(text);
  });
});

test('the Luhn check', () => {
  expect(isLuhn('4242424242424242')).toBe(true);
  expect(isLuhn('4000001234567890')).toBe(false);
  expect(isLuhn('79927398713')).toBe(true);
});

describe('masking every run of digits', () => {
  test.each([
    ['4242424242424242', '************4242'],
    ['4000001234567890', '************7890'],
    ['a 4000 0012-3456 7890 b', 'a ************7890 b'],
    ['123456789012', '********9012'],
    ['12345678901234567890123456789', '*************************6789'],
    [
      '01980000-0000-7000-8000-424242424242 400000123456',
      '01980000-0000-7000-8000-424242424242 ********3456',
    ],
  ])('masks %s', (text, masked) => {
    expect(maskDigitRuns(text)).toBe(masked);
    expect(maskDigitRuns(masked)).toBe(masked);
  });

  test.each([
    '12345678901',
    '01980000-0000-7000-8000-424242424242',
    '2026-02-26T10:00:00.000Z',
    'evt_01980000000070008000123456789012_1',
    'we_01980000000070008000123456789012',
    '',
  ])('leaves %s', (text) => {
    expect(maskDigitRuns(text)).toBe(text);
  });
});
