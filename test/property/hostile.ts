/** What nobody would send but somebody will: values, texts and bytes for requests made by chance. */
import type { Chance } from '../support/chance.ts';

/** JSON texts of numbers, most of them at an edge. */
export const NUMBERS: readonly string[] = [
  '0',
  '-0',
  '0.0',
  '1',
  '-1',
  '0.01',
  '0.001',
  '0.0001',
  '0.00001',
  '19.99',
  '19.999',
  '10000',
  '10000.01',
  '9999999999.99',
  '10000000000',
  '999999999999',
  '1000000000000',
  '9007199254740991',
  '9007199254740993',
  '1e2',
  '1E+2',
  '1e-2',
  '1e308',
  '1e309',
  '1e999',
  '-1E400',
  '1e-400',
  '1e99999999999999999999',
  '0.1e1',
  '1.0',
  '1.00',
  '1.10',
  '123456789.123456789',
  '4242424242424242',
  '378282246310005',
];

/** What looks like a number and is none. */
const NO_NUMBERS = [
  '01',
  '+1',
  '.5',
  '1.',
  '1e',
  '-',
  '0x1',
  'NaN',
  'Infinity',
  '1_0',
  '1n',
  '--1',
];

/** JSON texts of strings, most of them at an edge. */
export const STRINGS: readonly string[] = [
  '""',
  '" "',
  '"\\t\\n"',
  '"a"',
  '"alice@example.com"',
  '"USD"',
  '"usd"',
  '"JPY"',
  '"XXX"',
  '"\\u0000"',
  '"\\ud83d"',
  '"\\ude00\\ud83d"',
  '"\\ud83d\\ude00"',
  '"\u{1f600}\u{10ffff}"',
  '"\\u0055SD"',
  '"4242424242424242"',
  '"4242 4242 4242 4242"',
  '"__proto__"',
  '"constructor"',
  '"\' or 1=1 --"',
  '"<script>alert(1)</script>"',
  '"%00"',
  '"\\u2028\\u2029"',
  '"e\\u0301\\u202eabc"',
  '"APPROVE"',
  '"PROCESSING_ERROR"',
  '"automatic"',
  '"null"',
  '"0"',
  '"1e999"',
];

const CONTAINERS = [
  'null',
  'true',
  'false',
  '{}',
  '[]',
  '[null]',
  '{"a":1}',
  '[[[[]]]]',
  '{"a":{}}',
];

/** A JSON text of any kind, and now and then something that is none. */
export function anyValue(chance: Chance): string {
  const kind = chance.int(0, 9);
  if (kind < 3) return chance.pick(NUMBERS);
  if (kind < 6) return chance.pick(STRINGS);
  if (kind < 8) return chance.pick(CONTAINERS);
  if (kind === 8) return longString(chance);
  return chance.pick(NO_NUMBERS);
}

/** A text around a length where something ends. */
function longString(chance: Chance): string {
  const length = chance.pick([40, 41, 64, 65, 128, 129, 255, 256, 500, 501, 1000, 1001]);
  return JSON.stringify(chance.pick(['x', 'é', '\u{1f600}', '4', ' ']).repeat(length));
}

/** The text with some of its characters taken out, doubled, changed or moved. */
export function mangled(chance: Chance, text: string): string {
  let result = text;
  for (let times = chance.int(1, 3); times > 0; times -= 1) {
    const at = chance.int(0, Math.max(0, result.length - 1));
    const to = Math.min(result.length, at + chance.int(1, 8));
    const part = result.slice(at, to);
    const changed = chance.pick([
      '',
      part + part,
      part.toUpperCase(),
      [...part].toReversed().join(''),
      chance.pick([
        '"',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '\\',
        '\u0000',
        '\ufeff',
        '/*',
        '\n',
        ' ',
        '0',
      ]),
      chance.pick(NO_NUMBERS),
      anyOf(chance),
    ]);
    result = result.slice(0, at) + changed + result.slice(to);
  }
  return result;
}

function anyOf(chance: Chance): string {
  return chance.pick([...STRINGS, ...CONTAINERS, ...NUMBERS]);
}

/** Bytes without any sense. */
export function garbage(chance: Chance, most = 200): Buffer {
  return Buffer.from(Array.from({ length: chance.int(0, most) }, () => chance.int(0, 255)));
}

/** A body around the limits of size and depth. */
export function enormous(chance: Chance): string {
  const levels = chance.pick([31, 32, 33, 100, 30_000]);
  return chance.pick([
    () => `{"amount":1,"description":"${'x'.repeat(chance.pick([1000, 65_400, 65_536]))}"}`,
    () => `{"amount":1}${' '.repeat(65_536 - 12 + chance.int(-1, 1))}`,
    () => `{"amount":1,"metadata":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`,
    () => '{"":'.repeat(levels / 2),
    () => `{"amount":${'9'.repeat(60_000)}}`,
    () => `{"amount":1.${'0'.repeat(60_000)}}`,
    () => `{${Array.from({ length: 3_000 }, (_, index) => `"f${index}":1`).join(',')}}`,
  ])();
}

/** Parts of paths. */
export const SEGMENTS: readonly string[] = [
  'payments',
  'Payments',
  'paymnets',
  'payment',
  'refunds',
  'refund',
  'retry',
  'events',
  'summary',
  'ledger',
  'entries',
  'docs',
  'static',
  'errors',
  'admin',
  'reset',
  'x',
  '%20',
  '%2f',
  '%2e%2e',
  '%00',
  '%zz',
  '%',
  '%e2%82',
  '%ED%A0%80',
  '*',
  ':payment_id',
  '{payment_id}',
  'a'.repeat(300),
  'a'.repeat(600),
  '4242424242424242',
  '..;',
  '__proto__',
  'constructor',
  "'",
  '"',
  '<',
  '\u00e9',
  '\u{1f600}',
];

/** Ids that no payment has. */
export const WRONG_IDS: readonly string[] = [
  '01980000-0000-7000-8000-000000000000',
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  're_01980000-0000-7000-8000-000000000000',
  '1',
  '-1',
  'null',
  'undefined',
  '%00',
  "'%20or%201=1",
  '../summary',
  'x'.repeat(400),
];
