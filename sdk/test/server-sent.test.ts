import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Message, messageReader } from '../src/server-sent.ts';

function read(...chunks: readonly (string | Uint8Array)[]): Message[] {
  const take = messageReader();
  return chunks.flatMap((chunk) => [
    ...take(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk),
  ]);
}

const nothing = { event: 'message', data: null, id: '', retryMs: null };

describe('a stream of server-sent events', () => {
  test('is cut into messages, whatever ends its lines', () => {
    const lines = ['id: 1', 'data: a', '', 'event: reset', 'data:b', 'data: c', '', ''];
    for (const end of ['\n', '\r\n', '\r']) {
      // The last end may be the first half of one, until more comes.
      expect(read(lines.join(end), ':')).toEqual([
        { ...nothing, data: 'a', id: '1' },
        { ...nothing, event: 'reset', data: 'b\nc', id: '1' },
      ]);
    }
  });

  test('may be torn anywhere, in the middle of a letter too', () => {
    const text =
      ': hello\nretry: 500\nid: 7\n\nid: 8\r\ndata: {"name":"Zoë 🦊"}\r\n\r\ndata: x\n\n';
    const bytes = new TextEncoder().encode(text);
    const whole = read(bytes);
    expect(whole.map(({ data, id }) => [data, id])).toEqual([
      [null, '7'],
      ['{"name":"Zoë 🦊"}', '8'],
      ['x', '8'],
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (places) => {
        const cuts = [0, ...places.toSorted((left, right) => left - right), bytes.length];
        const torn = cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
        expect(read(...torn)).toEqual(whole);
      }),
    );
  });

  test('has comments, fields nobody knows, and fields without a value', () => {
    expect(read(':\n: a\n\nfoo: 1\ndata\nid\nretry: soon\nid: a\0b\n\n')).toEqual([
      { ...nothing, data: '' },
    ]);
  });

  test('gives nothing for what was cut off', () => {
    expect(read('data: a\n')).toEqual([]);
    expect(read('id: 1\ndata: a\n\nid: 2\ndata: b')).toHaveLength(1);
  });

  test('is given up when a line does not end', () => {
    const megabyte = 'x'.repeat(1024 * 1024);
    expect(() => read('data: ', ...Array.from({ length: 5 }, () => megabyte))).toThrow(RangeError);
  });
});
