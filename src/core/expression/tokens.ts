/** The words, numbers, texts and signs of an expression, each with its place. Linear in time; never throws. */

export interface Token {
  readonly kind: 'number' | 'word' | 'text' | 'sign' | 'end';
  /** As written; of a text what stands between its quotes, escapes resolved; of the end nothing. */
  readonly text: string;
  /** Offset of its first character, in UTF-16 code units from 0. */
  readonly at: number;
}

/** What is wrong with an expression, and where. */
export interface FaultAt {
  readonly code: 'too_long' | 'syntax_error' | 'unknown_fact' | 'wrong_type';
  /** Offset in UTF-16 code units, from 0. */
  readonly at: number;
  /** What was expected and what to do; of the expression it repeats nothing but names and signs. */
  readonly detail: string;
}

const TOKEN = new RegExp(
  [
    /(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/,
    /([A-Za-z_]\w*)/,
    /("(?:[^"\\\n\r]|\\["'\\nrt])*"|'(?:[^'\\\n\r]|\\["'\\nrt])*')/,
    /(\|\||&&|[=!<>]=|[<>+\-*/%!?:.,()[\]])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);
const SPACE = /[ \t\r\n]*/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** What to do about a character that begins nothing. */
const ADVICE: Readonly<Record<string, string>> = {
  '=': 'use == to compare',
  '&': 'use && for and',
  '|': 'use || for or',
  '"': 'a text ends with its own quote on the same line; its escapes are \\" \\\' \\\\ \\n \\r \\t',
  "'": 'a text ends with its own quote on the same line; its escapes are \\" \\\' \\\\ \\n \\r \\t',
};

/** All tokens, the end last; or the one place where reading stopped. */
export function tokensOf(
  source: string,
):
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly fault: FaultAt } {
  const tokens: Token[] = [];
  let at = afterSpace(source, 0);
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const [lexeme, number, word, text] = TOKEN.exec(source) ?? [];
    if (lexeme === undefined) return { ok: false, fault: stopped(source, at) };
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at });
    else if (text !== undefined) tokens.push({ kind: 'text', text: unquoted(text), at });
    else tokens.push({ kind: 'sign', text: lexeme, at });
    at = afterSpace(source, at + lexeme.length);
  }
  tokens.push({ kind: 'end', text: '', at });
  return { ok: true, tokens };
}

function afterSpace(source: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(source);
  return SPACE.lastIndex;
}

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

function stopped(source: string, at: number): FaultAt {
  const character = source.charAt(at);
  const detail = /\d/.test(character)
    ? 'is no number; numbers look like 0, 12.5 or 2e3'
    : (ADVICE[character] ?? 'begins nothing that an expression has');
  return { code: 'syntax_error', at, detail };
}
