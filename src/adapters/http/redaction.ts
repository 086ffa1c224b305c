/**
 * What the request log shows of texts that clients and we sent: no card number in any spelling, right check digit or
 * not, and no secret that can be told by its form (`whsec_…`, bearer credentials, the user in an address) or by the
 * name it stands under. What is a secret only to whoever wrote it cannot be told.
 */
import { maskDigitRuns } from '../../core/card.ts';
import { LOGGED_URL_CHARACTERS_MAX } from './limits.ts';
import { percentDecoded } from './paths.ts';

export const MASKED = '(masked)';

/** In place of a body that is no JSON and has or names a secret: where that ends, nobody can say. */
export const WITHHELD = '(withheld: this is no JSON, and has or names a secret)';

/** Names of what is nobody's business, as a part of a field's or a parameter's name. */
const SECRET_NAME =
  /secret|passw|passphrase|token|credential|authorization|(?:api|private|access|idempotency)[-_]?key|security[-_]?code|cv[cvn]|(?<![a-z])(?:csc|pin)(?![a-z])|track[-_]?[12]/i;

/** Names that hold one of those words and no secret: when it ends. */
const NO_SECRET = /_at$/i;

/** The Standard Webhooks form of a secret; a slash in it may be escaped, and digits in it masked. */
const WEBHOOK_SECRET = /whsec_(?:\(masked\)|[\w+/=*-]|\\\/)*/g;
const CREDENTIALS = /\b(Bearer|Basic)\s+[\w.~+/=*-]{16,}/gi;
const USER_IN_ADDRESS = /(:(?:\\?\/){2})[^\s/"?#\\]+@/g;
/** A parameter in an address; names end at the next one, so that it is found in one pass. */
const PARAMETER = /([?&])([^=&?\s"#]*)=([^&\s"#]+)/g;

/** Escapes of visible ASCII, but for the quote and the backslash; an escaped backslash is seen, to be left alone. */
const ESCAPES = /\\(?:\\|u00([2-7][0-9a-f]))/gi;

/** What JSON is made of. */
const JSON_PARTS = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+|\s+/g;

/** A JSON text, or the beginning of one, that may be shown. What was masked before stays as it is. */
export function redactedJson(text: string): string {
  return withoutNamedSecrets(redactedText(text));
}

/** The same of an answer of ours: its fractions are draws and scores, and have as many digits as a card number. */
export function redactedAnswer(text: string): string {
  return withoutNamedSecrets(redactedText(text, maskOutsideFractions));
}

/** The same of a text that was to be JSON and is none. */
export function redactedBroken(text: string): string {
  const redacted = redactedText(text);
  return SECRET_NAME.test(redacted) || redacted.includes(MASKED) ? WITHHELD : redacted;
}

/** Without card numbers and what has the form of a secret; of JSON, with its escaped digits and letters as themselves. */
export function redactedText(text: string, maskDigits = maskDigitRuns): string {
  const plain = text.includes('\\u') ? text.replace(ESCAPES, unescaped) : text;
  const withoutSecrets = plain
    .replace(WEBHOOK_SECRET, `whsec_${MASKED}`)
    .replace(CREDENTIALS, `$1 ${MASKED}`)
    .replace(USER_IN_ADDRESS, `$1${MASKED}@`)
    .replace(PARAMETER, (all, mark: string, name: string) =>
      isSecretName(name) ? `${mark}${name}=${MASKED}` : all,
    );
  return maskDigits(withoutSecrets);
}

/** An address as it may be shown, its escapes decoded where they hide something; cut where it is very long. */
export function redactedUrl(url: string): string {
  const kept = url.length > LOGGED_URL_CHARACTERS_MAX ? cutUrl(url) : url;
  const start = kept.indexOf('?');
  if (start === -1) return redactedPart(kept);
  const path = redactedPart(kept.slice(0, start));
  const query = kept.slice(start + 1);
  const isPlain = !SECRET_NAME.test(percentDecoded(query));
  const shown = isPlain ? redactedPart(query) : query.split('&').map(redactedParameter).join('&');
  return `${path}?${shown}`;
}

/** The longest card number with all of it percent-encoded, and more. */
const CUT_NUMBER_CHARACTERS = 128;

/** What could be the beginning of a number, escaped or not, goes from the end. */
function cutUrl(url: string): string {
  const cut = url.slice(0, LOGGED_URL_CHARACTERS_MAX);
  const end = cut.slice(-CUT_NUMBER_CHARACTERS).replace(/[\da-f%+-]+$/i, '');
  return cut.slice(0, -CUT_NUMBER_CHARACTERS) + end;
}

/** A number of JSON between zero and one. */
const FRACTION = /(?<=[:,[]-?)(0\.\d+|\d\.\d+e-\d+)(?=[,}\]])/;

function maskOutsideFractions(text: string): string {
  return text
    .split(FRACTION)
    .map((part, index) => (index % 2 === 1 ? part : maskDigitRuns(part)))
    .join('');
}

function redactedParameter(parameter: string): string {
  const [name = ''] = parameter.split('=', 1);
  const isSecret = name !== parameter && isSecretName(percentDecoded(name));
  return isSecret ? `${redactedPart(name)}=${MASKED}` : redactedPart(parameter);
}

function redactedPart(part: string): string {
  const decoded = percentDecoded(part.replaceAll('+', ' '));
  const redacted = redactedText(decoded);
  return redacted === decoded ? part : redacted;
}

function unescaped(escape: string, hex: string | undefined): string {
  if (hex === undefined) return escape;
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return character === '"' || character === '\\' || character === '\u007f' ? escape : character;
}

/** Masks every text and number that stands under the name of a secret, at whatever depth below it. */
function withoutNamedSecrets(text: string): string {
  if (!SECRET_NAME.test(text)) return text;
  let redacted = '';
  let depth = 0;
  /** The depth at which a secret's name stands; null outside of what it names. */
  let secretDepth: number | null = null;
  let name = '';
  for (const [part] of text.matchAll(JSON_PARTS)) {
    if (part === '{' || part === '[') depth += 1;
    if (part === '}' || part === ']' || part === ',') {
      if (part !== ',') depth -= 1;
      if (secretDepth !== null && depth <= secretDepth) secretDepth = null;
    }
    const isValue = !/^[{}[\],:\s]/.test(part);
    if (secretDepth === null && part === ':' && isSecretName(name)) secretDepth = depth;
    redacted +=
      isValue && secretDepth !== null && !/^(?:true|false|null)$/.test(part) ? `"${MASKED}"` : part;
    if (isValue) name = part;
  }
  return redacted;
}

function isSecretName(name: string): boolean {
  const bare = name.replaceAll('"', '');
  return SECRET_NAME.test(bare) && !NO_SECRET.test(bare);
}
