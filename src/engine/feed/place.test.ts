import { describe, expect, test } from 'vitest';
import { parsePaymentId } from '../../core/ids.ts';
import type { FeedFilter } from './filter.ts';
import { beginningAt } from './place.ts';

const HEAD = { writer: 'abc', sequence: 1_000 };
const ALL: FeedFilter = { types: null, paymentId: null };
const ONE: FeedFilter = {
  types: null,
  paymentId: parsePaymentId('0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a21'),
};
const at = (sequence: number, writer = 'abc') => ({ writer, sequence });

describe('a reader begins', () => {
  test('now at the end of the log', () => {
    expect(beginningAt('now', HEAD, ALL, 100)).toEqual({ position: HEAD, reset: null });
  });

  test('behind the place it asks for, up to the oldest that is sent again', () => {
    expect(beginningAt(at(1_000), HEAD, ALL, 100)).toEqual({ position: at(1_000), reset: null });
    expect(beginningAt(at(900), HEAD, ALL, 100)).toEqual({ position: at(900), reset: null });
  });

  test('now with a reset when what it missed is too much', () => {
    expect(beginningAt(at(899), HEAD, ALL, 100)).toEqual({ position: HEAD, reset: 'too_old' });
    expect(beginningAt('start', HEAD, ALL, 100)).toEqual({ position: HEAD, reset: 'too_old' });
  });

  test('at the start of a log that is short enough', () => {
    expect(beginningAt('start', HEAD, ALL, 1_000)).toEqual({ position: at(0), reset: null });
  });

  test('wherever it likes when it is about one payment', () => {
    expect(beginningAt('start', HEAD, ONE, 100)).toEqual({ position: at(0), reset: null });
  });

  test('with the new log, or now when that is long, when it was in one before a reset', () => {
    const old = at(5, 'def');
    expect(beginningAt(old, HEAD, ALL, 1_000)).toEqual({ position: at(0), reset: 'log_reset' });
    expect(beginningAt(old, HEAD, ALL, 999)).toEqual({ position: HEAD, reset: 'log_reset' });
  });

  test('now with a reset when the log ends before its place', () => {
    expect(beginningAt(at(1_001), HEAD, ALL, 100)).toEqual({ position: HEAD, reset: 'not_in_log' });
  });
});
