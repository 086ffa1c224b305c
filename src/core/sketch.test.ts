import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binOf, quantile } from './sketch.ts';

function binsOf(values: readonly number[]): Map<number, number> {
  const bins = new Map<number, number>();
  for (const value of values) bins.set(binOf(value), (bins.get(binOf(value)) ?? 0) + 1);
  return bins;
}

describe('the sketch', () => {
  test('answers nothing when nothing was counted', () => {
    expect(quantile(new Map(), 0.5)).toBeNull();
  });

  test('answers every quantile within 1 % of the exact one', () => {
    const values = fc.array(fc.double({ min: 0.01, max: 1e9, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (some, q) => {
        const sorted = [...some].sort((left, right) => left - right);
        const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? 0;
        const answer = quantile(binsOf(some), q) ?? NaN;
        expect(Math.abs(answer - exact)).toBeLessThanOrEqual(exact * 0.01 + 1e-9);
      }),
    );
  });

  test('takes zero and what is next to it as zero', () => {
    expect(quantile(binsOf([0, 0.0001]), 1)).toBe(0);
  });

  test('refuses what is no duration', () => {
    expect(() => binOf(-1)).toThrow('finite');
    expect(() => binOf(NaN)).toThrow('finite');
    expect(() => quantile(new Map(), 1.1)).toThrow('between');
  });

  test('stops on counts that contradict themselves', () => {
    expect(() => quantile(new Map([[1, Number.NaN]]), 1)).toThrow('assertion failed');
  });
});
