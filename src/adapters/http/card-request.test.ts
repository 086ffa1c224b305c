import creditCardType from 'credit-card-type';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLuhn } from '../../core/card.ts';
import { TEST_CARDS } from '../../core/test-cards.ts';
import { keyedHasher } from '../system/secret-key.ts';
import { type CardFields, type CardReading, readCard } from './card-request.ts';
import { Problem } from './problems.ts';

const keyedHash = keyedHasher(Buffer.alloc(32, 7));
const LENIENT: CardReading = {
  keyedHash,
  luhn: 'signal',
  nowMs: Date.UTC(2026, 1, 26),
  pointer: '/card/number',
  allowsSeparators: true,
};
const STRICT: CardReading = { ...LENIENT, pointer: '/card_number', allowsSeparators: false };

/** What a refused card is told. */
function refusal(fields: CardFields, reading: CardReading): Problem {
  try {
    readCard(fields, reading);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('the card was accepted');
}

describe('of a card', () => {
  test('brand, first six, last four, fingerprint and check are kept', () => {
    const { card, testCard, isExpired } = readCard({ number: '4000001234567890' }, STRICT);
    expect(card).toEqual({
      brand: 'visa',
      bin: '400000',
      last4: '7890',
      fingerprint: keyedHash('card:4000001234567890').slice(0, 32),
      isLuhnValid: false,
    });
    expect(card.fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect({ testCard, isExpired }).toEqual({ testCard: null, isExpired: false });
  });

  test.each([
    '4242424242424242',
    '4242 4242 4242 4242',
    '4242-4242-4242-4242',
    '42 42424242424242',
  ])('the same is kept however it is written (%s)', (number) => {
    expect(readCard({ number }, LENIENT)).toMatchObject(
      JSON.parse(JSON.stringify(readCard({ number: '4242424242424242' }, STRICT))),
    );
  });

  test('the number is in nothing that is kept', () => {
    const pans = fc.string({
      unit: fc.constantFrom(...'0123456789'),
      minLength: 12,
      maxLength: 19,
    });
    fc.assert(
      fc.property(pans, (number) => {
        const kept = readCard({ number }, STRICT);
        expect(JSON.stringify(kept)).not.toContain(number);
        expect(kept.card.isLuhnValid).toBe(isLuhn(number));
      }),
    );
  });

  test('another key makes another fingerprint', () => {
    const other = { ...STRICT, keyedHash: keyedHasher(Buffer.alloc(32, 8)) };
    const number = '4242424242424242';
    const { fingerprint } = readCard({ number }, STRICT).card;
    expect(readCard({ number }, other).card.fingerprint).not.toBe(fingerprint);
    expect(readCard({ number: '4242424242424259' }, STRICT).card.fingerprint).not.toBe(fingerprint);
  });
});

describe('a test card', () => {
  test.each(TEST_CARDS)('is known by its name: $name', ({ name, number, brand }) => {
    const { card, testCard } = readCard({ number }, { ...STRICT, luhn: 'enforce' });
    expect(testCard).toBe(name);
    expect(card).toMatchObject({ brand, isLuhnValid: true, last4: number.slice(-4) });
  });

  test('is known with spaces in its number', () => {
    expect(readCard({ number: '4000 0000 0000 9995' }, LENIENT).testCard).toBe(
      'insufficient_funds',
    );
  });
});

describe('the brand', () => {
  test.each([
    ['4111111111111111', 'visa'],
    ['5105105105105100', 'mastercard'],
    ['2720999999999999', 'mastercard'],
    ['341111111111111', 'american_express'],
    ['36227206271667', 'diners_club'],
    ['6500000000000002', 'discover'],
    ['3528000000000007', 'jcb'],
    ['6200000000000005', 'unionpay'],
    ['6759649826438453', 'maestro'],
    ['5066991111111118', 'elo'],
    ['2200000000000004', 'mir'],
    ['9792030000000000', 'troy'],
    ['1234567890123456', 'unknown'],
    ['000000000000', 'unknown'],
  ])('of %s is %s', (number, brand) => {
    expect(readCard({ number }, STRICT).card.brand).toBe(brand);
  });

  test('is decided by eight digits at the most', () => {
    for (const type of Object.values(creditCardType.types)) {
      const lengths = creditCardType
        .getTypeInfo(type)
        .patterns.flat()
        .map((pattern) => String(pattern).length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(8);
    }
  });

  test('stays right when more ranges come than are remembered', () => {
    for (let range = 0; range < 9000; range += 1) {
      const number = `51${String(range).padStart(6, '0')}12345678`;
      expect(readCard({ number }, STRICT).card.brand).toBe('mastercard');
    }
    expect(readCard({ number: '4242424242424242' }, STRICT).card.brand).toBe('visa');
  });
});

describe('a number', () => {
  test.each([
    '',
    '42424242424',
    '42424242424242424242',
    '4242  4242  4242  4242',
    '4242.4242.4242.4242',
    '-4242424242424242',
    '4242424242424242 ',
    '4242424242424242\n',
    '４２４２４２４２４２４２４２４２',
    '424242424242424x',
    '4.242424242424242e15',
  ])('like «%s» is refused, wherever it is sent', (number) => {
    for (const reading of [LENIENT, STRICT]) {
      const problem = refusal({ number }, reading);
      expect(problem.code).toBe('validation_failed');
      expect(problem.errors).toMatchObject([{ pointer: reading.pointer, code: 'wrong_format' }]);
    }
  });

  test('has no spaces or hyphens where none are let in', () => {
    for (const number of ['4242 4242 4242 4242', '4242-4242-4242-4242']) {
      expect(refusal({ number }, STRICT).detail).toBe(
        '/card_number: must be 12 to 19 digits, with nothing between them.',
      );
    }
  });

  test.each(['424242424241', '4242424242424242424'])(
    'of %s is long enough and not too long',
    (number) => {
      expect(readCard({ number }, STRICT).card.last4).toBe(number.slice(-4));
    },
  );

  test('that fails the Luhn check is refused only where that is enforced', () => {
    const number = '4000 0012 3456 7890';
    expect(readCard({ number }, LENIENT).card.isLuhnValid).toBe(false);
    const problem = refusal({ number }, { ...LENIENT, luhn: 'enforce' });
    expect(problem.errors).toMatchObject([{ pointer: '/card/number', code: 'wrong_check_digit' }]);
  });

  test('is not repeated in a refusal', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789 -x'), minLength: 6 }),
        (text) => {
          const number = `${text}x4000001234567890`;
          const { detail, errors } = refusal({ number, expMonth: 13 }, LENIENT);
          expect(detail + JSON.stringify(errors)).not.toMatch(/\d{5}/);
        },
      ),
    );
  });
});

describe('an expiry date', () => {
  const number = '4242424242424242';

  test.each([
    [2, 2026, false],
    [2, 26, false],
    [1, 2026, true],
    [1, 26, true],
    [12, 2025, true],
    [3, 2026, false],
    [1, 2027, false],
    [12, 99, false],
    [1, 0, true],
  ])('of %d/%d has passed on 26 February 2026: %s', (expMonth, expYear, isExpired) => {
    expect(readCard({ number, expMonth, expYear }, LENIENT).isExpired).toBe(isExpired);
  });

  test.each([
    [Date.UTC(2026, 11, 31, 23, 59, 59, 999), false],
    [Date.UTC(2027, 0, 1), true],
  ])('holds to the end of its month (at %d it has passed: %s)', (nowMs, isExpired) => {
    const read = readCard({ number, expMonth: 12, expYear: 2026 }, { ...LENIENT, nowMs });
    expect(read.isExpired).toBe(isExpired);
  });

  test('can be absent or null', () => {
    expect(readCard({ number, expMonth: null, expYear: null }, LENIENT).isExpired).toBe(false);
    expect(readCard({ number }, LENIENT).isExpired).toBe(false);
  });

  const month = '/card/exp_month';
  const year = '/card/exp_year';
  test.each<[CardFields, [string, string][]]>([
    [{ number, expMonth: 0, expYear: 2030 }, [[month, 'out_of_range']]],
    [{ number, expMonth: 13, expYear: 2030 }, [[month, 'out_of_range']]],
    [{ number, expMonth: 1.5, expYear: 2030 }, [[month, 'out_of_range']]],
    [{ number, expMonth: 1, expYear: -1 }, [[year, 'out_of_range']]],
    [{ number, expMonth: 1, expYear: 100 }, [[year, 'out_of_range']]],
    [{ number, expMonth: 1, expYear: 1999 }, [[year, 'out_of_range']]],
    [{ number, expMonth: 1, expYear: 2100 }, [[year, 'out_of_range']]],
    [{ number, expMonth: 1, expYear: 26.5 }, [[year, 'out_of_range']]],
    [{ number, expMonth: 1 }, [[year, 'missing_field']]],
    [{ number, expYear: 2030 }, [[month, 'missing_field']]],
    [
      { number: '4242', expMonth: 0, expYear: 1 / 3 },
      [
        ['/card/number', 'wrong_format'],
        [month, 'out_of_range'],
        [year, 'out_of_range'],
      ],
    ],
  ])('like that of %j is refused', (fields, faults) => {
    const { errors } = refusal(fields, LENIENT);
    expect(errors.map(({ pointer, code }) => [pointer, code])).toEqual(faults);
  });
});

describe('the number of the card in another text of its request', () => {
  test.each([
    ['4000001234567890', 'paid with 4000 0012 3456 7890', 'paid with ************7890'],
    ['4000001234567890', '4000-0012-3456-7890', '************7890'],
    ['4000 0012 3456 7890', 'x4000001234567890', 'x************7890'],
    ['4000001234567890', 'not 4242424242424242', 'not ************4242'],
    ['4000001234567890', 'order 4000001234567891', 'order 4000001234567891'],
    [
      '400000123456',
      '01980000-0000-7000-8000-400000123456',
      '01980000-0000-7000-8000-400000123456',
    ],
  ])('(%s in «%s») is masked: «%s»', (number, text, masked) => {
    expect(readCard({ number }, LENIENT).maskText(text)).toBe(masked);
  });
});
