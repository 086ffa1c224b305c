import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonFault, type JsonValue, type ParsedJson, parseStrictJson } from './strict-json.ts';

const PAYMENT =
  '{"amount":250.00,"currency":"USD","recipient":"alice@example.com","description":"Invoice #1042"}';

const encode = (text: string) => new TextEncoder().encode(text);

function parsed(text: string): ParsedJson {
  const result = parseStrictJson(encode(text));
  if (!result.ok) throw new Error(`refused: ${result.fault.code}, ${result.fault.detail}`);
  return result.value;
}

function faultOf(body: string | Uint8Array): JsonFault {
  const result = parseStrictJson(typeof body === 'string' ? encode(body) : body);
  if (result.ok) throw new Error('accepted');
  return result.fault;
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('values', () => {
  test('are ordinary JavaScript, and the text of a number stands beside them', () => {
    const { value, numbers } = parsed(PAYMENT);
    expect(value).toStrictEqual(JSON.parse(PAYMENT));
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect([...numbers]).toEqual([['/amount', '250.00']]);
  });

  test('a number at the root has the empty pointer', () => {
    expect([...parsed(' -0.10e+2 ').numbers]).toEqual([['', '-0.10e+2']]);
  });

  test('a number in a list or under an awkward key is found by its escaped pointer', () => {
    const { numbers } = parsed('{"a/b":[1,[2.0]],"~1":{"":3},"é":4,"constructor":5}');
    const expected = { '/a~1b/0': '1', '/a~1b/1/0': '2.0', '/~01/': '3', '/é': '4' };
    expect(Object.fromEntries(numbers)).toEqual({ ...expected, '/constructor': '5' });
  });

  test('no digit is lost, although the value beside it is rounded', () => {
    const { value, numbers } = parsed(
      '[9007199254740993,0.1000000000000000055,1E400,-1e999,1e-999]',
    );
    expect(value).toEqual([9007199254740992, 0.1, Number.MAX_VALUE, -Number.MAX_VALUE, 0]);
    expect([...numbers.values()].slice(0, 3)).toEqual([
      '9007199254740993',
      '0.1000000000000000055',
      '1E400',
    ]);
  });

  test('names of Object.prototype are keys like others', () => {
    const text = '{"constructor":1,"prototype":2,"toString":null,"hasOwnProperty":[]}';
    expect(Object.entries(parsed(text).value as object)).toEqual(
      Object.entries(JSON.parse(text) as object),
    );
    expect(faultOf('{"constructor":1,"constructor":2}').code).toBe('duplicate_key');
  });

  test('an inherited name is a key even where Object.prototype cannot be written to', () => {
    const { prototype } = Object;
    const original = Object.getOwnPropertyDescriptor(prototype, 'constructor') ?? {};
    Object.defineProperty(prototype, 'constructor', { ...original, writable: false });
    try {
      expect(JSON.stringify(parsed('{"constructor":1}').value)).toBe('{"constructor":1}');
    } finally {
      Object.defineProperty(prototype, 'constructor', original);
    }
  });

  test('a view into a larger buffer is read alone', () => {
    const bytes = encode(`x${PAYMENT}y`).subarray(1, -1);
    expect(parseStrictJson(bytes)).toMatchObject({ ok: true, value: { value: { amount: 250 } } });
  });
});

/** Body, code, pointer, and what the detail says. */
const FAULTS: readonly (readonly [string, JsonFault['code'], string, string])[] = [
  ['', 'invalid_json', '', 'Expected a JSON object at line 1, column 1. The body ends there'],
  [' \n ', 'invalid_json', '', 'Expected a JSON object at line 2, column 2. The body ends there'],
  ['\uFEFF{}', 'invalid_json', '', 'line 1, column 1. Send UTF-8 without a byte order mark'],
  ['{}x', 'invalid_json', '', 'nothing after the JSON value at line 1, column 3'],
  ['{"a":1} {', 'invalid_json', '', 'nothing after the JSON value at line 1, column 9'],
  [
    '{"a":NaN}',
    'invalid_json',
    '/a',
    'a value (a number as in 0, -1.50 or 2e3) at line 1, column 6',
  ],
  [
    '{"a":01}',
    'invalid_json',
    '/a',
    'a value (a number as in 0, -1.50 or 2e3) at line 1, column 6',
  ],
  ['{\n "a": \'b\'}', 'invalid_json', '/a', 'line 2, column 7. JSON takes double quotes only'],
  ['{"a":1,}', 'invalid_json', '', 'a key in double quotes at line 1, column 8. Look for a comma'],
  ['{"a":[1,]}', 'invalid_json', '/a/1', 'line 1, column 9. Look for a comma'],
  [
    '{"a":}',
    'invalid_json',
    '/a',
    'line 1, column 6. Look for a comma too many, or a part missing',
  ],
  ['{/**/}', 'invalid_json', '', 'column 2. Remove any comment'],
  ['{"a" 1}', 'invalid_json', '/a', "':' after the key at line 1, column 6"],
  ['{"a":1 "b":2}', 'invalid_json', '/a', "',' or '}' at line 1, column 8"],
  ['{"a":{"b":[1 2]}}', 'invalid_json', '/a/b/0', "',' or ']' at line 1, column 14"],
  ['{"a":{"b":[1],2', 'invalid_json', '/a', 'a key in double quotes at line 1, column 15'],
  ['{"a":"b\nc"}', 'invalid_json', '/a', 'an escape such as \\n at line 1, column 8'],
  ['{"a":"\\x"}', 'invalid_json', '/a', 'an escape of JSON at line 1, column 8'],
  [
    '{"a":"b',
    'invalid_json',
    '/a',
    'a closing quote, or an escape such as \\n at line 1, column 8',
  ],
  [
    '{"a":1,"b":2,"a":3}',
    'duplicate_key',
    '/a',
    'each key only once, not again at line 1, column 14',
  ],
  ['{"a":1,"\\u0061":3}', 'duplicate_key', '/a', 'at line 1, column 8'],
  ['{"a":{"b":1,"b":1}}', 'duplicate_key', '/a/b', 'at line 1, column 13'],
  ['{"":1,"":1}', 'duplicate_key', '/', 'at line 1, column 7'],
  ['{"0":1,"0":1}', 'duplicate_key', '/0', 'at line 1, column 8'],
  ['{"__proto__":1}', 'forbidden_key', '/__proto__', 'no key "__proto__" at line 1, column 2'],
  ['{"a":{"__pr\\u006fto__":{}}}', 'forbidden_key', '/a/__proto__', 'line 1, column 7'],
  [nested(33), 'too_deep', '/0'.repeat(32), 'at most 32 levels at line 1, column 33'],
  ['{"a":'.repeat(33), 'too_deep', '/a'.repeat(32), 'at most 32 levels at line 1, column 161'],
  [`{"${'k'.repeat(513)}":[1]}`, 'too_deep', '', 'a path of at most 512 characters at line 1'],
  ['{"a":"\u0000"}', 'invalid_string', '/a', 'without U+0000'],
  ['{"a":"\\u0000"}', 'invalid_string', '/a', 'unpaired surrogates at line 1, column 6'],
  ['{"a":["\\ud83d"]}', 'invalid_string', '/a/0', 'unpaired surrogates at line 1, column 7'],
  ['["\\ude00\\ud83d"]', 'invalid_string', '/0', 'unpaired surrogates at line 1, column 2'],
  ['{"a\\ud83d":1}', 'invalid_string', '', 'unpaired surrogates at line 1, column 2'],
];

describe('refusals', () => {
  test.each(FAULTS)('%j is %s at "%s"', (body, code, pointer, detail) => {
    const fault = faultOf(body);
    expect(fault).toMatchObject({ code, pointer });
    expect(fault.detail).toContain(detail);
    expect(fault.detail).toMatch(/^Expected .+ at .+\. .+\.$/);
  });

  test('32 levels are allowed, and siblings do not add up', () => {
    expect(parsed(`[${nested(31)},${nested(31)}]`).value).toHaveLength(2);
  });

  test.each([
    [[0x22, 0xff, 0x22], 1],
    [[0xef, 0xbb, 0xbf, 0x22, 0xc3], 4],
    [[0x22, 0xef, 0xbf, 0xbd, 0xef, 0xbf], 4], // a whole U+FFFD, then the beginning of one
    [[0x22, 0xed, 0xa0, 0x80, 0x22], 1], // a surrogate
    [[0x22, 0xc0, 0x80, 0x22], 1], // an overlong U+0000
    [[0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], 1], // beyond U+10FFFF
  ])('bytes %j are no UTF-8 from offset %i on', (bytes, offset) => {
    const detail = `Expected UTF-8 at byte ${offset}. Encode the whole body as UTF-8.`;
    expect(faultOf(Uint8Array.from(bytes))).toEqual({ code: 'invalid_utf8', detail, pointer: '' });
  });

  const CARD = '4242424242424242';
  test.each([
    [`{"card":{"${CARD}":1 1}}`, '/card'],
    [`{"card":{"${CARD}":1,"${CARD}":2}}`, '/card'],
    [`{"card":{"4242 4242 4242 4242":?}}`, '/card'],
    [`{"card":{"42/42/42/42":?}}`, '/card'],
    [`{"card":{"４２４２４２４２":?}}`, '/card'],
    [`{"a":{"${'k'.repeat(40)}":?}}`, `/a/${'k'.repeat(40)}`],
    [`{"a":{"${'k'.repeat(41)}":{"b":?}}}`, '/a'],
    [`{"a":{"b\\n":{"c":?}}}`, '/a'],
    [`{"a":{"\u202e":?}}`, '/a'],
    [`{"card":"${CARD}"?}`, '/card'],
    [`{"card":${CARD}x}`, '/card'],
    [`{"card":"${CARD}`, '/card'],
    [`${CARD}x`, ''],
  ])('%j is refused without a word of it that could be card data', (body, pointer) => {
    const fault = faultOf(body);
    expect(fault.pointer).toBe(pointer);
    expect(fault.detail).not.toMatch(/\p{Nd}{4}|k{9}|\p{Cc}/u);
  });

  test('neither depth nor length of a hostile body breaks the parser', () => {
    expect(faultOf('['.repeat(1_000_000)).code).toBe('too_deep');
    expect(faultOf('{"a":'.repeat(1_000_000)).code).toBe('too_deep');
    expect(faultOf(`[${'1'.repeat(1_000_000)}.]`).code).toBe('invalid_json');
    expect(parsed(`["${'\\n'.repeat(1_000_000)}"]`).value).toEqual(['\n'.repeat(1_000_000)]);
    expect(faultOf(' '.repeat(1_000_000)).code).toBe('invalid_json');
  });

  test('the paths of many numbers cannot outgrow the body beyond all measure', () => {
    const body = `{"${'~'.repeat(512)}":[${'1,'.repeat(30_000)}1]}`;
    const longest = Math.max(...[...parsed(body).numbers.keys()].map((key) => key.length));
    expect(longest).toBeLessThan(1_100);
    const spread = `{"${'k'.repeat(100)}":`.repeat(6);
    expect(faultOf(spread)).toMatchObject({ code: 'too_deep', pointer: '' });
  });
});

/** One case between every two spaces or more. */
const cases = (table: string) => table.trim().split(/\s{2,}/);

describe('the grammar of RFC 8259', () => {
  const ACCEPTED = cases(String.raw`
    {}  []  ""  0  -0  true  false  null  [ ]  { }  -1  10  1.5  0.0  -0.0  1e1  1E1  1e+1  1e-1
    0e0  0.1E+01  1e00  1234567890123456789012345678901234567890  [1,2]  [ 1 , 2 ]  [[],[[]],{}]
    [null,1]  {"a":{"b":[{}]}}  {"":""}  { "a" : 1 , "b" : 2 }  {"a":"a","A":"a"}  {"2":0,"1":0}
    {"\u0022":1}  {"\n":1,"n":1}  "\"\\\/\b\f\n\r\t"  "\u0041\u00e9\uABCD"  "\ud83d\ude00"  "a/b"
    "\uDBFF\uDFFF"  "\u001f"  "\uFFFE"  "\\u0000"  "\\"  "//"  "{[,:]}"  " "  "'"  "é€😀"  "1٢"
  `);
  const ACCEPTED_RAW = [
    '\t\r\n{\t\r\n}\t\r\n',
    '"\u007f"',
    '"\u2028\u2029"',
    '"\uFEFF"',
    '"\uFFFF"',
  ];
  test.each([...ACCEPTED, ...ACCEPTED_RAW])('accepts %j', (text) => {
    expect(parsed(text).value).toStrictEqual(JSON.parse(text));
  });

  const REFUSED = cases(String.raw`
    [  ]  {  }  ,  :  "  \  -  +  .  x  [}  {]  [[]  []]  {}}  [,]  [1,]  [,1]  [1,,2]  [1 2]  [1
    [1,  ["a"  ["a",  [1:2]  ["a":1]  {,}  {"a"}  {"a":}  {"a":1,}  {,"a":1}  {"a":1,,"b":2}  {a:1}
    {"a":1 "b":2}  {"a":1  {"a"  {"a":  {"a":1,  {"a",1}  {"a"::1}  {'a':1}  {1:1}  {null:1}  {[]:1}
    {"a":1;"b":2}  {"a"=1}  {"a":1}#  {"a":1}{  [] []  1 2  nullnull  01  -01  00  --1  +1  .5  -.5
    1.  1.e1  1.5.5  1e  1e+  1e1.5  1ee1  1e1e1  0x1  0b1  1_000  1n  1a  1é  1٢  ٢  1,000  1 000
    - 1  NaN  -NaN  Infinity  -Infinity  inf  nan  undefined  True  TRUE  nul  nulll  tru  fals  true1
    truefalse  'a'  "a  a"  "a""b"  "a\"  "\a"  "\x41"  "\'"  "\0"  "\u"  "\u12"  "\u123g"  "\u{41}"
    "\U0041"  "\  "\"  "\u  "\u1  ["\ "]  1//  /**/1  [1/**/]  <a/>  @  😀
  `);
  const RAW_STRINGS = ['"\t"', '"\n"', '"\r"', '"\b"', '"\u001f"', '"\\\n"', '`a`'];
  const RAW_COMMENTS = ['//\n1', '#\n1', '\u0000', '1\u0000', '[\u2060]'];
  const RAW_BLANKS = [
    '\u00a01',
    '1\u00a0',
    '\u000b1',
    '\f1',
    '\u20281',
    '\u30001',
    '\uFEFF1',
    '1\uFEFF',
  ];
  const REFUSED_RAW = [...RAW_STRINGS, ...RAW_COMMENTS, ...RAW_BLANKS];
  test.each([...REFUSED, ...REFUSED_RAW])('refuses %j', (text) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(faultOf(text).code).toBe('invalid_json');
  });
});

/** What the platform makes of a body: the value, or nothing. */
function platform(body: Uint8Array): { readonly value: unknown } | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    // A double has no place for 1e999; schemas get the greatest there is.
    const finite = (_: string, value: unknown) =>
      Math.abs(Number(value)) === Infinity && typeof value === 'number'
        ? Math.sign(value) * Number.MAX_VALUE
        : value;
    return { value: JSON.parse(text, finite) as unknown };
  } catch {
    return null;
  }
}

/** Our word and the platform's may differ only where we refuse what JSON allows. */
function expectAgreement(body: Uint8Array): void {
  const ours = parseStrictJson(body);
  const theirs = platform(body);
  if (ours.ok) {
    expect(theirs).not.toBeNull();
    expect(ours.value.value).toStrictEqual(theirs?.value);
    return;
  }
  const { code, detail, pointer } = ours.fault;
  if (code === 'invalid_json' || code === 'invalid_utf8') expect(theirs).toBeNull();
  expect(`${detail} ${pointer}`).not.toMatch(/\p{Nd}{8}|\p{Cc}/u);
}

/** The text of a tree whose leaves are texts of numbers, with every number's pointer noted. */
type Tree = string | readonly Tree[] | ReadonlyMap<string, Tree>;
function textOf(tree: Tree, pointer: string, numbers: Map<string, string>): string {
  if (typeof tree === 'string') {
    numbers.set(pointer, tree);
    return tree;
  }
  const under = (step: string, item: Tree) =>
    textOf(item, `${pointer}/${step.replace(/[~/]/g, (c) => (c === '~' ? '~0' : '~1'))}`, numbers);
  if (tree instanceof Map) {
    const members = [...(tree as ReadonlyMap<string, Tree>)];
    return `{${members.map(([key, item]) => `${JSON.stringify(key)} : ${under(key, item)}`).join()}}`;
  }
  return `[ ${(tree as readonly Tree[]).map((item, i) => under(String(i), item)).join(' , ')} ]`;
}

describe('for all bodies', () => {
  const isKept = (text: string) => !/"__proto__":|\\u0000|\\ud[89a-f]/.test(text);
  const value = fc
    .jsonValue({ maxDepth: 6, stringUnit: 'binary' })
    .filter((v) => isKept(JSON.stringify(v)));

  test('what JSON.stringify writes is read as it was', () => {
    fc.assert(
      fc.property(value, fc.constantFrom('', ' ', '\t', '\n'), (original, indent) => {
        const text = JSON.stringify(original, null, indent);
        expect(parsed(text).value).toStrictEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test('random bytes are accepted only when the platform accepts them', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 12 }), expectAgreement), { numRuns: 2_000 });
  });

  const tokens = cases(String.raw`
    {  }  [  ]  ,  :  "  \  -  0  1  .  e  E  +  '  "a"  "b":  true  null  \u  \ud83d  \ude00  \u0000
    "__proto__":  1e999
  `);
  const piece = fc.constantFrom(...tokens, ' ', '\n');
  test('random tokens are accepted only when the platform accepts them', () => {
    const body = fc.array(piece, { maxLength: 8 }).map((pieces) => encode(pieces.join('')));
    fc.assert(fc.property(body, expectAgreement), { numRuns: 5_000 });
  });

  test('a spoilt body is accepted only when the platform accepts it', () => {
    const bodies = [
      PAYMENT,
      '{"a":[1,-2.50,3e5,{"b~/":null}],"é":"\\u00e9\\ud83d\\ude00\\n","":{"x":[[],{},true,false]}}',
      '[ 0 , -0.0 , 1E+2 , "" , "😀" , {"a":{"a":{"a":4111111111111111}}} ]',
    ].map((text) => Buffer.from(text));
    const insert = fc.oneof(
      piece.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 2 }).map((bytes) => Buffer.from(bytes)),
    );
    const spot = fc.nat({ max: 120 });
    const cut = fc.tuple(spot, fc.nat({ max: 3 }), insert);
    const spoilt = fc
      .tuple(fc.constantFrom(...bodies), fc.array(cut, { minLength: 1, maxLength: 3 }))
      .map(([body, cuts]) =>
        cuts.reduce(
          (bytes, [at, removed, added]) =>
            Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]),
          body,
        ),
      );
    fc.assert(fc.property(spoilt, expectAgreement), { numRuns: 5_000 });
  });

  test('a body cut short is refused where it ends', () => {
    const body = PAYMENT.replace('.00', '');
    for (let length = 0; length < body.length; length++)
      expect(faultOf(body.slice(0, length)).detail).toContain('The body ends there');
  });

  test('a key is accepted once in an object, however it is written', () => {
    const key = fc.tuple(fc.constantFrom('a', 'b', 'constructor', 'é', '0'), fc.boolean());
    fc.assert(
      fc.property(fc.array(key, { maxLength: 5 }), (keys) => {
        const names = keys.map(([name]) => name);
        const escape = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
        const members = keys.map(([name, isEscaped]) =>
          isEscaped ? `"${name.replace(/./g, escape)}":"x"` : `"${name}":"x"`,
        );
        const result = parseStrictJson(encode(`{${members.join()}}`));
        expect(result.ok ? 'unique' : result.fault.code).toBe(
          new Set(names).size === names.length ? 'unique' : 'duplicate_key',
        );
      }),
    );
  });

  test('the text of each number, and of nothing else, is found by its pointer', () => {
    const source = fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/);
    const key = fc.string({
      maxLength: 4,
      unit: fc.constantFrom('~', '/', '0', '1', 'a', '"', 'é'),
    });
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        source,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 3 }).map((o) => new Map(Object.entries(o))),
      ),
    }));
    fc.assert(
      fc.property(tree, (root) => {
        const expected = new Map<string, string>();
        const { value: read, numbers } = parsed(textOf(root, '', expected));
        expect(numbers).toEqual(expected);
        for (const [pointer, text] of numbers) expect(valueAt(read, pointer)).toBe(bounded(text));
      }),
    );
  });
});

/** The value that a pointer names, found the slow way. */
function valueAt(value: JsonValue, pointer: string): unknown {
  const steps = pointer.split('/').slice(1);
  return steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((inner, step) => (inner as Readonly<Record<string, unknown>>)[step], value);
}

function bounded(text: string): number {
  return Math.min(Math.max(Number(text), -Number.MAX_VALUE), Number.MAX_VALUE);
}
