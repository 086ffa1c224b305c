/**
 * Card numbers (PANs, ISO/IEC 7812): how to know one when it turns up where it does not belong. A number that a
 * client typed into a free text is masked before anything is stored or logged.
 */

/** Groups of digits with single spaces or hyphens between them, long enough to hold a card number. */
const DIGIT_GROUPS = /\d(?:[ -]?\d){11,}/g;

const PAN_DIGITS_MIN = 12;
const PAN_DIGITS_MAX = 19;

/** Our own ids are left alone: a UUID can contain such runs. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** The text with every card number in it masked but for its last four digits. */
export function maskCardNumbers(text: string): string {
  // Most texts have too few digits for one: they cost one pass and no copy.
  if (text.search(DIGIT_GROUPS) === -1) return text;
  return text
    .split(new RegExp(`(${UUID.source})`, 'i'))
    .map((part, index) => (index % 2 === 1 ? part : maskRuns(part)))
    .join('');
}

function maskRuns(text: string): string {
  return text.replace(DIGIT_GROUPS, maskGroups);
}

/**
 * Masks every stretch of whole groups that could be a card number: a number may stand right beside another one, or
 * behind a house number. The longest stretch from each group on counts.
 */
function maskGroups(run: string): string {
  const groups = [...run.matchAll(/\d+[ -]?/g)].map(String);
  let masked = '';
  let skipped = 0;
  for (const [place, group] of groups.entries()) {
    if (place < skipped) continue;
    const found = longestCardNumber(groups.slice(place, place + PAN_DIGITS_MAX));
    masked += found === null ? group : maskDigits(found.text);
    skipped = place + (found?.groups ?? 1);
  }
  return masked;
}

/** The longest card number made of the first of these groups, and of how many it is made. */
function longestCardNumber(
  groups: readonly string[],
): { readonly text: string; readonly groups: number } | null {
  let text = '';
  let longest: { text: string; groups: number } | null = null;
  for (const [place, group] of groups.entries()) {
    text += group;
    const digits = digitsOf(text);
    if (digits.length > PAN_DIGITS_MAX) break;
    if (digits.length >= PAN_DIGITS_MIN && isLuhn(digits)) longest = { text, groups: place + 1 };
  }
  return longest;
}

function digitsOf(text: string): string {
  return text.replace(/[ -]/g, '');
}

/** Keeps the last four digits, and what stands behind them. */
function maskDigits(text: string): string {
  const digits = digitsOf(text);
  const separator = /[ -]$/.exec(text)?.join('') ?? '';
  return '*'.repeat(digits.length - 4) + digits.slice(-4) + separator;
}

/** The Luhn check (ISO/IEC 7812-1 annex B) of a text of digits only. */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = digit * 2;
    sum += index % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
