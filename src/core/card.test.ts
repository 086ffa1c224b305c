import { describe, expect, test } from 'vitest';
import { isLuhn, maskCardNumbers } from './card.ts';

describe('masking card numbers', () => {
  test.each([
    ['4242424242424242', '************4242'],
    ['pay 4242 4242 4242 4242 now', 'pay ************4242 now'],
    ['4242-4242-4242-4242', '************4242'],
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
  });

  test('masks beside an id of ours', () => {
    const id = '01980000-0000-7000-8000-424242424242';
    expect(maskCardNumbers(`${id} 4242424242424242`)).toBe(`${id} ************4242`);
  });
});

test('the Luhn check', () => {
  expect(isLuhn('4242424242424242')).toBe(true);
  expect(isLuhn('4000001234567890')).toBe(false);
  expect(isLuhn('79927398713')).toBe(true);
});
