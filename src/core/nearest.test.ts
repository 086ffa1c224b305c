import { describe, expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const NAMES = ['amount', 'amount_minor', 'currency'];

describe('the nearest name', () => {
  test.each([
    ['amout', 'amount'],
    ['Amount', 'amount'],
    ['amount_mino', 'amount_minor'],
    ['currrency', 'currency'],
    ['curency', 'currency'],
    ['mount', 'amount'],
  ])('to %s is %s', (name, meant) => {
    expect(nearest(name, NAMES)).toBe(meant);
  });

  test('is none when nothing is close, or there is nothing', () => {
    expect(nearest('weather', NAMES)).toBeNull();
    expect(nearest('xyz', NAMES)).toBeNull();
    expect(nearest('amount', [])).toBeNull();
  });

  test('is the closer one of two, and the first of two as close', () => {
    expect(nearest('card', ['cards', 'card'])).toBe('card');
    expect(nearest('cord', ['card', 'core'])).toBe('card');
  });

  test('is not looked for when the name is no slip of the pen', () => {
    const long = 'a'.repeat(65);
    expect(nearest(long, [long])).toBeNull();
  });
});
