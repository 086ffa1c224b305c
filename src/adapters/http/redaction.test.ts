import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  redactedAnswer,
  redactedBroken,
  redactedJson,
  redactedText,
  redactedUrl,
  WITHHELD,
} from './redaction.ts';

describe('a JSON text', () => {
  const cases: readonly [string, string][] = [
    ['{"number":"4242 4242 4242 4242"}', '{"number":"************4242"}'],
    ['{"card_number":"4000001234567890"}', '{"card_number":"************7890"}'],
    ['{"number":4242424242424242}', '{"number":************4242}'],
    ['{"a":"\\u0034242\\u0020424242424242"}', '{"a":"************4242"}'],
    ['{"a":"\\\\u0034"}', '{"a":"\\\\u0034"}'],
    ['{"cvc":"123","card":{"CVV2":123}}', '{"cvc":"(masked)","card":{"CVV2":"(masked)"}}'],
    ['{"\\u0063vc":"123"}', '{"cvc":"(masked)"}'],
    ['{"secret" : "hunter2" , "b" : 1}', '{"secret" : "(masked)" , "b" : 1}'],
    ['{"secret":"a\\"b,c}","b":1}', '{"secret":"(masked)","b":1}'],
    [
      '{"secret":{"a":["x",{"b":2}]},"c":3}',
      '{"secret":{"(masked)":["(masked)",{"(masked)":"(masked)"}]},"c":3}',
    ],
    ['[{"api_key":1},{"b":2}]', '[{"api_key":"(masked)"},{"b":2}]'],
    ['{"secret":true,"token":null}', '{"secret":true,"token":null}'],
    ['{"kind":"token","amount":5}', '{"kind":"token","amount":5}'],
    ['{"previous_secret_expires_at":"2026"}', '{"previous_secret_expires_at":"2026"}'],
    ['{"pin":1,"spinning":2,"track1":"x"}', '{"pin":"(masked)","spinning":2,"track1":"(masked)"}'],
    ['{"a":"whsec_ab+c/d=="}', '{"a":"whsec_(masked)"}'],
    ['{"a":"whsec_ab\\/cd"}', '{"a":"whsec_(masked)"}'],
    ['{"a":"whsec_x4242424242424242y"}', '{"a":"whsec_(masked)"}'],
    ['{"a":"whsec_x************4242y"}', '{"a":"whsec_(masked)"}'],
    ['{"a":"Bearer full-secret-0123456789"}', '{"a":"Bearer (masked)"}'],
    ['{"a":"bearer of good news"}', '{"a":"bearer of good news"}'],
    ['{"url":"https://bob:pw@a.example/x?a=1"}', '{"url":"https://(masked)@a.example/x?a=1"}'],
    ['{"url":"pg://bob:p@ss@a.example/x"}', '{"url":"pg://(masked)@a.example/x"}'],
    ['{"url":"https:\\/\\/bob@a.example"}', '{"url":"https:\\/\\/(masked)@a.example"}'],
    ['{"url":"https://a/x?a=1&token=abc&b=2"}', '{"url":"https://a/x?a=1&token=(masked)&b=2"}'],
    [
      '{"mail":"alice@example.com","amount":250.00}',
      '{"mail":"alice@example.com","amount":250.00}',
    ],
    ['{"secret":"cut of', '{"secret":"(masked)"'],
    ['{"secret":["a","b', '{"secret":["(masked)","(masked)"'],
  ];
  test.each(cases)('%s is shown as %s', (text, shown) => {
    expect(redactedJson(text)).toBe(shown);
    expect(redactedJson(shown)).toBe(shown);
  });

  test('stays JSON that says the same but for its secrets', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const shown = redactedJson(text);
        expect(redactedJson(shown)).toBe(shown);
        if (shown === redactedText(text) && !/\d(?:[ -]?\d){11}/.test(text)) {
          expect(JSON.parse(shown)).toEqual(JSON.parse(text));
        }
      }),
    );
  });

  test('hides what stands under a secret name, at any depth', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(value, value, (before, after) => {
        const hidden = { deep: ['s3cr3t-value', { s3cr3t: 's3cr3t-value' }] };
        const text = JSON.stringify([before, { client_secret: hidden, after }, after]);
        expect(redactedJson(text)).not.toContain('s3cr3t');
      }),
    );
  });
});

describe('an answer', () => {
  test.each([
    ['{"draw":0.17286898633169656,"b":[-4.24242424242424242e-17]}', ''],
    ['{"a":"0.17286898633169656"}', '{"a":"0.*************9656"}'],
    ['{"a":1.4242424242424242}', '{"a":1.************4242}'],
    ['{"a":4242424242424242,"secret":0.5}', '{"a":************4242,"secret":"(masked)"}'],
  ])('%s keeps its fractions', (text, shown) => {
    expect(redactedAnswer(text)).toBe(shown || text);
  });
});

describe('what was to be JSON and is none', () => {
  test.each([
    ['{"a":1,}', '{"a":1,}'],
    ['{"number":"4242424242424242",', '{"number":"************4242",'],
    ['{"secret" "hunter2"}', WITHHELD],
    ['{cvc: 123}', WITHHELD],
    ["{'api-key': 'x'}", WITHHELD],
    ['{"\\u0073ecret" "x"}', WITHHELD],
    ['whsec_abc', WITHHELD],
    ['{"a":"Bearer abcdefgh01234567\n"}', WITHHELD],
  ])('%s is shown as %s', (text, shown) => {
    expect(redactedBroken(text)).toBe(shown);
    expect(redactedJson(shown)).toBe(shown);
  });
});

describe('an address', () => {
  test.each([
    [
      '/payments/0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a21',
      '/payments/0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a21',
    ],
    [
      '/payments?status=FAILED&created_at%5Bgte%5D=2026',
      '/payments?status=FAILED&created_at%5Bgte%5D=2026',
    ],
    ['/payments/4242424242424242', '/payments/************4242'],
    ['/payments/%34242424242424242', '/payments/************4242'],
    ['/payments?q=4242+4242+4242+4242', '/payments?q=************4242'],
    ['/payments?q=4242%204242%204242%204242&limit=5', '/payments?q=************4242&limit=5'],
    ['/payments?4242424242424242=1', '/payments?************4242=1'],
    ['/x?token=a%26b&b=1', '/x?token=(masked)&b=1'],
    ['/x?%74oken=a', '/x?%74oken=(masked)'],
    ['/x?token', '/x?token'],
    ['/x?a=b?token=c', '/x?a=b?token=(masked)'],
    ['/x?a=whsec_abc', '/x?a=whsec_(masked)'],
  ])('%s is shown as %s', (url, shown) => {
    expect(redactedUrl(url)).toBe(shown);
  });

  test('that is very long is cut, and never so that half a number is left', () => {
    for (let digits = 0; digits < 40; digits += 1) {
      for (const pan of ['4242424242424242', '%34%32%34%32%34%32%34%32%34%32%34%32%34%32%34%32']) {
        const shown = redactedUrl(`/${'x'.repeat(999 - digits)}${pan}`);
        expect(shown.length).toBeLessThanOrEqual(1_000);
        expect(shown.replace('************4242', '')).not.toMatch(/424|%34/);
      }
    }
  });
});

test('hostile texts take no longer than others', () => {
  const long = 8 * 1024;
  const texts = [
    '?',
    '&',
    'a&',
    '?a',
    '"',
    '\\',
    '{',
    '"secret":[',
    ':',
    '://',
    'Bearer ',
    'whsec_',
    '4 ',
    '0-',
    '%34',
    '\\u0034',
    '_',
  ];
  // A quadratic expression would take minutes here.
  for (const text of texts) {
    const hostile = text.repeat(Math.ceil(long / text.length));
    redactedJson(hostile);
    redactedBroken(hostile);
    redactedUrl(hostile);
  }
  expect(redactedJson('?'.repeat(200_000)).length).toBe(200_000);
});
