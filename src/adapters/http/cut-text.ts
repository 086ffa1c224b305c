/** Where long texts are cut before they are kept: never inside a character, and never so that a card number is half seen. */

/** The longest card number with a space behind each digit, and more. */
const CUT_NUMBER_CHARACTERS = 64;

/** Where UTF-8 bytes end before a character that would be cut in two; at most `max`. */
export function cutAt(bytes: Uint8Array, max: number): number {
  let at = max;
  while (((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

/** A card number that was cut passes no check any more: digits at the very end of what was cut go. */
export function withoutCutNumber(text: string): string {
  const end = text.slice(-CUT_NUMBER_CHARACTERS).replace(/[\d -]+$/, '');
  return text.slice(0, -CUT_NUMBER_CHARACTERS) + end;
}
