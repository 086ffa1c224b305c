import { expect, test } from 'vitest';
import { hash32 } from './hash32.ts';

test.each([
  ['', 2_872_998_923],
  ['a', 444_641_715],
  ['device-1', 489_740_702],
  ['device-2', 2_180_367_875],
  ['żółć', 381_680_227],
])('the hash of «%s» is the same today and tomorrow', (text, hash) => {
  expect(hash32(text)).toBe(hash);
});

test('the hashes of texts that differ in a digit are spread over all 32 bits', () => {
  const cells = Array.from({ length: 64 }, () => 0);
  for (let made = 0; made < 64_000; made += 1) {
    const cell = Math.floor((hash32(`device-${made}`) / 2 ** 32) * 64);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  for (const cell of cells) {
    expect(cell).toBeGreaterThan(800);
    expect(cell).toBeLessThan(1_200);
  }
});

test('a hash is a whole number below 2^32', () => {
  for (let made = 0; made < 1_000; made += 1) {
    const hash = hash32(String(made));
    expect(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32).toBe(true);
  }
});
