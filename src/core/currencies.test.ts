import { describe, expect, test } from 'vitest';
import {
  allCurrencies,
  currencyOf,
  findCurrency,
  ISO_4217_AS_OF,
  NO_CURRENCY,
} from './currencies.ts';

const codes = allCurrencies().map((currency) => currency.code);

function codesWithDigits(minorDigits: number): string {
  return allCurrencies()
    .filter((currency) => currency.minorDigits === minorDigits)
    .map((currency) => currency.code)
    .join(' ');
}

describe('the table', () => {
  test('says which edition of list one it follows', () => {
    expect(ISO_4217_AS_OF).toBe('2026-09-17');
  });

  test('holds the 165 codes of list one that have a minor unit, in order and once each', () => {
    expect(codes).toHaveLength(165);
    expect(codes).toEqual([...new Set(codes)].toSorted());
    expect(new Set(allCurrencies().map((currency) => currency.numeric)).size).toBe(165);
  });

  test('spells each currency as ISO does: capitals, three numeric digits, a name', () => {
    for (const currency of allCurrencies()) {
      expect(currency.code).toMatch(/^[A-Z]{3}$/);
      expect(currency.numeric).toMatch(/^[0-9]{3}$/);
      expect(currency.name).toMatch(/^\S.*\S$/u);
    }
  });

  test('gives each currency the digits ISO gives it', () => {
    expect(codesWithDigits(0)).toBe(
      'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
    );
    expect(codesWithDigits(3)).toBe('BHD IQD JOD KWD LYD OMR TND');
    expect(codesWithDigits(4)).toBe('CLF UYW');
    expect(codesWithDigits(2).split(' ')).toHaveLength(139);
  });

  // ICU prints the first five without a fraction; MRU and MGA are divided by five in daily life.
  test.each(['HUF', 'IDR', 'COP', 'LBP', 'IRR', 'MRU', 'MGA'])(
    'gives %s two digits, whatever locales print',
    (code) => {
      expect(findCurrency(code)?.minorDigits).toBe(2);
    },
  );

  test.each([
    ['USD', '840', 2, 'US Dollar'],
    ['EUR', '978', 2, 'Euro'],
    ['ALL', '008', 2, 'Lek'],
    ['JPY', '392', 0, 'Yen'],
    ['KWD', '414', 3, 'Kuwaiti Dinar'],
    ['XCG', '532', 2, 'Caribbean Guilder'],
    ['ZWG', '924', 2, 'Zimbabwe Gold'],
    ['SLE', '925', 2, 'Leone'],
    ['VED', '926', 2, 'Bolívar Soberano'],
    ['VES', '928', 2, 'Bolívar Soberano'],
  ])('knows %s as %s with %i digits, %s', (code, numeric, minorDigits, name) => {
    expect(findCurrency(code)).toEqual({ code, numeric, minorDigits, name });
  });

  test.each(['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW', 'CUP', 'XAD'])(
    'keeps %s, a fund or special code with a minor unit',
    (code) => {
      expect(findCurrency(code)?.code).toBe(code);
    },
  );

  test('cannot be changed by whoever reads it', () => {
    expect(Object.isFrozen(allCurrencies())).toBe(true);
    expect([...allCurrencies(), NO_CURRENCY].every(Object.isFrozen)).toBe(true);
  });
});

describe('findCurrency', () => {
  test('finds every currency of the table in any case', () => {
    for (const currency of allCurrencies()) {
      const { code } = currency;
      expect(findCurrency(code)).toBe(currency);
      expect(findCurrency(code.toLowerCase())).toBe(currency);
      expect(findCurrency(`${code.slice(0, 1)}${code.slice(1).toLowerCase()}`)).toBe(currency);
    }
  });

  test.each(['BGN', 'HRK', 'ANG', 'CUC', 'SLL', 'ZWL', 'VEF', 'MRO', 'STD', 'LTL', 'DEM'])(
    'does not know %s, which ISO withdrew',
    (code) => {
      expect(findCurrency(code)).toBeUndefined();
    },
  );

  test.each('XXX XTS XAU XAG XPD XPT XDR XSU XUA XBA XBB XBC XBD'.split(' '))(
    'does not know %s, which is nothing one can pay with',
    (code) => {
      expect(findCurrency(code)).toBeUndefined();
      expect(findCurrency(code.toLowerCase())).toBeUndefined();
    },
  );

  test.each([
    ['nothing', ''],
    ['too few letters', 'US'],
    ['too many letters', 'USDT'],
    ['a space', ' USD'],
    ['a line feed', 'USD\n'],
    ['digits', '840'],
    ['a long s, whose capital is S', 'uſd'],
    ['a dotless i, whose capital is I', 'ıdr'],
    ['full-width letters', 'ＵＳＤ'],
    ['a code of no currency', 'ZZZ'],
    ['a property of every object', '__proto__'],
    ['a million letters', 'USD'.repeat(333_333)],
  ])('does not take %s for a code', (_what, code) => {
    expect(findCurrency(code)).toBeUndefined();
  });
});

describe('currencyOf', () => {
  test('reads back every code that can be stored, XXX included', () => {
    for (const currency of [...allCurrencies(), NO_CURRENCY]) {
      expect(currencyOf(currency.code)).toBe(currency);
    }
  });

  test.each(['', 'usd', 'xxx', 'BGN', 'USD '])('throws on %j, which we never store', (code) => {
    expect(() => currencyOf(code)).toThrow('a stored currency code is in the ISO 4217 table');
  });

  test('holds a payment without a currency in XXX, 999, with two digits', () => {
    expect(NO_CURRENCY).toEqual({
      code: 'XXX',
      numeric: '999',
      minorDigits: 2,
      name: 'No currency',
    });
    expect(allCurrencies()).not.toContain(NO_CURRENCY);
  });
});
