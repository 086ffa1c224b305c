/** Facts of the client's own, kept and given back as they are, but for card numbers in them. */
import type { Metadata } from '../../core/payment.ts';
import { Problem } from './problems.ts';

export type NumberTexts = ReadonlyMap<string, string>;

/** Masks card numbers in a text of the request: those that anybody can tell, and the one that the request brings. */
export type Mask = (text: string) => string;

/** Card numbers are masked, as keys and as values; what masking makes equal is kept apart by a number. */
export function metadataFrom(metadata: Metadata, numbers: NumberTexts, mask: Mask): Metadata {
  const kept: Record<string, string | number | boolean | null> = {};
  for (const [key, value] of Object.entries(metadata)) {
    const pointer = `/metadata/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const masked = mask(key);
    let name = masked;
    for (let same = 2; Object.hasOwn(kept, name); same += 1) name = `${masked} (${same})`;
    kept[name] = metadataValue(value, numbers.get(pointer) ?? '', mask(pointer), mask);
  }
  return kept;
}

/** Numbers that a JavaScript number does not hold exactly are refused: giving back another one would be a lie. */
function metadataValue(value: Metadata[string], numberText: string, pointer: string, mask: Mask) {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'number') return value ?? null;
  const masked = mask(numberText);
  if (masked !== numberText) return masked;
  if (isExact(numberText, value)) return value;
  const detail = 'this number cannot be kept exactly; send it as a string';
  throw new Problem('validation_failed', `A metadata value is refused: ${detail}.`, {
    errors: [{ pointer, code: 'inexact_number', detail }],
  });
}

/** Numbers this long have more digits than a JavaScript number, or could be written shorter. */
const NUMBER_LENGTH_MAX = 40;

/** True when the number's value survives: at most 15 significant digits always do. */
function isExact(text: string, value: number): boolean {
  if (text.length > NUMBER_LENGTH_MAX) return false;
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '');
  return digits.length <= 15 && Math.abs(value) < 1e21 && (value !== 0 || digits === '');
}
