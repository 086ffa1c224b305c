/**
 * Cards, and card numbers (PANs, ISO/IEC 7812) where they do not belong. A number lives as long as its request: of
 * a card only what `Card` says is kept, and a number that a client typed into a free text is masked before
 * anything is stored or logged.
 */
import { assert } from './assert.ts';

/** What is kept of a card. Never the number, and never a hash of it that could be guessed backwards. */
export interface Card {
  /** The scheme, in snake_case: visa, mastercard, american_express, …; unknown when no range has the number. */
  readonly brand: string;
  /** The first six digits of the number (the issuer's identification number, in its shorter form). */
  readonly bin: string;
  /** The last four digits of the number. */
  readonly last4: string;
  /** 32 lower-case hex digits, the same for the same number; keyed, so that the key's holder alone can compare. */
  readonly fingerprint: string;
  /** Whether the check digit fits. One that does not is a sign of risk, not a fault of the request. */
  readonly isLuhnValid: boolean;
}

/** A card number has at least this many digits. */
export const PAN_DIGITS_MIN = 12;
/** A card number has at most this many digits (ISO/IEC 7812-1). */
export const PAN_DIGITS_MAX = 19;

/** Groups of digits with single spaces or hyphens between them, long enough to hold a card number. */
const DIGIT_GROUPS = /\d(?:[ -]?\d){11,}/g;

/** Our own ids are left alone: a UUID can contain such runs. */
const UUID_FORM = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const UUID = new RegExp(`(${UUID_FORM})`, 'i');

/**
 * The text with every card number in it masked but for its last four digits: what passes the Luhn check, and the
 * request's own number `pan` (12 to 19 digits) even when it does not, wherever it stands and however it is spaced.
 */
export function maskCardNumbers(text: string, pan?: string): string {
  // Most texts have too few digits for one: they cost one pass and no copy.
  if (text.search(DIGIT_GROUPS) === -1) return text;
  return text
    .split(UUID)
    .map((part, index) => (index % 2 === 1 ? part : maskPart(part, pan)))
    .join('');
}

/** The expression for the request's own number costs more than all else: only where there is something to mask. */
function maskPart(text: string, pan: string | undefined): string {
  if (text.search(DIGIT_GROUPS) === -1) return text;
  return maskRuns(pan === undefined ? text : maskOwn(text, spacedForms(pan)));
}

function spacedForms(pan: string): RegExp {
  const isPan = /^\d+$/.test(pan) && pan.length >= PAN_DIGITS_MIN && pan.length <= PAN_DIGITS_MAX;
  assert(isPan, 'a card number is 12 to 19 digits');
  return new RegExp(pan.split('').join('[ -]?'), 'g');
}

/** Comes before the Luhn check, which could take a part of the number for another one and leave the rest. */
function maskOwn(text: string, own: RegExp): string {
  let masked = text;
  // The four digits left of a number can begin it anew: 123400001234 is twice in 12340000123400001234.
  while (masked.search(own) !== -1) masked = masked.replace(own, maskDigits);
  return masked;
}

function maskRuns(text: string): string {
  return text.replace(DIGIT_GROUPS, maskGroups);
}

/**
 * Masks every stretch of whole groups that could be a card number: a number may stand right beside another one, or
 * behind a house number. Stretches that overlap are masked as one, so that chance cannot uncover a part of a number.
 */
function maskGroups(run: string): string {
  const groups = [...run.matchAll(/\d+[ -]?/g)].map(String);
  let masked = '';
  for (let place = 0; place < groups.length;) {
    const end = endOfCardNumbers(groups, place);
    const next = Math.max(end, place + 1);
    const stretch = groups.slice(place, next).join('');
    masked += end === place ? stretch : maskDigits(stretch);
    place = next;
  }
  return masked;
}

/** The group behind the card number that begins at `place` and all that overlap it; `place` when none begins there. */
function endOfCardNumbers(groups: readonly string[], place: number): number {
  let end = place;
  for (let start = place; start === place || start < end; start += 1) {
    const taken = longestCardNumber(groups.slice(start, start + PAN_DIGITS_MAX));
    end = Math.max(end, start + taken);
  }
  return end;
}

/** Of how many of these groups, from the first on, the longest card number is made; 0 for none. */
function longestCardNumber(groups: readonly string[]): number {
  let digits = '';
  let longest = 0;
  for (const [place, group] of groups.entries()) {
    digits += digitsOf(group);
    if (digits.length > PAN_DIGITS_MAX) break;
    if (digits.length >= PAN_DIGITS_MIN && isLuhn(digits)) longest = place + 1;
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

/**
 * For texts that only name what was refused: whatever could be a card number goes, with or without a right check
 * digit. Our own ids stay.
 */
export function hideCardNumbers(text: string): string {
  if (text.search(DIGIT_GROUPS) === -1) return text;
  return maskCardNumbers(text)
    .split(UUID)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(LONG_RUN, '(digits)')))
    .join('');
}

/** Twelve digits can be an amount; more are none (ISO 8583 field 4). */
const LONG_RUN = /\d(?:[ -]?\d){12,}/g;

/** A UUID of version 7 without its dashes, as the ids of events and endpoints have it. */
const BARE_UUID = '(?:evt|we)_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}(?![0-9a-f])';
/** Without it there is no id in a text; to look for whole ones takes three times as long as all else. */
const PART_OF_ID = /-[0-9a-f]{4}-|(?:evt|we)_/i;
const OWN_ID = new RegExp(`(${UUID_FORM}|${BARE_UUID})`, 'i');

/**
 * For what shows requests whole: every run of digits that is long enough for a card number is masked but for its last
 * four, whatever its check digit. Order numbers of twelve digits go too; our own ids stay.
 */
export function maskDigitRuns(text: string): string {
  if (text.search(DIGIT_GROUPS) === -1) return text;
  if (!PART_OF_ID.test(text)) return text.replace(DIGIT_GROUPS, maskDigits);
  return text
    .split(OWN_ID)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(DIGIT_GROUPS, maskDigits)))
    .join('');
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
