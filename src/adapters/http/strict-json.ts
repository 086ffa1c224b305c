/**
 * Reads a JSON body (RFC 8259) to the last digit: values are ordinary JavaScript, and the exact text
 * of each number stands beside them. JSON.parse rounds numbers and lets the last of two equal keys
 * win; its reviver sees the digits, but takes twice our time. Beyond RFC 8259 a body is refused for
 * each reason in `Refused`. Linear in time; never throws; a fault repeats nothing but short keys. A
 * string may hold on to the whole text around it: keep none in memory for longer than its request.
 */
import { isUtf8 } from 'node:buffer';
import { assert } from '../../core/assert.ts';

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
type JsonObject = { [key: string]: JsonValue };

export interface ParsedJson {
  /** As JSON.parse gives it, but ±MAX_VALUE for ±Infinity, so that a schema sees a finite number. */
  readonly value: JsonValue;
  /** Exact source text of every number, by JSON pointer (RFC 6901); '' is a number at the root. */
  readonly numbers: ReadonlyMap<string, string>;
}

type Malformed = 'invalid_utf8' | 'invalid_json';
type Refused = 'duplicate_key' | 'forbidden_key' | 'too_deep' | 'invalid_string';
export type JsonFault = {
  readonly code: Malformed | Refused;
  /** What was expected, where (columns are UTF-16 code units, from 1) and what to do. */
  readonly detail: string;
  /** The value at fault, or the nearest one around it whose keys are all fit to be shown. */
  readonly pointer: string;
};

const DEPTH_MAX = 32; // our own bodies nest five deep; whoever walks a value recurses this far
const PATH_MAX = 512; // each number repeats its path: one long key makes 500 MB of 64 KiB
const LITERAL = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![-+.\w])/y;
const ESCAPED = /["\\/bfnrt]|u[\da-fA-F]{4}/y;
const VALUE = 'a value (a number as in 0, -1.50 or 2e3)';
const STORABLE = 'a string without U+0000 and unpaired surrogates';
const ORDINARY = { writable: true, enumerable: true, configurable: true };
/** Long keys, eight digits (even one character apart: maybe a card), what could forge a log line. */
const UNFIT = /[^/]{41}|\p{C}|\p{Nd}(?:[^/\p{Nd}]?\p{Nd}){7}/u;
/** What to do, by the character that was met; '' is the end of the body. */
const ADVICE: Readonly<Record<string, string>> = {
  '': 'The body ends there: send all of it.',
  '\uFEFF': 'Send UTF-8 without a byte order mark.',
  "'": 'JSON takes double quotes only.',
  '/': 'Remove any comment: JSON has none.',
  '}': 'Look for a comma too many, or a part missing, before it.',
  ']': 'Look for a comma too many, or a part missing, before it.',
};

export function parseStrictJson(
  body: Uint8Array,
): { ok: true; value: ParsedJson } | { ok: false; fault: JsonFault } {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!isUtf8(bytes)) {
    const detail = `Expected UTF-8 at byte ${badByteAt(bytes)}. Encode the whole body as UTF-8.`;
    return { ok: false, fault: { code: 'invalid_utf8', detail, pointer: '' } };
  }
  const reader = new Reader(bytes.toString());
  const value = reader.document();
  if (value !== undefined) return { ok: true, value: { value, numbers: reader.numbers } };
  assert(reader.fault !== undefined, 'a reader that stops has a fault to tell');
  return { ok: false, fault: reader.fault };
}

/** Reads one text, once. A method that returns undefined has stopped and left its `fault`. */
class Reader {
  readonly numbers = new Map<string, string>();
  fault: JsonFault | undefined;
  private readonly text: string;
  private at = 0;
  private depth = 0;
  private container = ''; // pointer to the innermost open object or array
  private step: string | number | null = null; // the key or index in it; null between members

  constructor(text: string) {
    this.text = text;
  }

  document(): JsonValue | undefined {
    const value = this.value();
    if (value === undefined || Number.isNaN(this.next())) return value;
    return this.fail('invalid_json', 'nothing after the JSON value');
  }

  /** The first character that is not white space, left unread; NaN at the end. */
  private next(): number {
    const text = this.text;
    let at = this.at;
    let code = text.charCodeAt(at);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++at);
    this.at = at;
    return code;
  }

  /** The same after a bracket or a comma, where no member is being read. */
  private skip(): number {
    this.at++;
    this.step = null;
    return this.next();
  }

  private value(): JsonValue | undefined {
    const code = this.next();
    if (code === 0x22 /* " */) return this.string();
    if (code !== 0x7b /* { */ && code !== 0x5b /* [ */) return this.literal();
    if (++this.depth > DEPTH_MAX) return this.fail('too_deep', `at most ${DEPTH_MAX} levels`);
    const outer = this.container;
    this.container = this.pointer();
    const value = code === 0x7b ? this.object() : this.array();
    this.skip();
    this.container = outer;
    this.depth--;
    return value;
  }

  private object(): JsonValue | undefined {
    const object: JsonObject = {};
    let code = this.skip();
    if (code === 0x7d /* } */) return object;
    for (;;) {
      const at = this.at;
      if (code !== 0x22) return this.fail('invalid_json', 'a key in double quotes');
      const key = this.string();
      if (key === undefined) return undefined;
      if (this.container.length + key.length > PATH_MAX)
        return this.fail('too_deep', `a path of at most ${PATH_MAX} characters`, at);
      this.step = key;
      if (key === '__proto__') return this.fail('forbidden_key', 'no key "__proto__"', at);
      // Finds inherited names ("constructor") too, and spares all others the dearer question.
      const isKnown = object[key] !== undefined;
      if (isKnown && Object.hasOwn(object, key))
        return this.fail('duplicate_key', 'each key only once, not again', at);
      if (this.next() !== 0x3a /* : */) return this.fail('invalid_json', "':' after the key");
      this.at++;
      const value = this.value();
      if (value === undefined) return undefined;
      // Plain assignment to an inherited name throws where Object.prototype is frozen.
      if (isKnown) Object.defineProperty(object, key, { ...ORDINARY, value });
      else object[key] = value;
      code = this.next();
      if (code === 0x7d) return object;
      if (code !== 0x2c /* , */) return this.fail('invalid_json', "',' or '}'");
      code = this.skip();
    }
  }

  private array(): JsonValue | undefined {
    const array: JsonValue[] = [];
    let code = this.skip();
    if (code === 0x5d /* ] */) return array;
    for (;;) {
      this.step = array.length;
      const value = this.value();
      if (value === undefined) return undefined;
      array.push(value);
      code = this.next();
      if (code === 0x5d) return array;
      if (code !== 0x2c) return this.fail('invalid_json', "',' or ']'");
      this.skip();
    }
  }

  private string(): string | undefined {
    const { text, at: start } = this;
    let at = start + 1;
    let isPlain = true;
    for (let code = text.charCodeAt(at); code !== 0x22; code = text.charCodeAt(++at)) {
      if (code === 0x5c /* \ */) {
        isPlain = false;
        ESCAPED.lastIndex = ++at;
        if (!ESCAPED.test(text)) return this.fail('invalid_json', 'an escape of JSON', at);
      } else if (!(code >= 0x20)) {
        if (code === 0) return this.fail('invalid_string', STORABLE, at);
        return this.fail('invalid_json', 'a closing quote, or an escape such as \\n', at);
      }
    }
    this.at = at + 1;
    if (isPlain) return text.slice(start + 1, at);
    const string = JSON.parse(text.slice(start, at + 1)) as string;
    if (string.isWellFormed() && !string.includes('\0')) return string;
    return this.fail('invalid_string', STORABLE, start);
  }

  private literal(): JsonValue | undefined {
    LITERAL.lastIndex = this.at;
    if (!LITERAL.test(this.text))
      return this.fail('invalid_json', this.depth === 0 ? 'a JSON object' : VALUE);
    const source = this.text.slice(this.at, LITERAL.lastIndex);
    this.at = LITERAL.lastIndex;
    if (source === 'null') return null;
    if (source === 'true' || source === 'false') return source === 'true';
    this.numbers.set(this.pointer(), source);
    const value = Number(source);
    return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE;
  }

  private pointer(): string {
    return this.step === null ? this.container : pointerTo(this.container, this.step);
  }

  private fail(code: JsonFault['code'], expected: string, at = this.at): undefined {
    const before = this.text.slice(0, at);
    const place = `line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`;
    const advice = ADVICE[this.text.charAt(at)] ?? 'Correct the body there.';
    const pointer = this.pointer();
    const unfitAt = pointer.search(UNFIT);
    const shown = unfitAt < 0 ? pointer : pointer.slice(0, pointer.lastIndexOf('/', unfitAt));
    this.fault = { code, detail: `Expected ${expected} at ${place}. ${advice}`, pointer: shown };
  }
}

/** The pointer to a member or an item of what `parent` points to (RFC 6901, section 3). */
export function pointerTo(parent: string, step: string | number): string {
  const isPlain = typeof step === 'number' || !(step.includes('~') || step.includes('/'));
  return `${parent}/${isPlain ? step : step.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The offset of the first byte that cannot stand where it stands; there must be one. */
function badByteAt(bytes: Buffer): number {
  const readable = Buffer.from(bytes.toString()); // what is not UTF-8 became U+FFFD
  let at = 0;
  while (bytes[at] === readable[at]) at++;
  while (!isUtf8(bytes.subarray(0, at))) at--; // it began like U+FFFD itself
  return at;
}
