/** Reading values of unknown shape: each function answers the value, or null after it left a fault. */
import { maskCardNumbers } from '../../core/card.ts';
import { nearest } from '../../core/nearest.ts';
import type { Faults } from './faults.ts';
import { TEXT_CHARACTERS_MAX } from './limits.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** An object with no other fields than these. */
export function fieldsIn(
  value: unknown,
  known: readonly string[],
  pointer: string,
  faults: Faults,
): Fields | null {
  if (!isObject(value)) return faults.add(pointer, 'wrong_type', 'must be an object');
  for (const field of Object.keys(value)) {
    if (known.includes(field)) continue;
    const suggestion = nearest(field, known);
    const hint =
      suggestion === null ? `there are ${known.join(', ')}` : `did you mean ${suggestion}?`;
    faults.add(`${pointer}/${shown(field)}`, 'unknown_field', `is no field here; ${hint}`);
  }
  return value;
}

/** An array of at most this many values. */
export function arrayIn(
  value: unknown,
  itemsMax: number,
  pointer: string,
  faults: Faults,
): readonly unknown[] | null {
  if (value === undefined) return faults.add(pointer, 'missing_field', 'is needed');
  if (!Array.isArray(value)) return faults.add(pointer, 'wrong_type', 'must be an array');
  const items: readonly unknown[] = value;
  if (items.length <= itemsMax) return items;
  return faults.add(pointer, 'too_many', `must have at most ${itemsMax} entries`);
}

/** A text that may be left out or null; then, and after a fault, null. */
export function optionalText(value: unknown, pointer: string, faults: Faults): string | null {
  if (isAbsent(value)) return null;
  const text = textIn(value, pointer, faults);
  if (text === null || text.length <= TEXT_CHARACTERS_MAX) return text;
  return faults.add(pointer, 'too_long', `must have at most ${TEXT_CHARACTERS_MAX} characters`);
}

/** A text of any length without a card number in it. */
export function textIn(value: unknown, pointer: string, faults: Faults): string | null {
  if (typeof value !== 'string') return faults.add(pointer, 'wrong_type', 'must be a text');
  if (!holdsCardNumber(value)) return value;
  return faults.add(
    pointer,
    'card_number',
    'holds what looks like a card number; name a card by its fingerprint (card.fingerprint)',
  );
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A keyed hash in hexadecimal digits, as fingerprints are: by chance some have a card number inside. */
const HASH = /\b(?=\d*[a-f])[0-9a-f]{32,}\b/g;
/** A number that fails the Luhn check is still somebody's, when nothing else stands beside it. */
const BARE_NUMBER = /^\s*\d(?:[ -]?\d){11,18}\s*$/;

function holdsCardNumber(text: string): boolean {
  if (BARE_NUMBER.test(text)) return true;
  const rest = text.replace(HASH, '');
  return maskCardNumbers(rest) !== rest;
}

/** A field's name, if it may be repeated: short, and without digits enough to be a card number. */
function shown(field: string): string {
  return /^\w{1,40}$/.test(field) && !/\d{6}/.test(field) ? field : '(unprintable)';
}
