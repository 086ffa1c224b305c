/** Card numbers for tests: as many as are wanted, none of them a test card. */
import { isLuhn } from '../../src/core/card.ts';

/** The `index`-th number (from 0) of 16 digits with a right check digit. */
export function cardNumber(index: number, bin = '453212'): string {
  const body = bin + String(index).padStart(15 - bin.length, '0');
  for (let check = 0; check <= 9; check += 1) {
    if (isLuhn(`${body}${check}`)) return `${body}${check}`;
  }
  throw new Error('one of ten digits is right');
}
