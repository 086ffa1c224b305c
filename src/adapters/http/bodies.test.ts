import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type Body,
  expectProblem,
  expectPayment,
  testApp,
  type TestApp,
} from '../../../test/property/app.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());
afterEach(expectNoErrors);

function expectNoErrors(): void {
  expect(api.errors).toEqual([]);
}

/** A request that is answered later than this has blocked everybody else. */
const ANSWER_MS_MAX = 400;

/** Expects the problem, at once, and that nothing was stored, also under an idempotency key. */
async function expectRefused(body: Body, status: number, code: string): Promise<string> {
  const before = await api.footprint();
  const startedAt = performance.now();
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'never-kept' };
  const answer = await api.post('/payments', body, headers);
  expect(performance.now() - startedAt).toBeLessThan(ANSWER_MS_MAX);
  const { detail } = expectProblem(answer, status, code);
  expect(await api.footprint()).toEqual(before);
  return detail;
}

const withAmount = (amount: string, currency = 'USD') =>
  `{"amount":${amount},"currency":"${currency}","recipient":"a"}`;
const withRecipient = (recipient: string) =>
  `{"amount":1,"currency":"USD","recipient":${recipient}}`;

describe('an amount', () => {
  const exact: readonly [string, string, string][] = [
    ['USD', '250.00', '250'],
    ['USD', '19.99', '19.99'],
    ['USD', '19.9', '19.9'],
    ['USD', '0.01', '0.01'],
    ['USD', '0.1', '0.1'],
    ['USD', '1.0', '1'],
    ['USD', '1e2', '100'],
    ['USD', '1E+2', '100'],
    ['USD', '1999e-2', '19.99'],
    ['USD', '0.00000001e8', '1'],
    ['USD', '9999999999.99', '9999999999.99'],
    ['USD', '1.9900000000000000000000000000', '1.99'],
    ['USD', '8192.35', '8192.35'],
    ['USD', '1.15', '1.15'],
    ['USD', '-0.01', '-0.01'],
    ['USD', '-0', '0'],
    ['USD', '0e999999999999', '0'],
    ['USD', `1.${'0'.repeat(60_000)}`, '1'],
    ['JPY', '999999999999', '999999999999'],
    ['KWD', '0.001', '0.001'],
    ['KWD', '999999999.999', '999999999.999'],
    ['CLF', '0.0001', '0.0001'],
    ['CLF', '99999999.9999', '99999999.9999'],
    ['HUF', '0.01', '0.01'],
    ['IDR', '0.01', '0.01'],
    ['COP', '0.01', '0.01'],
    ['XCG', '0.01', '0.01'],
  ];
  test.each(exact.map(labelled))(
    'in %s of %s goes out as %s',
    async (currency, _, shown, amount) => {
      const answer = await api.post('/payments', withAmount(amount, currency));
      const { payment_id: id } = expectPayment(answer, 201);
      expect(answer.body).toContain(`"amount":${shown},`);
      const list = await api.get('/payments?limit=1');
      expect(list.body).toContain(`"amount":${shown},`);
      const events = await api.get(`/payments/${id}/events`);
      expect(events.body).toContain(`"amount":${shown},`);
    },
  );

  const excess: readonly [string, string][] = [
    ['USD', '0.001'],
    ['USD', '19.999'],
    ['USD', '1.005'],
    ['USD', '1e-3'],
    ['USD', '1e-400'],
    ['USD', '0.010000000000000000000000000000000000001'],
    ['USD', `0.${'0'.repeat(60_000)}1`],
    ['USD', '-0.001'],
    ['JPY', '0.5'],
    ['JPY', '100.1'],
    ['KWD', '0.0001'],
    ['CLF', '0.00001'],
    ['HUF', '0.001'],
  ];
  test.each(excess.map(labelled))(
    'in %s of %s has too many digits, and is never rounded',
    async (code, _, _shown, amount) => {
      const detail = await expectRefused(withAmount(amount, code), 400, 'invalid_amount_precision');
      expect(detail).toMatch(new RegExp(`${code}.*\\d fraction digits`));
    },
  );

  test('without a currency has at most two digits', async () => {
    const detail = await expectRefused('{"amount":1.125}', 400, 'invalid_amount_precision');
    expect(detail).toContain('2 fraction digits');
  });

  const large: readonly [string, string][] = [
    ['USD', '10000000000'],
    ['USD', '9999999999.991e1'],
    ['USD', '9007199254740993'],
    ['USD', '1e999'],
    ['USD', '1E400'],
    ['USD', '-1E400'],
    ['USD', '1e999999999999999999999'],
    ['USD', '9'.repeat(60_000)],
    ['USD', `-1${'0'.repeat(60_000)}`],
    ['USD', `1${'0'.repeat(30_000)}.${'0'.repeat(30_000)}1`],
    ['JPY', '1000000000000'],
    ['KWD', '1000000000'],
    ['CLF', '100000000'],
  ];
  test.each(large.map(labelled))(
    'in %s of %s is too large',
    async (currency, _, _shown, amount) => {
      const detail = await expectRefused(withAmount(amount, currency), 400, 'amount_too_large');
      expect(detail).toContain('999,999,999,999 minor units');
    },
  );

  const wrong = ['"1"', '"1.00"', 'null', 'true', '[1]', '{"value":1}', '""'];
  test.each(wrong)('of %s is no number', async (amount) => {
    const detail = await expectRefused(withAmount(amount), 400, 'validation_failed');
    expect(detail).toContain('/amount: must be a number');
  });

  test('is needed', async () => {
    const detail = await expectRefused('{"currency":"USD"}', 400, 'validation_failed');
    expect(detail).toContain('/amount: is needed');
  });
});

describe('a body that is not JSON', () => {
  const broken: readonly [string, string][] = [
    ['a brace alone', '{'],
    ['half a payment', '{"amount":1,"curr'],
    ['a comma too many', '{"amount":1,}'],
    ['a missing comma', '{"amount":1 "currency":"USD"}'],
    ['a missing colon', '{"amount" 1}'],
    ['single quotes', "{'amount':1}"],
    ['a key without quotes', '{amount:1}'],
    ['two values', '{"amount":1}{"amount":1}'],
    ['something behind it', '{"amount":1} x'],
    ['a comment', '{"amount":1/* one */}'],
    ['a line comment', '{"amount":1}//'],
    ['white space alone', ' \n\t '],
    ['a word', 'undefined'],
    ['a form', 'amount=1&currency=USD'],
    ['XML', '<payment amount="1"/>'],
    ['a leading zero', withAmount('01')],
    ['a plus', withAmount('+1')],
    ['a point first', withAmount('.5')],
    ['a point last', withAmount('1.')],
    ['a minus alone', withAmount('-')],
    ['a minus zero too many', withAmount('-01')],
    ['an empty exponent', withAmount('1e')],
    ['hexadecimal', withAmount('0x1')],
    ['NaN', withAmount('NaN')],
    ['Infinity', withAmount('Infinity')],
    ['minus Infinity', withAmount('-Infinity')],
    ['an underscore', withAmount('1_000')],
    ['a BigInt', withAmount('1n')],
    ['True', withAmount('True')],
    ['a raw line feed in a text', withRecipient('"a\nb"')],
    ['a raw tab in a text', withRecipient('"a\tb"')],
    ['an unknown escape', withRecipient('"\\x41"')],
    ['half an escape', withRecipient('"\\u12"')],
    ['a text without end', withRecipient('"abc')],
    ['a backslash at the end', withRecipient('"abc\\')],
    ['a no-break space', '\u00a0{"amount":1}'],
    ['a byte order mark', '\ufeff{"amount":1,"currency":"USD","recipient":"a"}'],
    ['a NUL outside of texts', '{"amount":1}\0'],
  ];
  test.each(broken)('(%s) is told where reading stopped', async (_name, body) => {
    const detail = await expectRefused(body, 400, 'invalid_json');
    expect(detail).toMatch(/line \d+, column \d+/);
  });

  const notUtf8: readonly [string, Buffer][] = [
    ['Latin-1', Buffer.from(withRecipient('"Zoë"'), 'latin1')],
    ['a lone continuation byte', bytesInText(0x80)],
    ['half a character', bytesInText(0xe2, 0x82)],
    ['an overlong slash', bytesInText(0xc0, 0xaf)],
    ['a raw surrogate', bytesInText(0xed, 0xa0, 0x80)],
    ['a raw pair of surrogates', bytesInText(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80)],
    ['beyond Unicode', bytesInText(0xf4, 0x90, 0x80, 0x80)],
    ['0xFF', Buffer.from([0xff])],
    ['a UTF-16 byte order mark', Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])],
    ['gzip', Buffer.from('1f8b0800000000000003ab56ca2f28010089d4a5a305000000', 'hex')],
  ];
  test.each(notUtf8)('(%s) is told that it is not UTF-8', async (_name, body) => {
    expect(await expectRefused(body, 400, 'invalid_utf8')).toContain('UTF-8');
  });
});

describe('a body that nobody can agree on', () => {
  const duplicates: readonly [string, string][] = [
    ['twice the same', '{"amount":1,"amount":1}'],
    ['another value', '{"amount":1,"currency":"USD","amount":2}'],
    ['the second one escaped', '{"amount":1,"\\u0061mount":2}'],
    ['in metadata', '{"amount":1,"metadata":{"a":1,"a":1}}'],
    ['of nulls', '{"amount":null,"amount":null}'],
    ['named constructor', '{"constructor":1,"constructor":1}'],
    ['named toString', '{"amount":1,"metadata":{"toString":"a","toString":"b"}}'],
    ['empty', '{"":1,"":1}'],
  ];
  test.each(duplicates)('names a key twice: %s', async (_name, body) => {
    await expectRefused(body, 400, 'duplicate_key');
  });

  const forbidden = [
    '{"__proto__":{"amount":1}}',
    '{"amount":1,"__proto__":null}',
    '{"amount":1,"metadata":{"__proto__":"x"}}',
    '{"amount":1,"metadata":{"\\u005f_proto__":"x"}}',
    '{"amount":1,"simulate":{"__proto__":{"outcome":"APPROVE"}}}',
  ];
  test.each(forbidden)('names __proto__: %s', async (body) => {
    await expectRefused(body, 400, 'forbidden_key');
  });

  test.each(['constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'])(
    'has a field named %s',
    async (name) => {
      const body = `{"amount":1,"currency":"USD","recipient":"a","${name}":{"prototype":{"x":1}}}`;
      await expectRefused(body, 400, 'validation_failed');
      expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    },
  );
});

describe('a text that no database keeps', () => {
  const texts: readonly [string, string][] = [
    ['an escaped NUL', '"a\\u0000b"'],
    ['a raw NUL', '"a\0b"'],
    ['the first half of a pair', '"\\ud83d"'],
    ['the second half of a pair', '"\\ude00"'],
    ['the halves in the wrong order', '"\\ude00\\ud83d"'],
    ['a half and a letter', '"\\ud83dx"'],
  ];
  test.each(texts)('(%s) is refused', async (_name, text) => {
    await expectRefused(withRecipient(text), 400, 'invalid_string');
    await expectRefused(`{"amount":1,"metadata":{"a":${text}}}`, 400, 'invalid_string');
    await expectRefused(`{"amount":1,"metadata":{${text}:1}}`, 400, 'invalid_string');
  });

  test('is not a whole pair, escaped or raw', async () => {
    for (const text of ['"\\ud83d\\ude00"', '"\u{1f600}"']) {
      const answer = await api.post('/payments', withRecipient(text));
      expect(expectPayment(answer, 201)['recipient']).toBe('\u{1f600}');
    }
  });
});

describe('a body that is nested deeply', () => {
  const nested = (levels: number, open: string, close: string) =>
    `{"amount":1,"metadata":${open.repeat(levels - 1)}1${close.repeat(levels - 1)}}`;

  test('is read to 32 levels, and then does not fit', async () => {
    await expectRefused(nested(32, '[', ']'), 400, 'validation_failed');
    await expectRefused(nested(32, '{"a":', '}'), 400, 'validation_failed');
  });

  test.each([33, 1_000, 10_000])('is refused at %i levels', async (levels) => {
    await expectRefused(nested(levels, '[', ']'), 400, 'too_deep');
    await expectRefused(nested(levels, '{"a":', '}'), 400, 'too_deep');
  });

  test('is refused when it never ends', async () => {
    await expectRefused('['.repeat(65_536), 400, 'too_deep');
    await expectRefused('{"":'.repeat(16_384), 400, 'too_deep');
    await expectRefused('['.repeat(100_000), 413, 'body_too_large');
  });
});

describe('a body of the wrong kind', () => {
  const kinds = ['null', '[]', '[{"amount":1}]', '"amount"', '1', '-0', '1e999', 'true', 'false'];
  test.each(kinds)('(%s) is told that an object is expected', async (body) => {
    expect(await expectRefused(body, 400, 'validation_failed')).toContain('must be an object');
  });

  test('is none', async () => {
    const before = await api.footprint();
    const empty = await api.post('/payments', '', { 'content-type': 'application/json' });
    expectProblem(empty, 400, 'validation_failed');
    expectProblem(await api.post('/payments'), 400, 'validation_failed');
    expectProblem(await api.post('/payments', '{}'), 400, 'validation_failed');
    expect(await api.footprint()).toEqual(before);
  });

  const fields: readonly [string, string][] = [
    ['currency', '1'],
    ['currency', 'true'],
    ['currency', '["USD"]'],
    ['recipient', '1'],
    ['recipient', '{}'],
    ['reference', '[]'],
    ['description', 'false'],
    ['channel', '0'],
    ['device_id', '{"a":1}'],
    ['metadata', '"a"'],
    ['metadata', '[["a",1]]'],
    ['simulate', '[]'],
    ['simulate', '1'],
    ['capture', 'true'],
    ['capture', '"sometimes"'],
  ];
  test.each(fields)('has a %s of %s', async (field, value) => {
    const detail = await expectRefused(
      `{"amount":1,"${field}":${value}}`,
      400,
      'validation_failed',
    );
    expect(detail).toMatch(new RegExp(`^/${field}: must be \\w`));
  });
});

describe('a body made to be slow', () => {
  const digits = `1${'0'.repeat(60_000)}1`;
  const slow: readonly [string, string][] = [
    ['a number of 60,000 digits in metadata', `{"amount":1,"metadata":{"n":${digits}}}`],
    ['one behind the point', `{"amount":1,"metadata":{"n":0.${digits}}}`],
    ['one with an exponent', `{"amount":1,"metadata":{"n":${digits}e-60000}}`],
    ['30,000 numbers in metadata', `{"amount":1,"metadata":{"n":[${'0,'.repeat(30_000)}0]}}`],
    ['thousands of unknown fields', `{${Array.from({ length: 6_000 }, named).join(',')}}`],
    ['thousands of nested keys', `{"amount":1,"metadata":{${'"a":{'.repeat(20)}${deep()}`],
    ['a long unknown field', `{"amount":1,"${'a'.repeat(60_000)}":1}`],
    ['a key of slashes', `{"amount":1,"metadata":{"${'/'.repeat(60_000)}":1}}`],
    ['digits and spaces', withRecipient(`"${'4 '.repeat(30_000)}"`)],
    ['escapes', withRecipient(`"${'\\u0041'.repeat(10_000)}"`)],
    ['line feeds', `${'\n'.repeat(60_000)}{`],
  ];
  test.each(slow)('(%s) is refused as fast as any other', async (_name, body) => {
    const before = await api.footprint();
    const startedAt = performance.now();
    const answer = await api.post('/payments', body);
    expect(performance.now() - startedAt).toBeLessThan(ANSWER_MS_MAX);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body.length).toBeLessThan(8_000);
    expect(await api.footprint()).toEqual(before);
  });
});

test('a refused body never counts under its idempotency key: the next one may use it', async () => {
  const key = { 'idempotency-key': 'corrected-later' };
  expectProblem(await api.post('/payments', '{"amount":"1"}', key), 400, 'validation_failed');
  expectPayment(await api.post('/payments', withAmount('1'), key), 201);
});

function bytesInText(...bytes: readonly number[]): Buffer {
  const [start = '', end = ''] = withRecipient('"|"').split('|');
  return Buffer.concat([Buffer.from(start), Buffer.from(bytes), Buffer.from(end)]);
}

/** The row with an amount that fits into the name of a test, and the whole one behind. */
function labelled([currency, amount, shown = '']: readonly string[]) {
  const label = `${amount?.slice(0, 40)}${(amount?.length ?? 0) > 40 ? '…' : ''}`;
  return [currency ?? '', label, shown, amount ?? ''] as const;
}

function named(_: unknown, index: number): string {
  return `"f${index}":1`;
}

function deep(): string {
  return `${Array.from({ length: 5_000 }, named).join(',')}${'}'.repeat(22)}`;
}
