import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { parseStrictJson } from './strict-json.ts';

function canonical(text: string): string {
  const result = parseStrictJson(new TextEncoder().encode(text));
  if (!result.ok) throw new Error(`refused: ${result.fault.code}`);
  return canonicalJson(result.value);
}

test.each([
  ['{ "b" : 1 , "a" : [ true , null ] }', '{"a":[true,null],"b":1}'],
  ['{"a":1.0}', '{"a":1.0}'],
  ['{"a":1.00}', '{"a":1.00}'],
  ['[9007199254740993,1E999,-0]', '[9007199254740993,1E999,-0]'],
  [' 1e2 ', '1e2'],
  ['"\\u0061\\/\\u000A\\u001f"', '"a/\\n\\u001f"'],
  ['{}', '{}'],
  ['[]', '[]'],
  ['[[],{"a":{}}]', '[[],{"a":{}}]'],
  ['{"":1,"10":2,"9":3,"B":4,"a":5}', '{"":1,"10":2,"9":3,"B":4,"a":5}'],
  ['{"a/b":[1.0],"~":{"1":2.50}}', '{"a/b":[1.0],"~":{"1":2.50}}'],
  // By code unit U+FB33 comes after the surrogates of U+1F600, by code point before.
  ['{"\uFB33":1,"\u{1F600}":2,"\u20ac":3,"1":4}', '{"1":4,"\u20ac":3,"\u{1F600}":2,"\uFB33":1}'],
])('%j becomes %j', (text, expected) => {
  expect(canonical(text)).toBe(expected);
});

test('a value of another type, or a number with other digits, has another text', () => {
  const texts = [
    '1',
    '"1"',
    '1.0',
    '[1]',
    '{"1":1}',
    '[[1]]',
    'true',
    '"true"',
    'null',
    '[]',
    '{}',
  ];
  expect(new Set(texts.map(canonical)).size).toBe(texts.length);
});

test('a number whose text is lost is a bug, not a guess', () => {
  expect(() => canonicalJson({ value: [1], numbers: new Map() })).toThrow('source text');
});

test('neither the order of keys nor white space changes it, and it is a fixed point', () => {
  const key = fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'B', '1', '~', '/', 'é', '"') });
  const leaf = fc.oneof(
    fc.integer(),
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.constant(null),
  );
  const member = fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(key, leaf));
  fc.assert(
    fc.property(fc.dictionary(key, member), fc.constantFrom('', ' ', '\n\t'), (object, indent) => {
      const plain = JSON.stringify(object);
      const reversed = Object.fromEntries(Object.entries(object).toReversed());
      const once = canonical(plain);
      expect(canonical(JSON.stringify(reversed, null, indent))).toBe(once);
      expect(canonical(once)).toBe(once);
      expect(JSON.parse(once)).toEqual(JSON.parse(plain));
    }),
  );
});
