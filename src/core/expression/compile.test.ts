import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileExpression, EXPRESSION_CHARACTERS_MAX } from './compile.ts';
import type { Term } from './terms.ts';

interface Facts {
  readonly a: number;
  readonly zero: number;
  readonly name: string;
  readonly nick: string | null;
  readonly yes: boolean;
  readonly no: boolean;
}

const FACTS: Facts = { a: 7, zero: 0, name: 'Alice', nick: null, yes: true, no: false };

const VOCABULARY = new Map<string, Term<Facts>>([
  ['a', { type: 'number', run: (facts) => facts.a }],
  ['zero', { type: 'number', run: (facts) => facts.zero }],
  ['name', { type: 'text', run: (facts) => facts.name }],
  ['nick', { type: 'text_or_null', run: (facts) => facts.nick }],
  ['flag.yes', { type: 'bool', run: (facts) => facts.yes }],
  ['flag.no', { type: 'bool', run: (facts) => facts.no }],
  ['flag.deep.number', { type: 'number', run: (facts) => facts.a }],
]);

/** What an expression says of the facts; its first fault as text when it says nothing. */
function said(source: string, facts: Facts = FACTS): boolean | string {
  const compiled = compileExpression(source, VOCABULARY);
  if (compiled.ok) return compiled.condition(facts);
  const [first] = compiled.faults;
  return first === undefined ? 'no fault' : `${first.line}:${first.column} ${first.detail}`;
}

describe('an expression', () => {
  test.each([
    ['true', true],
    ['false', false],
    ['flag.yes', true],
    ['flag . no', false],
    ['flag.deep.number == 7', true],
    ['!flag.no', true],
    ['!!flag.yes', true],
    ['a == 7', true],
    ['a != 7', false],
    ['a < 7 || a <= 7', true],
    ['a > 7 || a >= 7', true],
    ['a < 7', false],
    ['a <= 6.99', false],
    ['a > 7', false],
    ['a >= 7.01', false],
    ['flag.yes && flag.no', false],
    ['flag.yes && true', true],
    ['flag.no || flag.no', false],
    ['a + 1 == 8', true],
    ['a - 1 == 6', true],
    ['a * 2 == 14', true],
    ['a / 2 == 3.5', true],
    ['a % 4 == 3', true],
    ['-a == -7', true],
    ['--a == 7', true],
    ['1e3 == 1000 && 2.5E-1 == 0.25 && 1e+2 == 100', true],
    ['name == "Alice"', true],
    ["name == 'Alice'", true],
    ['name != nick', true],
    ['nick == null', true],
    ['null == nick', true],
    ['null != null', false],
    ['flag.yes == flag.no', false],
    ['a in [1, 7]', true],
    ['a in [-7, 8]', false],
    ['-a in [-7]', true],
    ['a in []', false],
    ['name in ["Bob", "Alice"]', true],
    ['nick in ["Bob"]', false],
    ['size(name) == 5', true],
    ['size("é😀") == 2', true],
    ['name.startsWith("Al") && !name.startsWith("al")', true],
    ['name.endsWith("ice")', true],
    ['name.contains("lic")', true],
    ['name.lowerAscii().contains("alice")', true],
    ['"ÄB".lowerAscii() == "Äb"', true],
    ['(name).lowerAscii() == "alice"', true],
    ['(flag.yes ? 1 : 2) == 1', true],
    ['(flag.no ? 1 : 2) == 1', false],
    ['(flag.no ? "x" : name) == "Alice"', true],
    ['(flag.yes ? nick : name) == null', true],
    ['(flag.no ? null : name) == "Alice"', true],
    ['flag.yes ? flag.no : flag.yes', false],
    ['flag.no ? false : flag.no ? false : true', true],
    ['\t flag.yes \r\n && \n flag.yes ', true],
  ])('%s is %s', (source, value) => {
    expect(said(source)).toBe(value);
  });

  test.each([
    ['a + 2 * 3 == 13', true],
    ['(a + 2) * 3 == 27', true],
    ['10 - 4 - 3 == 3', true],
    ['10 - (4 - 3) == 9', true],
    ['100 / 10 / 5 == 2', true],
    ['-a + 10 == 3', true],
    ['2 * -a == -14', true],
    ['true || false && false', true],
    ['(true || false) && false', false],
    ['!flag.no && flag.no', false],
    ['a == 7 == true', true],
    ['1 < 2 == true', true],
    ['a in [7] && true', true],
    ['a + 1 in [8]', true],
    ['false && false ? false : true', true],
    ['true ? true : false && false', true],
    ['true ? true : true ? false : false', true],
  ])('groups as CEL does: %s is %s', (source, value) => {
    expect(said(source)).toBe(value);
  });

  test('reads the escapes of a text, and no others', () => {
    const name = 'a"b\'c\\d\ne\rf\tg';
    expect(said(String.raw`name == "a\"b\'c\\d\ne\rf\tg"`, { ...FACTS, name })).toBe(true);
    expect(said(String.raw`name == '\x41'`)).toContain('1:9 a text ends with its own quote');
  });

  test('that is a text is no sign', () => {
    expect(said('name == "(" && name != ")"')).toBe(false);
    expect(said('size("," ) == 1')).toBe(true);
    expect(said('name "==" name')).toBe('1:6 expected an operator or the end');
  });
});

describe('a value that is not there', () => {
  test.each(['1 / zero > 0', '1 % zero > 0', 'nick.contains("a")', 'size(nick) > 0'])(
    'leaves %s without an answer',
    (source) => {
      expect(() => said(source)).toThrow(/division by zero|is null/);
    },
  );

  test.each([
    ['1 / zero > 0 || true', true],
    ['true || 1 / zero > 0', true],
    ['1 / zero > 0 && false', false],
    ['false && 1 / zero > 0', false],
    ['nick != null && nick.contains("a")', false],
    ['nick == null || nick.contains("a")', true],
    ['flag.yes ? true : 1 / zero > 0', true],
  ])('does not matter where the other side settles it: %s is %s', (source, value) => {
    expect(said(source)).toBe(value);
  });

  test.each(['1 / zero > 0 || false', '1 / zero > 0 && true', 'false || 1 / zero > 0'])(
    'matters where the other side does not settle it: %s',
    (source) => {
      expect(() => said(source)).toThrow('division by zero');
    },
  );

  test('may be there for other facts', () => {
    expect(said('nick.contains("a")', { ...FACTS, nick: 'ally' })).toBe(true);
    expect(said('1 / zero == 2', { ...FACTS, zero: 0.5 })).toBe(true);
  });
});

describe('a fault of grammar', () => {
  test.each([
    ['', '1:1 the expression ends here: expected a fact'],
    ['  ', '1:3 the expression ends here: expected a fact'],
    ['a >', '1:4 the expression ends here: expected a fact'],
    ['a > 1 &&\n  > 2', '2:3 expected a fact'],
    ['(a > 1', '1:7 the expression ends here: expected )'],
    ['a > 1)', '1:6 expected an operator or the end'],
    ['a > 1 a', '1:7 expected an operator or the end'],
    ['a = 1', '1:3 use == to compare'],
    ['a & 1', '1:3 use && for and'],
    ['a | 1', '1:3 use || for or'],
    ['name == "x', '1:9 a text ends with its own quote'],
    ["name == 'x\n'", '1:9 a text ends with its own quote'],
    ['a == 5x', '1:6 is no number'],
    ['a == 5.', '1:6 is no number'],
    ['a == .5', '1:6 expected a fact'],
    ['a == 1e999', '1:6 is too large a number'],
    ['a == #', '1:6 begins nothing'],
    ['a in 7', '1:6 expected a list after in'],
    ['a in [7', '1:8 the expression ends here: expected , or ]'],
    ['a in [7,]', '1:9 expected a number or a text'],
    ['a in [-"x"]', '1:8 expected a number or a text'],
    ['a in [1e999]', '1:7 is too large a number'],
    ['in [7]', '1:1 expected a fact'],
    ['size(name', '1:10 the expression ends here: expected , or )'],
    ['flag.yes ? true', '1:16 the expression ends here: expected :'],
    ['true ? true ? true : true : true', '1:13 expected : and what holds otherwise'],
    ['size(name ")"', '1:11 expected , or )'],
    ['flag "." yes', '1:6 expected an operator or the end'],
    ['flag.7', '1:6 expected a name after the dot'],
    ['name.lowerAscii().', '1:19 the expression ends here: expected a name'],
    ['name.lowerAscii().size', '1:23 the expression ends here: expected ('],
    ['name["x"]', '1:5 expected an operator or the end'],
  ])('in %j is shown where it is', (source, fault) => {
    expect(said(source)).toContain(fault);
  });

  test('is one at a time: what follows it cannot be read', () => {
    const compiled = compileExpression('a > > nobody', VOCABULARY);
    expect(compiled).toMatchObject({ ok: false, faults: [{ code: 'syntax_error', column: 5 }] });
  });
});

describe('a fault of meaning', () => {
  test.each([
    ['a', '1:1 a condition is true or false; this is a number'],
    ['nick', '1:1 a condition is true or false; this is a text or null'],
    ['null', '1:1 a condition is true or false; this is null'],
    ['a && true', '1:1 && takes true or false; this is a number'],
    ['true || name', '1:9 || takes true or false; this is a text'],
    ['!a', '1:2 ! takes true or false; this is a number'],
    ['-name == 1', '1:2 - takes numbers; this is a text'],
    ['a > "7"', '1:5 > takes numbers; this is a text'],
    ['name < 7', '1:1 < takes numbers; this is a text'],
    ['a + true == 1', '1:5 + takes numbers; this is true or false'],
    ['"a" + a == 1', '1:1 + takes numbers; this is a text'],
    ['a == "7"', '1:3 == compares a number with a text, which are never equal'],
    ['a != null', '1:3 != compares a number with null, which are never equal'],
    ['name == null', '1:6 == compares a text with null, which are never equal'],
    ['flag.yes == 1', '1:10 == compares true or false with a number, which are never equal'],
    ['flag.yes in [1]', '1:1 in looks for a number or a text; this is true or false'],
    ['null in [1]', '1:1 in looks for a number or a text; this is null'],
    ['a in [7, "7"]', '1:10 in looks for a number, so that the list holds nothing else'],
    ['nick in ["x", 7]', '1:15 in looks for a text, so that the list holds nothing else'],
    ['a ? true : false', '1:1 ? takes true or false; this is a number'],
    ['(true ? 1 : "x") == 1', '1:7 ? chooses between values of one type, not a number and a text'],
    ['(true ? name : flag.yes) == "x"', 'not a text and true or false'],
    ['(true ? flag.yes : 1) == 1', 'not true or false and a number'],
    ['size(a) == 1', '1:6 size takes texts; this is a number'],
    ['size() == 1', '1:1 this is not how it is called: size(text)'],
    ['size(name, name) == 1', '1:1 this is not how it is called: size(text)'],
    ['name.startsWith()', '1:6 this is not how it is called: text.startsWith(text)'],
    ['name.startsWith("a", "b")', '1:6 this is not how it is called: text.startsWith(text)'],
  ])('in %s says what was expected', (source, fault) => {
    expect(said(source)).toContain(fault);
  });

  test.each([
    ['nam == "x"', '1:1 nam is no fact; did you mean name?'],
    ['true &&\n fleg.yes', '2:2 fleg.yes is no fact; did you mean flag.yes?'],
    ['flag', '1:1 flag is a group of facts; it has yes, no, deep'],
    ['flag.deep', '1:1 flag.deep is a group of facts; it has number'],
    ['flag.weather', '1:1 flag.weather is no fact; flag has yes, no, deep'],
    ['weather', '1:1 weather is no fact; there are a, zero, name, nick, flag'],
    ['weather.today', '1:1 weather.today is no fact; there are a, zero, name, nick, flag'],
    [`${'w'.repeat(99)} > 1`, `1:1 ${'w'.repeat(40)}… is no fact`],
    ['constructor == 1', '1:1 constructor is no fact'],
    ['name.constructor == 1', '1:1 name.constructor is no fact'],
    ['flag.__proto__.x == 1', '1:1 flag.__proto__.x is no fact'],
    ['name.startWith("x")', '1:6 .startWith is no function; did you mean text.startsWith(text)?'],
    ['startsWith(name, "x")', '1:1 startsWith is no function; did you mean text.startsWith(text)?'],
    ['name.matches("x")', '1:6 .matches is no function; there are size(text), text.lowerAscii()'],
    ['toString() == "x"', '1:1 toString is no function'],
  ])('names what %s may have meant', (source, fault) => {
    expect(said(source)).toContain(fault);
  });

  test.each([
    ['nobody && !nothing', 2],
    ['nobody == nothing', 2],
    ['nobody > nothing', 2],
    ['nobody * nothing > 1', 2],
    ['(nobody ? nothing : nowhere) == 1', 3],
    ['-nobody > size(nothing)', 2],
    ['nobody in [1] || nothing.contains(nowhere)', 3],
    ['nick.startsWith(a) && a in ["x"]', 2],
  ])('comes with all others: %s has %d', (source, count) => {
    const compiled = compileExpression(source, VOCABULARY);
    const columns = compiled.ok ? [] : compiled.faults.map(({ column }) => column);
    expect(columns).toHaveLength(count);
    expect(columns).toEqual(columns.toSorted((left, right) => left - right));
  });
});

describe('any text', () => {
  const words =
    'a name nick flag.yes nobody size startsWith in true null 1 2.5 1e9 "x" \'y\' ( ) [ ] , . ? : ! - +';
  const signs = '* / % < <= > >= == != && || = # " \n \t';
  const tokens = fc.constantFrom(...words.split(' '), ...signs.split(' '));
  const texts = fc.oneof(
    fc.array(tokens, { maxLength: 60 }).map((parts) => parts.join(' ')),
    fc.array(tokens, { maxLength: 60 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 80 }),
  );

  test('is a condition or has faults, each within it', () => {
    fc.assert(
      fc.property(texts, (source) => {
        const compiled = compileExpression(source, VOCABULARY);
        if (compiled.ok) {
          expect(answer(() => compiled.condition(FACTS))).toMatch(/^(?:true|false|none)$/);
          return;
        }
        expect(compiled.faults.length).toBeGreaterThan(0);
        for (const { line, column, detail } of compiled.faults) {
          const text = source.split('\n')[line - 1] ?? '(no such line)';
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual(text.length + 1);
          expect(detail.length).toBeGreaterThan(5);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('may be as long as the limit however it is nested, and no longer', () => {
    const half = Math.floor(EXPRESSION_CHARACTERS_MAX / 2) - 2;
    expect(said(`${'('.repeat(half)}true${')'.repeat(half)}`)).toBe(true);
    expect(said(`${'!'.repeat(EXPRESSION_CHARACTERS_MAX - 4)}true`)).toBe(true);
    expect(said('('.repeat(EXPRESSION_CHARACTERS_MAX))).toContain('expected a fact');
    const chain = 'true?true:'.repeat(EXPRESSION_CHARACTERS_MAX / 10 - 1);
    expect(said(`${chain}true`)).toBe(true);
    const long = `true${' '.repeat(EXPRESSION_CHARACTERS_MAX)}`;
    expect(said(long)).toBe('1:1 must have at most 500 characters; make it two rules');
  });
});

function answer(condition: () => boolean): string {
  try {
    return String(condition());
  } catch (error) {
    return error instanceof Error && /zero|null/.test(error.message) ? 'none' : String(error);
  }
}
