import { describe, expect, test } from 'vitest';
import { amount, headerText, identifier, keyValue, wholeNumber } from './arguments.ts';

describe('an amount', () => {
  test.each(['250.00', '0', '-5', '9007199254740993.10', '1e3', '0.12345'])(
    'may be %s, and stays so',
    (text) => {
      expect(amount(text)).toBe(text);
    },
  );

  test.each(['', ' 1', '1,000', '.5', '5.', '+5', '0x10', '"5"', 'null', 'NaN', '01'])(
    'may not be %j',
    (text) => {
      expect(() => amount(text)).toThrow('decimal number');
    },
  );
});

test('a whole number is within its bounds', () => {
  const parse = wholeNumber(1, 30);
  expect([parse('1'), parse('30')]).toEqual([1, 30]);
  for (const text of ['0', '31', '-1', '1.5', '1e1', '', ' 5', '0x5']) {
    expect(() => parse(text)).toThrow('from 1 to 30');
  }
});

test('an id leads nowhere else', () => {
  expect(identifier('01980000-0000-7000-8000-000000000000')).toMatch(/^0198/);
  for (const text of ['', '.', '..', '../x', 'a/b', 'a?b', 'a b', 'ä', 'a'.repeat(65)]) {
    expect(() => identifier(text)).toThrow('an id as the server gave it');
  }
});

test('a header takes visible ASCII', () => {
  expect(headerText('order-42')).toBe('order-42');
  for (const text of ['', 'two words', 'ä', 'a\n', 'k'.repeat(256)]) {
    expect(() => headerText(text)).toThrow('visible ASCII');
  }
});

test('key=value pairs are collected, and the value may contain more', () => {
  const first = keyValue('order=42', undefined);
  expect(keyValue('note=a=b\nc', first)).toEqual([
    ['order', '42'],
    ['note', 'a=b\nc'],
  ]);
  expect(keyValue('empty=', undefined)).toEqual([['empty', '']]);
  expect(() => keyValue('=x', undefined)).toThrow('key=value');
  expect(() => keyValue('x', undefined)).toThrow('key=value');
});
